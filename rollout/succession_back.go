package rollout

import (
	"context"
	"slices"
	"strings"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/outbox"
	"lotrinh/internal/org/succession"
)

// unmerge puts every programme back on the map of before. It is refused when an heir was
// moved to another stage since, when people said something new of it, or when it belongs
// to a phase by more than the set.
func (s *Service) unmerge(ctx context.Context, tx *db.Tx, p succession.Plan) error {
	seen, err := succession.Noted(ctx, tx, p, tabSeen)
	if err != nil || len(seen) == 0 {
		return err
	}
	made := map[string][]succession.Entry{}
	for _, tab := range []string{tabMember, tabProgress, tabChange, tabEvidence, tabWaiver} {
		if made[tab], err = succession.Noted(ctx, tx, p, tab); err != nil {
			return err
		}
	}
	for _, e := range seen {
		if err := s.unsaid(ctx, tx, ident.ID(e.Key), e, made[tabChange]); err != nil {
			return err
		}
	}
	if err := unmember(ctx, tx, made[tabMember]); err != nil {
		return err
	}
	if err := unstand(ctx, tx, made[tabProgress]); err != nil {
		return err
	}
	if err := unknow(ctx, tx, made[tabEvidence]); err != nil {
		return err
	}
	for _, e := range made[tabWaiver] {
		w, unit, _ := strings.Cut(e.Key, "/")
		if _, err := tx.NewRaw("DELETE FROM rollout_waiver_unit WHERE waiver = ? AND unit = ?", w, unit).Exec(ctx); err != nil {
			return db.Sorted(err)
		}
	}
	return remove(ctx, tx, "rollout_stage_change", made[tabChange])
}

// unsaid refuses when something later rests on the set, and tells the programme's readers.
func (s *Service) unsaid(ctx context.Context, tx *db.Tx, programme ident.ID, e succession.Entry, made []succession.Entry) error {
	ours := make([]string, len(made))
	for i, x := range made {
		ours[i] = x.Key
	}
	var was seenSoFar
	if err := succession.Unpack(e.Was, &was); err != nil {
		return err
	}
	var pg Programme
	if err := tx.NewSelect().Model(&pg).Where("pg.id = ?", programme).Scan(ctx); err != nil {
		return db.Sorted(err)
	}
	if err := rewritten(ctx, tx, pg.ID); err != nil {
		return err
	}
	said, err := tx.NewSelect().Model((*Evidence)(nil)).Where("ev.programme = ?", pg.ID).Where("ev.unit IN (?)", bun.List(was.Units)).
		Where("ev.seq > ?", was.Evidence).Where("ev.source NOT IN (?)", bun.List([]string{FromSuccession, FromInventory})).Count(ctx)
	if err != nil {
		return db.Sorted(err)
	}
	if said > 0 {
		return rests(int(said), "succession.row.evidence")
	}
	q := tx.NewSelect().Model((*StageChange)(nil)).Where("sc.programme = ?", pg.ID).Where("sc.unit IN (?)", bun.List(was.Units)).Where("sc.seq > ?", was.Change)
	if len(ours) > 0 {
		q = q.Where("sc.id NOT IN (?)", bun.List(ours))
	}
	moved, err := q.Count(ctx)
	if err != nil {
		return db.Sorted(err)
	}
	if moved > 0 {
		return rests(int(moved), "succession.row.stage")
	}
	return outbox.Write(ctx, tx, s.clock.Now(), MembersChanged{Programme: pg.Code, Units: was.Units})
}

func unmember(ctx context.Context, tx *db.Tx, made []succession.Entry) error {
	var rows []Membership
	var fresh []succession.Entry
	for _, e := range made {
		if e.Was == "" {
			fresh = append(fresh, e)
			continue
		}
		var x Membership
		if err := succession.Unpack(e.Was, &x); err != nil {
			return err
		}
		rows = append(rows, x)
	}
	if err := remove(ctx, tx, "rollout_phase_unit", fresh); err != nil {
		return err
	}
	for some := range slices.Chunk(rows, 200) {
		_, err := tx.NewInsert().Model(&some).On("CONFLICT (id) DO UPDATE").Set("phase = EXCLUDED.phase").Set("until_day = EXCLUDED.until_day").Exec(ctx)
		if err != nil {
			return db.Sorted(err)
		}
	}
	return nil
}

func unstand(ctx context.Context, tx *db.Tx, made []succession.Entry) error {
	var rows []Progress
	for _, e := range made {
		programme, unit, _ := strings.Cut(e.Key, "/")
		if e.Was == "" {
			if _, err := tx.NewRaw("DELETE FROM rollout_progress WHERE programme = ? AND unit = ?", programme, unit).Exec(ctx); err != nil {
				return db.Sorted(err)
			}
			continue
		}
		var x Progress
		if err := succession.Unpack(e.Was, &x); err != nil {
			return err
		}
		x.Version += 2 // the set counted one
		rows = append(rows, x)
	}
	return putProgress(ctx, tx, rows)
}

// unknow takes the joined lines away; the lines before them are the latest again, unless
// something was measured since.
func unknow(ctx context.Context, tx *db.Tx, made []succession.Entry) error {
	var fresh []succession.Entry
	var passed []string
	for _, e := range made {
		if e.Was == "" {
			fresh = append(fresh, e)
		} else {
			passed = append(passed, e.Key)
		}
	}
	if err := remove(ctx, tx, "rollout_evidence", fresh); err != nil {
		return err
	}
	for some := range slices.Chunk(passed, 500) {
		_, err := tx.NewRaw("UPDATE rollout_evidence SET latest = TRUE WHERE id IN (?) AND NOT EXISTS (SELECT 1 FROM rollout_evidence AS n WHERE n.programme = rollout_evidence.programme "+
			"AND n.unit = rollout_evidence.unit AND n.criterion = rollout_evidence.criterion AND n.kind = rollout_evidence.kind AND n.latest)", bun.List(some)).Exec(ctx)
		if err != nil {
			return db.Sorted(err)
		}
	}
	return nil
}

// remove takes rows away that a set made, by their keys.
func remove(ctx context.Context, tx *db.Tx, table string, made []succession.Entry) error {
	for some := range slices.Chunk(made, 500) {
		ids := make([]string, len(some))
		for i, e := range some {
			ids[i] = e.Key
		}
		if _, err := tx.NewRaw("DELETE FROM ? WHERE id IN (?)", bun.Ident(table), bun.List(ids)).Exec(ctx); err != nil {
			return db.Sorted(err)
		}
	}
	return nil
}

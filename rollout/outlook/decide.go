package outlook

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/fold"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/notify"
	"lotrinh/internal/kit/outbox"
	"lotrinh/internal/kit/trail"
	"lotrinh/rollout"
)

// next is the phase that would go live next: the wave's own while some of its communes
// still prepare, else the first later one that has such; false when there is none.
func (s *Service) next(ctx context.Context, code string, phase int) (ident.ID, bool, error) {
	all, err := s.Rollout.Phases(ctx)
	if err != nil {
		return "", false, err
	}
	b, err := s.Rollout.Board(ctx, system, code, rollout.Filter{Phase: rollout.Any, Stage: rollout.Preparing})
	if err != nil {
		return "", false, err
	}
	for _, ph := range all { // in the order of their ordinals
		if ph.Programme == code && !ph.Live && ph.Ordinal >= phase && slices.ContainsFunc(b.Rows, func(r rollout.Row) bool { return r.Phase == ph.Ordinal }) {
			return ph.ID, true, nil
		}
	}
	return "", false, nil
}

// propose proposes, once for each wave, to hold the next phase; where the setting says so
// it is held at once.
func (s *Service) propose(ctx context.Context, tx *db.Tx, pg rollout.Programme, set Settings, w seen, now time.Time) error {
	phase, found, err := s.next(ctx, pg.Code, w.Phase)
	if err != nil || !found {
		return err
	}
	h := Hold{ID: ident.New(now), Programme: pg.ID, Phase: phase, Wave: w.Name, State: Proposed, ProposedAt: now, Version: 1,
		Figures: Figures{Day: w.OverOn, Rates: w.Rates, Learned: w.Learned, Units: w.Units}}
	for i, step := range w.Steps {
		h.Figures.Seen += step.Seen
		h.Figures.Expected += step.Expected
		h.Figures.Score, h.Figures.Whole = max(h.Figures.Score, step.Score), max(h.Figures.Whole, step.Whole)
		if w.Days[i].Day == w.OverOn {
			break
		}
	}
	if set.Auto {
		h.State, h.Auto, h.DecidedAt = Held, true, now
	}
	res, err := tx.NewInsert().Model(&h).On("CONFLICT (programme, wave) DO NOTHING").Exec(ctx)
	if err != nil {
		return db.Sorted(err)
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return db.Sorted(err) // proposed before
	}
	if err := s.told(ctx, tx, now, system, pg.Code, h, ""); err != nil {
		return err
	}
	readers, err := s.People.Deciders(ctx)
	if err != nil {
		return err
	}
	var all []notify.Message
	for _, id := range readers {
		all = append(all, notify.Message{Account: id, Template: "outlook.notice." + string(h.State), Link: "/rollout/outlook/holds/" + string(h.ID),
			Args: []any{"seen", h.Figures.Seen, "expected", h.Figures.about()}, Critical: true})
	}
	return notify.Write(ctx, tx, s.Machine.Now(), all...)
}

// told writes what a change of a hold leaves behind.
func (s *Service) told(ctx context.Context, tx *db.Tx, now time.Time, who access.Actor, code string, h Hold, before HoldState) error {
	if err := outbox.Write(ctx, tx, now, Changed{Hold: h.ID, Programme: code, Phase: h.Phase, Wave: h.Wave, State: h.State, Auto: h.Auto}); err != nil {
		return err
	}
	return trail.Write(ctx, tx, now, who, "rollout.hold."+string(h.State), string(h.ID), map[string][2]any{"state": {before, h.State}, "wave": {nil, h.Wave}})
}

// Holds are the proposals and holds of a programme, newest first.
func (s *Service) Holds(ctx context.Context, who access.Actor, programme ident.ID) ([]Hold, error) {
	if err := who.Need(rollout.Read); err != nil {
		return nil, err
	}
	var all []Hold
	err := s.DB.Read().NewSelect().Model(&all).Where("rh.programme = ?", programme).Order("rh.id DESC").Limit(50).Scan(ctx)
	return all, db.Sorted(err)
}

// Hold is one proposal or hold.
func (s *Service) Hold(ctx context.Context, who access.Actor, id ident.ID) (Hold, error) {
	if err := who.Need(rollout.Read); err != nil {
		return Hold{}, err
	}
	var h Hold
	err := s.DB.Read().NewSelect().Model(&h).Where("rh.id = ?", id).Scan(ctx)
	return h, db.Sorted(err)
}

// Decide takes a proposal up or lets the wave go, with a reason.
func (s *Service) Decide(ctx context.Context, who access.Actor, id ident.ID, hold bool, reason string, version int64) error {
	to := LetGo
	if hold {
		to = Held
	}
	return s.move(ctx, who, id, Proposed, to, reason, version)
}

// Release lets a held phase go on, with a reason.
func (s *Service) Release(ctx context.Context, who access.Actor, id ident.ID, reason string, version int64) error {
	return s.move(ctx, who, id, Held, Released, reason, version)
}

func (s *Service) move(ctx context.Context, who access.Actor, id ident.ID, from, to HoldState, reason string, version int64) error {
	if err := who.Need(Decide); err != nil {
		return err
	}
	reason = fold.NFC(strings.TrimSpace(reason))
	var k fault.Check
	k.Need(reason != "", "reason", "outlook.form.reason")
	k.Need(utf8.RuneCountInString(reason) <= 1000, "reason", "outlook.form.reason_long")
	if err := k.Err(); err != nil {
		return err
	}
	return s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		var h Hold
		if err := tx.NewSelect().Model(&h).Where("rh.id = ?", id).Apply(db.ForUpdate(tx)).Scan(ctx); err != nil {
			return db.Sorted(err)
		}
		if h.State != from || h.Version != version {
			return fault.New(fault.Conflict, "fault.changed_meanwhile")
		}
		now := s.Business.Now()
		h.State = to
		if to == Released {
			h.ReleasedByName, h.ReleasedAt, h.ReleaseReason = who.Name, now, reason
		} else {
			h.DecidedByName, h.DecidedAt, h.Reason = who.Name, now, reason
		}
		h.Version++
		if err := db.Changed(tx.NewUpdate().Model(&h).WherePK().Where("version = ?", version).Exec(ctx)); err != nil {
			return err
		}
		var code string
		if err := tx.NewRaw("SELECT code FROM rollout_programme WHERE id = ?", h.Programme).Scan(ctx, &code); err != nil {
			return db.Sorted(err)
		}
		return s.told(ctx, tx, now, who, code, h, from)
	})
}

// Save says what the watch of a programme looks for.
func (s *Service) Save(ctx context.Context, who access.Actor, code string, in Settings) error {
	if err := who.Need(Set); err != nil {
		return err
	}
	pg, err := s.programme(ctx, code)
	if err != nil {
		return err
	}
	in.Programme = pg.ID
	var k fault.Check
	k.Need(in.Surge >= 1.1 && in.Surge <= 5, "surge", "outlook.form.surge")
	k.Need(in.Days >= 3 && in.Days <= 30, "days", "outlook.form.days")
	k.Need(in.False >= 0.001 && in.False <= 0.2, "false", "outlook.form.false")
	k.Need(in.Usual > 0 && in.Usual <= 1000, "usual", "outlook.form.usual")
	k.Need(in.Rise >= 1 && in.Rise <= 50, "rise", "outlook.form.rise")
	k.Need(in.Half >= 0.5 && in.Half <= 30, "half", "outlook.form.half")
	if err := k.Err(); err != nil {
		return err
	}
	return s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		var rows []Settings
		if err := tx.NewSelect().Model(&rows).Where("os.programme = ?", pg.ID).Apply(db.ForUpdate(tx)).Scan(ctx); err != nil {
			return db.Sorted(err)
		}
		before := usual(pg.ID)
		if len(rows) > 0 {
			before = rows[0]
		}
		if before.Version != in.Version {
			return fault.New(fault.Conflict, "fault.changed_meanwhile")
		}
		in.Version++
		q := tx.NewInsert().Model(&in).On("CONFLICT (programme) DO UPDATE")
		for _, c := range []string{"auto", "surge", "days", "false_share", "usual", "rise", "half", "version"} {
			q = q.Set(c + " = EXCLUDED." + c)
		}
		if _, err := q.Exec(ctx); err != nil {
			return db.Sorted(err)
		}
		return trail.Write(ctx, tx, s.Business.Now(), who, "rollout.outlook.set", pg.Code, map[string][2]any{"auto": {before.Auto, in.Auto}, "surge": {before.Surge, in.Surge},
			"days": {before.Days, in.Days}, "false_share": {before.False, in.False}, "usual": {before.Usual, in.Usual}})
	})
}

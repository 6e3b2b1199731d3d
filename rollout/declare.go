package rollout

import (
	"context"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/fold"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/outbox"
	"lotrinh/internal/kit/trail"
)

// EvidenceInput is an answer to one criterion for one or more communes.
type EvidenceInput struct {
	Programme  string // code
	Units      []string
	Criterion  string // key
	Answer     Answer
	Source     string // of Sources; only for Verify
	Note       string
	ObservedAt time.Time // zero: now
}

// Declare records what communes say of themselves.
func (s *Service) Declare(ctx context.Context, who access.Actor, in EvidenceInput) error {
	if err := reach(who, Declare, in.Units); err != nil {
		return err
	}
	in.Source = FromCommune
	return s.record(ctx, who, Declaration, in)
}

// Verify records what was measured, tested or seen in communes.
func (s *Service) Verify(ctx context.Context, who access.Actor, in EvidenceInput) error {
	if err := reach(who, Verify, in.Units); err != nil {
		return err
	}
	return s.record(ctx, who, Verification, in)
}

func (in *EvidenceInput) check(kind Kind, now time.Time) error {
	in.Note = fold.NFC(in.Note)
	if in.ObservedAt.IsZero() {
		in.ObservedAt = now
	}
	in.Units = slices.Compact(slices.Sorted(slices.Values(in.Units)))
	var k fault.Check
	k.Need(len(in.Units) > 0, "units", "rollout.form.units_needed")
	k.Need(in.Answer == Met || in.Answer == Unmet, "answer", "rollout.form.answer_needed")
	k.Need(in.Answer != Unmet || in.Note != "", "note", "rollout.form.note_needed")
	k.Need(utf8.RuneCountInString(in.Note) <= 1000, "note", "rollout.form.too_long", "max", 1000)
	k.Need(!in.ObservedAt.After(now), "observed", "rollout.form.in_future")
	k.Need(kind == Declaration || slices.Contains(Sources, in.Source), "source", "rollout.form.source_needed")
	return k.Err()
}

func (s *Service) record(ctx context.Context, who access.Actor, kind Kind, in EvidenceInput) error {
	if err := in.check(kind, s.clock.Now()); err != nil {
		return err
	}
	return s.db.InTx(ctx, func(ctx context.Context, tx *db.Tx) error { return s.recordIn(ctx, tx, who, kind, in) })
}

// recordIn records an answer that was checked, in the transaction of its fact.
func (s *Service) recordIn(ctx context.Context, tx *db.Tx, who access.Actor, kind Kind, in EvidenceInput) error {
	now := s.clock.Now()
	pg, err := programmeByCode(ctx, tx, in.Programme)
	if err != nil {
		return err
	}
	if err := touch(ctx, tx, pg.ID); err != nil {
		return err
	}
	c, err := askedOf(ctx, tx, pg.ID, in.Criterion, in.Units)
	if err != nil {
		return err
	}
	if kind == Verification && c.Evidence == EvidenceEquipment {
		return fault.New(fault.Invalid, "rollout.form.inventory_answers")
	}
	rows := make([]Evidence, len(in.Units))
	for i, u := range in.Units {
		rows[i] = Evidence{ID: ident.New(now), Programme: pg.ID, Unit: u, Criterion: c.Key, Kind: kind, Answer: in.Answer,
			Source: in.Source, Note: in.Note, Reasons: "[]", ObservedAt: in.ObservedAt.UTC().Truncate(time.Microsecond), RecordedAt: now,
			Actor: string(who.ID), ActorName: who.Name}
	}
	if err := appendEvidence(ctx, tx, rows); err != nil {
		return err
	}
	return told(ctx, tx, now, who, pg, rows)
}

// askedOf is the criterion with this key, provided that every unit's phase asks it.
func askedOf(ctx context.Context, idb bun.IDB, programme ident.ID, key string, units []string) (Criterion, error) {
	var criteria []Criterion
	if err := idb.NewSelect().Model(&criteria).Where("cr.programme = ? AND cr.key = ?", programme, key).Scan(ctx); err != nil {
		return Criterion{}, db.Sorted(err)
	}
	if len(criteria) == 0 {
		return Criterion{}, fault.New(fault.Missing, "fault.missing")
	}
	phases := make([]ident.ID, len(criteria))
	for i, c := range criteria {
		phases[i] = c.Phase
	}
	n, err := idb.NewSelect().Model((*Progress)(nil)).Where("pr.programme = ?", programme).
		Where("pr.unit IN (?)", bun.List(units)).Where("pr.phase IN (?)", bun.List(phases)).Count(ctx)
	if err != nil {
		return Criterion{}, db.Sorted(err)
	}
	if int(n) != len(units) {
		return Criterion{}, fault.New(fault.Invalid, "rollout.form.not_asked")
	}
	return criteria[0], nil
}

// appendEvidence adds lines of one programme, criterion and kind, one a unit, and
// moves the mark of the latest unless a later observation is known already.
func appendEvidence(ctx context.Context, tx *db.Tx, rows []Evidence) error {
	if len(rows) == 0 {
		return nil
	}
	at := make(map[string]int, len(rows))
	units := make([]string, len(rows))
	for i, r := range rows {
		at[r.Unit], units[i] = i, r.Unit
		rows[i].Latest = true
	}
	var known []Evidence
	err := tx.NewSelect().Model(&known).Column("id", "unit", "observed_at").
		Where("ev.programme = ? AND ev.criterion = ? AND ev.kind = ?", rows[0].Programme, rows[0].Criterion, rows[0].Kind).
		Where("ev.unit IN (?)", bun.List(units)).Where("ev.latest").Scan(ctx)
	if err != nil {
		return db.Sorted(err)
	}
	var passed []ident.ID
	for _, k := range known {
		r := &rows[at[k.Unit]]
		if r.Latest = !k.ObservedAt.After(r.ObservedAt); r.Latest {
			passed = append(passed, k.ID)
		}
	}
	if len(passed) > 0 {
		if _, err := tx.NewRaw("UPDATE rollout_evidence SET latest = FALSE WHERE id IN (?)", bun.List(passed)).Exec(ctx); err != nil {
			return db.Sorted(err)
		}
	}
	return insert(ctx, tx, rows, "seq")
}

// told writes the trail and the event of lines that share criterion and answer.
func told(ctx context.Context, tx *db.Tx, now time.Time, who access.Actor, pg Programme, rows []Evidence) error {
	e := EvidenceRecorded{Programme: pg.Code, Criterion: rows[0].Criterion, Kind: rows[0].Kind, Answer: rows[0].Answer, Source: rows[0].Source}
	for _, r := range rows {
		e.Units = append(e.Units, r.Unit)
		changes := map[string][2]any{"criterion": {"", r.Criterion}, "kind": {"", r.Kind}, "answer": {"", r.Answer}, "source": {"", r.Source},
			"observed_at": {"", strconv.FormatInt(r.ObservedAt.Unix(), 10)}}
		if err := trail.Write(ctx, tx, now, who, "rollout.evidence.recorded", string(r.ID), changes, trail.At(r.Unit)); err != nil {
			return err
		}
	}
	return outbox.Write(ctx, tx, now, e)
}

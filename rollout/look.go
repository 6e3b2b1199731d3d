package rollout

import (
	"context"
	"encoding/json"
	"time"
	"unicode/utf8"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/fold"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/trail"
)

// Programmes are all programmes, by code.
func (s *Service) Programmes(ctx context.Context, who access.Actor) ([]Programme, error) {
	if err := who.Need(Read); err != nil {
		return nil, err
	}
	return programmes(ctx, s.db.Read())
}

// UnitView is one commune in a programme with all that its gate rests on.
type UnitView struct {
	Programme Programme
	Phase     Phase
	Row       Row
	// Official is the gate of the official stage; Row.Gate is that of the next one.
	Official Gate
	History  []StageChange // newest first
	Evidence []Evidence    // newest first
	Waivers  []*Waiver     // newest first
	At       time.Time
	Held     []Hold // why its whole wave may not go forward
}

// Unit is a commune of a programme.
func (s *Service) Unit(ctx context.Context, who access.Actor, code, unit string) (UnitView, error) {
	if err := who.NeedAt(Read, unit); err != nil {
		return UnitView{}, err
	}
	now := s.clock.Now()
	tree, err := s.units.Tree(ctx, now)
	if err != nil {
		return UnitView{}, err
	}
	b, err := s.bookOf(ctx, code)
	if err != nil {
		return UnitView{}, err
	}
	rows, err := progressOf(ctx, s.db.Read(), who, b.programme.ID, []string{unit})
	if err != nil {
		return UnitView{}, err
	}
	if len(rows) == 0 {
		return UnitView{}, fault.New(fault.Missing, "fault.missing")
	}
	p := rows[0]
	v := UnitView{Programme: b.programme, Phase: b.phase[p.Phase], Row: b.row(tree, p, now), Waivers: b.waiversOf[unit], At: now}
	held, err := s.held(ctx, s.db.Read(), b.programme.ID, now)
	if err != nil {
		return UnitView{}, err
	}
	if p.Stage != Official && p.Stage != Live {
		v.Held = held[p.Phase]
	}
	v.Official = Judge(Official, b.criteria[p.Phase], b.known[unit], b.waiversOf[unit], now)
	if v.History, err = historyOf(ctx, s.db.Read(), b.programme.ID, unit); err != nil {
		return UnitView{}, err
	}
	v.Evidence, err = evidenceOf(ctx, s.db.Read(), b.programme.ID, unit)
	return v, err
}

// Checklist is the criteria of a programme by key, each once, in order.
func (s *Service) Checklist(ctx context.Context, who access.Actor, code string) ([]Criterion, error) {
	if err := who.Need(Read); err != nil {
		return nil, err
	}
	b, err := s.bookOf(ctx, code)
	if err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	var all []Criterion
	for _, p := range b.phases {
		for _, c := range b.criteria[p.ID] {
			if !seen[c.Key] {
				seen[c.Key] = true
				all = append(all, c)
			}
		}
	}
	return all, nil
}

// MoveView is the record of a move with what it did.
type MoveView struct {
	Move
	Programme Programme
	Lines     []StageChange
	Refused   []Refusal
}

// MoveOf is the record of a move, as far as the actor may see its communes.
func (s *Service) MoveOf(ctx context.Context, who access.Actor, id ident.ID) (MoveView, error) {
	if err := who.Need(Read); err != nil {
		return MoveView{}, err
	}
	var v MoveView
	if err := s.db.Read().NewSelect().Model(&v.Move).Where("mv.id = ?", id).Scan(ctx); err != nil {
		return v, db.Sorted(err)
	}
	err := s.db.Read().NewSelect().Model(&v.Lines).Where("sc.move = ?", id).Apply(who.Within(Read, "sc.unit")).Order("sc.unit").Scan(ctx)
	if err != nil {
		return v, db.Sorted(err)
	}
	if err := s.db.Read().NewSelect().Model(&v.Programme).Where("pg.id = ?", v.Move.Programme).Scan(ctx); err != nil {
		return v, db.Sorted(err)
	}
	var refused []Refusal
	if err := json.Unmarshal([]byte(v.Move.Refused), &refused); err != nil {
		return v, db.Sorted(err)
	}
	for _, r := range refused {
		if who.Covers(Read, r.Unit) {
			v.Refused = append(v.Refused, r)
		}
	}
	if len(v.Lines) == 0 && len(v.Refused) == 0 {
		return MoveView{}, fault.New(fault.Missing, "fault.missing")
	}
	return v, nil
}

// Milestones are the days that a programme promises, as planned and as reached.
func (s *Service) Milestones(ctx context.Context, who access.Actor, code string) ([]Milestone, error) {
	if err := who.Need(Read); err != nil {
		return nil, err
	}
	pg, err := programmeByCode(ctx, s.db.Read(), code)
	if err != nil {
		return nil, err
	}
	return milestonesOf(ctx, s.db.Read(), pg.ID)
}

// ReachMilestone records the day on which a milestone was reached, or, with an empty
// day, that it was not.
func (s *Service) ReachMilestone(ctx context.Context, who access.Actor, code, key, day, note string, version int64) error {
	if err := who.Need(Plan); err != nil {
		return err
	}
	now := s.clock.Now()
	_, bad := clock.ParseDate(day)
	var k fault.Check
	k.Need(day == "" || bad == nil, "actual", "rollout.form.bad_day")
	k.Need(day == "" || bad != nil || day <= clock.Date(now), "actual", "rollout.form.in_future")
	k.Need(utf8.RuneCountInString(note) <= 1000, "note", "rollout.form.too_long", "max", 1000)
	if err := k.Err(); err != nil {
		return err
	}
	return s.db.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		pg, err := programmeByCode(ctx, tx, code)
		if err != nil {
			return err
		}
		var m Milestone
		if err := tx.NewSelect().Model(&m).Where("ms.programme = ? AND ms.key = ?", pg.ID, key).Scan(ctx); err != nil {
			return db.Sorted(err)
		}
		err = db.Changed(tx.NewRaw("UPDATE rollout_milestone SET actual_on = ?, note = ?, version = version + 1 WHERE id = ? AND version = ?",
			day, fold.NFC(note), m.ID, version).Exec(ctx))
		if err != nil {
			return err
		}
		return trail.Write(ctx, tx, now, who, "rollout.milestone.reached", string(m.ID), map[string][2]any{"actual_on": {m.ActualOn, day}})
	})
}

package schedule

import (
	"context"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/trail"
	"lotrinh/rollout"
)

// most is the largest number of anything in an outline.
const most = 500

// Suggested is the outline of a phase that nobody changed: seats for the communes' four
// audiences by 31 a class, and the people and lorries that the city has.
func Suggested(programme string, phase, communes int, from string) Outline {
	return Outline{Programme: programme, Phase: phase, FromOn: from, Classes: max(1, (communes*4+30)/31), Trainers: 8, Trucks: 4, Stops: 3, Technicians: 14, Volunteers: 24, Testers: 14, Notice: 5, Trial: 5}
}

func (o Outline) check() error {
	var k fault.Check
	_, err := clock.ParseDate(o.FromOn)
	k.Need(err == nil, "from", "form.bad_day")
	for _, one := range []struct {
		name  string
		n     int
		least int
	}{{"classes", o.Classes, 1}, {"trainers", o.Trainers, 2}, {"trucks", o.Trucks, 1}, {"stops", o.Stops, 1}, {"technicians", o.Technicians, 1}, {"volunteers", o.Volunteers, 1}, {"testers", o.Testers, 1}, {"notice", o.Notice, 0}, {"trial", o.Trial, 0}} {
		k.Need(one.n >= one.least && one.n <= most, one.name, "schedule.form.number", "least", one.least, "most", most)
	}
	return k.Err()
}

// Make drafts a phase and places its tasks. A phase has one draft.
func (s *Service) Make(ctx context.Context, who access.Actor, o Outline) (Draft, error) {
	if err := who.Need(rollout.Plan); err != nil {
		return Draft{}, err
	}
	if err := o.check(); err != nil {
		return Draft{}, err
	}
	ph, groups, err := s.members(ctx, who, o)
	if err != nil {
		return Draft{}, err
	}
	cal, err := s.calendar(ctx)
	if err != nil {
		return Draft{}, err
	}
	now := s.now()
	b := &book{draft: Draft{ID: ident.New(now), Programme: o.Programme, Phase: o.Phase, FromOn: o.FromOn, MadeBy: who.ID, MadeName: who.Name, MadeAt: now, ComputedAt: &now, Version: 1}}
	if b.axis, err = newAxis(cal, o.FromOn); err != nil {
		return Draft{}, err
	}
	b.tasks, b.resources = outline(groups, o, ph.OfficialOn), o.resources(b.draft.ID)
	for i := range b.tasks {
		b.tasks[i].ID, b.tasks[i].Draft = ident.New(now), b.draft.ID
	}
	for i := range b.resources {
		b.resources[i].ID = ident.New(now)
	}
	if b.result, err = b.solve(ctx, b.project(s.today()), Result{}); err != nil {
		return Draft{}, err
	}
	b.draft.Result = pack(b.result)
	err = s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := insert(ctx, tx, []Draft{b.draft}); err != nil {
			if fault.Is(err, fault.Conflict) {
				return fault.Because(fault.Conflict, "schedule.twice", err)
			}
			return err
		}
		if err := insert(ctx, tx, b.resources); err != nil {
			return err
		}
		if err := insert(ctx, tx, b.tasks); err != nil {
			return err
		}
		return trail.Write(ctx, tx, now, who, "rollout.plan.drafted", string(b.draft.ID), map[string][2]any{"tasks": {nil, len(b.tasks)}})
	})
	return b.draft, err
}

// members are the communes of a phase by district.
func (s *Service) members(ctx context.Context, who access.Actor, o Outline) (rollout.Phase, []group, error) {
	board, err := s.Rollout.Board(ctx, who, o.Programme, rollout.Filter{Phase: o.Phase})
	if err != nil {
		return rollout.Phase{}, nil, err
	}
	var ph rollout.Phase
	for _, p := range board.Phases {
		if p.Ordinal == o.Phase && !p.Live {
			ph = p
		}
	}
	if ph.ID == "" || len(board.Rows) == 0 {
		return ph, nil, fault.New(fault.Missing, "fault.missing")
	}
	var groups []group
	for _, r := range board.Rows {
		if n := len(groups); n == 0 || groups[n-1].district != r.District {
			groups = append(groups, group{district: r.District})
		}
		g := &groups[len(groups)-1]
		g.communes = append(g.communes, r.Unit)
	}
	return ph, groups, nil
}

// Compute places the tasks of a draft again: what is done or promised stays, and of two
// calendars as good as each other the one is taken that moves less.
func (s *Service) Compute(ctx context.Context, who access.Actor, id ident.ID, version int64) error {
	if err := who.Need(rollout.Plan); err != nil {
		return err
	}
	b, err := s.load(ctx, s.DB.Read(), id)
	if err != nil {
		return err
	}
	if b.draft.Version != version {
		return fault.New(fault.Conflict, "fault.changed_meanwhile")
	}
	r, err := b.solve(ctx, b.project(s.today()), b.result)
	if err != nil {
		return err
	}
	return s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error { return s.keep(ctx, tx, who, b.draft, r) })
}

// Refresh is Compute for whoever did not look at the draft before.
func (s *Service) Refresh(ctx context.Context, who access.Actor, id ident.ID) error {
	b, err := s.load(ctx, s.DB.Read(), id)
	if err != nil {
		return err
	}
	return s.Compute(ctx, who, id, b.draft.Version)
}

// Agreed is the draft of a phase with its newest baseline.
func (s *Service) Agreed(ctx context.Context, who access.Actor, programme string, phase int) (Draft, Frozen, error) {
	if err := who.Need(rollout.Read); err != nil {
		return Draft{}, Frozen{}, err
	}
	var d Draft
	if err := s.DB.Read().NewSelect().Model(&d).Where("pd.programme = ? AND pd.phase = ?", programme, phase).Scan(ctx); err != nil {
		return Draft{}, Frozen{}, db.Sorted(err)
	}
	f, known, err := s.latest(ctx, s.DB.Read(), d.ID)
	if err == nil && !known {
		err = fault.New(fault.Missing, "fault.missing")
	}
	return d, f, err
}

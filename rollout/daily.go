package rollout

import (
	"context"
	"time"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/fault"
)

// Standing is how one commune stood at the end of a day.
type Standing struct {
	Unit               string
	Phase              int // ordinal
	Stage              Stage
	Due                bool // its planned official day has come
	Declared, Verified bool
	Held               bool // its phase had begun and a must criterion was not met
}

// StandingsOn are the communes of a programme that the actor may see as they stood at the end
// of a day, or now on the running one, from dated facts; phases that were live from the start
// are left out. The number of queries does not depend on the number of communes.
func (s *Service) StandingsOn(ctx context.Context, who access.Actor, code, day string) ([]Standing, error) {
	if err := who.Need(Read); err != nil {
		return nil, err
	}
	now := s.clock.Now()
	from, err := clock.ParseDate(day)
	if err != nil || day > clock.Date(now) {
		return nil, fault.New(fault.Invalid, "rollout.form.bad_day")
	}
	b, err := s.bookOf(ctx, code)
	if err != nil {
		return nil, err
	}
	p, err := s.history(ctx, b)
	if err != nil {
		return nil, err
	}
	_, over := clock.Day(from)
	at := over.Add(-time.Microsecond)
	if at.After(now) {
		at = now
	}
	var all []Standing
	for unit, f := range b.factsOf(p, scopeOf(who), Any) {
		if x, in := b.standingOn(unit, f, day, at); in {
			all = append(all, x)
		}
	}
	return all, nil
}

// standingOn is a commune as it stood at a moment of a day, if it was in a phase.
func (b *book) standingOn(unit string, f *unitFacts, day string, at time.Time) (Standing, bool) {
	r, in := b.rowOn(unit, f, day, at)
	if !in {
		return Standing{}, false
	}
	id, _ := f.phaseOn(day)
	phase := b.phase[id]
	x := Standing{Unit: unit, Phase: r.Phase, Stage: r.Stage, Due: day >= phase.OfficialOn, Declared: r.Declared, Verified: r.Verified}
	if phase.State(at) != PhasePlanned {
		known := Known{}
		for _, e := range f.evidence {
			if !e.ObservedAt.After(at) {
				known.add(e)
			}
		}
		x.Held = Judge(r.Stage.Aim(), b.asked(id, at), known, b.waiversOf[unit], at).Answer == Unmet
	}
	return x, true
}

package board

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/i18n"
	"lotrinh/reports"
	"lotrinh/reports/metric"
)

// Commune is a commune of a programme as it stood.
type Commune struct {
	Unit, Name               string
	District, DistrictName   string
	Phase                    int
	Stage                    string // preparing, trial, official
	Answer                   string // of the gate that it aims at: met, unmet, unknown
	Declared, Verified, Bare bool
	Reasons                  []i18n.Line // by criterion
	Details                  []i18n.Line // what was measured; names no person
	Href                     string      // its page
}

// Standing is a programme at a moment, over the communes that a reader may see. Phases
// carry their plan only; those that were live before the programme are none of them.
type Standing struct {
	At         time.Time
	Programme  reports.Programme
	Phases     []reports.Phase
	Communes   []Commune
	Days       []reports.Day
	Milestones []reports.Milestone
}

// Sum is counts of communes, with what wants attention.
type Sum struct {
	reports.Counts
	Planned int // whose official day has come
	Late    int // behind a promise whose day is over
	Unmet   int // of phases that have begun
	Unknown int // of phases that have begun
	Ready   int // gate met, not moved yet
}

// add counts a commune.
func (s *Sum) add(c Commune, p Plan) {
	s.Total++
	switch c.Stage {
	case "preparing":
		s.Preparing++
	case "trial":
		s.Trial++
	case "official":
		s.Official++
	}
	for _, one := range []struct {
		is bool
		n  *int
	}{{c.Declared, &s.Declared}, {c.Verified, &s.Verified}, {c.Bare, &s.Bare}, {p.planned(c), &s.Planned}, {p.Shows(c, ShowLate), &s.Late},
		{p.Shows(c, ShowUnmet), &s.Unmet}, {p.Shows(c, ShowUnknown), &s.Unknown}, {p.Shows(c, ShowReady), &s.Ready}} {
		if one.is {
			*one.n++
		}
	}
}

// Plan judges communes by what was promised for them at a moment.
type Plan struct {
	today string // day of the moment
	over  string // last day that is wholly over
	phase map[int]reports.Phase
}

// PlanAt is the plan of a standing at its moment. The last microsecond of a day is its end:
// by then what was promised for the day is kept or broken.
func (s Standing) PlanAt() Plan {
	p := Plan{today: clock.Date(s.At), phase: map[int]reports.Phase{}}
	p.over = clock.Date(s.At.Add(time.Microsecond).AddDate(0, 0, -1))
	for _, ph := range s.Phases {
		p.phase[ph.No] = ph
	}
	return p
}

// Promise is the stage that a commune has been promised last, and for which day; empty
// while nothing was.
func (p Plan) Promise(c Commune) (stage, day string) {
	ph := p.phase[c.Phase]
	switch {
	case ph.OfficialOn != "" && ph.OfficialOn <= p.today:
		return "official", ph.OfficialOn
	case ph.TrialOn != "" && ph.TrialOn <= p.today:
		return "trial", ph.TrialOn
	}
	return "", ""
}

func (p Plan) planned(c Commune) bool {
	stage, _ := p.Promise(c)
	return stage == "official"
}

// Late is the promise that a commune has broken: the stage and the day; false when it
// keeps what was promised, or the day is not over.
func (p Plan) Late(c Commune) (stage, day string, late bool) {
	ph := p.phase[c.Phase]
	switch {
	case c.Stage == "official" || c.Stage == "live":
	case ph.OfficialOn != "" && ph.OfficialOn <= p.over:
		return "official", ph.OfficialOn, true
	case c.Stage == "preparing" && ph.TrialOn != "" && ph.TrialOn <= p.over:
		return "trial", ph.TrialOn, true
	}
	return "", "", false
}

// begun tells whether the phase of a commune has begun.
func (p Plan) begun(c Commune) bool {
	on := p.phase[c.Phase].TrialOn
	return on != "" && on <= p.today
}

// Shows tells whether a commune is in a choice.
func (p Plan) Shows(c Commune, s Show) bool {
	switch s {
	case ShowLate:
		_, _, late := p.Late(c)
		return late
	case ShowUnmet, ShowUnknown:
		return p.begun(c) && c.Answer == string(s)
	case ShowReady:
		return c.Answer == "met" && c.Stage != "official"
	case ShowPreparing, ShowTrial, ShowOfficial:
		return c.Stage == string(s)
	}
	return true
}

// Under keeps the communes of a district or of one commune, and of a phase; empty keeps all.
func (s Standing) Under(unit, phase string) Standing {
	if unit == "" && phase == "" {
		return s
	}
	s.Communes = slices.DeleteFunc(slices.Clone(s.Communes), func(c Commune) bool {
		return unit != "" && c.District != unit && c.Unit != unit || phase != "" && strconv.Itoa(c.Phase) != phase
	})
	return s
}

// Sum counts all communes.
func (s Standing) Sum() Sum {
	var n Sum
	p := s.PlanAt()
	for _, c := range s.Communes {
		n.add(c, p)
	}
	return n
}

// Place is a district with its counts.
type Place struct {
	Code, Name string
	Phase      int
	Sum
}

// Districts counts by district, the phases one after the other, in the order of the list.
func (s Standing) Districts() []Place {
	type of struct {
		phase    int
		district string
	}
	p, at := s.PlanAt(), map[of]int{}
	var all []Place
	for _, c := range s.Communes {
		i, known := at[of{c.Phase, c.District}]
		if !known {
			i = len(all)
			at[of{c.Phase, c.District}] = i
			all = append(all, Place{Code: c.District, Name: c.DistrictName, Phase: c.Phase})
		}
		all[i].add(c, p)
	}
	slices.SortStableFunc(all, func(a, b Place) int { return cmp.Compare(a.Phase, b.Phase) })
	return all
}

// Choice lists the communes of a choice, those that are late first.
func (s Standing) Choice(show Show) []Commune {
	p := s.PlanAt()
	var all []Commune
	for _, c := range s.Communes {
		if p.Shows(c, show) {
			all = append(all, c)
		}
	}
	rank := func(c Commune) int {
		if p.Shows(c, ShowLate) {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(all, func(a, b Commune) int { return cmp.Compare(rank(a), rank(b)) })
	return all
}

// Put sets the rollout's metrics of a unit as they are counted here.
func (s Sum) Put(t metric.Table, unit string) {
	for k, v := range map[metric.Key]int{"rollout.communes": s.Total, "rollout.planned": s.Planned, "rollout.trial": s.Trial, "rollout.official": s.Official,
		"rollout.declared": s.Declared, "rollout.verified": s.Verified, "rollout.held": s.Unmet} {
		t.Put(k, unit, metric.Value{N: int64(v), Known: true})
	}
}

// until is the curve as it was known at the end of a day: later days have a plan only.
func until(days []reports.Day, day string) []reports.Day {
	all := slices.Clone(days)
	for i := range all {
		if all[i].Day > day {
			all[i] = reports.Day{Day: all[i].Day, Planned: all[i].Planned}
		}
	}
	return all
}

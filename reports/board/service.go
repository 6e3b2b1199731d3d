package board

import (
	"context"
	"slices"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/plot"
	"lotrinh/internal/org"
	"lotrinh/reports"
	"lotrinh/reports/metric"
)

// Rollout tells how a programme stood, in a constant number of queries.
type Rollout interface {
	Programmes(ctx context.Context) ([]reports.Programme, error)
	// Standing is the programme at the end of a day, or at this moment on the current one.
	Standing(ctx context.Context, a reports.Ask, programme, day string) (Standing, error)
}

// Deps is whom the room asks.
type Deps struct {
	Business  clock.Clock
	Rollout   Rollout
	Inventory reports.Inventory
	HelpDesk  reports.HelpDesk
	Units     reports.Units
	Measures  reports.Measures
}

// Service is the room. It is safe for concurrent use.
type Service struct {
	Deps
	charts *plot.Cache[plot.Chart]
	panels []Panel
}

// keptCharts is how many drawn charts are kept by their content.
const keptCharts = 512

// New is the room.
func New(d Deps) *Service { return &Service{Deps: d, charts: plot.NewCache[plot.Chart](keptCharts)} }

// programme is the one that was asked for, or the first; Missing while there is none.
func (s *Service) programme(ctx context.Context, code string) (reports.Programme, error) {
	all, err := s.Rollout.Programmes(ctx)
	if err != nil {
		return reports.Programme{}, err
	}
	for _, p := range all {
		if p.Code == code || code == "" {
			return p, nil
		}
	}
	return reports.Programme{}, fault.New(fault.Missing, "board.no_programme")
}

// place is the unit that a board is about: the one asked for, which must be in reach, or
// the widest one that is.
func (s *Service) place(ctx context.Context, who access.Actor, unit string) (org.Unit, *org.Tree, error) {
	if err := who.Need(reports.Overview); err != nil {
		return org.Unit{}, nil, err
	}
	tree, err := s.Units.Tree(ctx, s.Business.Now())
	if err != nil {
		return org.Unit{}, nil, err
	}
	if unit != "" {
		u, known := tree.Unit(unit)
		if !known {
			return org.Unit{}, nil, fault.New(fault.Missing, "fault.missing")
		}
		return u, tree, who.NeedAt(reports.Overview, unit)
	}
	for _, u := range tree.All() {
		if who.Covers(reports.Overview, u.Code) {
			return u, tree, nil
		}
	}
	return org.Unit{}, nil, fault.New(fault.Missing, "fault.missing")
}

// standing is the programme of a state on a day, over a unit; the curve ends with the day.
func (s *Service) standing(ctx context.Context, who access.Actor, st State, unit, day string) (Standing, error) {
	p, err := s.programme(ctx, st.Programme)
	if err != nil {
		return Standing{}, err
	}
	of, err := s.Rollout.Standing(ctx, reports.Ask{Who: who, Unit: unit}, p.Code, day)
	of.Days = until(of.Days, day)
	return of, err
}

// span is the week that ends with a day: what flows is summed over it.
func span(day string) metric.Span {
	at, err := clock.ParseDate(day)
	if err != nil {
		return metric.Span{From: day, Until: day}
	}
	return metric.Span{From: clock.Date(at.AddDate(0, 0, 1-week)), Until: day}
}

const (
	week     = 7  // days over which what flows is summed
	lookBack = 14 // days that a series shows
)

// values asks the store for metrics on a day.
func (s *Service) values(ctx context.Context, who access.Actor, keys []metric.Key, units []string, st State, day string) (metric.Table, error) {
	if len(units) == 0 {
		return metric.Table{}, nil
	}
	return s.Measures.Values(ctx, who, metric.Ask{Metrics: metric.Base(keys...), Units: units, Span: span(day), Phase: phaseNo(st.Phase)})
}

// series asks the store for a metric day by day.
func (s *Service) series(ctx context.Context, who access.Actor, key metric.Key, units []string, st State, day string) ([]metric.Line, error) {
	if len(units) == 0 {
		return nil, nil
	}
	at, err := clock.ParseDate(day)
	if err != nil {
		return nil, err
	}
	return s.Measures.Series(ctx, who, metric.Ask{Metrics: []metric.Key{key}, Units: units, Phase: phaseNo(st.Phase),
		Span: metric.Span{From: clock.Date(at.AddDate(0, 0, 1-lookBack)), Until: day}})
}

// below are the units under a unit that the reader may see.
func below(who access.Actor, tree *org.Tree, unit string) []org.Unit {
	return slices.DeleteFunc(slices.Clone(tree.Children(unit)), func(u org.Unit) bool { return !who.Covers(reports.Overview, u.Code) })
}

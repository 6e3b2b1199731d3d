package measure

import (
	"context"
	"slices"
	"strings"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/org"
	"lotrinh/reports"
	"lotrinh/reports/metric"
)

// shownDays is how many days a page and the API show when nobody asks for others.
const shownDays = 42

// asked is what a request wants to know: a metric of a unit over a span, on the map of the
// span's last day.
type asked struct {
	m    metric.Metric
	unit org.Unit
	tree *org.Tree
	span metric.Span
	of   string
}

// ask is the metric's question about some units.
func (a asked) ask(units ...string) metric.Ask {
	return metric.Ask{Metrics: []metric.Key{a.m.Key}, Units: units, Span: a.span, Of: a.of}
}

// read checks a question: the metric must be in the catalogue, the unit in force on the last
// day and, where it is named, one of whose parts the reader sees some. Unasked it is the
// city, over the last weeks.
func (s *Service) read(ctx context.Context, who access.Actor, get func(string) string, key string) (asked, error) {
	m, known := metric.Find(metric.Key(key))
	if err := s.mayRead(who); err != nil {
		return asked{}, err
	}
	if !known {
		return asked{}, fault.New(fault.Missing, "fault.missing")
	}
	a := asked{m: m, of: strings.Clone(get("of"))}
	today := clock.Date(s.clock.Now())
	a.span = metric.Span{From: strings.Clone(get("from")), Until: strings.Clone(get("until"))}
	if a.span.Until == "" {
		a.span.Until = today
	}
	if a.span.From == "" {
		from, err := step(a.span.Until, 1-shownDays)
		if err != nil {
			return a, fault.New(fault.Invalid, "form.bad_day")
		}
		a.span.From = from
	}
	if _, err := daysBetween(a.span.From, a.span.Until); err != nil {
		return a, err
	}
	atlas, err := s.units.Atlas(ctx)
	if err != nil {
		return a, err
	}
	a.tree = atlas.Tree(a.span.Until)
	code := strings.Clone(get("unit"))
	if code == "" {
		for _, r := range a.tree.Roots() {
			code = r.Code
		}
	}
	unit, in := a.tree.Unit(code)
	if !in || len(cover(a.tree, code, reach(who))) == 0 {
		return a, fault.New(fault.Missing, "fault.missing")
	}
	a.unit = unit
	return a, nil
}

func (s *Service) mayRead(who access.Actor) error {
	if who.May(reports.Overview) {
		return nil
	}
	return who.Need(reports.Read)
}

// parts are the units right below the one asked for of which the reader sees something.
func (a asked) parts(who access.Actor) []org.Unit {
	mine := reach(who)
	return slices.DeleteFunc(slices.Clone(a.tree.Children(a.unit.Code)), func(u org.Unit) bool { return len(cover(a.tree, u.Code, mine)) == 0 })
}

// now is the metric's value that a card shows: of a flow the sum of the last seven days
// until a day, else how it stands on the day.
func (s *Service) now(ctx context.Context, who access.Actor, day string, units []string, keys ...metric.Key) (metric.Table, error) {
	from, err := step(day, -6)
	if err != nil {
		return nil, err
	}
	return s.Values(ctx, who, metric.Ask{Metrics: keys, Units: units, Span: metric.Span{From: from, Until: day}})
}

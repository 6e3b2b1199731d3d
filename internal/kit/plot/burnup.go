package plot

import (
	"slices"
	"strings"
	"time"

	"lotrinh/internal/kit/fault"
)

// BurnUpSpec is what is done against all there is to do: the scope, which may grow or
// shrink (stepped), the work done (solid), the plan (dashed), and the cone of what may
// come. Where the cone's edges reach the last scope is told in words above the plot and
// marked upon the scope.
type BurnUpSpec struct {
	Frame
	DateHead                     string // head of the table's first column: "Ngày"
	Done, Scope, Plan            Line
	Forecast                     Band
	Today                        time.Time // a rule at this day, when set
	TodayTag                     string    // "Hôm nay"
	EarlyTag, LikelyTag, LateTag string    // "Sớm nhất", "Khả năng nhất", "Muộn nhất"; empty ones are left out
}

// Key names the content of the specification.
func (s BurnUpSpec) Key() string { return keyOf(s) }

// BurnUp draws what is done against all there is to do.
func BurnUp(spec BurnUpSpec) (c Chart, err error) {
	defer rescue(&err)
	key := spec.Key()
	f, err := spec.settle(key)
	if err != nil {
		return Chart{}, err
	}
	inner := SCurveSpec{Frame: spec.Frame, Verified: spec.Done, Plan: spec.Plan, Forecast: spec.Forecast, Today: spec.Today, TodayTag: spec.TodayTag}
	var k fault.Check
	k.Add(inner.check())
	k.Add(SCurveSpec{Verified: spec.Scope}.check())
	if err := k.Err(); err != nil {
		return Chart{}, err
	}
	g := &burnUp{scurve: scurve{spec: inner, f: f, curves: slices.Concat(spec.Scope.as(Scope), inner.curves())}}
	g.ends = spec.ends(f)
	for i := range g.curves {
		if g.curves[i].tone.tone == Scope {
			g.curves[i] = g.curves[i].stepped()
		}
	}
	var words []string
	for _, e := range g.ends {
		words = append(words, e.words)
	}
	g.notes = wrap(strings.Join(words, " · "), normal, f.Width-16)
	g.lay()
	var t Table
	t, g.rows = dayTable(f, spec.DateHead, "", append([]column{{spec.Scope.Name, spec.Scope.Dates, spec.Scope.Values}}, inner.columns()[1:]...))
	return finish(f, key, sketch{kind: "burnup", height: g.height, table: t, empty: len(g.curves) == 0, draw: g.draw})
}

// burnUp is the layout of a burn-up: that of an S-curve, with the ends marked.
type burnUp struct {
	scurve
	ends []reached
}

// reached is where an edge of the cone meets the scope, if it does.
type reached struct {
	day   float64
	at    float64
	met   bool
	words string
}

// stepped is a curve that holds each value until the next.
func (c curve) stepped() curve {
	var days, values []float64
	for i, d := range c.days {
		if i > 0 {
			days, values = append(days, d), append(values, c.values[i-1])
		}
		days, values = append(days, d), append(values, c.values[i])
	}
	c.days, c.values = days, values
	return c
}

// ends are where the cone reaches the last scope: its upper edge first, its lower last.
func (s BurnUpSpec) ends(f Frame) []reached {
	n := len(s.Scope.Values)
	if n == 0 || len(s.Forecast.Dates) == 0 {
		return nil
	}
	scope := s.Scope.Values[n-1]
	var all []reached
	for _, edge := range []struct {
		tag    string
		values []float64
	}{{s.EarlyTag, s.Forecast.High}, {s.LikelyTag, s.Forecast.Mid}, {s.LateTag, s.Forecast.Low}} {
		if tidy(edge.tag) == "" {
			continue
		}
		i := slices.IndexFunc(edge.values, func(v float64) bool { return v >= scope })
		e := reached{at: scope, met: i >= 0}
		sign := ""
		if !e.met {
			i, sign = len(s.Forecast.Dates)-1, "> "
		}
		e.day = dayNumber(s.Forecast.Dates[i])
		e.words = tidy(edge.tag) + " " + sign + f.day(s.Forecast.Dates[i])
		all = append(all, e)
	}
	return all
}

func (g *burnUp) draw(p pen, top int) {
	if c := g.curves[0]; c.tone.tone == Scope { // goes on faintly as it is
		last := len(c.days) - 1
		y := top + g.box.Bottom - g.y.Translate(c.values[last])
		p.line(rule("axis"), g.box.Left+g.x.Translate(c.days[last]), y, g.box.Right, y)
	}
	g.scurve.draw(p, top)
	for _, e := range g.ends {
		if e.met {
			x, y := g.box.Left+g.x.Translate(e.day), top+g.box.Bottom-g.y.Translate(e.at)
			p.diamond(hollow(must(Forecast)), x, y, 5)
		}
	}
}

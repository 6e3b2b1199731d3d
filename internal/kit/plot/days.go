package plot

import (
	"time"

	chart "github.com/wcharczuk/go-chart/v2"

	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/fault"
)

// DaysSpec is what was measured day by day, such as the middle and the slow end of an
// answer's time, with the times laid under it in which nothing worked.
type DaysSpec struct {
	Frame
	DateHead string // head of the table's first column: "Ngày"
	Low      Line   // drawn solid: the middle
	High     Line   // drawn dashed: the slow end
	Limit    float64
	LimitTag string // "cần dưới 150 ms"; without one no limit is drawn
	Spans    []Span
}

// Span is a length of time that is laid under the lines.
type Span struct{ From, Until time.Time }

// Key names the content of the specification.
func (s DaysSpec) Key() string { return keyOf(s) }

// Days draws what was measured day by day.
func Days(spec DaysSpec) (c Chart, err error) {
	defer rescue(&err)
	key := spec.Key()
	f, err := spec.settle(key)
	if err != nil {
		return Chart{}, err
	}
	if err := spec.check(); err != nil {
		return Chart{}, err
	}
	inner := SCurveSpec{Frame: spec.Frame, DateHead: spec.DateHead, Verified: spec.Low, Plan: spec.High}
	if spec.LimitTag != "" {
		inner.Total, inner.TotalTag = spec.Limit, spec.LimitTag
	}
	g := &days{scurve: scurve{spec: inner, f: f, curves: inner.curves()}, spans: spec.Spans}
	g.lay()
	g.reach()
	var t Table
	t, g.rows = dayTable(f, spec.DateHead, "", inner.columns())
	return finish(f, key, sketch{kind: "days", height: g.height, table: t, empty: len(g.curves) == 0, draw: g.draw})
}

func (s DaysSpec) check() error {
	var k fault.Check
	k.Add(SCurveSpec{Verified: s.Low, Plan: s.High}.check())
	finite(&k, s.LimitTag, s.Limit)
	notNegative(&k, s.LimitTag, s.Limit)
	k.Need(len(s.Spans) <= mostMarks, "spans", "plot.too_many", "count", len(s.Spans), "most", mostMarks)
	for _, one := range s.Spans {
		k.Need(one.Until.After(one.From), "spans", "plot.unordered", "name", s.LimitTag)
	}
	return k.Err()
}

// days is the layout of a chart of days: that of an S-curve, with spans under it.
type days struct {
	scurve
	spans []Span
}

// reach lets the axis go on through the last day where a span lies in it: a line's
// points stand at the beginning of their day.
func (g *days) reach() {
	last := g.x.Max
	for _, s := range g.spans {
		if until := moment(s.Until); moment(s.From) < last+1 && until > g.x.Max {
			g.x.Max = min(until, last+1)
		}
	}
}

func (g *days) draw(p pen, top int) {
	box := g.box
	box.Top += top
	box.Bottom += top
	for _, s := range g.spans {
		g.drawSpan(p, box, s)
	}
	g.scurve.draw(p, top)
}

// drawSpan lays a span under the lines; a short one is still to be seen.
func (g *days) drawSpan(p pen, box chart.Box, s Span) {
	from, until := max(moment(s.From), g.x.Min), min(moment(s.Until), g.x.Max)
	if until <= from {
		return
	}
	left, right := box.Left+g.x.Translate(from), box.Left+g.x.Translate(until)
	p.rect(veil(must(Late)), left, box.Top, max(right-left, 2), box.Height())
	p.line(stroked(must(Late), 1), left, box.Top, left, box.Bottom)
}

// moment is a point in time on the axis of days.
func moment(at time.Time) float64 {
	from, _ := clock.Day(at)
	return dayNumber(at) + float64(at.Sub(from))/float64(24*time.Hour)
}

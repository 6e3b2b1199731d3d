package plot

import (
	"math"
	"slices"

	chart "github.com/wcharczuk/go-chart/v2"

	"lotrinh/internal/kit/fault"
)

// Panel is one of many small charts: what was reached and what was planned.
type Panel struct {
	Label, Href    string
	Verified, Plan Line
}

// MultiplesSpec is one small chart for each of many, such as districts, all on one scale of
// values and of days, so that they can be compared at a glance.
type MultiplesSpec struct {
	Frame
	Head     string // "Quận, huyện"
	DateHead string // "Ngày"
	Unit     string // "%", or a word after the numbers
	Top      float64
	Panels   []Panel
}

// Key names the content of the specification.
func (s MultiplesSpec) Key() string { return keyOf(s) }

// Multiples draws one small chart for each panel.
func Multiples(spec MultiplesSpec) (c Chart, err error) {
	defer rescue(&err)
	key := spec.Key()
	f, err := spec.settle(key)
	if err != nil {
		return Chart{}, err
	}
	var k fault.Check
	count := 0
	finite(&k, spec.DateHead, spec.Top)
	notNegative(&k, spec.DateHead, spec.Top)
	for _, p := range spec.Panels {
		k.Add(SCurveSpec{Verified: p.Verified, Plan: p.Plan}.check())
		count += len(p.Verified.Values) + len(p.Plan.Values)
	}
	k.Need(count <= mostMarks, "panels", "plot.too_many", "count", count, "most", mostMarks)
	if err := k.Err(); err != nil {
		return Chart{}, err
	}
	g := &multiples{spec: spec, f: f}
	t := g.gather()
	if count > 0 {
		g.lay()
	}
	linked := slices.ContainsFunc(spec.Panels, func(p Panel) bool { return followed(p.Href) })
	return finish(f, key, sketch{kind: "multiples", height: max(g.height, 96), table: t, empty: count == 0, linked: linked, draw: g.draw})
}

// multiples is the layout of many small charts.
type multiples struct {
	spec       MultiplesSpec
	f          Frame
	panels     []panel
	x, y       chart.ContinuousRange
	across     int
	down       int
	wide, high int // of one panel with the room around it
	left       int // room for the scale
	height     int
	legend     [][]key
	ticks      []float64
}

// panel is a small chart with the rows of the table that it shows.
type panel struct {
	label, href string
	plan, done  []curve
	first       int // row of the table
	days        []float64
	last        string // the last value in words
}

// gather makes the curves and the table: a row for each panel and day.
func (g *multiples) gather() Table {
	s := g.spec
	t := Table{Head: []string{tidy(s.Head), tidy(s.DateHead)}}
	for _, one := range s.Panels {
		if len(t.Head) == 2 {
			t.Head = append(t.Head, tidy(one.Verified.Name), tidy(one.Plan.Name))
		}
		p := panel{label: tidy(one.Label), href: one.Href, plan: one.Plan.as(Plan), done: one.Verified.as(Verified), first: len(t.Rows)}
		// an empty line still has its column: the panels' rows are one table
		done, plan := column{one.Verified.Name, one.Verified.Dates, one.Verified.Values}, column{one.Plan.Name, one.Plan.Dates, one.Plan.Values}
		own, days := dayTable(g.f, s.DateHead, s.Unit, []column{done, plan})
		for _, row := range own.Rows {
			cells := []string{p.label, row[0]}
			if len(done.dates) == 0 {
				cells = append(cells, "")
			}
			cells = append(cells, row[1:]...)
			if len(plan.dates) == 0 {
				cells = append(cells, "")
			}
			t.Rows = append(t.Rows, cells)
		}
		p.days = days
		if n := len(one.Verified.Values); n > 0 {
			p.last = g.f.figure(one.Verified.Values[n-1], s.Unit)
		}
		g.panels = append(g.panels, p)
	}
	return t
}

func (g *multiples) lay() {
	most, from, until := g.spec.Top, math.Inf(1), math.Inf(-1)
	names := map[Tone]string{}
	for _, p := range g.panels {
		for _, c := range slices.Concat(p.plan, p.done) {
			most = max(most, slices.Max(c.values))
			from, until = min(from, c.days[0]), max(until, c.days[len(c.days)-1])
			names[c.tone.tone] = c.name
		}
	}
	if from >= until {
		from, until = from-1, until+1
	}
	top, step := niceTop(most, 2)
	g.ticks = steps(top, step)
	g.left = 10
	for _, v := range g.ticks {
		g.left = max(g.left, 8+textWidth(g.f.figure(v, g.spec.Unit), small))
	}
	fits := max(1, g.f.Width/160)
	g.down = (len(g.panels) + fits - 1) / fits
	g.across = (len(g.panels) + g.down - 1) / g.down
	g.wide, g.high = (g.f.Width-8)/g.across, max(122, min(180, (g.f.Width-8)/g.across*7/10))
	var keys []key
	for _, tone := range []Tone{Verified, Plan} {
		if name := names[tone]; name != "" {
			keys = append(keys, key{name: name, sign: func(p pen, x, y int) { p.line(stroked(must(tone), must(tone).width), x, y+8, x+swatch, y+8) }})
		}
	}
	g.legend = legendRows(keys, g.f.Width-16)
	g.height = 12 + 24*len(g.legend) + g.high*g.down
	g.x = chart.ContinuousRange{Min: from, Max: until, Domain: g.wide - g.left - 12}
	g.y = chart.ContinuousRange{Max: top, Domain: g.high - 56}
}

func (g *multiples) draw(p pen, top int) {
	p.legend(g.legend, top+4, g.f.Width-16, false)
	top += 12 + 24*len(g.legend)
	for i, one := range g.panels {
		x, y := i%g.across*g.wide, top+i/g.across*g.high
		box := chart.Box{Left: x + g.left, Right: x + g.left + g.x.Domain, Top: y + 30, Bottom: y + 30 + g.y.Domain}
		p.link(one.href, func() { g.drawPanel(p, box, one, x, y) })
	}
}

func (g *multiples) drawPanel(p pen, box chart.Box, one panel, x, y int) {
	wide := textWidth(one.last, small)
	p.brush.bold = true
	p.text(area("ink"), small, start, fit(one.label, small, box.Right-x-8-wide-10), x+8, y+16)
	p.text(filled(must(Verified)), small, end, one.last, box.Right+4, y+16)
	p.brush.bold = false
	for _, v := range g.ticks {
		at := box.Bottom - g.y.Translate(v)
		if v > 0 {
			p.line(rule("grid"), box.Left, at, box.Right, at)
		}
		p.text(area("dim"), 11, end, g.f.figure(v, g.spec.Unit), box.Left-5, at+4)
	}
	p.line(rule("axis"), box.Left, box.Bottom, box.Right, box.Bottom)
	first, last := dateTicks(g.x.Min, g.x.Min, 1), dateTicks(g.x.Max, g.x.Max, 1)
	for _, t := range first {
		p.text(area("dim"), 11, start, t.label, box.Left, box.Bottom+14)
	}
	for _, t := range last {
		p.text(area("dim"), 11, end, t.label, box.Right+4, box.Bottom+14)
	}
	for _, c := range slices.Concat(one.plan, one.done) {
		g.drawLine(p, box, c)
	}
	var at []int
	for _, d := range one.days {
		at = append(at, box.Left+g.x.Translate(d))
	}
	p.over(one.first, at, box)
}

func (g *multiples) drawLine(p pen, box chart.Box, c curve) {
	l := stroked(c.tone, 2)
	if len(c.days) > 1 {
		chart.Draw.LineSeries(p.Renderer, box, &g.x, &g.y, chart.Style{
			ClassName: l.class, StrokeColor: l.stroke, StrokeWidth: l.width, StrokeDashArray: l.dash,
		}, c.series())
	}
	if last := len(c.days) - 1; !c.tone.noMarks || last == 0 {
		p.disc(filled(c.tone), 3, box.Left+g.x.Translate(c.days[last]), box.Bottom-g.y.Translate(c.values[last]))
	}
}

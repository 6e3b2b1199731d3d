package plot

import (
	"cmp"
	"math"
	"slices"

	chart "github.com/wcharczuk/go-chart/v2"

	"lotrinh/internal/kit/fault"
)

// ParetoSpec is which few causes make most of the whole: bars in falling order, the line
// of their running sum, and a rule at the share that is looked for. The bars up to where
// the sum passes the rule are dark, the rest are pale. The chart sorts by itself.
type ParetoSpec struct {
	Frame
	Head, ValueHead    string
	ShareHead, SumHead string // "Tỷ lệ", "Lũy kế"
	Bars               []Bar  // tones are not looked at
	Most               int    // so many bars, the rest is added up in one; all when zero
	OtherLabel         string // "Còn lại"
	Cut                float64
	CutTag             string // "80%"; Cut is a share, 0.8 when zero
}

// Key names the content of the specification.
func (s ParetoSpec) Key() string { return keyOf(s) }

// Pareto draws which few causes make most of the whole.
func Pareto(spec ParetoSpec) (c Chart, err error) {
	defer rescue(&err)
	key := spec.Key()
	f, err := spec.settle(key)
	if err != nil {
		return Chart{}, err
	}
	if spec.Cut == 0 {
		spec.Cut = 0.8
	}
	var k fault.Check
	k.Add(checkBars(spec.Bars))
	k.Need(spec.Cut > 0 && spec.Cut <= 1, "cut", "plot.not_finite", "name", spec.CutTag)
	k.Need(spec.Most >= 0, "most", "plot.negative", "name", spec.OtherLabel)
	if err := k.Err(); err != nil {
		return Chart{}, err
	}
	g := &pareto{spec: spec, f: f}
	g.gather()
	g.lay()
	return finish(f, key, sketch{kind: "pareto", height: g.height, table: g.table(), empty: g.sum <= 0, linked: linked(g.bars), draw: g.draw})
}

// pareto is the layout: lying bars on a scale from nothing to the whole.
type pareto struct {
	spec             ParetoSpec
	f                Frame
	bars             []Bar
	until            []float64 // running sums
	sum              float64
	phone            bool
	left, right, row int
	height           int
}

// gather sorts the bars, adds up the rest and marks the few that make the cut.
func (g *pareto) gather() {
	all := slices.Clone(g.spec.Bars)
	slices.SortStableFunc(all, func(a, b Bar) int { return cmp.Compare(b.Value, a.Value) })
	if n := g.spec.Most; n > 0 && len(all) > n+1 {
		rest := Bar{Label: g.spec.OtherLabel}
		for _, b := range all[n:] {
			rest.Value += b.Value
		}
		all = append(all[:n:n], rest)
	}
	for _, b := range all {
		g.sum += b.Value
	}
	so := 0.0
	for i := range all {
		all[i].Tone = Preparing
		if so < g.spec.Cut*g.sum {
			all[i].Tone = Official
		}
		so += all[i].Value
		g.until = append(g.until, so)
	}
	if n := g.spec.Most; n > 0 && len(all) == n+1 && len(g.spec.Bars) > n+1 {
		all[n].Tone = Preparing // what is left over is no cause
	}
	g.bars = all
}

func (g *pareto) share(v float64) string { return g.f.figure(math.Round(v/g.sum*1000)/10, "%") }

func (g *pareto) table() Table {
	s := g.spec
	t := Table{Head: []string{tidy(s.Head), tidy(s.ValueHead), tidy(s.ShareHead), tidy(s.SumHead)}}
	if g.sum <= 0 {
		return t
	}
	for i, b := range g.bars {
		t.Rows = append(t.Rows, []string{tidy(b.Label), g.f.number(b.Value), g.share(b.Value), g.share(g.until[i])})
	}
	return t
}

func (g *pareto) lay() {
	g.phone = g.f.Width < narrow
	g.left, g.row = 8, 30
	if g.phone {
		g.row = 46
	}
	g.right = 14 + textWidth("100%", normal)
	if !g.phone {
		for _, b := range g.bars {
			g.left = max(g.left, min(g.f.Width/3, 18+textWidth(tidy(b.Label), normal)))
		}
	}
	g.height = 24 + g.row*len(g.bars) + 8
}

func (g *pareto) draw(p pen, top int) {
	top += 24
	bottom := top + g.row*len(g.bars)
	room := float64(g.f.Width - g.left - g.right)
	reach := func(v float64) int { return g.left + int(math.Round(v*room)) }
	line := g.points(top, reach)
	if len(line) > 2 {
		p.line(stroked(must(Declared), 2), line...)
	}
	for i, b := range g.bars {
		y := top + g.row*i
		p.mark(i, b.Href, chart.Box{Right: g.f.Width, Top: y, Bottom: y + g.row}, func() { g.drawBar(p, b, y, reach(b.Value/g.sum)) })
	}
	p.line(rule("axis"), g.left, top, g.left, bottom)
	at := reach(g.spec.Cut)
	p.line(dashed(stroked(must(Late), 2)), at, top-4, at, bottom)
	tag := fit(tidy(g.spec.CutTag), normal, g.f.Width/2)
	if tag == "" {
		tag = g.f.figure(g.spec.Cut*100, "%")
	}
	half := textWidth(tag, normal) / 2
	p.text(filled(must(Late)), normal, middle, tag, max(half, min(at, g.f.Width-half-2)), top-9)
	for i, sum := range g.until {
		p.disc(hollow(must(Declared)), 3.5, line[2*i], line[2*i+1])
		p.text(filled(must(Declared)), small, start, g.share(sum), g.f.Width-g.right+8, line[2*i+1]+5)
	}
}

// points are where the running sum stands, going down through the bars to the whole.
func (g *pareto) points(top int, reach func(float64) int) []int {
	var line []int
	for i, sum := range g.until {
		line = append(line, reach(sum/g.sum), g.middle(top, i))
	}
	return line
}

// middle is the height of the middle of a bar.
func (g *pareto) middle(top, i int) int {
	if g.phone {
		return top + g.row*i + 31
	}
	return top + g.row*i + 15
}

func (g *pareto) drawBar(p pen, b Bar, y, until int) {
	label, at := tidy(b.Label), y+5
	if g.phone {
		p.textOn(area("ink"), normal, start, fit(label, normal, g.f.Width-16), g.left, y+14)
		at = y + 21
	} else {
		p.text(area("ink"), normal, end, fit(label, normal, g.left-14), g.left-8, at+15)
	}
	p.segment(must(b.Tone), g.left, at, until-g.left, 20)
	value := g.f.number(b.Value)
	if wide := textWidth(value, small); until-g.left > wide+12 {
		p.text(uponFilled(must(b.Tone)), small, start, value, g.left+6, at+15)
	} else {
		p.text(area("ink"), small, start, value, until+10, at+9)
	}
}

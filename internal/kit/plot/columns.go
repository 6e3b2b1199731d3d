package plot

import (
	"math"
	"strings"

	chart "github.com/wcharczuk/go-chart/v2"

	"lotrinh/internal/kit/fault"
)

// ColumnsSpec is a histogram: standing bars over ordered classes, such as ages of
// tickets, with a rule before one of them, such as the deadline.
type ColumnsSpec struct {
	Frame
	Head, ValueHead string
	Columns         []Bar
	MarkBefore      int    // a rule stands before this column, when MarkTag is set
	MarkTag         string // "Hạn xử lý"
	Target          float64
	TargetTag       string // "Mục tiêu 80%"; without one no target is drawn
	Unit            string // of the values: "%"; none when empty
}

// Key names the content of the specification.
func (s ColumnsSpec) Key() string { return keyOf(s) }

// Columns draws a histogram.
func Columns(spec ColumnsSpec) (c Chart, err error) {
	defer rescue(&err)
	key := spec.Key()
	f, err := spec.settle(key)
	if err != nil {
		return Chart{}, err
	}
	if err := checkBars(spec.Columns); err != nil {
		return Chart{}, err
	}
	var k fault.Check
	finite(&k, spec.TargetTag, spec.Target)
	notNegative(&k, spec.TargetTag, spec.Target)
	if err := k.Err(); err != nil {
		return Chart{}, err
	}
	g := &columns{spec: spec, f: f}
	if spec.MarkTag != "" && spec.MarkBefore >= 0 && spec.MarkBefore <= len(spec.Columns) {
		g.marked, g.mark = true, float64(spec.MarkBefore)
	}
	g.lay()
	return finish(f, key, sketch{
		kind: "columns", height: g.height, table: barTable(f, spec.Head, spec.ValueHead, spec.Unit, spec.Columns),
		empty: len(spec.Columns) == 0, linked: linked(spec.Columns), draw: g.draw,
	})
}

// columns is the layout of a histogram.
type columns struct {
	two    bool // the names of classes stand in two lines
	spec   ColumnsSpec
	f      Frame
	height int
	box    chart.Box
	y      chart.ContinuousRange
	ticks  []float64
	marked bool
	mark   float64 // where the rule stands, in columns from the left
	keys   []key   // of the legend, before the target's
	legend [][]key
	part   func(p pen, i, x, bottom, wide int) // drawn over a column's foot, when set
}

func (g *columns) lay() {
	most := 0.0
	for _, b := range g.spec.Columns {
		most = max(most, b.Value)
	}
	if g.spec.TargetTag != "" {
		most = max(most, g.spec.Target)
	}
	top, step := niceTop(most, 4)
	g.ticks = steps(top, step)
	left := 14
	for _, v := range g.ticks {
		left = max(left, 14+textWidth(g.f.figure(v, g.spec.Unit), normal))
	}
	g.height = max(200, min(320, g.f.Width*40/100))
	keys := g.keys
	if g.spec.TargetTag != "" {
		keys = append(keys, key{name: tidy(g.spec.TargetTag), sign: func(p pen, x, y int) { p.line(dashed(stroked(must(Scope), 2)), x, y+8, x+swatch, y+8) }})
	}
	g.legend = legendRows(keys, g.f.Width-16)
	g.height += 24 * len(g.legend)
	g.box = chart.Box{Left: left, Right: g.f.Width - 8, Top: 24 + 24*len(g.legend), Bottom: g.height - 28}
	if g.two = g.twoLines(); g.two {
		g.height += 15
	}
	g.y = chart.ContinuousRange{Max: top, Domain: g.box.Height()}
}

func (g *columns) draw(p pen, top int) {
	p.legend(g.legend, top+4, g.f.Width-16, true)
	box := g.box
	box.Top += top
	box.Bottom += top
	for _, v := range g.ticks[1:] {
		y := box.Bottom - g.y.Translate(v)
		p.line(rule("grid"), box.Left, y, box.Right, y)
	}
	for _, v := range g.ticks {
		p.text(area("dim"), normal, end, g.f.figure(v, g.spec.Unit), box.Left-8, box.Bottom-g.y.Translate(v)+5)
	}
	slot := float64(box.Width()) / float64(len(g.spec.Columns))
	if g.spec.TargetTag != "" {
		y := box.Bottom - g.y.Translate(g.spec.Target)
		p.line(dashed(stroked(must(Scope), 2)), box.Left, y, box.Right, y)
	}
	for i, b := range g.spec.Columns {
		from, to := box.Left+int(float64(i)*slot), box.Left+int(float64(i+1)*slot)
		p.mark(i, b.Href, chart.Box{Left: from, Right: to, Top: box.Top, Bottom: box.Bottom + 24}, func() { g.drawColumn(p, box, i, from, to) })
	}
	g.labels(p, box, slot)
	p.line(rule("axis"), box.Left, box.Bottom, box.Right, box.Bottom)
	if tag := fit(tidy(g.spec.MarkTag), small, box.Width()/2); g.marked {
		x := box.Left + int(math.Round(g.mark*slot))
		p.line(stroked(must(Late), 2), x, box.Top-12, x, box.Bottom)
		a, at := start, x+5
		if x+5+textWidth(tag, small) > box.Right {
			a, at = end, x-5
		}
		p.text(filled(must(Late)), small, a, tag, at, box.Top-4)
	}
}

// drawColumn draws one column between two places, with its value upon it. What it covers of
// the target is drawn again over it.
func (g *columns) drawColumn(p pen, box chart.Box, i, from, to int) {
	b := g.spec.Columns[i]
	gap := max(1, (to-from)/8)
	h := g.y.Translate(b.Value)
	p.segment(must(b.tone()), from+gap, box.Bottom-h, to-from-2*gap, h)
	if g.part != nil {
		g.part(p, i, from+gap, box.Bottom, to-from-2*gap)
	}
	if y := g.y.Translate(g.spec.Target); g.spec.TargetTag != "" && y < h {
		p.line(dashed(upon(must(b.tone()), 2)), from+gap, box.Bottom-y, to-gap, box.Bottom-y)
	}
	if value := g.f.figure(b.Value, g.spec.Unit); b.Value > 0 && textWidth(value, small) <= to-from {
		p.textOn(area("ink"), small, middle, value, (from+to)/2, box.Bottom-h-4)
	}
}

// twoLines tells whether the classes' names need two lines each and then fit.
func (g *columns) twoLines() bool {
	slot := g.box.Width() / max(1, len(g.spec.Columns))
	need := false
	for _, b := range g.spec.Columns {
		label := tidy(b.Label)
		need = need || textWidth(label, small) > slot-4
		lines := wrap(label, small, slot-4)
		if len(lines) > 2 || len(lines) > 0 && strings.HasSuffix(lines[len(lines)-1], "…") && !strings.HasSuffix(label, "…") {
			return false
		}
		for _, line := range lines {
			if textWidth(line, small) > slot-4 {
				return false
			}
		}
	}
	return need
}

// labels writes every class's name, in two lines where they need and fit them, or else
// every second, third … when they are many.
func (g *columns) labels(p pen, box chart.Box, slot float64) {
	if g.two {
		for i, b := range g.spec.Columns {
			for n, line := range wrap(tidy(b.Label), small, int(slot)-4) {
				p.text(area("dim"), small, middle, line, box.Left+int((float64(i)+0.5)*slot), box.Bottom+18+15*n)
			}
		}
		return
	}
	widest := 1
	for _, b := range g.spec.Columns {
		widest = max(widest, textWidth(tidy(b.Label), small)+6)
	}
	most := max(40, int(slot))
	widest = min(widest, max(most, 64))
	every := max(1, int(math.Ceil(float64(widest)/slot)))
	for i := 0; i < len(g.spec.Columns); i += every {
		x := box.Left + int((float64(i)+0.5)*slot)
		p.text(area("dim"), small, middle, fit(tidy(g.spec.Columns[i].Label), small, int(slot*float64(every))), x, box.Bottom+18)
	}
}

package plot

import (
	"math"

	chart "github.com/wcharczuk/go-chart/v2"
)

// ColumnsSpec is a histogram: standing bars over ordered classes, such as ages of
// tickets, with a rule before one of them, such as the deadline.
type ColumnsSpec struct {
	Frame
	Head, ValueHead string
	Columns         []Bar
	MarkBefore      int    // a rule stands before this column, when MarkTag is set
	MarkTag         string // "Hạn xử lý"
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
	g := &columns{spec: spec, f: f}
	g.lay()
	return finish(f, key, sketch{
		kind: "columns", height: g.height, table: barTable(f, spec.Head, spec.ValueHead, spec.Columns),
		empty: len(spec.Columns) == 0, draw: g.draw,
	})
}

// columns is the layout of a histogram.
type columns struct {
	spec   ColumnsSpec
	f      Frame
	height int
	box    chart.Box
	y      chart.ContinuousRange
	ticks  []float64
}

func (g *columns) lay() {
	most := 0.0
	for _, b := range g.spec.Columns {
		most = max(most, b.Value)
	}
	top, step := niceTop(most, 4, true)
	g.ticks = steps(top, step)
	left := 14
	for _, v := range g.ticks {
		left = max(left, 14+textWidth(g.f.number(v), normal))
	}
	g.height = max(200, min(320, g.f.Width*40/100))
	g.box = chart.Box{Left: left, Right: g.f.Width - 8, Top: 24, Bottom: g.height - 28}
	g.y = chart.ContinuousRange{Max: top, Domain: g.box.Height()}
}

func (g *columns) draw(p pen, top int) {
	box := g.box
	box.Top += top
	box.Bottom += top
	for _, v := range g.ticks[1:] {
		y := box.Bottom - g.y.Translate(v)
		p.line(rule("grid"), box.Left, y, box.Right, y)
	}
	for _, v := range g.ticks {
		p.text(area("dim"), normal, end, g.f.number(v), box.Left-8, box.Bottom-g.y.Translate(v)+5)
	}
	slot := float64(box.Width()) / float64(len(g.spec.Columns))
	for i, b := range g.spec.Columns {
		from, to := box.Left+int(float64(i)*slot), box.Left+int(float64(i+1)*slot)
		g.drawColumn(p, box, b, from, to)
	}
	g.labels(p, box, slot)
	p.line(rule("axis"), box.Left, box.Bottom, box.Right, box.Bottom)
	if tag := tidy(g.spec.MarkTag); tag != "" && g.spec.MarkBefore >= 0 && g.spec.MarkBefore <= len(g.spec.Columns) {
		x := box.Left + int(float64(g.spec.MarkBefore)*slot)
		p.line(stroked(must(Late), 2), x, box.Top-12, x, box.Bottom)
		a, at := start, x+5
		if x+5+textWidth(tag, small) > box.Right {
			a, at = end, x-5
		}
		p.text(filled(must(Late)), small, a, tag, at, box.Top-4)
	}
}

func (g *columns) drawColumn(p pen, box chart.Box, b Bar, from, to int) {
	gap := max(1, (to-from)/8)
	h := g.y.Translate(b.Value)
	p.segment(must(b.tone()), from+gap, box.Bottom-h, to-from-2*gap, h)
	if value := g.f.number(b.Value); b.Value > 0 && textWidth(value, small) <= to-from {
		p.text(area("ink"), small, middle, value, (from+to)/2, box.Bottom-h-4)
	}
}

// labels writes every class's name, or every second, third … when they are many.
func (g *columns) labels(p pen, box chart.Box, slot float64) {
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

package plot

import (
	"math"

	chart "github.com/wcharczuk/go-chart/v2"

	"lotrinh/internal/kit/fault"
)

// Segment is one layer of a stack: its tone and its name.
type Segment struct {
	Tone Tone
	Name string
}

// StackRow is one bar: a label and one value for each segment.
type StackRow struct {
	Label  string
	Href   string // where a click leads, may be empty
	Values []float64
}

// StackedSpec is lying stacked bars in absolute numbers: communes of each district
// by stage.
type StackedSpec struct {
	Frame
	Head      string // head of the table's first column: "Quận, huyện"
	TotalHead string // head of the table's last column: "Cộng"
	Segments  []Segment
	Rows      []StackRow
}

// Key names the content of the specification.
func (s StackedSpec) Key() string { return keyOf(s) }

// Stacked draws lying stacked bars.
func Stacked(spec StackedSpec) (c Chart, err error) {
	defer rescue(&err)
	key := spec.Key()
	f, err := spec.settle(key)
	if err != nil {
		return Chart{}, err
	}
	if err := spec.check(); err != nil {
		return Chart{}, err
	}
	g := &stacked{spec: spec, f: f}
	g.lay()
	return finish(f, key, sketch{
		kind: "stacked", height: g.height, table: spec.table(f), empty: g.most == 0, linked: g.linked, draw: g.draw,
	})
}

func (s StackedSpec) check() error {
	var k fault.Check
	for _, seg := range s.Segments {
		known(&k, seg.Tone)
	}
	count := len(s.Rows) * len(s.Segments)
	k.Need(count <= mostMarks, "rows", "plot.too_many", "count", count, "most", mostMarks)
	for _, r := range s.Rows {
		k.Need(len(r.Values) == len(s.Segments), "values", "plot.unequal", "name", r.Label, "labels", len(s.Segments), "values", len(r.Values))
		finite(&k, r.Label, r.Values...)
		notNegative(&k, r.Label, r.Values...)
	}
	return k.Err()
}

func (r StackRow) total() float64 {
	sum := 0.0
	for _, v := range r.Values {
		sum += v
	}
	return sum
}

func (s StackedSpec) table(f Frame) Table {
	t := Table{Head: []string{tidy(s.Head)}}
	for _, seg := range s.Segments {
		t.Head = append(t.Head, tidy(seg.Name))
	}
	t.Head = append(t.Head, tidy(s.TotalHead))
	for _, r := range s.Rows {
		row := []string{tidy(r.Label)}
		for _, v := range r.Values {
			row = append(row, f.number(v))
		}
		t.Rows = append(t.Rows, append(row, f.number(r.total())))
	}
	return t
}

// stacked is the layout of lying stacked bars.
type stacked struct {
	spec             StackedSpec
	f                Frame
	phone, linked    bool
	most             float64
	left, right      int
	row, bar, height int
	head             int
	legend           [][]key
}

func (g *stacked) lay() {
	g.phone = g.f.Width < narrow
	g.left, g.right = 8, 8
	for _, r := range g.spec.Rows {
		g.most = max(g.most, r.total())
		g.right = max(g.right, 16+textWidth(g.f.number(r.total()), normal))
		g.linked = g.linked || followed(r.Href)
		if !g.phone {
			g.left = max(g.left, min(g.f.Width/3, 18+textWidth(tidy(r.Label), normal)))
		}
	}
	g.row, g.bar = 28, 20
	if g.phone {
		g.row = 44
	}
	var keys []key
	for _, s := range g.spec.Segments {
		keys = append(keys, key{tone: must(s.Tone), name: tidy(s.Name)})
	}
	g.legend = legendRows(keys, g.f.Width-16)
	g.head = 8 + 24*len(g.legend)
	g.height = g.head + g.row*len(g.spec.Rows) + 8
}

func (g *stacked) draw(p pen, top int) {
	p.legend(g.legend, top+4, g.f.Width-16, true)
	y := top + g.head
	for i, r := range g.spec.Rows {
		p.mark(i, r.Href, chart.Box{Left: 0, Right: g.f.Width, Top: y, Bottom: y + g.row}, func() { g.drawRow(p, r, y) })
		y += g.row
	}
	if !g.phone {
		p.line(rule("axis"), g.left, top+g.head, g.left, y-4)
	}
}

func (g *stacked) drawRow(p pen, r StackRow, y int) {
	label := tidy(r.Label)
	barTop := y + 3
	if g.phone {
		p.text(area("ink"), normal, start, fit(label, normal, g.f.Width-16), g.left, y+14)
		barTop = y + 20
	} else {
		p.text(area("ink"), normal, end, fit(label, normal, g.left-14), g.left-8, barTop+15)
	}
	room := float64(g.f.Width - g.left - g.right)
	sum, x := 0.0, g.left
	for i, v := range r.Values {
		sum += v
		next := g.left + int(math.Round(sum/g.most*room))
		s := must(g.spec.Segments[i].Tone)
		w := next - x
		if w > 1 {
			w-- // a gap of one pixel between segments
		}
		p.segment(s, x, barTop, w, g.bar)
		g.drawCount(p, s, g.f.number(v), x, barTop, w)
		x = next
	}
	p.text(area("ink"), normal, start, g.f.number(sum), x+6, barTop+15)
}

// drawCount writes a segment's number inside it when it fits, on a plain ground.
func (g *stacked) drawCount(p pen, s shade, count string, x, y, w int) {
	wide := textWidth(count, small)
	if wide+8 > w || count == "0" {
		return
	}
	if s.hatch != plain {
		p.rect(filled(s), x+(w-wide)/2-3, y+2, wide+6, g.bar-4)
	}
	p.text(uponFilled(s), small, middle, count, x+w/2, y+15)
}

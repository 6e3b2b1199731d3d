package plot

import (
	"math"

	chart "github.com/wcharczuk/go-chart/v2"

	"lotrinh/internal/kit/fault"
)

// Pop is one x of N.
type Pop struct {
	Label, Href string
	Value, Of   float64
	Tone        Tone // Official when empty
}

func (r Pop) tone() Tone {
	if r.Tone == "" {
		return Official
	}
	return r.Tone
}

// LollipopSpec is how far each of many has come on its way to N: a stem to x with a head
// upon it, and a ring where N stands. One scale for all, so that a service in 63 provinces
// is not taken for one in 25; with Share each row has its own.
type LollipopSpec struct {
	Frame
	Head, ValueHead, OfHead string
	Rows                    []Pop
	Share                   bool // each row over its own N
}

// Key names the content of the specification.
func (s LollipopSpec) Key() string { return keyOf(s) }

// Lollipop draws x of N for each row.
func Lollipop(spec LollipopSpec) (c Chart, err error) {
	defer rescue(&err)
	key := spec.Key()
	f, err := spec.settle(key)
	if err != nil {
		return Chart{}, err
	}
	var k fault.Check
	k.Need(len(spec.Rows) <= mostMarks, "rows", "plot.too_many", "count", len(spec.Rows), "most", mostMarks)
	for _, r := range spec.Rows {
		known(&k, r.tone())
		finite(&k, r.Label, r.Value, r.Of)
		notNegative(&k, r.Label, r.Value, r.Of)
		k.Need(r.Value <= r.Of, "rows", "plot.part_over_whole", "name", r.Label)
	}
	if err := k.Err(); err != nil {
		return Chart{}, err
	}
	g := &lollipop{spec: spec, f: f}
	g.lay()
	t := Table{Head: []string{tidy(spec.Head), tidy(spec.ValueHead), tidy(spec.OfHead)}}
	for _, r := range spec.Rows {
		t.Rows = append(t.Rows, []string{tidy(r.Label), f.number(r.Value), f.number(r.Of)})
	}
	return finish(f, key, sketch{kind: "lollipop", height: g.height, table: t, empty: len(spec.Rows) == 0, linked: g.linked, draw: g.draw})
}

// lollipop is the layout.
type lollipop struct {
	spec             LollipopSpec
	f                Frame
	phone, linked    bool
	left, right, row int
	height           int
	most             float64
}

func (g *lollipop) words(r Pop) string { return g.f.number(r.Value) + "/" + g.f.number(r.Of) }

func (g *lollipop) lay() {
	g.phone = g.f.Width < narrow
	g.left, g.right, g.row = 14, 8, 26
	if g.phone {
		g.row = 40
	}
	for _, r := range g.spec.Rows {
		g.most = max(g.most, r.Of)
		g.linked = g.linked || followed(r.Href)
		g.right = max(g.right, 24+textWidth(g.words(r), normal))
		if !g.phone {
			g.left = max(g.left, min(g.f.Width/2, 24+textWidth(tidy(r.Label), normal)))
		}
	}
	g.height = g.row*len(g.spec.Rows) + 12
}

func (g *lollipop) draw(p pen, top int) {
	for i, r := range g.spec.Rows {
		y := top + 4 + g.row*i
		p.mark(i, r.Href, chart.Box{Right: g.f.Width, Top: y, Bottom: y + g.row}, func() { g.drawRow(p, r, y) })
	}
}

func (g *lollipop) drawRow(p pen, r Pop, y int) {
	label, at := tidy(r.Label), y+g.row/2
	if g.phone {
		p.text(area("ink"), normal, start, fit(label, normal, g.f.Width-16), 8, y+14)
		at = y + 27
	} else {
		p.text(area("ink"), normal, end, fit(label, normal, g.left-20), g.left-14, at+5)
	}
	most := g.most
	if g.spec.Share {
		most = r.Of
	}
	reach := func(v float64) int {
		if most <= 0 {
			return g.left
		}
		return g.left + int(math.Round(v/most*float64(g.f.Width-g.left-g.right)))
	}
	tone := must(r.tone())
	x, n := reach(r.Value), reach(r.Of)
	p.line(rule("axis"), g.left, at, n, at)
	p.disc(hollow(must(Plan)), 4, n, at)
	if r.Value > 0 {
		p.line(look{class: "plot-l plot-" + string(tone.tone), stroke: rgb(tone.light), width: 4}, g.left, at, x, at)
	}
	if x < n || r.Of == 0 {
		p.disc(filled(tone), 5, x, at)
	} else {
		p.disc(filled(tone), 6, x, at)
	}
	p.text(area("ink"), normal, start, g.words(r), n+12, at+5)
}

package plot

import (
	"math"
	"slices"

	chart "github.com/wcharczuk/go-chart/v2"

	"lotrinh/internal/kit/fault"
)

// Bar is one labelled value.
type Bar struct {
	Label string
	Value float64
	Tone  Tone // Neutral when empty
	Href  string
}

func (b Bar) tone() Tone {
	if b.Tone == "" {
		return Neutral
	}
	return b.Tone
}

// BarsSpec is plain lying bars, the longest label readable.
type BarsSpec struct {
	Frame
	Head, ValueHead string
	Bars            []Bar
}

// Key names the content of the specification.
func (s BarsSpec) Key() string { return keyOf(s) }

// Bars draws lying bars.
func Bars(spec BarsSpec) (c Chart, err error) {
	defer rescue(&err)
	key := spec.Key()
	f, err := spec.settle(key)
	if err != nil {
		return Chart{}, err
	}
	if err := checkBars(spec.Bars); err != nil {
		return Chart{}, err
	}
	g := bars{f: f, all: spec.Bars, left: 8, right: 8, row: 28, phone: f.Width < narrow}
	if g.phone {
		g.row = 44
	}
	for _, b := range spec.Bars {
		g.most = max(g.most, b.Value)
		g.right = max(g.right, 16+textWidth(f.number(b.Value), normal))
		if !g.phone {
			g.left = max(g.left, min(f.Width/2, 18+textWidth(tidy(b.Label), normal)))
		}
	}
	return finish(f, key, sketch{
		kind: "bars", height: g.row*len(spec.Bars) + 12, table: barTable(f, spec.Head, spec.ValueHead, "", spec.Bars),
		empty: len(spec.Bars) == 0, linked: linked(spec.Bars), draw: g.draw,
	})
}

func checkBars(all []Bar) error {
	var k fault.Check
	k.Need(len(all) <= mostMarks, "bars", "plot.too_many", "count", len(all), "most", mostMarks)
	for _, b := range all {
		known(&k, b.tone())
		finite(&k, b.Label, b.Value)
		notNegative(&k, b.Label, b.Value)
	}
	return k.Err()
}

// linked tells whether any bar leads anywhere.
func linked(all []Bar) bool {
	return slices.ContainsFunc(all, func(b Bar) bool { return followed(b.Href) })
}

func barTable(f Frame, head, valueHead, unit string, all []Bar) Table {
	t := Table{Head: []string{tidy(head), tidy(valueHead)}}
	for _, b := range all {
		t.Rows = append(t.Rows, []string{tidy(b.Label), f.figure(b.Value, unit)})
	}
	return t
}

// bars is the layout of lying bars.
type bars struct {
	f                Frame
	all              []Bar
	most             float64
	left, right, row int
	phone            bool
}

func (g bars) draw(p pen, top int) {
	y := top + 4
	for i, b := range g.all {
		p.mark(i, b.Href, chart.Box{Left: 0, Right: g.f.Width, Top: y, Bottom: y + g.row}, func() { g.drawBar(p, b, y) })
		y += g.row
	}
	if !g.phone {
		p.line(rule("axis"), g.left, top+4, g.left, y)
	}
}

func (g bars) drawBar(p pen, b Bar, y int) {
	at := y + 4
	if g.phone {
		p.text(area("ink"), normal, start, fit(tidy(b.Label), normal, g.f.Width-16), g.left, y+14)
		at = y + 20
	} else {
		p.text(area("ink"), normal, end, fit(tidy(b.Label), normal, g.left-14), g.left-8, at+15)
	}
	w := 0
	if g.most > 0 {
		w = int(math.Round(b.Value / g.most * float64(g.f.Width-g.left-g.right)))
	}
	p.segment(must(b.tone()), g.left, at, w, 20)
	p.text(area("ink"), normal, start, g.f.number(b.Value), g.left+w+6, at+15)
}

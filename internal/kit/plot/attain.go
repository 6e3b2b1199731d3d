package plot

import (
	"math"

	chart "github.com/wcharczuk/go-chart/v2"

	"lotrinh/internal/kit/fault"
)

// AttainRow is one value against what was aimed at.
type AttainRow struct {
	Label, Href   string
	Value, Target float64
	LowIsGood     bool // met at or under the target, as with shares of what is late
}

func (r AttainRow) met() bool {
	if r.LowIsGood {
		return r.Value <= r.Target
	}
	return r.Value >= r.Target
}

// AttainSpec is attainment against targets: a bar for each value and, across it, a rule
// where its target stands. What is met is told by colour, symbol and words.
type AttainSpec struct {
	Frame
	Head, ValueHead, TargetHead string
	GapHead                     string  // "Chênh lệch": value less target; the column is left out when empty
	Unit                        string  // "%", or a word after the numbers
	Top                         float64 // end of the scale, 100 for shares; from the data when zero
	TargetName                  string  // legend of the rule: "Mục tiêu"
	MetName, MissedName         string  // "Đạt", "Chưa đạt"
	Rows                        []AttainRow
}

// Key names the content of the specification.
func (s AttainSpec) Key() string { return keyOf(s) }

// Attain draws attainment against targets.
func Attain(spec AttainSpec) (c Chart, err error) {
	defer rescue(&err)
	key := spec.Key()
	f, err := spec.settle(key)
	if err != nil {
		return Chart{}, err
	}
	var k fault.Check
	k.Need(len(spec.Rows) <= mostMarks, "rows", "plot.too_many", "count", len(spec.Rows), "most", mostMarks)
	finite(&k, spec.ValueHead, spec.Top)
	notNegative(&k, spec.ValueHead, spec.Top)
	for _, r := range spec.Rows {
		finite(&k, r.Label, r.Value, r.Target)
		notNegative(&k, r.Label, r.Value, r.Target)
	}
	if err := k.Err(); err != nil {
		return Chart{}, err
	}
	g := &attain{spec: spec, f: f}
	g.lay()
	return finish(f, key, sketch{kind: "attain", height: g.height, table: spec.table(f), empty: len(spec.Rows) == 0, linked: g.linked, draw: g.draw})
}

func (s AttainSpec) table(f Frame) Table {
	t := Table{Head: []string{tidy(s.Head), tidy(s.ValueHead), tidy(s.TargetHead)}}
	if s.GapHead != "" {
		t.Head = append(t.Head, tidy(s.GapHead))
	}
	for _, r := range s.Rows {
		row := []string{tidy(r.Label), f.figure(r.Value, s.Unit), f.figure(r.Target, s.Unit)}
		if s.GapHead != "" {
			gap := math.Round((r.Value-r.Target)*10) / 10
			sign := ""
			if gap > 0 {
				sign = "+"
			}
			row = append(row, sign+f.figure(gap, s.Unit))
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// attain is the layout of attainment.
type attain struct {
	spec              AttainSpec
	f                 Frame
	phone, linked     bool
	left, right       int
	row, head, height int
	top               float64
	legend            [][]key
}

func (g *attain) lay() {
	g.phone = g.f.Width < narrow
	g.left, g.right, g.top = 8, 8, g.spec.Top
	g.row = 30
	if g.phone {
		g.row = 46
	}
	for _, r := range g.spec.Rows {
		g.top = max(g.top, r.Value, r.Target)
		g.linked = g.linked || followed(r.Href)
		g.right = max(g.right, 42+textWidth(g.words(r), normal))
		if !g.phone {
			g.left = max(g.left, min(g.f.Width/3, 18+textWidth(tidy(r.Label), normal)))
		}
	}
	g.top = max(g.top, 1e-9)
	g.legend = legendRows([]key{{tone: must(Good), name: tidy(g.spec.MetName)}, {tone: must(Late), name: tidy(g.spec.MissedName)},
		{name: tidy(g.spec.TargetName), sign: func(p pen, x, y int) { p.line(stroked(must(Scope), 3), x+8, y-1, x+8, y+swatch+1) }}}, g.f.Width-16)
	g.head = 8 + 24*len(g.legend)
	g.height = g.head + g.row*len(g.spec.Rows) + 8
}

// words are what stands beside a bar: "83,3% / 90%".
func (g *attain) words(r AttainRow) string {
	return g.f.figure(r.Value, g.spec.Unit) + " / " + g.f.figure(r.Target, g.spec.Unit)
}

func (g *attain) draw(p pen, top int) {
	p.legend(g.legend, top+4, g.f.Width-16, false)
	y := top + g.head
	for i, r := range g.spec.Rows {
		p.mark(i, r.Href, chart.Box{Right: g.f.Width, Top: y, Bottom: y + g.row}, func() { g.drawRow(p, r, y) })
		y += g.row
	}
}

func (g *attain) drawRow(p pen, r AttainRow, y int) {
	label, at := tidy(r.Label), y+5
	if g.phone {
		p.text(area("ink"), normal, start, fit(label, normal, g.f.Width-16), g.left, y+14)
		at = y + 21
	} else {
		p.text(area("ink"), normal, end, fit(label, normal, g.left-14), g.left-8, at+15)
	}
	tone := must(Late)
	if r.met() {
		tone = must(Good)
	}
	room := g.f.Width - g.left - g.right
	reach := func(v float64) int { return int(math.Round(v / g.top * float64(room))) }
	p.rect(area("track"), g.left, at, room, 20)
	p.box(tone, g.left, at+4, reach(r.Value), 12)
	x := g.left + reach(r.Target)
	p.line(stroked(must(Scope), 3), x, at-1, x, at+21)
	p.tile(tone, g.left+room+8, at+2, swatch)
	p.text(area("ink"), normal, start, g.words(r), g.left+room+8+swatch+6, at+15)
}

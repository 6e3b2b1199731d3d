package plot

import (
	"math"
	"slices"
	"strconv"

	"lotrinh/internal/kit/fault"
)

// Tile is one commune: its cell in the grid, its stage, and what it is called.
type Tile struct {
	X, Y  int
	Tone  Tone
	Title string // shown by a browser on the tile of a wide grid: "Đặng Xá"
	Href  string // where a click leads; links of blocks are lighter and easier to tab through
}

// Block is one district: a label over its tiles, and where a click leads.
type Block struct {
	Label string
	Href  string
	Tiles []Tile
}

// TilesSpec is a grid of communes, one tile each, coloured by stage and signed with
// its symbol. Below phone width the blocks stand one under the other.
type TilesSpec struct {
	Frame
	Stages    []Segment // the legend, in order
	Blocks    []Block
	Head      string // head of the table's first column: "Quận, huyện"
	TotalHead string // head of the table's last column: "Cộng"
}

// Key names the content of the specification.
func (s TilesSpec) Key() string { return keyOf(s) }

// Tiles draws a grid of communes.
func Tiles(spec TilesSpec) (c Chart, err error) {
	defer rescue(&err)
	key := spec.Key()
	f, err := spec.settle(key)
	if err != nil {
		return Chart{}, err
	}
	if err := spec.check(); err != nil {
		return Chart{}, err
	}
	g := &tiles{spec: spec, f: f}
	g.lay()
	return finish(f, key, sketch{
		kind: "tiles", height: g.height, table: spec.table(f), empty: g.count == 0, linked: g.linked, draw: g.draw,
	})
}

func (s TilesSpec) check() error {
	var k fault.Check
	count := 0
	for _, seg := range s.Stages {
		known(&k, seg.Tone)
	}
	for _, b := range s.Blocks {
		count += len(b.Tiles)
		for _, t := range b.Tiles {
			k.Need(s.has(t.Tone), "tone", "plot.unknown_tone", "name", string(t.Tone))
		}
	}
	k.Need(count <= mostMarks, "tiles", "plot.too_many", "count", count, "most", mostMarks)
	return k.Err()
}

func (s TilesSpec) has(t Tone) bool {
	return slices.ContainsFunc(s.Stages, func(seg Segment) bool { return seg.Tone == t })
}

func (s TilesSpec) table(f Frame) Table {
	t := Table{Head: []string{tidy(s.Head)}}
	for _, seg := range s.Stages {
		t.Head = append(t.Head, tidy(seg.Name))
	}
	t.Head = append(t.Head, tidy(s.TotalHead))
	for _, b := range s.Blocks {
		row := []string{tidy(b.Label)}
		for _, seg := range s.Stages {
			row = append(row, f.number(float64(b.count(seg.Tone))))
		}
		t.Rows = append(t.Rows, append(row, f.number(float64(len(b.Tiles)))))
	}
	return t
}

func (b Block) count(tone Tone) int {
	n := 0
	for _, t := range b.Tiles {
		if t.Tone == tone {
			n++
		}
	}
	return n
}

// tiles is the layout of a tile grid.
type tiles struct {
	spec          TilesSpec
	f             Frame
	phone, linked bool
	count         int
	cell, left    int
	minX, minY    int
	perRow        int
	head, height  int
	legend        [][]key
	defs          map[Tone]string
}

func (g *tiles) lay() {
	g.phone = g.f.Width < narrow
	g.minX, g.minY = math.MaxInt32, math.MaxInt32
	maxX, maxY := math.MinInt32, math.MinInt32
	for _, b := range g.spec.Blocks {
		g.linked = g.linked || followed(b.Href)
		for _, t := range b.Tiles {
			g.count++
			g.linked = g.linked || followed(t.Href)
			g.minX, g.minY = min(g.minX, t.X), min(g.minY, t.Y)
			maxX, maxY = max(maxX, t.X), max(maxY, t.Y)
		}
	}
	var keys []key
	for _, s := range g.spec.Stages {
		n := 0
		for _, b := range g.spec.Blocks {
			n += b.count(s.Tone)
		}
		keys = append(keys, key{tone: must(s.Tone), name: tidy(s.Name) + " " + g.f.number(float64(n))})
	}
	g.legend = legendRows(keys, g.f.Width-16)
	g.head = 12 + 24*len(g.legend)
	if g.count == 0 {
		g.height = g.head
		return
	}
	if g.phone {
		g.layPhone()
		return
	}
	columns := maxX - g.minX + 1
	g.cell = max(8, min(26, (g.f.Width-16)/columns))
	g.left = (g.f.Width - g.cell*columns) / 2
	g.height = g.head + g.cell*(maxY-g.minY+2) + 8
}

func (g *tiles) layPhone() {
	g.cell = 22
	g.left = 8
	g.perRow = max(1, (g.f.Width-16)/g.cell)
	g.height = g.head + 8
	for _, b := range g.spec.Blocks {
		g.height += g.blockHeight(b)
	}
}

func (g *tiles) blockHeight(b Block) int {
	return 22 + g.cell*((len(b.Tiles)+g.perRow-1)/g.perRow) + 8
}

func (g *tiles) draw(p pen, top int) {
	g.define(p)
	p.legend(g.legend, top+4, g.f.Width-16, false)
	y := top + g.head
	for i, b := range g.spec.Blocks {
		if len(b.Tiles) == 0 {
			continue
		}
		p.block(i, b.Href, func() { g.drawBlock(p, b, y) })
		if g.phone {
			y += g.blockHeight(b)
		}
	}
}

// define draws each stage's tile once; the grid then only points to it.
func (g *tiles) define(p pen) {
	if p.svg == nil {
		return
	}
	g.defs = map[Tone]string{}
	p.svg.raw("<defs>")
	for i, s := range g.spec.Stages {
		id := g.f.Prefix + strconv.Itoa(i)
		g.defs[s.Tone] = id
		p.svg.raw(`<g id="` + id + `" transform="scale(` + strconv.FormatFloat(1/float64(g.cell), 'f', 6, 64) + `)">`)
		p.tile(must(s.Tone), 0, 0, g.cell-2)
		p.svg.raw("</g>")
	}
	p.svg.raw("</defs>")
}

func (g *tiles) drawBlock(p pen, b Block, y int) {
	if g.phone {
		label := tidy(b.Label) + " " + g.f.number(float64(len(b.Tiles)))
		p.text(area("ink"), normal, start, fit(label, normal, g.f.Width-16), g.left, y+15)
		g.group(p, g.left, y+22, func() {
			for i, t := range b.Tiles {
				g.put(p, t, g.left, y+22, i%g.perRow, i/g.perRow)
			}
		})
		return
	}
	x0, y0 := math.MaxInt32, math.MaxInt32
	for _, t := range b.Tiles {
		x0, y0 = min(x0, t.X), min(y0, t.Y)
	}
	lx, ly := g.left+g.cell*(x0-g.minX), y+g.cell*(y0-g.minY+1)
	size := min(small, max(8, float64(g.cell)*0.62))
	p.text(area("ink"), size, start, tidy(b.Label), lx, ly-4)
	g.group(p, lx, ly, func() {
		for _, t := range b.Tiles {
			g.put(p, t, lx, ly, t.X-x0, t.Y-y0)
		}
	})
}

// group lets a block's tiles count cells from its corner, which keeps the SVG short.
func (g *tiles) group(p pen, x, y int, draw func()) {
	if p.svg == nil {
		draw()
		return
	}
	p.svg.raw(`<g transform="translate(` + pair(x, y) + `)scale(` + strconv.Itoa(g.cell) + `)">`)
	draw()
	p.svg.raw("</g>")
}

// put places one tile so many cells from its block's corner: in SVG a pointer to
// its stage, in pixels the tile itself.
func (g *tiles) put(p pen, t Tile, left, top, x, y int) {
	if p.svg == nil {
		p.tile(must(t.Tone), left+g.cell*x, top+g.cell*y, g.cell-2)
		return
	}
	p.link(t.Href, func() {
		p.svg.raw(`<use href="#` + g.defs[t.Tone] + `"` + place("x", x) + place("y", y))
		if title := tidy(t.Title); title != "" && !g.phone { // nothing hovers over a phone
			p.svg.raw("><title>" + escape(title) + "</title></use>")
			return
		}
		p.svg.raw("/>")
	})
}

func place(name string, v int) string {
	if v == 0 {
		return ""
	}
	return " " + name + `="` + strconv.Itoa(v) + `"`
}

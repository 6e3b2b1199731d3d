package plot

// hatch tells segments apart without colour.
type hatch int

const (
	plain hatch = iota
	rising45
	level
	crossed
)

// symbol tells tiles and legends apart without colour.
type symbol int

const (
	blank symbol = iota
	ring
	wedge
	tick
	dot
	cross
)

// hatch covers a rectangle with the tone's lines, as one path.
func (p pen) hatch(s shade, x, y, w, h int) {
	if s.hatch == plain || w < 3 || h < 3 {
		return
	}
	l := upon(s, 1)
	l.stroke.A = 110
	l.class += " plot-hatch"
	p.use(l)
	const gap = 7
	x1, y1 := x+w, y+h
	switch s.hatch {
	case level:
		for at := y + gap/2 + 1; at < y1; at += gap - 1 {
			p.MoveTo(x, at)
			p.LineTo(x1, at)
		}
	case rising45, crossed:
		for k := (x+y)/gap*gap + gap; k < x1+y1; k += gap {
			if from, to := max(x, k-y1), min(x1, k-y); from < to {
				p.MoveTo(from, k-from)
				p.LineTo(to, k-to)
			}
		}
	}
	if s.hatch == crossed {
		for k := (x-y1)/gap*gap - gap; k < x1-y; k += gap {
			if from, to := max(x, k+y), min(x1, k+y1); from < to {
				p.MoveTo(from, from-k)
				p.LineTo(to, to-k)
			}
		}
	}
	p.Stroke()
}

// symbol draws the tone's sign in the middle of a square.
func (p pen) symbol(s shade, x, y, size int) {
	cx, cy := x+size/2, y+size/2
	r := max(2, size*3/10)
	wide := max(1.2, float64(size)/9)
	switch s.symbol {
	case ring:
		p.disc(look{class: upon(s, 1).class, stroke: upon(s, 1).stroke, width: max(1, wide*0.8)}, float64(r)*0.8, cx, cy)
	case dot:
		p.disc(uponFilled(s), float64(r)*0.85, cx, cy)
	case tick:
		p.line(upon(s, wide), cx-r, cy, cx-r/3, cy+r*2/3, cx+r, cy-r*2/3)
	case cross:
		p.line(upon(s, wide), cx-r, cy-r, cx+r, cy+r)
		p.line(upon(s, wide), cx+r, cy-r, cx-r, cy+r)
	case wedge:
		p.use(uponFilled(s))
		p.MoveTo(cx-r, cy+r*3/4)
		p.LineTo(cx+r, cy+r*3/4)
		p.LineTo(cx, cy-r)
		p.Close()
		p.Fill()
	}
}

// tile is a square of the tone with its symbol.
func (p pen) tile(s shade, x, y, size int) {
	p.box(s, x, y, size, size)
	p.symbol(s, x, y, size)
}

// key is one entry of a legend.
type key struct {
	tone shade
	name string
	sign func(p pen, x, y int) // draws the sign within 16 by 16 pixels; the tone's when not set
}

// legendRows breaks a legend into rows of a width.
func legendRows(keys []key, wide int) [][]key {
	var rows [][]key
	room := 0
	for _, k := range keys {
		w := k.width(wide)
		if room < w {
			rows = append(rows, nil)
			room = wide
		}
		room -= w
		rows[len(rows)-1] = append(rows[len(rows)-1], k)
	}
	return rows
}

const swatch = 16

func (k key) width(wide int) int {
	return min(wide, swatch+22+textWidth(k.name, normal))
}

// legendLeft is where a legend begins.
const legendLeft = 8

// legend draws rows of swatches with names, 24 pixels each.
func (p pen) legend(rows [][]key, y, wide int, hatched bool) {
	for i, row := range rows {
		at, line := legendLeft, y+24*i
		for _, k := range row {
			switch {
			case k.sign != nil:
				k.sign(p, at, line)
			case hatched:
				p.segment(k.tone, at, line, swatch, swatch)
			default:
				p.tile(k.tone, at, line, swatch)
			}
			p.text(area("ink"), normal, start, fit(k.name, normal, wide-swatch-6), at+swatch+6, line+13)
			at += k.width(wide)
		}
	}
}

// segment is a filled and hatched rectangle.
func (p pen) segment(s shade, x, y, w, h int) {
	p.box(s, x, y, w, h)
	p.hatch(s, x, y, w, h)
}

// diamond is a square on its corner around a point.
func (p pen) diamond(l look, x, y, r int) {
	p.use(l)
	p.MoveTo(x, y-r)
	p.LineTo(x+r, y)
	p.LineTo(x, y+r)
	p.LineTo(x-r, y)
	p.Close()
	if l.width > 0 {
		p.FillStroke()
		return
	}
	p.Fill()
}

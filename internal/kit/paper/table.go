package paper

const (
	padding  = 1.4
	headGrey = 236
)

// Column is one column of a table: its head, and whether its cells stand left ("L",
// where long ones break), right ("R") or in the middle ("C").
type Column struct {
	Head, Align string
}

// Table is rows of written cells under a head. Every row has as many cells as there
// are columns.
type Table struct {
	Caption string
	Columns []Column
	Rows    [][]string
	Foot    []string // the sum, set bold; may be absent
}

// grid is a table being laid out.
type grid struct {
	s      *Sheet
	t      Table
	body   Font
	head   Font
	widths []float64
}

// Table writes a table across as many pages as it needs, its head on each.
func (s *Sheet) Table(t Table) {
	g := s.measure(t)
	caption := s.Form.font(12, "B")
	lines := s.Lines(caption, t.Caption, g.s.Form.TextWidth(), 0)
	first := 0.0
	if len(t.Rows) > 0 {
		first = g.height(g.body, t.Rows[0])
	}
	s.Need(float64(len(lines))*caption.Height() + 1 + g.height(g.head, g.heads()) + first)
	for _, line := range lines {
		s.Put(caption, g.s.Form.Left, s.Y, g.s.Form.TextWidth(), line, "C")
		s.Y += caption.Height()
	}
	s.Y += 1
	g.row(g.head, g.heads(), true)
	for i, r := range t.Rows {
		g.together(i, r)
		g.fitted(g.body, r)
	}
	if t.Foot != nil {
		g.fitted(Font{g.body.Size, "B"}, t.Foot)
	}
	s.Y += 2 * g.s.Form.scaled(Gap)
}

// Setting is how a table would be set on the sheet's form: the widths of its columns
// in millimetres and the size of its letters in points.
func (s *Sheet) Setting(t Table) (widths []float64, size float64) {
	g := s.measure(t)
	return g.widths, g.body.Size
}

// measure chooses the largest Font at which every column takes its longest word,
// and shares the width by what the columns hold.
func (s *Sheet) measure(t Table) *grid {
	g := &grid{s: s, t: t}
	for _, size := range []float64{12, 11, 10, 9, 8} {
		g.body, g.head = s.Form.font(size, ""), s.Form.font(size, "B")
		least, most := g.needs()
		if sum(least) > g.s.Form.TextWidth() && size > 8 {
			continue
		}
		g.widths = share(least, most, g.s.Form.TextWidth())
		break
	}
	return g
}

// needs is for each column the width of its longest word and of its longest cell;
// a head may break in two for the sake of the cells.
func (g *grid) needs() (least, most []float64) {
	least = make([]float64, len(g.t.Columns))
	most = make([]float64, len(g.t.Columns))
	look := func(f Font, cells []string, part float64) {
		g.s.Use(f)
		for i, c := range cells {
			full := g.s.GetStringWidth(c)
			most[i] = max(most[i], full*part+2*padding+0.5)
			word := full
			if g.t.Columns[i].Align != "R" || f.Style == "B" {
				word = g.longestWord(c)
			}
			least[i] = max(least[i], word+2*padding+0.5)
			most[i] = max(most[i], least[i])
		}
	}
	look(g.head, g.heads(), 0.6)
	for _, r := range g.t.Rows {
		look(g.body, r, 1)
	}
	if g.t.Foot != nil {
		look(Font{g.body.Size, "B"}, g.t.Foot, 1)
	}
	return least, most
}

func (g *grid) longestWord(text string) float64 {
	wide, from := 0.0, 0
	for i, r := range text + " " {
		if r == ' ' {
			wide = max(wide, g.s.GetStringWidth(text[from:i]))
			from = i + 1
		}
	}
	return wide
}

// share fills the columns up to one level: short ones take all they want on one
// line, long ones are cut to the level and break. None gets less than its longest
// word; a table that wants less than the page's width is stretched to it.
func share(least, most []float64, room float64) []float64 {
	widths := make([]float64, len(least))
	if short, want := sum(least), sum(most); short > room || want <= room {
		from := most
		if short > room {
			from = least
		}
		for i, w := range from {
			widths[i] = w * room / sum(from)
		}
		return widths
	}
	low, high := 0.0, room
	for range 40 {
		level := (low + high) / 2
		for i := range widths {
			widths[i] = max(least[i], min(most[i], level))
		}
		if sum(widths) > room {
			high = level
		} else {
			low = level
		}
	}
	return widths
}

func sum(all []float64) float64 {
	total := 0.0
	for _, v := range all {
		total += v
	}
	return total
}

func (g *grid) heads() []string {
	var all []string
	for _, c := range g.t.Columns {
		all = append(all, Clean(c.Head))
	}
	return all
}

// broken is the cells' texts in lines.
func (g *grid) broken(f Font, cells []string) [][]string {
	all := make([][]string, len(cells))
	for i, c := range cells {
		all[i] = g.s.Lines(f, c, g.widths[i]-2*padding, 0)
	}
	return all
}

func (g *grid) height(f Font, cells []string) float64 {
	return rowHeight(f, g.broken(f, cells))
}

const rowPadding = 2 * padding * 0.6

func rowHeight(f Font, cells [][]string) float64 {
	most := 1
	for _, lines := range cells {
		most = max(most, len(lines))
	}
	return float64(most)*f.Height() + rowPadding
}

// together keeps the sum with the row before it: it begins a page for the last row when
// both fit there and not here.
func (g *grid) together(i int, cells []string) {
	if g.t.Foot == nil || i != len(g.t.Rows)-1 || i == 0 {
		return
	}
	s := g.s
	both := g.height(g.body, cells) + g.height(Font{g.body.Size, "B"}, g.t.Foot)
	if s.Y+both > s.Form.Floor() && s.Form.Top+g.height(g.head, g.heads())+both <= s.Form.Floor() {
		g.turn()
	}
}

// fitted writes a row, on a new page under a new head when it does not fit. Only a
// row higher than a whole page goes on over the next.
func (g *grid) fitted(f Font, cells []string) {
	rest := g.broken(f, cells)
	for {
		if g.s.Y+rowHeight(f, rest) <= g.s.Form.Floor() {
			g.draw(f, rest, false)
			return
		}
		if room := g.room(f, g.s.Form.Top+g.height(g.head, g.heads())); rowHeight(f, rest) <= float64(room)*f.Height()+rowPadding {
			g.turn()
			continue
		}
		n := g.room(f, g.s.Y)
		if n < 3 {
			g.turn()
			continue
		}
		var part [][]string
		part, rest = split(rest, n)
		g.draw(f, part, false)
		g.turn()
	}
}

// room is how many lines of a row fit from y to the foot of the page.
func (g *grid) room(f Font, y float64) int {
	return int((g.s.Form.Floor() - y - rowPadding) / f.Height())
}

func (g *grid) turn() {
	g.s.NewPage()
	g.row(g.head, g.heads(), true)
}

func split(cells [][]string, n int) (part, rest [][]string) {
	for _, lines := range cells {
		at := min(n, len(lines))
		part, rest = append(part, lines[:at]), append(rest, lines[at:])
	}
	return part, rest
}

func (g *grid) row(f Font, cells []string, head bool) { g.draw(f, g.broken(f, cells), head) }

func (g *grid) draw(f Font, cells [][]string, head bool) {
	s := g.s
	h := rowHeight(f, cells)
	x := g.s.Form.Left
	s.SetLineWidth(0.2)
	s.SetFillColor(headGrey, headGrey, headGrey)
	for i, lines := range cells {
		style := "D"
		if head {
			style = "FD"
		}
		s.Rect(x, s.Y, g.widths[i], h, style)
		y := s.Y + (h-float64(len(lines))*f.Height())/2
		for _, line := range lines {
			s.Put(f, x+padding, y, g.widths[i]-2*padding, line, g.align(i, head))
			y += f.Height()
		}
		x += g.widths[i]
	}
	s.Y += h
}

func (g *grid) align(column int, head bool) string {
	switch {
	case head:
		return "C"
	case g.t.Columns[column].Align == "":
		return "L"
	}
	return g.t.Columns[column].Align
}

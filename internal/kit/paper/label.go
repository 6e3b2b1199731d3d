package paper

import "lotrinh/internal/kit/fault"

// Labels is a sheet of stickers, in millimetres: how many stand beside and under each
// other, where the first begins, how large one is and how far they are apart.
type Labels struct {
	Columns, Rows int
	X, Y          float64 // the upper left corner of the first
	Width, Height float64
	GapX, GapY    float64
	First         int  // how many places of the first sheet are already used
	Framed        bool // a hairline around each, for plain paper that is cut
}

// The sheets that shops sell, and one for plain paper.
var (
	Labels24 = Labels{Columns: 3, Rows: 8, X: 0, Y: 0.5, Width: 70, Height: 37}
	Labels65 = Labels{Columns: 5, Rows: 13, X: 4.75, Y: 10.7, Width: 38.1, Height: 21.2, GapX: 2.5}
	LabelsA4 = Labels{Columns: 3, Rows: 8, X: 12, Y: 14, Width: 60, Height: 32, GapX: 3, GapY: 2, Framed: true}
)

// Labels lays n labels out, on as many pages as they need; draw gets the box of each.
// A layout that does not fit the page, or a first place beyond the sheet, is Invalid.
func (s *Sheet) Labels(l Labels, n int, draw func(i int, x, y, width, height float64) error) error {
	per := l.Columns * l.Rows
	right := l.X + float64(l.Columns)*l.Width + float64(l.Columns-1)*l.GapX
	low := l.Y + float64(l.Rows)*l.Height + float64(l.Rows-1)*l.GapY
	if per < 1 || l.Width <= 0 || l.Height <= 0 || right > PageWidth+0.01 || low > PageHeight+0.01 || l.First < 0 || l.First >= per {
		return fault.New(fault.Invalid, "fault.invalid")
	}
	for i := range n {
		at := (l.First + i) % per
		if i == 0 || at == 0 {
			s.AddPage()
		}
		x := l.X + float64(at%l.Columns)*(l.Width+l.GapX)
		y := l.Y + float64(at/l.Columns)*(l.Height+l.GapY)
		if l.Framed {
			s.SetLineWidth(0.1)
			s.Rect(x, y, l.Width, l.Height, "D")
		}
		if err := draw(i, x, y, l.Width, l.Height); err != nil {
			return err
		}
	}
	return s.Error()
}

// Matrix draws a square code of n by n modules with its upper left at x, y: black
// where dark says so. Runs of a row are one rectangle, so that no hairline shows
// between modules.
func (s *Sheet) Matrix(x, y, side float64, n int, dark func(column, row int) bool) {
	if n < 1 {
		return
	}
	step := side / float64(n)
	s.SetFillColor(0, 0, 0)
	for row := range n {
		for column := 0; column < n; column++ {
			from := column
			for column < n && dark(column, row) {
				column++
			}
			if column > from {
				s.Rect(x+float64(from)*step, y+float64(row)*step, float64(column-from)*step, step+0.02, "F")
			}
		}
	}
}

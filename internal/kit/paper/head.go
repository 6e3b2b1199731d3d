package paper

// issuerShare is how much of the width the left column of the head takes.
const issuerShare = 66 / TextWidth

// Head is the first page's head as the decree draws it: the issuing body on the left,
// the nation on the right, number and date under them. Empty parts are left out.
type Head struct {
	Parent, Issuer string // the body above and the body that issues
	Nation, Motto  string // Quốc hiệu, Tiêu ngữ
	Number         string // "Số: …/BB"
	PlaceDate      string // "Hà Nội, ngày 05 tháng 01 năm 2020"
	Draft          string // framed under the number
}

// Head writes the head at the page's top and leaves Y under it.
func (s *Sheet) Head(h Head) {
	y := max(s.issuer(h), s.nation(h)) + 2
	f := s.Form.font(13, "")
	s.Put(f, s.Form.Left, y, s.Form.issuerWidth(), Clean(h.Number), "C")
	s.Put(s.Form.font(13, "I"), s.Form.Left+s.Form.issuerWidth(), y, s.Form.nationWidth(), Clean(h.PlaceDate), "C")
	y += f.Height() + 1
	if draft := Clean(h.Draft); draft != "" {
		y = s.stamp(draft, y+1)
	}
	s.Y = y + 5
}

// Title writes what sort of document it is and what about, centred, a rule under it.
func (s *Sheet) Title(kind, title string) {
	bold := s.Form.font(14, "B")
	y := s.Block(bold, s.Form.Left, s.Y, s.Form.TextWidth(), kind, "C")
	const narrower = 12
	lines := s.Balanced(bold, title, s.Form.TextWidth()-2*narrower)
	for _, line := range lines {
		s.Put(bold, s.Form.Left, y, s.Form.TextWidth(), line, "C")
		y += bold.Height()
	}
	if len(lines) > 0 {
		s.Use(bold)
		s.Rule(s.Form.Left, y+1, s.Form.TextWidth(), s.GetStringWidth(lines[len(lines)-1])*0.4)
	}
	s.Y = y + 6
}

// issuer writes the left column and returns the y below it.
func (s *Sheet) issuer(h Head) float64 {
	y := s.Block(s.Form.font(12, ""), s.Form.Left, s.Form.Top, s.Form.issuerWidth(), h.Parent, "C")
	bold := s.Form.font(12, "B")
	lines := s.Balanced(bold, h.Issuer, s.Form.issuerWidth())
	if len(lines) == 0 {
		return y
	}
	for _, line := range lines {
		s.Put(bold, s.Form.Left, y, s.Form.issuerWidth(), line, "C")
		y += bold.Height()
	}
	s.Rule(s.Form.Left, y+0.8, s.Form.issuerWidth(), s.GetStringWidth(lines[len(lines)-1])*0.42)
	return y + 1.5
}

// nation writes the right column, each part on one line, and returns the y below it.
func (s *Sheet) nation(h Head) float64 {
	x, y := s.Form.Left+s.Form.issuerWidth(), s.Form.Top
	f := s.Fitting(s.Form.font(13, "B"), h.Nation, s.Form.nationWidth(), 9)
	s.Put(f, x, y, s.Form.nationWidth(), Clean(h.Nation), "C")
	y += f.Height()
	motto := Clean(h.Motto)
	f = s.Fitting(s.Form.font(13.5, "B"), motto, s.Form.nationWidth(), 9)
	s.Put(f, x, y, s.Form.nationWidth(), motto, "C")
	y += f.Height()
	if motto == "" {
		return y
	}
	s.Rule(x, y+0.8, s.Form.nationWidth(), s.GetStringWidth(motto))
	return y + 1.5
}

// Fitting makes a font smaller until the text stays on one line, least points at least.
func (s *Sheet) Fitting(f Font, text string, width, least float64) Font {
	for f.Size > least {
		s.Use(f)
		if s.GetStringWidth(Clean(text)) <= width {
			break
		}
		f.Size -= 0.5
	}
	return f
}

// stamp frames a word under the number.
func (s *Sheet) stamp(word string, y float64) float64 {
	f := s.Form.font(12, "B")
	s.Use(f)
	width := s.GetStringWidth(word) + 6
	x := s.Form.Left + (s.Form.issuerWidth()-width)/2
	s.SetLineWidth(0.3)
	s.Rect(x, y, width, f.Height()+1, "D")
	s.Put(f, x, y+0.5, width, word, "C")
	return y + f.Height() + 1
}

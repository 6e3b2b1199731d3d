package render

import "strings"

const (
	issuerWidth = 66.0
	nationWidth = textWidth - issuerWidth
)

// head writes the first page's head as the decree draws it: the issuing body on
// the left, the nation on the right, number and date on one line, then the kind,
// the title, whom it goes to and what it rests on.
func (s *sheet) head() {
	y := max(s.issuer(), s.nation()) + 2
	d := s.doc
	f := font{13, ""}
	s.put(f, left, y, issuerWidth, clean(d.Number), "C")
	s.put(font{13, "I"}, left+issuerWidth, y, nationWidth, clean(d.PlaceDate), "C")
	y += f.height() + 1
	if draft := clean(d.Draft); draft != "" {
		y = s.stamp(draft, y+1)
	}
	y += 5
	bold := font{14, "B"}
	y = s.block(bold, left, y, textWidth, d.Kind, "C")
	const narrower = 12
	lines := s.balanced(bold, d.Title, textWidth-2*narrower)
	for _, line := range lines {
		s.put(bold, left, y, textWidth, line, "C")
		y += bold.height()
	}
	if len(lines) > 0 {
		s.set(bold)
		s.rule(left, y+1, textWidth, s.GetStringWidth(lines[len(lines)-1])*0.4)
	}
	s.y = y + 6
	s.addressees()
	s.grounds()
}

// issuer writes the left column and returns the y below it.
func (s *sheet) issuer() float64 {
	y := s.block(font{12, ""}, left, top, issuerWidth, s.doc.Parent, "C")
	bold := font{12, "B"}
	lines := s.balanced(bold, s.doc.Issuer, issuerWidth)
	if len(lines) == 0 {
		return y
	}
	for _, line := range lines {
		s.put(bold, left, y, issuerWidth, line, "C")
		y += bold.height()
	}
	s.rule(left, y+0.8, issuerWidth, s.GetStringWidth(lines[len(lines)-1])*0.42)
	return y + 1.5
}

// nation writes the right column, each part on one line, and returns the y below it.
func (s *sheet) nation() float64 {
	x, y := left+issuerWidth, top
	f := s.fitting(font{13, "B"}, s.doc.Nation, nationWidth)
	s.put(f, x, y, nationWidth, clean(s.doc.Nation), "C")
	y += f.height()
	motto := clean(s.doc.Motto)
	f = s.fitting(font{13.5, "B"}, motto, nationWidth)
	s.put(f, x, y, nationWidth, motto, "C")
	y += f.height()
	if motto == "" {
		return y
	}
	s.rule(x, y+0.8, nationWidth, s.GetStringWidth(motto))
	return y + 1.5
}

// fitting makes a font smaller until the text stays on one line.
func (s *sheet) fitting(f font, text string, width float64) font {
	for f.size > 9 {
		s.set(f)
		if s.GetStringWidth(clean(text)) <= width {
			break
		}
		f.size -= 0.5
	}
	return f
}

// stamp frames the word that the document is a draft, under its number.
func (s *sheet) stamp(word string, y float64) float64 {
	f := font{12, "B"}
	s.set(f)
	width := s.GetStringWidth(word) + 6
	x := left + (issuerWidth-width)/2
	s.SetLineWidth(0.3)
	s.Rect(x, y, width, f.height()+1, "D")
	s.put(f, x, y+0.5, width, word, "C")
	return y + f.height() + 1
}

func (s *sheet) addressees() {
	all := s.doc.Addressees
	f := font{bodySize, ""}
	head := strings.TrimSpace(clean(s.doc.AddresseeHead))
	switch {
	case len(all) == 0:
		return
	case len(all) == 1:
		s.y = s.block(f, left, s.y, textWidth, head+" "+stopped(all[0], "."), "C")
	default:
		x := left + textWidth/4
		s.put(f, x, s.y, textWidth, head, "L")
		s.y += f.height()
		for i, a := range all {
			mark := ";"
			if i == len(all)-1 {
				mark = "."
			}
			s.y = s.block(f, x+8, s.y, textWidth*3/4-8, "- "+stopped(a, mark), "L")
		}
	}
	s.y += 2 * gap
}

func (s *sheet) grounds() {
	for i, g := range s.doc.Grounds {
		mark := ";"
		if i == len(s.doc.Grounds)-1 {
			mark = "."
		}
		s.paragraph(font{bodySize, "I"}, stopped(g, mark))
	}
}

// stopped ends a text with a mark instead of whatever mark it had.
func stopped(text, mark string) string {
	return strings.TrimRight(clean(text), " .;,") + mark
}

// signature writes who receives the document on the left and who signs it on the
// right, kept together on one page.
func (s *sheet) signature() {
	d := s.doc
	if len(d.Receivers) == 0 && len(d.Capacity) == 0 && d.Signer == "" {
		return
	}
	const half = textWidth / 2
	bold := font{bodySize, "B"}
	const space = 26.0 // for the signature and the seal
	small := font{11, ""}
	height := space + float64(len(d.Capacity)+2)*bold.height()
	height = max(height, float64(len(d.Receivers)+2)*small.height())
	s.y += 4
	s.need(height)
	y := s.y
	for _, line := range d.Capacity {
		y = s.block(bold, left+half, y, half, line, "C")
	}
	below := s.block(bold, left+half, y+space, half, d.Signer, "C")
	y = s.block(font{12, "BI"}, left, s.y, half, d.ReceiversHead, "L")
	for i, r := range d.Receivers {
		mark := ";"
		if i == len(d.Receivers)-1 {
			mark = "."
		}
		y = s.block(small, left, y, half-4, "- "+stopped(r, mark), "L")
	}
	s.y = max(y, below)
}

package render

import (
	"strings"

	"lotrinh/internal/kit/paper"
)

// head writes the first page's head as the decree draws it, then the kind, the title,
// whom it goes to and what it rests on.
func (s *sheet) head() {
	d := s.doc
	s.Head(paper.Head{Parent: d.Parent, Issuer: d.Issuer, Nation: d.Nation, Motto: d.Motto, Number: d.Number, PlaceDate: d.PlaceDate, Draft: d.Draft})
	s.Title(d.Kind, d.Title)
	s.addressees()
	s.grounds()
}

func (s *sheet) addressees() {
	all := s.doc.Addressees
	f := paper.Font{Size: paper.BodySize}
	head := strings.TrimSpace(paper.Clean(s.doc.AddresseeHead))
	switch {
	case len(all) == 0:
		return
	case len(all) == 1:
		s.Y = s.Block(f, s.Form.Left, s.Y, s.Form.TextWidth(), head+" "+stopped(all[0], "."), "C")
	default:
		x := s.Form.Left + s.Form.TextWidth()/4
		s.Put(f, x, s.Y, s.Form.TextWidth(), head, "L")
		s.Y += f.Height()
		for i, a := range all {
			mark := ";"
			if i == len(all)-1 {
				mark = "."
			}
			s.Y = s.Block(f, x+8, s.Y, s.Form.TextWidth()*3/4-8, "- "+stopped(a, mark), "L")
		}
	}
	s.Y += 2 * paper.Gap
}

func (s *sheet) grounds() {
	for i, g := range s.doc.Grounds {
		mark := ";"
		if i == len(s.doc.Grounds)-1 {
			mark = "."
		}
		s.Paragraph(paper.Font{Size: paper.BodySize, Style: "I"}, stopped(g, mark))
	}
}

// stopped ends a text with a mark instead of whatever mark it had.
func stopped(text, mark string) string {
	return strings.TrimRight(paper.Clean(text), " .;,") + mark
}

// signature writes who receives the document on the left and who signs it on the
// right, kept together on one page.
func (s *sheet) signature() {
	d := s.doc
	if len(d.Receivers) == 0 && len(d.Capacity) == 0 && d.Signer == "" {
		return
	}
	s.Turn(paper.A4)
	half := s.Form.TextWidth() / 2
	bold := paper.Font{Size: paper.BodySize, Style: "B"}
	const space = 26.0 // for the signature and the seal
	small := paper.Font{Size: 11}
	height := space + float64(len(d.Capacity)+2)*bold.Height()
	height = max(height, float64(len(d.Receivers)+2)*small.Height())
	s.Y += 4
	s.Need(height)
	y := s.Y
	for _, line := range d.Capacity {
		y = s.Block(bold, s.Form.Left+half, y, half, line, "C")
	}
	below := s.Block(bold, s.Form.Left+half, y+space, half, d.Signer, "C")
	y = s.Block(paper.Font{Size: 12, Style: "BI"}, s.Form.Left, s.Y, half, d.ReceiversHead, "L")
	for i, r := range d.Receivers {
		mark := ";"
		if i == len(d.Receivers)-1 {
			mark = "."
		}
		y = s.Block(small, s.Form.Left, y, half-4, "- "+stopped(r, mark), "L")
	}
	s.Y = max(y, below)
}

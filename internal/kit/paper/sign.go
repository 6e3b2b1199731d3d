package paper

import "strconv"

// Party is who signs at the foot of a document. Drawn is a picture of the signature, PNG or JPEG, or
// nothing; Name stands under the space for it.
type Party struct {
	Role, Hint string
	Drawn      []byte
	Said       string // in place of a drawn signature, in italics
	Name       string
}

// signSpace is what is left for a signature and a seal, in millimetres.
const signSpace = 26.0

// Signatures writes the parties beside each other, kept together on one page.
func (s *Sheet) Signatures(parties ...Party) error {
	bold, hint := s.Form.font(BodySize, "B"), s.Form.font(11, "I")
	space := s.Form.scaled(signSpace)
	s.Y += 4
	s.Need(space + 4*bold.Height() + hint.Height())
	width := s.Form.TextWidth() / float64(max(len(parties), 1))
	below := s.Y
	for i, p := range parties {
		x := s.Form.Left + float64(i)*width
		y := s.Block(bold, x, s.Y, width-4, p.Role, "C")
		y = s.Block(hint, x, y, width-4, p.Hint, "C")
		if len(p.Drawn) > 0 {
			if err := s.Picture("signature-"+strconv.Itoa(s.PageNo())+"-"+strconv.Itoa(i), p.Drawn, x+4, y+1, width-12, space-2); err != nil {
				return err
			}
		}
		s.Block(hint, x+4, y+4, width-12, p.Said, "C")
		below = max(below, s.Block(bold, x, y+space, width-4, p.Name, "C"))
	}
	s.Y = below
	return s.Error()
}

package paper

import (
	"strings"
	"unicode/utf8"

	"codeberg.org/go-pdf/fpdf"
)

// Lines breaks text for a width, the first line being shorter by an indent. A
// no-break space holds its words together; a word wider than the line is cut.
func (s *Sheet) Lines(f Font, text string, width, first float64) []string {
	s.Use(f)
	space := s.GetStringWidth(" ")
	var all []string
	var line []string
	room := width - first
	used := 0.0
	end := func() {
		all = append(all, strings.Join(line, " "))
		line, used, room = nil, 0, width
	}
	for _, word := range strings.Split(Clean(text), " ") {
		if word == "" {
			continue
		}
		wide := s.GetStringWidth(word)
		if len(line) > 0 && used+space+wide > room {
			end()
		}
		for wide > room {
			n := s.cut(word, room)
			line = append(line, word[:n])
			word = word[n:]
			wide = s.GetStringWidth(word)
			end()
		}
		if len(line) > 0 {
			used += space
		}
		line = append(line, word)
		used += wide
	}
	if len(line) > 0 {
		end()
	}
	return all
}

// cut is how many bytes of a word fit a width; at least its first letter.
func (s *Sheet) cut(word string, width float64) int {
	_, n := utf8.DecodeRuneInString(word)
	for n < len(word) {
		_, next := utf8.DecodeRuneInString(word[n:])
		if s.GetStringWidth(word[:n+next]) > width {
			break
		}
		n += next
	}
	return n
}

// Balanced breaks text into as few lines as the width allows, about equally long,
// for centred headings.
func (s *Sheet) Balanced(f Font, text string, width float64) []string {
	lines := s.Lines(f, text, width, 0)
	for narrower := width - 3; len(lines) > 1 && narrower > width/2; narrower -= 3 {
		tried := s.Lines(f, text, narrower, 0)
		if len(tried) > len(lines) {
			break
		}
		lines = tried
	}
	return lines
}

// Put writes one line in a box: align is L, C, R or J.
func (s *Sheet) Put(f Font, x, y, width float64, line, align string) {
	if line == "" {
		return
	}
	s.Use(f)
	if align == "J" && !strings.Contains(line, " ") {
		align = "L"
	}
	s.SetXY(x, y)
	s.CellFormat(width, f.Height(), line, "", 0, align, false, 0, "")
}

// Block writes text centred or aligned in a column and returns the y below it.
func (s *Sheet) Block(f Font, x, y, width float64, text, align string) float64 {
	for _, line := range s.Lines(f, text, width, 0) {
		s.Put(f, x, y, width, line, align)
		y += f.Height()
	}
	return y
}

// Need starts a new page unless so much height is left.
func (s *Sheet) Need(height float64) {
	if s.Y+height > s.Form.Floor() {
		s.NewPage()
	}
}

// NewPage begins a page of the sheet's form; what follows stands under its top margin.
func (s *Sheet) NewPage() {
	if s.Form == s.first {
		s.AddPage()
	} else {
		way, size := "P", fpdf.SizeType{Wd: s.Form.Width, Ht: s.Form.Height}
		if size.Wd > size.Ht {
			way, size = "L", fpdf.SizeType{Wd: size.Ht, Ht: size.Wd}
		}
		s.AddPageFormat(way, size)
	}
	s.Y = s.Form.Top
}

// Turn goes on with pages of another form, the first of them begun at once; with pages
// of the same form it does nothing.
func (s *Sheet) Turn(to Form) {
	if s.Form == to {
		return
	}
	s.Form = to
	s.NewPage()
}

// Paragraph writes justified text with its first line set in. Two lines at least
// stay together at the foot of a page and at its head.
func (s *Sheet) Paragraph(f Font, text string) {
	lines := s.Lines(f, text, s.Form.TextWidth(), s.Form.scaled(Indent))
	h := f.Height()
	for i, line := range lines {
		keep := 1
		if i == 0 && len(lines) > 1 || i == len(lines)-2 {
			keep = 2
		}
		s.Need(float64(keep) * h)
		x, width, align := s.Form.Left, s.Form.TextWidth(), "J"
		if i == 0 {
			x, width = s.Form.Left+s.Form.scaled(Indent), s.Form.TextWidth()-s.Form.scaled(Indent)
		}
		if i == len(lines)-1 || s.loose(f, line, width) {
			align = "L"
		}
		s.Put(f, x, s.Y, width, line, align)
		s.Y += h
	}
	if len(lines) > 0 {
		s.Y += s.Form.scaled(Gap)
	}
}

// loose tells whether a line would have to be pulled apart to fill a width: few words
// before one that is too long for the rest, such as a hash.
func (s *Sheet) loose(f Font, line string, width float64) bool {
	s.Use(f)
	return s.GetStringWidth(line) < width*0.75
}

// Rule draws a line of a width, centred in a box.
func (s *Sheet) Rule(x, y, boxWidth, width float64) {
	s.SetLineWidth(0.2)
	s.Line(x+(boxWidth-width)/2, y, x+(boxWidth+width)/2, y)
}

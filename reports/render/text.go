package render

import (
	"strings"
	"unicode/utf8"

	"codeberg.org/go-pdf/fpdf"
)

// sheet is a document being laid out, in millimetres from the page's upper left.
type sheet struct {
	*fpdf.Fpdf
	doc    Document
	y      float64
	widths map[int]bool // of the pictures so far, in pixels
}

const (
	pageWidth  = 210.0
	pageHeight = 297.0
	left       = 30.0
	right      = 20.0
	top        = 20.0
	bottom     = 20.0
	textWidth  = pageWidth - left - right
	floor      = pageHeight - bottom
	indent     = 10.0
	gap        = 2.2 // between paragraphs: 6 points
	bodySize   = 13.0
)

// font is a size and a style: "", "B", "I" or "BI".
type font struct {
	size  float64
	style string
}

// height is the line height of a font, 1.2 times its size, in millimetres.
func (f font) height() float64 { return f.size * 1.2 * 25.4 / 72 }

func (s *sheet) set(f font) { s.SetFont(family, f.style, f.size) }

// lines breaks text for a width, the first line being shorter by an indent. A
// no-break space holds its words together; a word wider than the line is cut.
func (s *sheet) lines(f font, text string, width, first float64) []string {
	s.set(f)
	space := s.GetStringWidth(" ")
	var all []string
	var line []string
	room := width - first
	used := 0.0
	end := func() {
		all = append(all, strings.Join(line, " "))
		line, used, room = nil, 0, width
	}
	for _, word := range strings.Split(clean(text), " ") {
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
func (s *sheet) cut(word string, width float64) int {
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

// balanced breaks text into as few lines as the width allows, about equally long,
// for centred headings.
func (s *sheet) balanced(f font, text string, width float64) []string {
	lines := s.lines(f, text, width, 0)
	for narrower := width - 3; len(lines) > 1 && narrower > width/2; narrower -= 3 {
		tried := s.lines(f, text, narrower, 0)
		if len(tried) > len(lines) {
			break
		}
		lines = tried
	}
	return lines
}

// put writes one line in a box: align is L, C, R or J.
func (s *sheet) put(f font, x, y, width float64, line, align string) {
	if line == "" {
		return
	}
	s.set(f)
	if align == "J" && !strings.Contains(line, " ") {
		align = "L"
	}
	s.SetXY(x, y)
	s.CellFormat(width, f.height(), line, "", 0, align, false, 0, "")
}

// block writes text centred or aligned in a column and returns the y below it.
func (s *sheet) block(f font, x, y, width float64, text, align string) float64 {
	for _, line := range s.lines(f, text, width, 0) {
		s.put(f, x, y, width, line, align)
		y += f.height()
	}
	return y
}

// need starts a new page unless so much height is left.
func (s *sheet) need(height float64) {
	if s.y+height > floor {
		s.newPage()
	}
}

func (s *sheet) newPage() {
	s.AddPage()
	s.y = top
}

// paragraph writes justified text with its first line set in. Two lines at least
// stay together at the foot of a page and at its head.
func (s *sheet) paragraph(f font, text string) {
	lines := s.lines(f, text, textWidth, indent)
	h := f.height()
	for i, line := range lines {
		keep := 1
		if i == 0 && len(lines) > 1 || i == len(lines)-2 {
			keep = 2
		}
		s.need(float64(keep) * h)
		x, width, align := left, textWidth, "J"
		if i == 0 {
			x, width = left+indent, textWidth-indent
		}
		if i == len(lines)-1 {
			align = "L"
		}
		s.put(f, x, s.y, width, line, align)
		s.y += h
	}
	if len(lines) > 0 {
		s.y += gap
	}
}

// rule draws a line of a width, centred in a box.
func (s *sheet) rule(x, y, boxWidth, width float64) {
	s.SetLineWidth(0.2)
	s.Line(x+(boxWidth-width)/2, y, x+(boxWidth+width)/2, y)
}

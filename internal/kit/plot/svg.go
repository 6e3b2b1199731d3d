package plot

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	chart "github.com/wcharczuk/go-chart/v2"
	"github.com/wcharczuk/go-chart/v2/drawing"
)

// svg is a go-chart renderer that writes classes and presentation attributes.
// Marks that follow each other and look the same share one group.
type svg struct {
	brush
	b      bytes.Buffer
	path   path
	group  string // attributes of the open group, "" when none is open
	marked bool   // holds marks that point to rows of the table
}

var _ chart.Renderer = (*svg)(nil)

func newSVG() *svg { return &svg{brush: brush{dpi: 72}} }

// path gathers one outline in the shortest words: M, m, L, l, H, V, Q, A, z.
type path struct {
	d    strings.Builder
	x, y int
	open bool
}

func (p *path) move(x, y int) {
	p.d.WriteString(p.shorter("M", "m", x, y))
	p.x, p.y, p.open = x, y, true
}

// shorter goes to a point from where the outline stands when that takes no more
// letters: the lines of a hatch are then all the same, and the page packs well.
func (p *path) shorter(to, by string, x, y int) string {
	absolute := to + pair(x, y)
	if relative := by + pair(x-p.x, y-p.y); p.open && len(relative) <= len(absolute) {
		return relative
	}
	return absolute
}

func (p *path) line(x, y int) {
	switch {
	case !p.open:
		p.move(x, y)
	case x == p.x && y == p.y:
	case x == p.x:
		p.d.WriteString("V" + strconv.Itoa(y))
	case y == p.y:
		p.d.WriteString("H" + strconv.Itoa(x))
	default:
		p.d.WriteString(p.shorter("L", "l", x, y))
	}
	p.x, p.y = x, y
}

func pair(x, y int) string {
	if y < 0 {
		return strconv.Itoa(x) + strconv.Itoa(y)
	}
	return strconv.Itoa(x) + " " + strconv.Itoa(y)
}

// MoveTo starts an outline.
func (s *svg) MoveTo(x, y int) { s.path.move(x, y) }

// LineTo goes on straight.
func (s *svg) LineTo(x, y int) { s.path.line(x, y) }

// QuadCurveTo goes on along a curve.
func (s *svg) QuadCurveTo(cx, cy, x, y int) {
	s.path.d.WriteString("Q" + pair(cx, cy) + " " + pair(x, y))
	s.path.x, s.path.y = x, y
}

// ArcTo goes on along an arc around cx, cy; angles in radians, clockwise from the right.
func (s *svg) ArcTo(cx, cy int, rx, ry, start, delta float64) {
	at := func(a float64) (int, int) {
		return cx + int(math.Round(rx*math.Cos(a))), cy + int(math.Round(ry*math.Sin(a)))
	}
	s.path.line(at(start))
	x, y := at(start + delta)
	large, sweep := 0, 0
	if math.Abs(delta) > math.Pi {
		large = 1
	}
	if delta > 0 {
		sweep = 1
	}
	fmt.Fprintf(&s.path.d, "A%d %d 0 %d %d %s", int(rx), int(ry), large, sweep, pair(x, y))
	s.path.x, s.path.y = x, y
}

// Close ends an outline where it began.
func (s *svg) Close() {
	s.path.d.WriteByte('z')
	s.path.open = false
}

// Stroke draws the outline.
func (s *svg) Stroke() { s.flush(false, true) }

// Fill fills the outline.
func (s *svg) Fill() { s.flush(true, false) }

// FillStroke fills the outline and draws it.
func (s *svg) FillStroke() { s.flush(true, true) }

func (s *svg) flush(fill, stroke bool) {
	if d := s.path.d.String(); d != "" {
		s.in(s.shape(fill, stroke))
		s.b.WriteString(`<path d="` + d + `"/>`)
	}
	s.path = path{}
}

// Circle draws a disc in the current look. Fill and stroke calls after it find an
// empty outline and add nothing, as go-chart expects of a vector renderer.
func (s *svg) Circle(radius float64, x, y int) {
	s.in(s.shape(true, true))
	fmt.Fprintf(&s.b, `<circle cx="%d" cy="%d" r="%s"/>`, x, y, short(radius))
}

// Text writes a line with its baseline at y and its anchor at x.
func (s *svg) Text(body string, x, y int) {
	attrs := s.named() + colour("fill", s.fontColor) + ` font-size="` + short(s.fontSize) + `"`
	switch s.anchor {
	case middle:
		attrs += ` text-anchor="middle"`
	case end:
		attrs += ` text-anchor="end"`
	}
	if s.bold {
		attrs += ` font-weight="700"`
	}
	s.in(attrs)
	turn := ""
	if s.turn != nil {
		turn = fmt.Sprintf(` transform="rotate(%s %d %d)"`, short(*s.turn*180/math.Pi), x, y)
	}
	fmt.Fprintf(&s.b, `<text x="%d" y="%d"%s>%s</text>`, x, y, turn, escape(body))
}

// Save writes what was drawn, without the frame that Chart puts around it.
func (s *svg) Save(w io.Writer) error {
	s.leave()
	_, err := w.Write(s.b.Bytes())
	return err
}

// in makes sure that the open group has these attributes.
func (s *svg) in(attrs string) {
	if s.group == attrs {
		return
	}
	s.leave()
	s.b.WriteString("<g" + attrs + ">")
	s.group = attrs
}

func (s *svg) leave() {
	if s.group != "" {
		s.b.WriteString("</g>")
		s.group = ""
	}
}

func (s *svg) raw(markup string) {
	s.leave()
	s.b.WriteString(markup)
}

func (s *svg) named() string {
	if s.class == "" {
		return ""
	}
	return ` class="` + escape(s.class) + `"`
}

func (s *svg) shape(fill, stroke bool) string {
	attrs := s.named()
	if fill && !s.fill.IsZero() {
		attrs += colour("fill", s.fill)
	} else {
		attrs += ` fill="none"`
	}
	if !stroke || s.stroke.IsZero() || s.strokeWidth <= 0 {
		return attrs
	}
	attrs += colour("stroke", s.stroke) + ` stroke-width="` + short(s.strokeWidth) + `"`
	if len(s.dash) > 0 {
		var parts []string
		for _, d := range s.dash {
			parts = append(parts, short(d))
		}
		attrs += ` stroke-dasharray="` + strings.Join(parts, " ") + `"`
	}
	if s.crisp {
		return attrs + ` shape-rendering="crispEdges"`
	}
	return attrs + ` stroke-linejoin="round" stroke-linecap="round"`
}

func colour(name string, c drawing.Color) string {
	s := fmt.Sprintf(` %s="#%02x%02x%02x"`, name, c.R, c.G, c.B)
	if c.A != 255 {
		s += fmt.Sprintf(` %s-opacity="%s"`, name, short(float64(c.A)/255))
	}
	return s
}

func short(x float64) string { return strconv.FormatFloat(math.Round(x*100)/100, 'f', -1, 64) }

var escaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "'", "&#39;")

func escape(s string) string { return escaper.Replace(s) }

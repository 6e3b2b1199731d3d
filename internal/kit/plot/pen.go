package plot

import (
	"strings"
	"unicode/utf8"

	chart "github.com/wcharczuk/go-chart/v2"
	"github.com/wcharczuk/go-chart/v2/drawing"
)

// pen draws our own marks on a go-chart renderer. svg is nil when it draws pixels.
type pen struct {
	chart.Renderer
	*brush
	svg *svg
}

// look is how a mark looks: its class for style sheets and its colours for
// pictures that stand alone.
type look struct {
	class        string
	fill, stroke drawing.Color
	width        float64
	dash         []float64
	crisp        bool
}

func (p pen) use(l look) {
	p.brush.class, p.brush.fill, p.brush.stroke = l.class, l.fill, l.stroke
	p.brush.strokeWidth, p.brush.dash, p.brush.crisp = l.width, l.dash, l.crisp
}

func area(name string) look {
	return look{class: "plot-" + name, fill: surface(name)}
}

func rule(name string) look {
	return look{class: "plot-" + name, stroke: surface(name), width: 1, crisp: true}
}

func filled(s shade) look {
	return look{class: "plot-f plot-" + string(s.tone), fill: rgb(s.light)}
}

// box draws a filled rectangle; a pale tone gets an edge, inside the rectangle.
func (p pen) box(s shade, x, y, w, h int) {
	p.rect(filled(s), x, y, w, h)
	if s.outlined && w > 2 && h > 2 {
		p.line(look{class: "plot-o", stroke: surface("edge"), width: 1, crisp: true}, x, y, x+w-1, y, x+w-1, y+h-1, x, y+h-1, x, y)
	}
}

func stroked(s shade, width float64) look {
	return look{class: "plot-l plot-" + string(s.tone), stroke: rgb(s.light), width: width, dash: s.dash}
}

func hollow(s shade) look {
	return look{class: "plot-h plot-" + string(s.tone), fill: surface("paper"), stroke: rgb(s.light), width: 1.5}
}

func veil(s shade) look {
	c := rgb(s.light)
	c.A = 46
	return look{class: "plot-a plot-" + string(s.tone), fill: c}
}

// upon is the look of lines that lie on a fill of the tone.
func upon(s shade, width float64) look {
	return look{class: "plot-on plot-l plot-" + string(s.tone), stroke: rgb(s.onLight), width: width}
}

func uponFilled(s shade) look {
	return look{class: "plot-on plot-f plot-" + string(s.tone), fill: rgb(s.onLight)}
}

func (p pen) rect(l look, x, y, w, h int) {
	if w <= 0 || h <= 0 {
		return
	}
	p.use(l)
	p.MoveTo(x, y)
	p.LineTo(x+w, y)
	p.LineTo(x+w, y+h)
	p.LineTo(x, y+h)
	p.Close()
	switch {
	case l.width > 0 && l.fill.IsZero():
		p.Stroke()
	case l.width > 0:
		p.FillStroke()
	default:
		p.Fill()
	}
}

func (p pen) line(l look, points ...int) {
	p.use(l)
	p.MoveTo(points[0], points[1])
	for i := 2; i+1 < len(points); i += 2 {
		p.LineTo(points[i], points[i+1])
	}
	p.Stroke()
}

func (p pen) disc(l look, radius float64, x, y int) {
	p.use(l)
	p.Circle(radius, x, y)
}

// text writes body with the baseline at y.
func (p pen) text(l look, size float64, a anchor, body string, x, y int) {
	if body == "" {
		return
	}
	p.brush.class, p.brush.fontColor, p.brush.fontSize, p.brush.anchor = l.class, l.fill, size, a
	p.Text(body, x, y)
}

func textWidth(body string, size float64) int { return int(width(body, size) + 0.999) }

// fit cuts a label with an ellipsis so that it is at most wide.
func fit(body string, size float64, wide int) string {
	if textWidth(body, size) <= wide {
		return body
	}
	for body != "" {
		_, n := utf8.DecodeLastRuneInString(body)
		body = body[:len(body)-n]
		if cut := strings.TrimRight(body, " ,.–-") + "…"; textWidth(cut, size) <= wide {
			return cut
		}
	}
	return ""
}

// wrap breaks a sentence into lines of at most wide.
func wrap(body string, size float64, wide int) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(body) {
		longer := strings.TrimSpace(line + " " + word)
		if line != "" && textWidth(longer, size) > wide {
			lines = append(lines, line)
			longer = word
		}
		line = longer
	}
	if line == "" {
		return lines
	}
	return append(lines, fit(line, size, wide))
}

// link wraps what draw draws in a link, when there is one and it is safe to follow.
func (p pen) link(href string, draw func()) {
	if p.svg == nil || !strings.HasPrefix(href, "/") || strings.HasPrefix(href, "//") {
		draw()
		return
	}
	p.svg.raw(`<a href="` + escape(tidy(href)) + `">`)
	draw()
	p.svg.raw("</a>")
}

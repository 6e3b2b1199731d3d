package plot

import (
	"fmt"
	"sort"
	"strconv"
	"strings"

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

// dashed is a look with the dashes of a target.
func dashed(l look) look {
	l.dash = []float64{6, 4}
	return l
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

// textOn writes body on a ground of paper, so that lines under it do not cross it.
func (p pen) textOn(l look, size float64, a anchor, body string, x, y int) {
	wide, left := textWidth(body, size), x
	switch a {
	case middle:
		left -= wide / 2
	case end:
		left -= wide
	}
	if body != "" {
		p.rect(area("paper"), left-2, y-int(size)+1, wide+4, int(size)+2)
	}
	p.text(l, size, a, body, x, y)
}

func textWidth(body string, size float64) int { return int(width(body, size) + 0.999) }

// fit cuts a label with an ellipsis so that it is at most wide.
func fit(body string, size float64, wide int) string {
	if textWidth(body, size) <= wide {
		return body
	}
	cut := func(n int) string { return strings.TrimRight(body[:n], " ,.–-") + "…" }
	ends := []int{0}
	for i := range body {
		ends = append(ends, i)
		if len(ends) > 4*wide { // no letter is narrower than a quarter of a pixel
			break
		}
	}
	n := sort.Search(len(ends), func(i int) bool { return textWidth(cut(ends[i]), size) > wide })
	if n == 0 || ends[n-1] == 0 {
		return ""
	}
	return cut(ends[n-1])
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
	if p.svg == nil || !followed(href) {
		draw()
		return
	}
	p.svg.raw(`<a href="` + escape(tidy(href)) + `">`)
	draw()
	p.svg.raw("</a>")
}

// block is a mark without ground of its own, for what is drawn densely.
func (p pen) block(row int, href string, draw func()) {
	if p.svg == nil {
		draw()
		return
	}
	open, end := "<g", "</g>"
	if followed(href) {
		open, end = `<a href="`+escape(tidy(href))+`"`, "</a>"
	}
	p.svg.raw(open + ` data-r="` + strconv.Itoa(row) + `">`)
	draw()
	p.svg.raw(end)
	p.svg.marked = true
}

// followed tells whether an address leads to a page of this site.
func followed(href string) bool {
	return strings.HasPrefix(href, "/") && !strings.HasPrefix(href, "//") && !strings.HasPrefix(href, `/\`)
}

// mark wraps what draw draws as one thing that can be pointed at, in a link where there is
// one: row is its row of the table behind the chart, hit the ground that belongs to it.
func (p pen) mark(row int, href string, hit chart.Box, draw func()) {
	p.block(row, href, func() {
		if p.svg != nil {
			p.ground(hit)
		}
		draw()
	})
}

// ground is an area that is not seen and yet feels the pointer.
func (p pen) ground(b chart.Box) {
	p.svg.raw(fmt.Sprintf(`<path class="plot-hit" fill="none" d="M%sH%dV%dH%dz"/>`, pair(b.Left, b.Top), b.Right, b.Bottom, b.Left))
}

// over lays an area over lines that feels the pointer: where a row of the table stands, from
// the row first on, is told in at.
func (p pen) over(first int, at []int, area chart.Box) {
	if p.svg == nil || len(at) == 0 {
		return
	}
	var xs strings.Builder
	for i, x := range at {
		if i > 0 {
			xs.WriteByte(' ')
		}
		xs.WriteString(strconv.Itoa(x))
	}
	p.svg.raw(fmt.Sprintf(`<g data-r="%d" data-x="%s" data-y="%d %d">`, first, xs.String(), area.Top, area.Bottom))
	p.ground(area)
	p.svg.raw("</g>")
	p.svg.marked = true
}

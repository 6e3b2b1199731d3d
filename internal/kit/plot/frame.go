package plot

import (
	"embed"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/i18n"
)

// Locale holds the sentences of this package's refusals.
//
//go:embed locale
var Locale embed.FS

// Frame is what every chart is told besides its data.
type Frame struct {
	Title  string    // the finding, one sentence; the accessible name
	Desc   string    // what is shown, for those who do not see it; may be empty
	Empty  string    // what to say when there is no data
	Lang   i18n.Lang // how numbers are written; Vietnamese when empty
	Width  int       // logical pixels, 720 when zero
	Class  string    // further classes of the root, such as plot-wide
	Prefix string    // of ids inside the SVG; drawn from the content when empty
	Shown  bool      // write the title into the picture: for PNG in mail
}

const (
	narrowest = 80
	widest    = 2400
	mostMarks = 20000
	narrow    = 520 // below this a chart takes its phone layout
	small     = 12.0
	normal    = 13.0
)

// Table is the data behind a chart: a head and rows, written in the chart's
// language. Columns after the first hold numbers.
type Table struct {
	Head []string
	Rows [][]string
}

// Chart is a drawn chart. The zero Chart is empty.
type Chart struct {
	frame  Frame
	key    string
	kind   string
	w, h   int
	marked bool
	table  Table
	svg    string
	empty  bool
	linked bool
	draw   func(pen)
}

// Alt is the chart in words: its title and description.
func (c Chart) Alt() string {
	return strings.TrimSpace(strings.TrimSpace(c.frame.Title) + " " + c.frame.Desc)
}

// Table is the data behind the chart.
func (c Chart) Table() Table { return c.table }

// SVG is the chart as one svg element, to be inlined or served as a file.
func (c Chart) SVG() string { return c.svg }

// Size is the logical size in pixels.
func (c Chart) Size() (w, h int) { return c.w, c.h }

// Key names the chart's content: equal keys are equal pictures.
func (c Chart) Key() string { return c.key }

// Kind is what sort of chart it is: bars, stacked, scurve, columns and so on.
func (c Chart) Kind() string { return c.kind }

// Empty tells that there was no data and the chart says so.
func (c Chart) Empty() bool { return c.empty }

// sketch is what a kind of chart hands over: its size, its data and how to draw it.
type sketch struct {
	kind   string
	height int
	table  Table
	empty  bool
	linked bool // holds links, so the root is a group and not an image
	draw   func(p pen, top int)
}

// finish checks the frame, draws the SVG and is the only maker of charts.
func finish(f Frame, key string, s sketch) (c Chart, err error) {
	defer rescue(&err)
	c = Chart{frame: f, key: key, kind: s.kind, w: f.Width, h: s.height, table: s.table, empty: s.empty, linked: s.linked && !s.empty}
	if s.empty {
		c.h = min(s.height, 96)
	}
	top := f.headHeight()
	c.h += top
	c.draw = func(p pen) {
		f.head(p)
		if s.empty {
			f.nothing(p, top, c.h)
			return
		}
		s.draw(p, top)
	}
	r := newSVG()
	c.paint(pen{Renderer: r, brush: &r.brush, svg: r})
	r.leave()
	c.marked = r.marked
	c.svg = c.open(s.kind) + r.b.String() + "</svg>"
	return c, nil
}

func (c Chart) paint(p pen) {
	p.rect(area("paper"), 0, 0, c.w, c.h)
	c.draw(p)
}

func (c Chart) open(kind string) string {
	role := "img"
	if c.linked {
		role = "group"
	}
	class := strings.TrimSpace("plot plot-" + kind + " " + c.frame.Class)
	id := c.frame.Prefix
	by, desc := id+"-t", ""
	if c.frame.Desc != "" {
		by += " " + id + "-d"
		desc = `<desc id="` + id + `-d">` + escape(c.frame.Desc) + `</desc>`
	}
	rows := ""
	if c.marked {
		rows = ` data-rows="` + strconv.Itoa(len(c.table.Rows)) + `"`
	}
	return fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" class="%s" role="%s" aria-labelledby="%s"%s viewBox="0 0 %d %d" width="%d" height="%d" font-family="%s"><title id="%s-t">%s</title>%s`,
		escape(class), role, by, rows, c.w, c.h, c.w, c.h, fonts, id, escape(c.frame.Title), desc)
}

const fonts = "system-ui, Roboto, Noto Sans, Arial, sans-serif"

func (f Frame) headHeight() int {
	if !f.Shown {
		return 0
	}
	return 20*len(f.headLines()) + 10
}

func (f Frame) headLines() []string { return wrap(f.Title, 16, f.Width-16) }

func (f Frame) head(p pen) {
	if !f.Shown {
		return
	}
	p.brush.bold = true
	for i, line := range f.headLines() {
		p.text(area("ink"), 16, start, line, 8, 22+20*i)
	}
	p.brush.bold = false
}

func (f Frame) nothing(p pen, top, bottom int) {
	lines := wrap(f.Empty, normal, f.Width-16)
	y := (top+bottom)/2 - 9*(len(lines)-1) + 5
	for i, line := range lines {
		p.text(area("dim"), normal, middle, line, f.Width/2, y+18*i)
	}
}

func rescue(err *error) {
	if v := recover(); v != nil {
		*err = fault.Because(fault.Internal, "plot.not_drawn", fmt.Errorf("plot: %v", v))
	}
}

var idPattern = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9-]*$`)

// settle fills in what a frame leaves open and refuses what it cannot draw.
func (f Frame) settle(key string) (Frame, error) {
	f.Title, f.Desc, f.Empty, f.Class = tidy(f.Title), tidy(f.Desc), tidy(f.Empty), tidy(f.Class)
	if f.Width == 0 {
		f.Width = 720
	}
	if f.Lang == "" {
		f.Lang = i18n.VI
	}
	if f.Prefix == "" {
		f.Prefix = "p" + key[:4]
	}
	var k fault.Check
	k.Need(f.Title != "", "title", "plot.title_needed")
	k.Need(f.Empty != "", "empty", "plot.empty_needed")
	k.Need(f.Width >= narrowest && f.Width <= widest, "width", "plot.bad_width", "from", narrowest, "to", widest)
	k.Need(idPattern.MatchString(f.Prefix), "prefix", "plot.bad_prefix")
	return f, k.Err()
}

// tidy makes text fit to be drawn: composed, in one line, without characters that
// XML forbids.
func tidy(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\t' || r == '\n' || r == '\r':
			return ' '
		case r == unicode.ReplacementChar || r == 0xFFFE || r == 0xFFFF || unicode.IsControl(r) || unicode.Is(unicode.Cs, r):
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	return strings.TrimSpace(norm.NFC.String(s))
}

func (f Frame) number(x float64) string {
	t := i18n.T{Lang: f.Lang}
	if x == math.Trunc(x) && math.Abs(x) < 1e15 {
		return t.Int(int64(x))
	}
	return t.Decimal(x, 1)
}

// figure is a number with its unit, written as the house writes it: 83,3%.
func (f Frame) figure(x float64, unit string) string {
	switch unit = tidy(unit); unit {
	case "":
		return f.number(x)
	case "%":
		return f.number(x) + unit
	}
	return f.number(x) + "\u00a0" + unit
}

func (f Frame) day(at time.Time) string { return i18n.T{Lang: f.Lang}.Day(at) }

// dayNumber counts the city's days; day 0 is 1/1/1970.
func dayNumber(at time.Time) float64 {
	y, m, d := at.In(clock.City).Date()
	return float64(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

func fromDayNumber(n float64) time.Time {
	return time.Date(1970, 1, 1+int(n), 0, 0, 0, 0, clock.City)
}

func finite(k *fault.Check, name string, values ...float64) {
	for _, v := range values {
		if math.IsNaN(v) || math.IsInf(v, 0) || math.Abs(v) > 1e15 {
			k.Need(false, "values", "plot.not_finite", "name", name)
			return
		}
	}
}

func notNegative(k *fault.Check, name string, values ...float64) {
	for _, v := range values {
		if v < 0 {
			k.Need(false, "values", "plot.negative", "name", name)
			return
		}
	}
}

func known(k *fault.Check, t Tone) {
	_, ok := t.shade()
	k.Need(ok, "tone", "plot.unknown_tone", "name", string(t))
}

func must(t Tone) shade {
	s, ok := t.shade()
	if !ok {
		panic("unknown tone " + string(t))
	}
	return s
}

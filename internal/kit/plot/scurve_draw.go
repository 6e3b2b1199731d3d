package plot

import (
	"math"
	"slices"

	chart "github.com/wcharczuk/go-chart/v2"
)

// scurve is the layout of an S-curve.
type scurve struct {
	spec   SCurveSpec
	f      Frame
	curves []curve
	height int
	box    chart.Box // the plot area, without the title above
	x, y   chart.ContinuousRange
	ticks  []float64
	legend [][]curve // rows, on narrow charts only
	rows   []float64 // the days of the table's rows
	notes  []string  // lines above the plot
}

func (g *scurve) lay() {
	small := g.f.Width < narrow
	g.height = max(200, g.f.Width*46/100)
	if small {
		g.height = 260
	}
	most, from, until := g.spec.Total, math.Inf(1), math.Inf(-1)
	for _, c := range g.curves {
		most = max(most, slices.Max(c.values))
		from, until = min(from, c.days[0]), max(until, c.days[len(c.days)-1])
	}
	if len(g.spec.Forecast.High) > 0 {
		most = max(most, slices.Max(g.spec.Forecast.High))
	}
	if !g.spec.Today.IsZero() && len(g.curves) > 0 {
		from, until = min(from, dayNumber(g.spec.Today)), max(until, dayNumber(g.spec.Today))
	}
	if from >= until {
		from, until = from-1, until+1
	}
	top, step := niceTop(most, 5)
	g.ticks = steps(top, step)
	left := 14
	for _, v := range g.ticks {
		left = max(left, 14+textWidth(g.f.number(v), normal))
	}
	right := 14
	for _, c := range g.curves {
		short := (until - c.days[len(c.days)-1]) / (until - from) * float64(g.f.Width-left-60)
		right = max(right, 18+textWidth(g.endTag(c), normal)-int(short*0.75))
	}
	if small {
		g.legendRows()
	}
	above := 20 * (len(g.legend) + len(g.notes))
	g.box = chart.Box{Left: left, Right: g.f.Width - right, Top: 22 + above, Bottom: g.height - 26 + above}
	g.height += above
	g.x = chart.ContinuousRange{Min: from, Max: until, Domain: g.box.Width()}
	g.y = chart.ContinuousRange{Min: 0, Max: top, Domain: g.box.Height()}
}

// endTag is what stands at the end of a line: name and value, on a phone the value.
func (g *scurve) endTag(c curve) string {
	value := g.f.number(c.values[len(c.values)-1])
	if g.f.Width < narrow {
		return value
	}
	return fit(c.name, normal, g.f.Width/4) + " " + value
}

func (g *scurve) legendRows() {
	room := 0
	for _, c := range g.curves {
		w := 44 + textWidth(c.name, normal)
		if room < w {
			g.legend = append(g.legend, nil)
			room = g.f.Width - 16
		}
		room -= w
		g.legend[len(g.legend)-1] = append(g.legend[len(g.legend)-1], c)
	}
}

func (g *scurve) draw(p pen, top int) {
	box := g.box
	box.Top += top
	box.Bottom += top
	g.drawLegend(p, top)
	g.drawAxes(p, box)
	if b := g.spec.Forecast; len(b.Dates) > 1 {
		s := span{low: b.Low, high: b.High}
		for _, d := range b.Dates {
			s.days = append(s.days, dayNumber(d))
		}
		l := veil(must(Forecast))
		chart.Draw.BoundedSeries(p.Renderer, box, &g.x, &g.y, chart.Style{ClassName: l.class, FillColor: l.fill}, s)
	}
	for _, c := range g.curves {
		g.drawCurve(p, box, c)
	}
	g.drawEnds(p, box)
	g.feel(p, box)
}

// feel lets every day of the table be pointed at.
func (g *scurve) feel(p pen, box chart.Box) {
	var at []int
	for _, d := range g.rows {
		at = append(at, box.Left+g.x.Translate(d))
	}
	p.over(0, at, box)
}

func (g *scurve) drawLegend(p pen, top int) {
	for i, note := range g.notes {
		p.text(area("ink"), normal, start, note, 8, top+16+20*i)
	}
	top += 20 * len(g.notes)
	for i, row := range g.legend {
		x, y := 8, top+16+20*i
		for _, c := range row {
			p.line(stroked(c.tone, c.tone.width), x, y-4, x+26, y-4)
			if !c.tone.noMarks {
				p.disc(marker(c.tone), 3.5, x+13, y-4)
			}
			p.text(area("ink"), normal, start, c.name, x+32, y)
			x += 44 + textWidth(c.name, normal)
		}
	}
}

func (g *scurve) drawAxes(p pen, box chart.Box) {
	for _, v := range g.ticks {
		y := box.Bottom - g.y.Translate(v)
		if v > 0 {
			p.line(rule("grid"), box.Left, y, box.Right, y)
		}
	}
	for _, v := range g.ticks {
		p.text(area("dim"), normal, end, g.f.number(v), box.Left-8, box.Bottom-g.y.Translate(v)+5)
	}
	p.line(rule("axis"), box.Left, box.Bottom, box.Right, box.Bottom)
	ticks := dateTicks(g.x.Min, g.x.Max, max(2, box.Width()/58))
	for _, t := range ticks {
		x := box.Left + g.x.Translate(t.at)
		p.line(rule("axis"), x, box.Bottom, x, box.Bottom+5)
	}
	for _, t := range ticks {
		p.text(area("dim"), small, middle, t.label, box.Left+g.x.Translate(t.at), box.Bottom+19)
	}
	if g.spec.Total > 0 && g.spec.TotalTag != "" {
		y := box.Bottom - g.y.Translate(g.spec.Total)
		p.line(rule("axis"), box.Left, y, box.Right, y)
		p.text(area("dim"), small, start, fit(tidy(g.spec.TotalTag), small, box.Width()), box.Left+4, y-5)
	}
	if !g.spec.Today.IsZero() {
		x := box.Left + g.x.Translate(dayNumber(g.spec.Today))
		p.line(rule("axis"), x, box.Top, x, box.Bottom)
		g.todayTag(p, box, x)
	}
}

// todayTag stands above the plot, where no line passes.
func (g *scurve) todayTag(p pen, box chart.Box, x int) {
	tag := fit(tidy(g.spec.TodayTag), small, g.f.Width/2)
	half := textWidth(tag, small)/2 + 1
	p.text(area("dim"), small, middle, tag, min(max(x, half), g.f.Width-half), box.Top-7)
}

func marker(s shade) look {
	if s.hollow {
		return hollow(s)
	}
	return filled(s)
}

func (g *scurve) drawCurve(p pen, box chart.Box, c curve) {
	l := stroked(c.tone, c.tone.width)
	if len(c.days) > 1 {
		chart.Draw.LineSeries(p.Renderer, box, &g.x, &g.y, chart.Style{
			ClassName: l.class, StrokeColor: l.stroke, StrokeWidth: l.width, StrokeDashArray: l.dash,
		}, c.series())
	}
	if c.tone.noMarks && len(c.days) > 1 {
		return
	}
	every := max(1, len(c.days)*14/max(box.Width(), 1)+1)
	for i := len(c.days) - 1; i >= 0; i -= every {
		p.disc(marker(c.tone), 3.5, box.Left+g.x.Translate(c.days[i]), box.Bottom-g.y.Translate(c.values[i]))
	}
}

// tag is a line's name and last value, beside its end.
type tag struct {
	c          curve
	text       string
	x, y, wide int
}

// drawEnds writes each line's name and last value beside its end, moved apart
// where they would lie on each other.
func (g *scurve) drawEnds(p pen, box chart.Box) {
	var tags []tag
	for _, c := range g.curves {
		last := len(c.days) - 1
		t := tag{c: c, text: g.endTag(c), x: box.Left + g.x.Translate(c.days[last]) + 9, y: box.Bottom - g.y.Translate(c.values[last]) + 5}
		t.wide = textWidth(t.text, normal)
		t.y += g.aside(c)
		tags = append(tags, t)
	}
	slices.SortStableFunc(tags, func(a, b tag) int { return a.y - b.y })
	for i := range tags {
		for _, above := range tags[:i] {
			if above.meets(tags[i]) {
				tags[i].y = max(tags[i].y, above.y+16)
			}
		}
	}
	for i := len(tags) - 1; i >= 0; i-- {
		tags[i].y = min(tags[i].y, box.Bottom-3)
		for _, below := range tags[i+1:] {
			if below.meets(tags[i]) {
				tags[i].y = min(tags[i].y, below.y-16)
			}
		}
	}
	for _, t := range tags {
		p.rect(look{class: "plot-paper", fill: surface("paper")}, t.x-3, t.y-12, t.wide+4, 15)
	}
	for _, t := range tags {
		p.text(filled(t.c.tone), normal, start, t.text, t.x, t.y)
	}
}

// aside moves the tag of a line that ends inside the plot off the way it goes on:
// what was declared runs ahead, so its tag stands above, the others' below.
func (g *scurve) aside(c curve) int {
	switch {
	case c.days[len(c.days)-1] > g.x.Max-g.x.GetDelta()/20:
		return 0
	case c.tone.hollow:
		return -9
	}
	return 12
}

func (t tag) meets(other tag) bool {
	return t.x < other.x+other.wide && other.x < t.x+t.wide
}

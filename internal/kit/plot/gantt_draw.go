package plot

import (
	"math"

	chart "github.com/wcharczuk/go-chart/v2"
)

// gantt is the layout of bars over days. A day is one step of the axis: it begins at its
// number and ends where the next begins.
type gantt struct {
	spec        GanttSpec
	f           Frame
	phone       bool
	x           chart.ContinuousRange
	box         chart.Box
	row         int
	height      int
	legend      [][]key
	banners     []banner // milestones' labels
	bannerLines int
}

// banner is where a milestone's label stands.
type banner struct {
	text  string
	x     int // left end
	level int // 0 is next to the plot
}

// reach finds the days that the axis spans, or that there are none.
func (g *gantt) reach() bool {
	from, until := math.Inf(1), math.Inf(-1)
	take := func(first, last float64) { from, until = min(from, first), max(until, last+1) }
	for _, r := range g.spec.Rows {
		if !r.From.IsZero() {
			take(dayNumber(r.From), dayNumber(r.Until))
		}
		if !r.BaseFrom.IsZero() {
			take(dayNumber(r.BaseFrom), dayNumber(r.BaseUntil))
		}
	}
	for _, m := range g.spec.Milestones {
		take(dayNumber(m.Day), dayNumber(m.Day))
	}
	if from >= until {
		return false
	}
	if !g.spec.Today.IsZero() {
		take(dayNumber(g.spec.Today), dayNumber(g.spec.Today))
	}
	g.x = chart.ContinuousRange{Min: from, Max: until}
	return true
}

func (g *gantt) lay() {
	g.phone = g.f.Width < narrow
	left, right := 8, 14
	g.row = 32
	if g.phone {
		g.row = 50
	} else {
		for _, r := range g.spec.Rows {
			left = max(left, min(g.f.Width/3, 18+textWidth(tidy(r.Label), normal)))
		}
	}
	g.legend = legendRows(g.keys(), g.f.Width-16)
	g.box = chart.Box{Left: left, Right: g.f.Width - right}
	g.x.Domain = g.box.Width()
	g.raise()
	g.box.Top = 8 + 24*len(g.legend) + 16*g.bannerLines + 22
	g.box.Bottom = g.box.Top + g.row*len(g.spec.Rows) + 6
	g.height = g.box.Bottom + 28
}

// keys are the tones in the order given, then the ghost and the milestones, where there are any.
func (g *gantt) keys() []key {
	var all []key
	for _, s := range g.spec.Tones {
		all = append(all, key{tone: must(s.Tone), name: tidy(s.Name)})
	}
	if g.spec.hasBase() && g.spec.BaseName != "" {
		all = append(all, key{name: tidy(g.spec.BaseName), sign: func(p pen, x, y int) { p.rect(ghost(), x, y+4, swatch, 7) }})
	}
	met, open := false, false
	for _, m := range g.spec.Milestones {
		met, open = met || m.Met, open || !m.Met
	}
	if met && g.spec.MetName != "" {
		all = append(all, key{name: tidy(g.spec.MetName), sign: func(p pen, x, y int) { p.diamond(filled(must(Scope)), x+8, y+8, 6) }})
	}
	if open && g.spec.OpenName != "" {
		all = append(all, key{name: tidy(g.spec.OpenName), sign: func(p pen, x, y int) { p.diamond(hollow(must(Scope)), x+8, y+8, 6) }})
	}
	return all
}

// raise sets the labels of milestones over each other where they would lie on each other.
func (g *gantt) raise() {
	var ends []int
	for _, m := range g.spec.Milestones {
		text := fit(tidy(m.Label), small, g.f.Width/2)
		wide := textWidth(text, small)
		x := max(2, min(g.box.Left+g.x.Translate(dayNumber(m.Day))-wide/2, g.f.Width-wide-2))
		level := 0
		for level < len(ends) && ends[level] > x {
			level++
		}
		if level == len(ends) {
			ends = append(ends, 0)
		}
		ends[level] = x + wide + 8
		g.banners = append(g.banners, banner{text, x, level})
	}
	g.bannerLines = len(ends)
}

// ghost is the look of what was agreed on.
func ghost() look {
	return look{class: "plot-h plot-plan", fill: surface("paper"), stroke: rgb(must(Plan).light), width: 1, crisp: true}
}

func (g *gantt) draw(p pen, top int) {
	box := g.box
	box.Top += top
	box.Bottom += top
	p.legend(g.legend, top+4, g.f.Width-16, false)
	g.drawAxis(p, box)
	for i, m := range g.spec.Milestones {
		x := box.Left + g.x.Translate(dayNumber(m.Day))
		p.line(rule("axis"), x, box.Top-20-16*g.banners[i].level, x, box.Bottom)
	}
	for i, r := range g.spec.Rows {
		y := box.Top + 4 + g.row*i
		p.mark(i, r.Href, chart.Box{Right: g.f.Width, Top: y, Bottom: y + g.row}, func() { g.drawRow(p, box, r, y) })
	}
	g.drawToday(p, box)
	for i, m := range g.spec.Milestones {
		x := box.Left + g.x.Translate(dayNumber(m.Day))
		hit := chart.Box{Left: min(x-8, g.banners[i].x), Right: max(x+8, g.banners[i].x+textWidth(g.banners[i].text, small)), Top: box.Top - 22 - 16*(g.banners[i].level+1), Bottom: box.Top + 6}
		p.mark(len(g.spec.Rows)+i, m.Href, hit, func() { g.drawMilestone(p, box, m, g.banners[i], x) })
	}
}

func (g *gantt) drawAxis(p pen, box chart.Box) {
	ticks := dateTicks(g.x.Min, g.x.Max, max(2, box.Width()/58))
	for _, t := range ticks {
		x := box.Left + g.x.Translate(t.at)
		p.line(rule("grid"), x, box.Top, x, box.Bottom)
	}
	p.line(rule("axis"), box.Left, box.Bottom, box.Right, box.Bottom)
	for _, t := range ticks {
		x, half := box.Left+g.x.Translate(t.at), textWidth(t.label, small)/2
		p.text(area("dim"), small, middle, t.label, max(half, min(x, g.f.Width-half-2)), box.Bottom+18)
	}
}

func (g *gantt) drawToday(p pen, box chart.Box) {
	if g.spec.Today.IsZero() {
		return
	}
	x := box.Left + g.x.Translate(dayNumber(g.spec.Today))
	p.line(stroked(must(Late), 2), x, box.Top-2, x, box.Bottom)
	tag := fit(tidy(g.spec.TodayTag), small, g.f.Width/2)
	half := textWidth(tag, small)/2 + 1
	at := min(max(x, half), g.f.Width-half)
	p.textOn(filled(must(Late)), small, middle, tag, at, box.Top-5)
}

func (g *gantt) drawMilestone(p pen, box chart.Box, m Milestone, f banner, x int) {
	text := box.Top - 24 - 16*f.level
	look := hollow(must(Scope))
	if m.Met {
		look = filled(must(Scope))
	}
	p.diamond(look, x, box.Top, 6)
	p.textOn(area("ink"), small, start, f.text, f.x, text)
}

func (g *gantt) drawRow(p pen, box chart.Box, r GanttRow, y int) {
	label := tidy(r.Label)
	if g.phone {
		p.textOn(area("ink"), normal, start, fit(label, normal, g.f.Width-16), 8, y+14)
		y += 18
	} else {
		p.text(area("ink"), normal, end, fit(label, normal, box.Left-14), box.Left-8, y+16)
	}
	at := func(day float64) int { return box.Left + g.x.Translate(day) }
	if !r.BaseFrom.IsZero() {
		x := at(dayNumber(r.BaseFrom))
		p.rect(ghost(), x, y+19, max(3, at(dayNumber(r.BaseUntil)+1)-x), 7)
	}
	left, right := box.Left, box.Left
	if !r.From.IsZero() {
		left, right = at(dayNumber(r.From)), at(dayNumber(r.Until)+1)
		tone := must(r.tone())
		p.box(tone, left, y+3, max(3, right-left), 15)
		if right-left >= 18 {
			p.symbol(tone, left+2, y+3, 15)
		}
	}
	g.drawState(p, tidy(r.State), must(r.tone()), left, right, y+15)
}

// drawState writes a row's state inside its bar, behind it or before it, wherever it fits.
func (g *gantt) drawState(p pen, state string, tone shade, left, right, y int) {
	wide := textWidth(state, small)
	switch {
	case state == "":
	case right-left > wide+28:
		p.text(uponFilled(tone), small, start, state, left+21, y)
	case right+wide+6 <= g.f.Width:
		p.textOn(area("dim"), small, start, state, right+5, y)
	case left-wide-6 >= g.box.Left:
		p.textOn(area("dim"), small, end, state, left-5, y)
	default:
		p.text(uponFilled(tone), small, start, fit(state, small, right-left-24), left+21, y)
	}
}

package board

import (
	"slices"
	"time"

	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/plot"
	"lotrinh/internal/site/ui"
	"lotrinh/reports/metric"
)

// The widths at which charts are drawn, and their classes.
const (
	wide, narrow           = 960, 360
	wideClass, narrowClass = "plot-wide", "plot-narrow"
)

// frame is what all charts of a page share.
func (b *page) frame(title string) plot.Frame {
	return plot.Frame{Title: title, Empty: b.t.Say("board.no_data"), Lang: b.t.Lang}
}

// shown draws a chart for wide and for narrow screens, each from the cache when its content
// was drawn before. key names the content at a width.
func (b *page) shown(title string, draw func(width int, class string) (string, func() (plot.Chart, error))) (ui.ChartData, error) {
	var drawn []plot.Chart
	for _, one := range []struct {
		width int
		class string
	}{{wide, wideClass}, {narrow, narrowClass}} {
		key, make := draw(one.width, one.class)
		c, err := b.s.charts.Get(key, make)
		if err != nil {
			return ui.ChartData{}, err
		}
		drawn = append(drawn, c)
	}
	d := ui.Plotted(title, drawn...)
	d.Source = b.source
	return d, nil
}

// curve is declared and verified against the plan, day by day.
func (b *page) curve(of Standing, n Sum) (ui.ChartData, error) {
	spec := plot.SCurveSpec{Frame: b.frame(b.curveTitle(of, n)), DateHead: b.t.Say("reports.column.day"), Declared: plot.Line{Name: b.t.Say("reports.column.declared")},
		Verified: plot.Line{Name: b.t.Say("reports.column.verified")}, Plan: plot.Line{Name: b.t.Say("reports.column.planned")}, TodayTag: b.dayTag()}
	spec.Desc = b.t.Say("board.curve.desc")
	for _, d := range of.Days {
		at, err := clock.ParseDate(d.Day)
		if err != nil {
			return ui.ChartData{}, err
		}
		mark(&spec.Plan, at, d.Planned)
		if d.Known {
			spec.Today = at
			mark(&spec.Declared, at, d.Declared)
			mark(&spec.Verified, at, d.Verified)
		}
	}
	if n.Total > 0 {
		spec.Total, spec.TotalTag = float64(n.Total), b.t.Say("reports.units", "n", n.Total)
	}
	return b.shown(spec.Title, func(width int, class string) (string, func() (plot.Chart, error)) {
		one := spec
		one.Width, one.Class = width, class
		return one.Key(), func() (plot.Chart, error) { return plot.SCurve(one) }
	})
}

func mark(l *plot.Line, at time.Time, n int) {
	l.Dates, l.Values = append(l.Dates, at), append(l.Values, float64(n))
}

// dayTag names the rule at the day of the board.
func (b *page) dayTag() string {
	if b.st.On != "" {
		return dayWords(b.t, b.st.On)
	}
	return b.t.Say("board.today")
}

func (b *page) curveTitle(of Standing, n Sum) string {
	switch {
	case n.Total == 0 || len(of.Days) == 0:
		return b.t.Say("board.curve.none")
	case n.Late > 0:
		return b.t.Say("board.curve.late", "n", n.Late, "official", n.Official, "planned", n.Planned)
	case n.Planned > n.Official:
		return b.t.Say("board.curve.due", "n", n.Planned-n.Official, "official", n.Official, "planned", n.Planned)
	case n.Declared > n.Verified:
		return b.t.Say("board.curve.unverified", "n", n.Declared-n.Verified, "declared", n.Declared, "verified", n.Verified)
	}
	return b.t.Say("board.curve.kept", "verified", n.Verified, "total", n.Total)
}

func (b *page) segments() []plot.Segment {
	return []plot.Segment{{Tone: plot.Official, Name: b.t.Say("reports.stage.official")}, {Tone: plot.Trial, Name: b.t.Say("reports.stage.trial")},
		{Tone: plot.Preparing, Name: b.t.Say("reports.stage.preparing")}}
}

// stages is how the communes of each district stand; a bar leads to its district.
func (b *page) stages(places []Place) (ui.ChartData, error) {
	title := b.t.Say("board.stages.none")
	most := Place{}
	for _, d := range places {
		if d.Late > most.Late || most.Late == 0 && d.Unmet > most.Unmet {
			most = d
		}
	}
	switch {
	case most.Late > 0:
		title = b.t.Say("board.stages.late", "name", upperFirst(most.Name), "n", most.Late)
	case most.Unmet > 0:
		title = b.t.Say("board.stages.unmet", "name", upperFirst(most.Name), "n", most.Unmet)
	case len(places) > 0:
		title = b.t.Say("board.stages.clear")
	}
	spec := plot.StackedSpec{Frame: b.frame(title), Head: b.t.Say("reports.column.district"), TotalHead: b.t.Say("reports.column.total"), Segments: b.segments()}
	for _, d := range places {
		spec.Rows = append(spec.Rows, plot.StackRow{Label: upperFirst(d.Name), Href: b.st.district(d.Code),
			Values: []float64{float64(d.Official), float64(d.Trial), float64(d.Preparing)}})
	}
	return b.shown(title, func(width int, class string) (string, func() (plot.Chart, error)) {
		one := spec
		one.Width, one.Class = width, class
		return one.Key(), func() (plot.Chart, error) { return plot.Stacked(one) }
	})
}

var tileTone = map[string]plot.Tone{"preparing": plot.Preparing, "trial": plot.Trial, "official": plot.Official}

const (
	across  = 6 // tiles side by side in a district
	abreast = 5 // districts side by side
)

// gridOf places districts of these sizes: the first cell of each, rows as high as their highest.
func gridOf(sizes []int) (x, y []int) {
	top, high := 0, 0
	for i, n := range sizes {
		if i > 0 && i%abreast == 0 {
			top, high = top+high+2, 0
		}
		x, y = append(x, i%abreast*(across+1)), append(y, top)
		high = max(high, (n+across-1)/across)
	}
	return x, y
}

// tiles is one tile for each commune; of the city a block leads to its district, of a
// district to the list of its communes.
func (b *page) tiles(of Standing, n Sum, places []Place, city bool) (ui.ChartData, error) {
	title := b.t.Say("board.tiles.title", "official", n.Official, "trial", n.Trial, "preparing", n.Preparing)
	spec := plot.TilesSpec{Frame: b.frame(title), Stages: b.segments(), Head: b.t.Say("reports.column.district"), TotalHead: b.t.Say("reports.column.total")}
	type block struct {
		phase    int
		district string
	}
	at, sizes := map[block]int{}, []int{}
	for i, d := range places {
		at[block{d.Phase, d.Code}], sizes = i, append(sizes, d.Total)
		one := plot.Block{Label: upperFirst(d.Name), Href: b.st.communes(d.Code, ShowAll)}
		if city {
			one.Href = b.st.district(d.Code)
		}
		spec.Blocks = append(spec.Blocks, one)
	}
	left, top := gridOf(sizes)
	for _, c := range of.Communes {
		i := at[block{c.Phase, c.District}]
		b := &spec.Blocks[i]
		k := len(b.Tiles)
		b.Tiles = append(b.Tiles, plot.Tile{X: left[i] + k%across, Y: top[i] + k/across, Tone: tileTone[c.Stage], Title: upperFirst(c.Name)})
	}
	return b.shown(title, func(width int, class string) (string, func() (plot.Chart, error)) {
		one := spec
		one.Width, one.Class = width, class
		return one.Key(), func() (plot.Chart, error) { return plot.Tiles(one) }
	})
}

// lying is lying bars, the highest first as given.
func (b *page) lying(title, head, valueHead string, bars []plot.Bar) (ui.ChartData, error) {
	spec := plot.BarsSpec{Frame: b.frame(title), Head: head, ValueHead: valueHead, Bars: bars}
	return b.shown(title, func(width int, class string) (string, func() (plot.Chart, error)) {
		one := spec
		one.Width, one.Class = width, class
		return one.Key(), func() (plot.Chart, error) { return plot.Bars(one) }
	})
}

// shares is x of N of units, each over its own N.
func (b *page) shares(title string, m metric.Metric, pops []plot.Pop) (ui.ChartData, error) {
	num, _ := metric.Find(m.Num)
	den, _ := metric.Find(m.Den)
	spec := plot.LollipopSpec{Frame: b.frame(title), Head: b.t.Say("reports.column.commune"), ValueHead: num.Name(b.t), OfHead: den.Name(b.t), Rows: pops, Share: true}
	return b.shown(title, func(width int, class string) (string, func() (plot.Chart, error)) {
		one := spec
		one.Width, one.Class = width, class
		return one.Key(), func() (plot.Chart, error) { return plot.Lollipop(one) }
	})
}

// multiples is verified against the plan for each district of the programme, small and on
// one scale.
func (b *page) multiples(places []Place) (ui.ChartData, error) {
	var units []string
	for _, one := range places {
		if !slices.Contains(units, one.Code) {
			units = append(units, one.Code)
		}
	}
	verified, err := b.s.series(b.c.Std(), b.c.Who, "rollout.verified", units, b.st, b.day)
	if err != nil {
		return ui.ChartData{}, err
	}
	planned, err := b.s.series(b.c.Std(), b.c.Who, "rollout.planned", units, b.st, b.day)
	if err != nil {
		return ui.ChartData{}, err
	}
	plans := map[string]plot.Line{}
	for _, one := range planned {
		plans[one.Unit] = lineOf(b.t.Say("reports.column.planned"), one)
	}
	title := b.t.Say("board.multiples")
	spec := plot.MultiplesSpec{Frame: b.frame(title), Head: b.t.Say("reports.column.district"), DateHead: b.t.Say("reports.column.day")}
	for _, one := range verified {
		if line := lineOf(b.t.Say("reports.column.verified"), one); len(line.Values) > 0 {
			spec.Panels = append(spec.Panels, plot.Panel{Label: upperFirst(b.tree.Name(one.Unit)), Href: b.st.district(one.Unit), Verified: line, Plan: plans[one.Unit]})
		}
	}
	return b.shown(title, func(width int, class string) (string, func() (plot.Chart, error)) {
		one := spec
		one.Width, one.Class = width, class
		return one.Key(), func() (plot.Chart, error) { return plot.Multiples(one) }
	})
}

// lineOf is a series as a line of a chart.
func lineOf(name string, of metric.Line) plot.Line {
	l := plot.Line{Name: name}
	for _, m := range of.Marks {
		if at, err := clock.ParseDate(m.Day); err == nil && m.Value.Known {
			mark(&l, at, int(m.Value.N))
		}
	}
	return l
}

// daily is a metric day by day, as standing bars; nothing where nothing stands.
func (b *page) daily(title string, m metric.Metric, line metric.Line) (ui.ChartData, error) {
	spec := plot.ColumnsSpec{Frame: b.frame(title), Head: b.t.Say("reports.column.day"), ValueHead: m.Name(b.t)}
	stands := false
	for _, one := range line.Marks {
		x, known := one.Value.Number(m)
		at, err := clock.ParseDate(one.Day)
		if !known || err != nil {
			continue
		}
		if m.Unit == metric.Share {
			x *= 100
		}
		stands = stands || x != 0
		spec.Columns = append(spec.Columns, plot.Bar{Label: at.In(clock.City).Format("02/01"), Value: x})
	}
	if !stands {
		return ui.ChartData{}, nil
	}
	return b.shown(title, func(width int, class string) (string, func() (plot.Chart, error)) {
		one := spec
		one.Width, one.Class = width, class
		return one.Key(), func() (plot.Chart, error) { return plot.Columns(one) }
	})
}

// dayWords is a stored day as readers see it.
func dayWords(t i18n.T, day string) string {
	at, err := clock.ParseDate(day)
	if err != nil {
		return day
	}
	return t.Day(at)
}

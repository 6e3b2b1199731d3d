package site

import (
	"math"
	"strconv"
	"time"

	"github.com/a-h/templ"

	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/plot"
	"lotrinh/internal/site/ui"
)

// charter draws charts for the book of parts, each for wide screens and for phones.
type charter struct{ t i18n.T }

func (c charter) say(key string, args ...any) string { return c.t.Say("book.c."+key, args...) }

// twice is a chart in both widths under one title.
func (c charter) twice(id, key string, draw func(plot.Frame) (plot.Chart, error)) ui.ChartData {
	var drawn []plot.Chart
	for _, f := range []plot.Frame{{Width: 720, Class: "plot-wide"}, {Width: 360, Class: "plot-narrow"}} {
		f.Title, f.Empty, f.Lang = c.say(key), c.say("none"), c.t.Lang
		if one, err := draw(f); err == nil {
			drawn = append(drawn, one)
		}
	}
	d := ui.Plotted(c.say(key), drawn...)
	d.ID = id
	return d
}

func bookDay(n int) time.Time { return time.Date(2016, 10, 24+n, 0, 0, 0, 0, clock.City) }

func bookLine(name string, n int, at func(i int) float64) plot.Line {
	l := plot.Line{Name: name}
	for i := range n {
		l.Dates, l.Values = append(l.Dates, bookDay(i)), append(l.Values, at(i))
	}
	return l
}

// rise is an S of 139 communes.
func rise(middle, slope float64) func(int) float64 {
	return func(i int) float64 { return math.Round(139 / (1 + math.Exp((middle-float64(i))/slope))) }
}

// bookCharts is every kind of chart.
func bookCharts(t i18n.T) []ui.ChartData {
	c := charter{t}
	return []ui.ChartData{c.scurve(), c.burnUp(), c.gantt(), c.panels(), c.ages(), c.attain(), c.weeks(), c.pareto(), c.pops(),
		c.twice("c-none", "age", func(f plot.Frame) (plot.Chart, error) { return plot.Ages(plot.AgesSpec{Frame: f}) })}
}

// cone is a forecast from day 17 on.
func (c charter) cone(low, mid, high func(i int) float64) plot.Band {
	b := plot.Band{Name: c.say("forecast"), LowName: c.say("low"), HighName: c.say("high")}
	for i := 17; i < 36; i++ {
		b.Dates = append(b.Dates, bookDay(i))
		b.Low, b.Mid, b.High = append(b.Low, low(i)), append(b.Mid, mid(i)), append(b.High, high(i))
	}
	return b
}

func (c charter) scurve() ui.ChartData {
	mid := rise(13, 3)
	return c.twice("c-scurve", "scurve", func(f plot.Frame) (plot.Chart, error) {
		f.Desc = c.say("scurve.desc")
		return plot.SCurve(plot.SCurveSpec{Frame: f, DateHead: c.say("day"), Total: 139, TotalTag: c.say("units"), Today: bookDay(17), TodayTag: c.say("today"),
			Declared: bookLine(c.say("declared"), 18, rise(9, 2)), Verified: bookLine(c.say("verified"), 18, mid), Plan: bookLine(c.say("plan"), 36, rise(10, 3)),
			Forecast: c.cone(func(i int) float64 { return mid(i) - float64(i-17)*0.9 }, mid, func(i int) float64 { return min(139, mid(i)+float64(i-17)*0.8) })})
	})
}

func (c charter) burnUp() ui.ChartData {
	toward := func(a float64) func(int) float64 {
		return func(i int) float64 { return min(150, 96+float64(i-17)*a) }
	}
	return c.twice("c-burnup", "burnup", func(f plot.Frame) (plot.Chart, error) {
		return plot.BurnUp(plot.BurnUpSpec{Frame: f, DateHead: c.say("day"), Today: bookDay(17), TodayTag: c.say("today"),
			EarlyTag: c.say("early"), LikelyTag: c.say("likely"), LateTag: c.say("late"),
			Done:     bookLine(c.say("done"), 18, func(i int) float64 { return math.Round(float64(i*i) / 3) }),
			Plan:     bookLine(c.say("plan"), 31, func(i int) float64 { return float64(i) * 5 }),
			Scope:    plot.Line{Name: c.say("scope"), Dates: []time.Time{bookDay(0), bookDay(9), bookDay(17)}, Values: []float64{139, 150, 150}},
			Forecast: c.cone(toward(2.5), toward(3.6), toward(7))})
	})
}

func (c charter) gantt() ui.ChartData {
	return c.twice("c-gantt", "gantt", func(f plot.Frame) (plot.Chart, error) {
		return plot.Gantt(plot.GanttSpec{Frame: f, Head: c.say("wave"), StateHead: c.say("state"), FromHead: c.say("begin"), UntilHead: c.say("end"),
			BaseFromHead: c.say("base.begin"), BaseUntilHead: c.say("base.end"), BaseName: c.say("base"), MetName: c.say("met"), OpenName: c.say("open"),
			Tones: []plot.Segment{{Tone: plot.Official, Name: c.say("st.done")}, {Tone: plot.Trial, Name: c.say("st.now")}, {Tone: plot.Held, Name: c.say("st.held")}, {Tone: plot.Preparing, Name: c.say("st.todo")}},
			Today: bookDay(17), TodayTag: c.say("today"),
			Rows: []plot.GanttRow{
				{Label: c.say("wave.1"), Href: "/_book#1", State: c.say("st.done"), Tone: plot.Official, From: bookDay(-30), Until: bookDay(-3), BaseFrom: bookDay(-32), BaseUntil: bookDay(-6)},
				{Label: c.say("wave.2"), Href: "/_book#2", State: c.say("st.now"), Tone: plot.Trial, From: bookDay(0), Until: bookDay(24), BaseFrom: bookDay(-2), BaseUntil: bookDay(17)},
				{Label: c.say("wave.3"), Href: "/_book#3", State: c.say("st.held"), Tone: plot.Held, From: bookDay(12), Until: bookDay(16), BaseFrom: bookDay(8), BaseUntil: bookDay(30)},
				{Label: c.say("wave.4"), Href: "/_book#4", State: c.say("st.todo"), Tone: plot.Preparing, From: bookDay(30), Until: bookDay(52), BaseFrom: bookDay(28), BaseUntil: bookDay(50)},
			},
			Milestones: []plot.Milestone{{Label: c.say("mile.1"), Day: bookDay(-3), Met: true, State: c.say("met")}, {Label: c.say("mile.2"), Day: bookDay(2), Met: true, State: c.say("met")},
				{Label: c.say("mile.3"), Day: bookDay(31), State: c.say("open")}}})
	})
}

func (c charter) panels() ui.ChartData {
	return c.twice("c-panels", "panels", func(f plot.Frame) (plot.Chart, error) {
		s := plot.MultiplesSpec{Frame: f, Head: c.t.Say("book.district"), DateHead: c.say("day"), Unit: "%", Top: 100}
		for n, name := range []string{"Ba Vì", "Sóc Sơn", "Đông Anh", "Gia Lâm", "Hoài Đức", "Thanh Trì", "Thường Tín", "Chương Mỹ"} {
			s.Panels = append(s.Panels, plot.Panel{Label: name, Href: "/_book#" + strconv.Itoa(n),
				Verified: bookLine(c.say("verified"), 18, func(i int) float64 { return math.Round(float64(i*(9-n)) / 2) }),
				Plan:     bookLine(c.say("plan"), 30, func(i int) float64 { return math.Round(float64(i) * 3.4) })})
		}
		return plot.Multiples(s)
	})
}

func (c charter) ages() ui.ChartData {
	return c.twice("c-ages", "ages", func(f plot.Frame) (plot.Chart, error) {
		s := plot.AgesSpec{Frame: f, Head: c.say("age"), ValueHead: c.say("count"), LateHead: c.say("overdue"), Limit: 30, LimitTag: c.say("limit")}
		for i, b := range []plot.Bucket{{Until: 4, Value: 42}, {Until: 8, Value: 31, Late: 2}, {Until: 24, Value: 25, Late: 5}, {Until: 48, Value: 12, Late: 12}, {Until: 168, Value: 6, Late: 6}, {Value: 3, Late: 3}} {
			b.Label, b.Href = c.say("age."+strconv.Itoa(i+1)), "/_book#"+strconv.Itoa(i)
			s.Buckets = append(s.Buckets, b)
		}
		return plot.Ages(s)
	})
}

func (c charter) attain() ui.ChartData {
	return c.twice("c-attain", "attain", func(f plot.Frame) (plot.Chart, error) {
		return plot.Attain(plot.AttainSpec{Frame: f, Head: c.t.Say("book.district"), ValueHead: c.say("ontime"), TargetHead: c.say("target"), GapHead: c.say("gap"), Unit: "%", Top: 100,
			TargetName: c.say("target"), MetName: c.say("yes"), MissedName: c.say("no"), Rows: []plot.AttainRow{
				{Label: "Gia Lâm", Href: "/_book#1", Value: 96.4, Target: 95}, {Label: "Sóc Sơn", Href: "/_book#2", Value: 83.3, Target: 95},
				{Label: "Đông Anh", Href: "/_book#3", Value: 95, Target: 95}, {Label: "Ba Vì", Href: "/_book#4", Value: 71.2, Target: 90}}})
	})
}

func (c charter) weeks() ui.ChartData {
	return c.twice("c-weeks", "weeks", func(f plot.Frame) (plot.Chart, error) {
		s := plot.ColumnsSpec{Frame: f, Head: c.say("week"), ValueHead: c.say("ontime"), Unit: "%", Target: 90, TargetTag: c.say("target.90")}
		for i, v := range []float64{71, 78.4, 83.3, 90, 94.2} {
			b := plot.Bar{Label: c.say("week.n", "n", i+1), Value: v, Tone: plot.Late, Href: "/_book#" + strconv.Itoa(i)}
			if v >= s.Target {
				b.Tone = plot.Good
			}
			s.Columns = append(s.Columns, b)
		}
		return plot.Columns(s)
	})
}

func (c charter) pareto() ui.ChartData {
	return c.twice("c-pareto", "pareto", func(f plot.Frame) (plot.Chart, error) {
		s := plot.ParetoSpec{Frame: f, Head: c.say("cause"), ValueHead: c.say("count"), ShareHead: c.say("share"), SumHead: c.say("sum"), OtherLabel: c.say("rest")}
		for i, n := range []float64{133, 96, 61, 18, 12, 9, 13} {
			s.Bars = append(s.Bars, plot.Bar{Label: c.say("cause." + strconv.Itoa(i+1)), Value: n, Href: "/_book#" + strconv.Itoa(i)})
		}
		return plot.Pareto(s)
	})
}

func (c charter) pops() ui.ChartData {
	return c.twice("c-pops", "pops", func(f plot.Frame) (plot.Chart, error) {
		s := plot.LollipopSpec{Frame: f, Head: c.say("service"), ValueHead: c.say("provided"), OfHead: c.say("total")}
		for i, x := range [][2]float64{{58, 63}, {63, 63}, {14, 63}, {11, 25}} {
			s.Rows = append(s.Rows, plot.Pop{Label: c.say("service." + strconv.Itoa(i+1)), Value: x[0], Of: x[1], Href: "/_book#" + strconv.Itoa(i)})
		}
		return plot.Lollipop(s)
	})
}

// bookSparks is a table with a small line in each row.
func bookSparks(t i18n.T) ui.TableData {
	c := charter{t}
	d := ui.TableData{Caption: c.say("trend"), Count: -1, Columns: []ui.Column{{Label: t.Say("book.district")}, {Label: c.say("trend")}}}
	for n, name := range []string{"Gia Lâm", "Đông Anh", "Sóc Sơn"} {
		s := plot.SparkSpec{Frame: plot.Frame{Title: c.say("trend.of", "name", name), Empty: c.say("none"), Lang: t.Lang}, Head: c.say("day"), ValueHead: c.say("count")}
		for i := range 7 {
			s.Labels, s.Values = append(s.Labels, t.Day(bookDay(i))), append(s.Values, float64((i*7+n*5)%11))
		}
		drawn, err := plot.Spark(s)
		if err != nil {
			continue
		}
		d.Rows = append(d.Rows, ui.Row{Cells: []templ.Component{ui.Text(name), ui.SparkCell(drawn, t.Int(int64(s.Values[6])))}})
	}
	return d
}

package site

import (
	"time"

	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/plot"
	"lotrinh/internal/site/ui"
)

// BookFrame is a frame with everything in it, for the book of parts.
func BookFrame(t i18n.T, theme string) Frame {
	return Frame{
		T: t, Title: t.Say("site.book"), Path: "/_book", Theme: theme, Clock: bookNow, Demo: true, Hotline: "1900 1009",
		Account: &Account{Name: "Nguyễn Thị Hòa", Role: t.Say("role.planner"), Href: "#"},
		Nav: []NavGroup{
			{Items: []NavItem{{Label: t.Say("book.nav.home"), Href: "#", Icon: "home", Count: 3, Late: true}, {Label: t.Say("book.nav.overview"), Href: "#", Icon: "chart-line"}}},
			{Title: t.Say("book.nav.group"), Items: []NavItem{
				{Label: t.Say("book.nav.rollout"), Href: "#", Icon: "route", Active: true}, {Label: t.Say("book.nav.gaps"), Href: "#", Icon: "tool", Count: 24},
				{Label: t.Say("book.nav.tickets"), Href: "#", Icon: "ticket", Count: 1204}, {Label: t.Say("book.nav.reports"), Href: "#", Icon: "report"},
			}},
		},
	}
}

func bookEmpty(t i18n.T) ui.EmptyData {
	return ui.EmptyData{Icon: "inbox", Title: t.Say("book.empty"), Text: t.Say("book.empty.text"), Action: &ui.Action{Label: t.Say("book.empty.do"), Href: "#", Icon: "plus"}}
}

func bookTodo(t i18n.T) []ui.TodoItem {
	dues := bookDues(t)
	return []ui.TodoItem{
		{Title: t.Say("book.todo.1"), Href: "#", Why: "Xã Đa Tốn, huyện Gia Lâm", Due: &dues[2]},
		{Title: t.Say("book.todo.2"), Href: "#", Why: "Xã Cổ Bi, huyện Gia Lâm", Due: &dues[1]},
		{Title: t.Say("book.todo.3"), Href: "#", Why: "HT-2016-000042", State: &ui.State{Tone: ui.Info, Word: t.Say("book.tone.info")}},
	}
}

func bookTabs(t i18n.T) []ui.Tab {
	return []ui.Tab{
		{Label: t.Say("book.nav.overview"), Href: "#", Active: true, Count: -1},
		{Label: t.Say("book.nav.gaps"), Href: "#", Count: 24}, {Label: t.Say("book.nav.tickets"), Href: "#", Count: 1204},
	}
}

func bookFilter(t i18n.T) ui.FilterData {
	return ui.FilterData{
		Action: "/_book", Results: "results", Clear: "/_book",
		Presets: []ui.Preset{
			{Label: t.Say("book.all"), Href: "#", Active: true, Count: 139}, {Label: t.Say("book.tone.late"), Href: "#", Count: 7, Tone: ui.Late},
			{Label: t.Say("book.mine"), Href: "#", Count: -1},
		},
		Fields: []ui.Field{
			{Kind: ui.Search, Name: "q", Label: t.Say("book.find")},
			{Kind: ui.Select, Name: "stage", Label: t.Say("book.col.stage"), Options: []ui.Option{{Label: t.Say("book.all")}, {Value: "trial", Label: t.Say("book.tone.trial")}}},
			{Kind: ui.Date, Name: "from", Label: t.Say("book.from")},
		},
	}
}

func bookEvents(t i18n.T) []ui.Event {
	return []ui.Event{
		{At: bookNow.Add(-48 * time.Hour), Who: "Trần Văn Bình", What: t.Say("book.event.open"), Note: t.Say("book.said")},
		{At: bookNow.Add(-30 * time.Hour), Who: "Lê Thu Trang", What: t.Say("book.event.hold"), Tone: ui.Paused},
		{At: bookNow.Add(-3 * time.Hour), Who: "Lê Thu Trang", What: t.Say("book.event.done"), Tone: ui.Good},
	}
}

func bookSteps(t i18n.T) []ui.Step {
	return []ui.Step{
		{Label: t.Say("book.tone.prepare"), Note: "01/10/2016", State: ui.StepDone, Href: "#"},
		{Label: t.Say("book.tone.trial"), Note: "01/11/2016", State: ui.StepNow}, {Label: t.Say("book.tone.official"), Note: "10/11/2016", State: ui.StepTodo},
	}
}

func bookFacts(t i18n.T) []ui.Fact {
	return []ui.Fact{
		{Label: t.Say("book.col.commune"), Text: "Xã Đặng Xá", Change: "#"},
		{Label: t.Say("book.f.count"), Text: t.Int(2), Age: ui.Age(t, bookNow.Add(-50*time.Hour), bookNow), Change: "#"},
		{Label: t.Say("book.col.ready"), Value: ui.Badge(ui.State{Tone: ui.Bad, Word: t.Say("book.tone.bad")})},
		{Label: t.Say("book.f.note")},
	}
}

// bookChart is a chart of kit/plot, drawn for wide screens and for phones.
func bookChart(t i18n.T) ui.ChartData {
	title := t.Say("book.chart")
	var drawn []plot.Chart
	for i, class := range []string{"plot-wide", "plot-narrow"} {
		c, err := plot.Stacked(plot.StackedSpec{
			Frame: plot.Frame{Title: title, Empty: t.Say("ui.chart.none"), Lang: t.Lang, Width: 720 - 360*i, Class: class}, Head: t.Say("book.district"), TotalHead: t.Say("book.sum"),
			Segments: []plot.Segment{{Tone: plot.Official, Name: t.Say("book.tone.official")}, {Tone: plot.Trial, Name: t.Say("book.tone.trial")}, {Tone: plot.Preparing, Name: t.Say("book.tone.prepare")}},
			Rows:     []plot.StackRow{{Label: "Gia Lâm", Values: []float64{13, 6, 3}}, {Label: "Đông Anh", Values: []float64{20, 4, 0}}},
		})
		if err == nil {
			drawn = append(drawn, c)
		}
	}
	d := ui.Plotted(title, drawn...)
	d.ID, d.Source = "chart", ui.Age(t, bookNow.Add(-10*time.Minute), bookNow)
	return d
}

func bookJobs(t i18n.T) []ui.JobData {
	return []ui.JobData{
		{Label: t.Say("book.job"), Done: 212, Total: 584, Ended: true, State: ui.State{Tone: ui.Info, Word: t.Say("book.job.run")}, Href: "#"},
		{Label: t.Say("book.job"), Done: 584, Total: 584, Ended: true, State: ui.State{Tone: ui.Good, Word: t.Say("book.job.done")}, Href: "#", Result: &ui.Action{Label: t.Say("book.job.get"), Href: "#", Icon: "download"}},
	}
}

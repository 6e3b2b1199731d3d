package measure

import (
	"cmp"
	"net/url"
	"slices"

	"github.com/a-h/templ"

	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/plot"
	"lotrinh/internal/org"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
	"lotrinh/reports/measure/views"
	"lotrinh/reports/metric"
)

// list is the catalogue, with what each metric is now for the reader's part of the city.
func (p *pages) list(c *httpx.Ctx) error {
	t := c.T
	if err := p.mayRead(c.Who); err != nil {
		return err
	}
	only := c.Query("source")
	var keys []metric.Key
	var sources []string
	for _, m := range metric.All {
		if !slices.Contains(sources, m.Source()) {
			sources = append(sources, m.Source())
		}
		if only == "" || m.Source() == only {
			keys = append(keys, m.Key)
		}
	}
	day := clock.Date(p.clock.Now())
	atlas, err := p.units.Atlas(c.Std())
	if err != nil {
		return err
	}
	root := ""
	for _, r := range atlas.Tree(day).Roots() {
		root = r.Code
	}
	known, err := p.now(c.Std(), c.Who, day, []string{root}, keys...)
	if err != nil {
		return err
	}
	v := views.Catalogue{Header: ui.HeaderData{Crumbs: crumbs(t), Title: t.Say("measure.title"), Lead: t.Say("measure.lead")}, Note: t.Say("measure.note"),
		Filter: ui.FilterData{Action: Home, Presets: []ui.Preset{{Label: t.Say("measure.all"), Href: Home, Active: only == "", Count: -1}}},
		Table: ui.TableData{Caption: t.Say("measure.title"), Count: int64(len(keys)), Empty: ui.EmptyData{Icon: "search", Title: t.Say("measure.none")},
			Columns: []ui.Column{{Label: t.Say("measure.name")}, {Label: t.Say("measure.now"), Num: true}, {Label: t.Say("measure.kind"), Quiet: true}, {Label: t.Say("measure.owner"), Quiet: true}}}}
	for _, s := range sources {
		v.Filter.Presets = append(v.Filter.Presets, ui.Preset{Label: t.Say("measure.source." + s), Href: Home + "?source=" + s, Active: only == s, Count: -1})
	}
	for _, k := range keys {
		m, _ := metric.Find(k)
		v.Table.Rows = append(v.Table.Rows, ui.Row{Href: path(k), Cells: []templ.Component{ui.Main(path(k), m.Name(t), m.Definition(t)),
			ui.Two(m.Write(t, known.At(k, root)), t.Say("metric.unit."+string(m.Unit))), ui.Text(t.Say("metric.kind." + string(m.Kind))), ui.Text(t.Say("metric.owner." + m.Owner))}})
	}
	return p.site.Show(c, site.Page{Title: v.Header.Title, At: Home}, views.List(t, v))
}

func crumbs(t i18n.T, more ...ui.Crumb) []ui.Crumb {
	return append([]ui.Crumb{{Label: t.Say("reports.title"), Href: "/reports"}}, more...)
}

// one is a metric of a unit: now, day by day, and by the units right below it.
func (p *pages) one(c *httpx.Ctx) error {
	t := c.T
	a, err := p.read(c.Std(), c.Who, func(name string) string { return c.Query(name) }, c.Params("key"))
	if err != nil {
		return err
	}
	v := views.One{Header: ui.HeaderData{Crumbs: crumbs(t, ui.Crumb{Label: t.Say("measure.title"), Href: Home}), Title: a.m.Name(t), Lead: a.m.Definition(t)}}
	if a.unit.Parent != "" {
		v.Header.Crumbs = append(v.Header.Crumbs, ui.Crumb{Label: a.m.Name(t), Href: path(a.m.Key)})
		v.Header.Title = t.Say("measure.of", "metric", a.m.Name(t), "unit", a.unit.Full())
	}
	if href := a.m.Records(a.unit.Code, a.unit.Parent == "", a.unit.Level == org.Commune); href != "" {
		v.Header.Action = &ui.Action{Label: t.Say("measure.records"), Href: href, Icon: "list-check"}
	}
	known, err := p.now(c.Std(), c.Who, a.span.Until, []string{a.unit.Code}, a.m.Key)
	if err != nil {
		return err
	}
	when := "measure.on"
	if m := a.m; m.Kind == metric.Flow || isFlow(m) {
		when = "measure.week"
	}
	until, _ := clock.ParseDate(a.span.Until)
	v.Figures = []ui.FigureData{{Label: a.m.Name(t), Value: a.m.Write(t, known.At(a.m.Key, a.unit.Code)), SoWhat: t.Say(when, "day", t.Day(until))}}
	v.Filter = ui.FilterData{Action: path(a.m.Key), Fields: []ui.Field{{Kind: ui.Date, Name: "from", Label: t.Say("measure.from"), Value: a.span.From, Narrow: true},
		{Kind: ui.Date, Name: "until", Label: t.Say("measure.until"), Value: a.span.Until, Narrow: true}}}
	if a.unit.Parent != "" {
		v.Filter.Hidden = []ui.Hidden{{Name: "unit", Value: a.unit.Code}}
	}
	if err := p.line(c, a, &v); err != nil {
		return err
	}
	if err := p.below(c, a, &v); err != nil {
		return err
	}
	p.about(t, a, &v)
	return p.site.Show(c, site.Page{Title: v.Header.Title, At: Home}, views.Page(t, v))
}

// isFlow tells whether a rate is one of flows.
func isFlow(m metric.Metric) bool {
	den, ok := metric.Find(m.Den)
	return ok && den.Kind == metric.Flow
}

// line draws the metric day by day; a day that nobody told has no point.
func (p *pages) line(c *httpx.Ctx, a asked, v *views.One) error {
	if a.m.Unit == metric.Day {
		return nil // days on an axis of numbers say nothing
	}
	t := c.T
	lines, err := p.Series(c.Std(), c.Who, a.ask(a.unit.Code))
	if err != nil {
		return err
	}
	line := plot.Line{Name: a.m.Name(t)}
	for _, l := range lines {
		for _, m := range l.Marks {
			x, ok := m.Value.Number(a.m)
			at, err := clock.ParseDate(m.Day)
			if !ok || err != nil {
				continue
			}
			if a.m.Unit == metric.Share {
				x *= 100
			}
			line.Dates, line.Values = append(line.Dates, at), append(line.Values, x)
		}
	}
	title := t.Say("measure.chart", "metric", a.m.Name(t), "unit", t.Say("metric.unit."+string(a.m.Unit)))
	var drawn []plot.Chart
	for _, one := range []struct {
		width int
		class string
	}{{960, "plot-wide"}, {360, "plot-narrow"}} {
		chart, err := plot.Days(plot.DaysSpec{Frame: plot.Frame{Title: title, Desc: a.m.Definition(t), Empty: t.Say("metric.unknown"), Lang: t.Lang, Width: one.width, Class: one.class},
			DateHead: t.Say("measure.day"), Low: line})
		if err != nil {
			return err
		}
		drawn = append(drawn, chart)
	}
	d := ui.Plotted(title, drawn...)
	v.Chart = &d
	return nil
}

// below is the metric of the units right below, those with the most first.
func (p *pages) below(c *httpx.Ctx, a asked, v *views.One) error {
	t, parts := c.T, a.parts(c.Who)
	if len(parts) == 0 || a.m.Grain == metric.ByCity {
		return nil
	}
	units := make([]string, len(parts))
	for i, u := range parts {
		units[i] = u.Code
	}
	known, err := p.Values(c.Std(), c.Who, a.ask(units...))
	if err != nil {
		return err
	}
	slices.SortStableFunc(parts, func(x, y org.Unit) int {
		m, _ := known.At(a.m.Key, x.Code).Number(a.m)
		n, _ := known.At(a.m.Key, y.Code).Number(a.m)
		return cmp.Compare(n, m)
	})
	v.Card = ui.CardData{Title: t.Say("measure.parts"), Note: t.Say("measure.parts.note", "from", day(t, a.span.From), "until", day(t, a.span.Until)), Flush: true}
	v.Parts = ui.TableData{Caption: t.Say("measure.parts"), HideCap: true, Count: -1, Columns: []ui.Column{{Label: t.Say("measure.unit")}, {Label: t.Say("measure.value"), Num: true}, {Label: t.Say("measure.records")}}}
	if a.m.Kind == metric.Rate {
		v.Parts.Columns = slices.Insert(v.Parts.Columns, 2, ui.Column{Label: name(t, a.m.Num), Num: true, Quiet: true}, ui.Column{Label: name(t, a.m.Den), Num: true, Quiet: true})
	}
	for _, u := range parts {
		x := known.At(a.m.Key, u.Code)
		to := path(a.m.Key) + "?" + url.Values{"unit": {u.Code}, "from": {a.span.From}, "until": {a.span.Until}}.Encode()
		row := ui.Row{Href: to, Cells: []templ.Component{ui.Main(to, u.Full(), ""), ui.Text(a.m.Write(t, x))}}
		if a.m.Kind == metric.Rate {
			row.Cells = append(row.Cells, ui.Number(t, x.N), ui.Number(t, x.Of))
		}
		link := ui.Text("")
		if href := a.m.Records(u.Code, false, u.Level == org.Commune); href != "" && x.Known {
			link = ui.Link(href, t.Say("measure.open"))
		}
		row.Cells = append(row.Cells, link)
		v.Parts.Rows = append(v.Parts.Rows, row)
	}
	return nil
}

func name(t i18n.T, k metric.Key) string {
	m, _ := metric.Find(k)
	return m.Name(t)
}

func day(t i18n.T, d string) string {
	at, err := clock.ParseDate(d)
	if err != nil {
		return d
	}
	return t.Day(at)
}

// about is the metric's entry of the catalogue, and how other programs fetch it.
func (p *pages) about(t i18n.T, a asked, v *views.One) {
	m := a.m
	v.Facts = []ui.Fact{{Label: t.Say("measure.key"), Text: string(m.Key)}, {Label: t.Say("measure.kind"), Text: t.Say("metric.kind." + string(m.Kind))},
		{Label: t.Say("measure.counted"), Text: t.Say("metric.unit." + string(m.Unit))}, {Label: t.Say("measure.source"), Text: t.Say("measure.source." + m.Source())},
		{Label: t.Say("measure.owner"), Text: t.Say("metric.owner." + m.Owner)}, {Label: t.Say("measure.grain"), Text: t.Say("measure.grain." + string(m.Grain))}}
	if m.Dim != metric.None {
		v.Facts = append(v.Facts, ui.Fact{Label: t.Say("measure.dim"), Text: t.Say("measure.dim." + string(m.Dim))})
	}
	if m.Kind == metric.Rate {
		v.Facts = append(v.Facts, ui.Fact{Label: t.Say("measure.parts_of"), Text: name(t, m.Num) + " / " + name(t, m.Den)})
	}
	query := url.Values{"unit": {a.unit.Code}, "from": {a.span.From}, "until": {a.span.Until}}.Encode()
	v.Open = ui.CardData{Title: t.Say("measure.fetch"), Note: t.Say("measure.fetch.note")}
	api := "/api/v1/metrics/" + string(m.Key) + "?by=day&" + query
	v.Ways = []ui.Fact{{Label: "CSV", Value: ui.Link(path(m.Key)+"/days.csv?"+query, t.Say("measure.csv"))}, {Label: "API", Value: ui.Code(t, api)}}
}

package services

import (
	"strings"

	"github.com/a-h/templ"

	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/plot"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
	base "lotrinh/rollout/views"
)

func (p *pages) essentials(c *httpx.Ctx) error {
	all, err := p.Essentials(c.Std(), c.Who)
	if err != nil {
		return err
	}
	t := c.T
	v := base.Listing{Header: ui.HeaderData{Crumbs: crumbs(c, ui.Crumb{Label: t.Say("services.essential")}), Title: t.Say("services.essential"), Lead: t.Say("services.essential.lead")}}
	d := ui.TableData{Caption: t.Say("services.essential.list"), Columns: []ui.Column{{Label: t.Say("services.col.no"), Num: true}, {Label: t.Say("services.col.service")},
		{Label: t.Say("services.col.provinces")}, {Label: t.Say("services.col.as_of")}, {Label: t.Say("services.col.source")}},
		Empty: ui.EmptyData{Icon: "list-check", Title: t.Say("services.none"), Text: t.Say("services.none.text")}}
	published := 0
	for _, one := range all {
		href := home + "/essential/" + string(one.ID)
		no := ui.Text("")
		if one.Level == National {
			d.Count++
			no = ui.Number(t, int64(one.Ordinal))
		}
		row := ui.Row{Href: href, Cells: cells(no, ui.Main(href, one.Name, one.LeadName), ui.Text(""), ui.Text(""), ui.Text(""))}
		if len(one.Counts) > 0 {
			last := one.Counts[0]
			if one.Level == National {
				published++
			}
			row.Cells = cells(no, ui.Main(href, one.Name, one.LeadName), base.Share(of(t, int64(last.Done), int64(last.Total)), int64(last.Done), int64(last.Total)), ui.Text(dayWords(t, last.AsOf)), ui.Text(last.Source))
		}
		d.Rows = append(d.Rows, row)
	}
	v.Tables = []ui.TableData{d}
	if v.Chart, err = p.essentialChart(t, all, published); err != nil {
		return err
	}
	return p.show(c, v.Header.Title, base.ListingPage(t, v))
}

// essentialChart is x of N for every service with a published count, on one scale; the label
// says the day of the count, since it is not the same for all.
func (p *pages) essentialChart(t i18n.T, all []Essential, published int) (ui.ChartData, error) {
	spec := plot.LollipopSpec{Head: t.Say("services.col.service"), ValueHead: t.Say("services.col.done"), OfHead: t.Say("services.col.total")}
	spec.Title = t.Say("services.essential.chart", "n", published)
	spec.Lang, spec.Empty = t.Lang, t.Say("ui.chart.none")
	for _, one := range all {
		if len(one.Counts) == 0 {
			continue
		}
		last := one.Counts[0]
		spec.Rows = append(spec.Rows, plot.Pop{Label: t.Say("services.essential.bar", "name", short(one.Name), "day", dayWords(t, last.AsOf)),
			Href: home + "/essential/" + string(one.ID), Value: float64(last.Done), Of: float64(last.Total)})
	}
	var both []plot.Chart
	for _, f := range []plot.Frame{{Width: 960, Class: "plot-wide"}, {Width: 360, Class: "plot-narrow"}} {
		spec.Width, spec.Class = f.Width, f.Class
		one, err := p.charts.Get(spec.Key(), func() (plot.Chart, error) { return plot.Lollipop(spec) })
		if err != nil {
			return ui.ChartData{}, err
		}
		both = append(both, one)
	}
	return ui.Plotted(spec.Title, both...), nil
}

// short keeps a long name to what fits beside a bar.
func short(name string) string {
	const most = 24
	r := []rune(name)
	if len(r) <= most {
		return name
	}
	return strings.TrimRight(string(r[:most-1]), " ,-") + "…"
}

func (p *pages) essential(c *httpx.Ctx) error { return p.showEssential(c, nil, nil) }

func (p *pages) showEssential(c *httpx.Ctx, typed *CoverageForm, refused error) error {
	key, err := id(c)
	if err != nil {
		return err
	}
	e, err := p.Essential(c.Std(), c.Who, key)
	if err != nil {
		return err
	}
	provinces, err := Provinces()
	if err != nil {
		return err
	}
	t := c.T
	v := base.Published{Header: ui.HeaderData{Crumbs: crumbs(c, ui.Crumb{Label: t.Say("services.essential"), Href: home + "/essential"}, ui.Crumb{Label: short(e.Name)}), Title: e.Name, Lead: e.LeadName},
		Table: countsTable(t, e)}
	if len(e.Counts) > 0 {
		v.Places = placesOf(e.Counts[0], provinces)
		v.PlacesTitle = t.Say("services.places", "day", dayWords(t, e.Counts[0].AsOf))
	}
	return p.again(c, e.Name, refused, func(errs ui.Errors) templ.Component {
		if c.Who.May(Keep) {
			v.Form, v.FormTitle = publishForm(t, e, typed, provinces, errs), t.Say("services.publish")
		}
		return base.PublishedPage(t, v)
	})
}

func countsTable(t i18n.T, e Essential) ui.TableData {
	d := ui.TableData{Caption: t.Say("services.counts"), Count: int64(len(e.Counts)), Columns: []ui.Column{{Label: t.Say("services.col.as_of")}, {Label: t.Say("services.col.provinces")},
		{Label: t.Say("services.col.source")}, {Label: t.Say("services.col.recorded")}},
		Empty: ui.EmptyData{Icon: "chart-line", Title: t.Say("services.essential.unpublished")}}
	for _, one := range e.Counts {
		d.Rows = append(d.Rows, ui.Row{Cells: cells(ui.Text(dayWords(t, one.AsOf)), base.Share(of(t, int64(one.Done), int64(one.Total)), int64(one.Done), int64(one.Total)), ui.Text(one.Source),
			ui.Two(one.ActorName, t.Moment(one.RecordedAt)))})
	}
	return d
}

// placesOf are the provinces with whether the count names them; nil when it names none.
func placesOf(last Coverage, provinces []Province) []ui.State {
	if len(last.Places) == 0 {
		return nil
	}
	named := map[string]bool{}
	for _, code := range last.Places {
		named[code] = true
	}
	var out []ui.State
	for _, one := range provinces {
		s := ui.State{Tone: ui.Neutral, Word: one.Name}
		if named[one.Code] {
			s.Tone = ui.Good
		}
		out = append(out, s)
	}
	return out
}

func publishForm(t i18n.T, e Essential, typed *CoverageForm, provinces []Province, errs ui.Errors) *ui.FormData {
	f := CoverageForm{Total: len(provinces)}
	done := ""
	if typed != nil {
		f, done = *typed, itoa(int64(typed.Done))
	}
	var options []ui.Option
	for _, one := range provinces {
		options = append(options, ui.Option{Value: one.Code, Label: one.Name})
	}
	return &ui.FormData{Action: home + "/essential/" + string(e.ID), Errors: errs, Submit: t.Say("services.publish.do"), Fields: []ui.Field{
		{Kind: ui.Date, Name: "as_of", Label: t.Say("services.col.as_of"), Value: f.AsOf, Narrow: true, Required: true, Error: errs.Of("as_of")},
		{Kind: ui.Whole, Name: "done", Label: t.Say("services.col.done"), Value: done, Narrow: true, Required: true, Error: errs.Of("done")},
		{Kind: ui.Whole, Name: "total", Label: t.Say("services.col.total"), Hint: t.Say("services.total.hint"), Value: itoa(int64(f.Total)), Narrow: true, Required: true, Error: errs.Of("total")},
		{Name: "source", Label: t.Say("services.col.source"), Hint: t.Say("services.source.hint"), Value: f.Source, Max: 300, Required: true, Error: errs.Of("source")},
		{Kind: ui.Checks, Name: "places", Label: t.Say("services.places.which"), Hint: t.Say("services.places.hint"), Values: f.Places, Options: options, Error: errs.Of("places")},
	}}
}

func (p *pages) publish(c *httpx.Ctx) error {
	key, err := id(c)
	if err != nil {
		return err
	}
	f := CoverageForm{Done: int(number(c.FormValue("done"))), Total: int(number(c.FormValue("total"))), AsOf: c.FormValue("as_of"), Source: c.FormValue("source")}
	for _, raw := range c.Request().PostArgs().PeekMulti("places") {
		f.Places = append(f.Places, string(raw))
	}
	if err := p.Publish(c.Std(), c.Who, key, f); err != nil {
		if sameForm(err) {
			return p.showEssential(c, &f, err)
		}
		return err
	}
	site.Flash(c, ui.Good, c.T.Say("services.published"))
	return c.See(home + "/essential/" + string(key))
}

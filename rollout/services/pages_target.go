package services

import (
	"strings"

	"github.com/a-h/templ"

	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/plot"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
	base "lotrinh/rollout/views"
)

func (p *pages) targets(c *httpx.Ctx) error {
	all, err := p.Targets(c.Std(), c.Who)
	if err != nil {
		return err
	}
	t := c.T
	d := ui.TableData{Caption: t.Say("services.targets"), Count: int64(len(all)), Columns: []ui.Column{{Label: t.Say("services.col.target")}, {Label: t.Say("services.col.stages")}, {Label: t.Say("services.col.days")}},
		Empty: ui.EmptyData{Icon: "clipboard-check", Title: t.Say("services.targets.none"), Text: t.Say("services.targets.none.text")}}
	for _, one := range all {
		href := home + "/targets/" + string(one.ID)
		d.Rows = append(d.Rows, ui.Row{Href: href, Cells: cells(ui.Main(href, one.Title, one.Measure), ui.Text(strings.Join(one.Stages, " → ")), ui.Text(t.Say("services.days", "from", dayWords(t, one.From), "until", dayWords(t, one.Due))))})
	}
	v := base.Listing{Header: ui.HeaderData{Crumbs: crumbs(c, ui.Crumb{Label: t.Say("services.targets")}), Title: t.Say("services.targets"), Lead: t.Say("services.targets.lead")}, Tables: []ui.TableData{d}}
	if c.Who.May(Keep) {
		v.Header.Action = &ui.Action{Label: t.Say("services.target.new"), Href: home + "/targets/new", Icon: "plus"}
		v.Header.More = []ui.Action{{Label: t.Say("services.quota.import"), Href: "/imports/" + QuotaImport, Icon: "upload"}}
	}
	return p.show(c, v.Header.Title, base.ListingPage(t, v))
}

func (p *pages) newTarget(c *httpx.Ctx) error {
	return p.askTarget(c, Target{From: clock.Date(p.now())}, nil)
}

func (p *pages) askTarget(c *httpx.Ctx, f Target, refused error) error {
	if err := c.Who.Need(Keep); err != nil {
		return err
	}
	t := c.T
	title := t.Say("services.target.new")
	return p.again(c, title, refused, func(e ui.Errors) templ.Component {
		return base.OneForm(t, base.FormPage{Header: ui.HeaderData{Crumbs: crumbs(c, ui.Crumb{Label: t.Say("services.targets"), Href: home + "/targets"}, ui.Crumb{Label: title}), Title: title},
			Form: ui.FormData{Action: home + "/targets", Errors: e, Submit: t.Say("services.target.add"), Cancel: home + "/targets"},
			Fields: []ui.Field{
				{Name: "title", Label: t.Say("services.col.target"), Hint: t.Say("services.target.hint"), Value: f.Title, Max: 200, Required: true, Error: e.Of("title")},
				{Name: "measure", Label: t.Say("services.col.measure"), Hint: t.Say("services.measure.hint"), Value: f.Measure, Max: 60, Required: true, Narrow: true, Error: e.Of("measure")},
				{Kind: ui.Area, Name: "stages", Label: t.Say("services.col.stages"), Hint: t.Say("services.stages.hint", "max", mostStages), Value: strings.Join(f.Stages, "\n"), Rows: 4, Required: true, Error: e.Of("stages")},
				{Kind: ui.Date, Name: "from", Label: t.Say("services.col.from"), Value: f.From, Narrow: true, Required: true, Error: e.Of("from")},
				{Kind: ui.Date, Name: "due", Label: t.Say("services.col.due"), Value: f.Due, Narrow: true, Required: true, Error: e.Of("due")},
			}})
	})
}

func (p *pages) addTarget(c *httpx.Ctx) error {
	f := Target{Title: c.FormValue("title"), Measure: c.FormValue("measure"), Stages: strings.Split(strings.ReplaceAll(c.FormValue("stages"), "\r", ""), "\n"), From: c.FormValue("from"), Due: c.FormValue("due")}
	made, err := p.AddTarget(c.Std(), c.Who, f)
	if err != nil {
		if sameForm(err) {
			return p.askTarget(c, f, err)
		}
		return err
	}
	site.Flash(c, ui.Good, c.T.Say("services.target.added"))
	return c.See(home + "/targets/" + string(made.ID))
}

func (p *pages) target(c *httpx.Ctx) error {
	key, err := id(c)
	if err != nil {
		return err
	}
	q, err := p.Quantity(c.Std(), c.Who, key)
	if err != nil {
		return err
	}
	t := c.T
	v := base.Listing{Header: ui.HeaderData{Crumbs: crumbs(c, ui.Crumb{Label: t.Say("services.targets"), Href: home + "/targets"}, ui.Crumb{Label: q.Title}), Title: q.Title,
		Lead: t.Say("services.target.lead", "measure", q.Measure, "from", dayWords(t, q.From), "until", dayWords(t, q.Due))}}
	if c.Who.May(Keep) {
		v.Header.More = []ui.Action{{Label: t.Say("services.quota.import"), Href: "/imports/" + QuotaImport, Icon: "upload"}}
	}
	for i, stage := range q.Stages {
		v.Figures = append(v.Figures, ui.FigureData{Label: stage, Value: t.Int(q.Sum.Done[i]), Of: t.Say("services.fig.of", "n", q.Sum.Total, "day", dayWords(t, q.Sum.AsOf)), SoWhat: share(t, q.Sum.Done[i], q.Sum.Total)})
	}
	if v.Chart, err = p.targetChart(t, q); err != nil {
		return err
	}
	v.Tables = []ui.TableData{doingTable(t, q, q.Units)}
	return p.show(c, q.Title, base.ListingPage(t, v))
}

func share(t i18n.T, x, n int64) string {
	if n == 0 {
		return ""
	}
	return t.Percent(float64(x) / float64(n))
}

func doingTable(t i18n.T, q Quantity, all []Doing) ui.TableData {
	d := ui.TableData{Caption: t.Say("services.target.units"), Count: int64(len(all)), Columns: []ui.Column{{Label: t.Say("services.col.unit")}, {Label: t.Say("services.col.total"), Num: true}},
		Empty: ui.EmptyData{Icon: "upload", Title: t.Say("services.target.no_units"), Text: t.Say("services.target.no_units.text")}}
	for _, stage := range q.Stages {
		d.Columns = append(d.Columns, ui.Column{Label: stage, Num: true})
	}
	d.Columns = append(d.Columns, ui.Column{Label: t.Say("services.col.as_of")})
	for _, one := range all {
		href := home + "/targets/" + string(q.ID) + "/units/" + one.Unit
		row := ui.Row{Href: href, Cells: cells(ui.Main(href, capital(one.Name), ""), ui.Number(t, one.Total))}
		for i := range q.Stages {
			row.Cells = append(row.Cells, ui.Two(t.Int(one.Done[i]), share(t, one.Done[i], one.Total)))
		}
		row.Cells = append(row.Cells, ui.Text(dayWords(t, one.AsOf)))
		d.Rows = append(d.Rows, row)
	}
	return d
}

// targetChart is what is done by district: how much has come to each stage and no further,
// and what is left.
func (p *pages) targetChart(t i18n.T, q Quantity) (ui.ChartData, error) {
	spec := plot.StackedSpec{Head: t.Say("services.col.unit"), TotalHead: t.Say("services.col.total")}
	last := len(q.Stages) - 1
	spec.Title = t.Say("services.target.chart", "stage", q.Stages[last], "x", q.Sum.Done[last], "n", q.Sum.Total, "measure", q.Measure)
	spec.Lang, spec.Empty = t.Lang, t.Say("ui.chart.none")
	tones := []plot.Tone{plot.Good, plot.Official, plot.Trial, plot.Declared, plot.Neutral}
	for i := last; i >= 0; i-- {
		spec.Segments = append(spec.Segments, plot.Segment{Tone: tones[last-i], Name: q.Stages[i]})
	}
	spec.Segments = append(spec.Segments, plot.Segment{Tone: plot.Preparing, Name: t.Say("services.col.left")})
	rows := q.Districts
	if len(rows) == 1 {
		rows = q.Units
	}
	for _, one := range rows {
		row := plot.StackRow{Label: capital(one.Name)}
		further := int64(0)
		for i := last; i >= 0; i-- {
			row.Values = append(row.Values, float64(one.Done[i]-further))
			further = one.Done[i]
		}
		row.Values = append(row.Values, float64(max(0, one.Total-further)))
		spec.Rows = append(spec.Rows, row)
	}
	return p.stacked(spec)
}

func (p *pages) counts(c *httpx.Ctx) error { return p.showCounts(c, nil, nil) }

func (p *pages) showCounts(c *httpx.Ctx, typed map[string]string, refused error) error {
	key, err := id(c)
	if err != nil {
		return err
	}
	u, err := p.UnitCounts(c.Std(), c.Who, key, c.Params("unit"))
	if err != nil {
		return err
	}
	t := c.T
	v := base.Published{Header: ui.HeaderData{Crumbs: crumbs(c, ui.Crumb{Label: t.Say("services.targets"), Href: home + "/targets"}, ui.Crumb{Label: u.Title, Href: home + "/targets/" + string(u.Target.ID)}, ui.Crumb{Label: capital(u.Name)}),
		Title: capital(u.Name), Lead: u.Title + " · " + u.Place}, Table: logTable(t, u),
		Facts: []ui.Fact{{Label: t.Say("services.col.total"), Text: t.Int(u.Total) + " " + u.Measure}, {Label: t.Say("services.col.due"), Text: dayWords(t, u.Due)}}}
	return p.again(c, u.Title, refused, func(e ui.Errors) templ.Component {
		if u.Report {
			v.Form, v.FormTitle = countForm(t, u, typed, clock.Date(p.now()), e), t.Say("services.count")
		}
		return base.PublishedPage(t, v)
	})
}

func logTable(t i18n.T, u UnitCounts) ui.TableData {
	d := ui.TableData{Caption: t.Say("services.count.log"), Count: int64(len(u.Log)), Columns: []ui.Column{{Label: t.Say("services.col.as_of")}}, Empty: ui.EmptyData{Icon: "clipboard-check", Title: t.Say("services.count.none")}}
	for _, stage := range u.Stages {
		d.Columns = append(d.Columns, ui.Column{Label: stage, Num: true})
	}
	d.Columns = append(d.Columns, ui.Column{Label: t.Say("services.note")}, ui.Column{Label: t.Say("services.col.recorded")})
	for _, one := range u.Log {
		row := ui.Row{Cells: cells(ui.Text(dayWords(t, one.AsOf)))}
		for i := range u.Stages {
			n := int64(0)
			if i < len(one.Done) {
				n = one.Done[i]
			}
			row.Cells = append(row.Cells, ui.Number(t, n))
		}
		row.Cells = append(row.Cells, ui.Text(one.Note), ui.Two(one.ActorName, t.Moment(one.RecordedAt)))
		d.Rows = append(d.Rows, row)
	}
	return d
}

func countForm(t i18n.T, u UnitCounts, typed map[string]string, today string, e ui.Errors) *ui.FormData {
	f := &ui.FormData{Action: home + "/targets/" + string(u.Target.ID) + "/units/" + u.Doing.Unit, Errors: e, Submit: t.Say("services.count.do")}
	day := today
	if typed != nil {
		day = typed["as_of"]
	}
	f.Fields = append(f.Fields, ui.Field{Kind: ui.Date, Name: "as_of", Label: t.Say("services.col.as_of"), Value: day, Until: today, Narrow: true, Required: true, Error: e.Of("as_of")})
	for i, stage := range u.Stages {
		name, value := stageField(i), itoa(u.Done[i])
		if typed != nil {
			value = typed[name]
		}
		f.Fields = append(f.Fields, ui.Field{Kind: ui.Whole, Name: name, Label: stage, Value: value, Narrow: true, Required: true, Error: e.Of(name)})
	}
	f.Fields = append(f.Fields, ui.Field{Kind: ui.Area, Name: "note", Label: t.Say("services.note"), Hint: t.Say("services.count.note.hint"), Value: typed["note"], Rows: 2, Max: longestNote, Error: e.Of("note")})
	return f
}

func (p *pages) count(c *httpx.Ctx) error {
	key, err := id(c)
	if err != nil {
		return err
	}
	unit := c.Params("unit")
	if err := c.Who.NeedAt(Tell, unit); err != nil {
		return err
	}
	u, err := p.UnitCounts(c.Std(), c.Who, key, unit)
	if err != nil {
		return err
	}
	f, typed := CountForm{AsOf: c.FormValue("as_of"), Note: c.FormValue("note")}, map[string]string{"as_of": c.FormValue("as_of"), "note": c.FormValue("note")}
	for i := range u.Stages {
		raw := c.FormValue(stageField(i))
		typed[stageField(i)] = raw
		f.Done = append(f.Done, number(raw))
	}
	if err := p.Count(c.Std(), c.Who, key, unit, f); err != nil {
		if sameForm(err) {
			return p.showCounts(c, typed, err)
		}
		return err
	}
	site.Flash(c, ui.Good, c.T.Say("services.counted"))
	return c.See(home + "/targets/" + string(key) + "/units/" + unit)
}

package services

import (
	"github.com/a-h/templ"

	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/plot"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
	base "lotrinh/rollout/views"
)

func (p *pages) overview(c *httpx.Ctx) error {
	t := c.T
	pg, err := p.Programme(c.Std(), c.Who)
	if fault.Is(err, fault.Missing) {
		return p.begin(c)
	} else if err != nil {
		return err
	}
	all, total, err := p.Departments(c.Std(), c.Who)
	if err != nil {
		return err
	}
	today := clock.Date(p.now())
	v := base.Listing{
		Header: ui.HeaderData{Title: t.Say("services.title"), Lead: pg.LegalBasis + " (" + dayWords(t, pg.DecidedOn) + ")",
			Action: &ui.Action{Label: t.Say("services.matrix"), Href: home + "/matrix", Icon: "layout-grid"},
			More: []ui.Action{{Label: t.Say("services.essential"), Href: home + "/essential", Icon: "chart-line"},
				{Label: t.Say("services.targets"), Href: home + "/targets", Icon: "clipboard-check"}, {Label: t.Say("services.focal"), Href: home + "/focal", Icon: "users"}}},
		Figures: []ui.FigureData{{Label: t.Say("services.fig.live"), Value: t.Int(int64(total.At[Live])), Of: t.Say("services.fig.of", "n", total.N, "day", dayWords(t, today)), SoWhat: t.Say("services.fig.due", "day", dayWords(t, dueOf(pg.Phases)))},
			{Label: t.Say("services.fig.tested"), Value: t.Int(int64(total.Through(Tested))), Of: t.Say("services.fig.of_short", "n", total.N)},
			{Label: t.Say("services.fig.submitted"), Value: t.Int(int64(total.Through(Submitted))), Of: t.Say("services.fig.of_short", "n", total.N)},
			{Label: t.Say("services.fig.named"), Value: t.Int(int64(total.Named)), Of: t.Say("services.fig.of_short", "n", total.N), SoWhat: t.Say("services.fig.named.so")}},
	}
	if c.Who.May(Keep) {
		v.Header.More = append(v.Header.More, ui.Action{Label: t.Say("services.import"), Href: "/imports/" + NameImport, Icon: "upload"})
	}
	if v.Chart, err = p.departmentChart(t, all, total); err != nil {
		return err
	}
	d := ui.TableData{Caption: t.Say("services.departments"), Count: int64(len(all)), Columns: []ui.Column{{Label: t.Say("services.col.department")}, {Label: t.Say("services.col.slots"), Num: true}}}
	for _, s := range Steps[1:] {
		d.Columns = append(d.Columns, ui.Column{Label: stepWord(t, s), Num: true})
	}
	d.Columns = append(d.Columns, ui.Column{Label: t.Say("services.col.focal")})
	for _, one := range all {
		href := home + "/departments/" + one.Lead
		row := ui.Row{Href: href, Cells: cells(ui.Main(href, one.Name, t.Say("services.named", "x", one.Named, "n", one.N)), ui.Number(t, int64(one.N)))}
		for _, s := range Steps[1:] {
			row.Cells = append(row.Cells, ui.Number(t, int64(one.At[s])))
		}
		row.Cells = append(row.Cells, ui.Text(focalNames(one.Focal)))
		d.Rows = append(d.Rows, row)
	}
	v.Tables = []ui.TableData{d, waves(t, pg.Phases, all, nil)}
	items, err := p.Items(c.Std(), c.Who, Department)
	if err != nil {
		return err
	}
	v.Tables[1] = waves(t, pg.Phases, all, items)
	return p.show(c, v.Header.Title, base.ListingPage(t, v))
}

// begin is the page before there is a programme: a planner may set it up.
func (p *pages) begin(c *httpx.Ctx) error {
	t := c.T
	e := ui.EmptyData{Icon: "list-check", Title: t.Say("services.none"), Text: t.Say("services.none.text")}
	if c.Who.May(Keep) {
		e.Action = &ui.Action{Label: t.Say("services.setup"), Href: home + "/setup", Post: true}
	}
	return p.show(c, t.Say("services.title"), ui.Empty(t, e))
}

func (p *pages) setUp(c *httpx.Ctx) error {
	if err := p.SetUp(c.Std(), c.Who); err != nil {
		return err
	}
	site.Flash(c, ui.Good, c.T.Say("services.setup.done"))
	return c.See(home)
}

func focalNames(all []Focal) string {
	s := ""
	for i, f := range all {
		if i > 0 {
			s += ", "
		}
		s += f.Name
	}
	return s
}

// departmentChart is the procedures of each department by step, in absolute numbers.
func (p *pages) departmentChart(t i18n.T, all []Tally, total Tally) (ui.ChartData, error) {
	spec := plot.StackedSpec{Head: t.Say("services.col.department"), TotalHead: t.Say("services.col.slots")}
	spec.Title = t.Say("services.chart", "live", total.At[Live], "n", total.N)
	spec.Lang, spec.Empty = t.Lang, t.Say("ui.chart.none")
	tones := map[Step]plot.Tone{Live: plot.Good, Tested: plot.Official, Built: plot.Trial, Surveyed: plot.Declared, Submitted: plot.Neutral, Waiting: plot.Preparing}
	order := []Step{Live, Tested, Built, Surveyed, Submitted, Waiting}
	for _, s := range order {
		spec.Segments = append(spec.Segments, plot.Segment{Tone: tones[s], Name: stepWord(t, s)})
	}
	for _, one := range all {
		row := plot.StackRow{Label: one.Name, Href: home + "/departments/" + one.Lead}
		for _, s := range order {
			row.Values = append(row.Values, float64(one.At[s]))
		}
		spec.Rows = append(spec.Rows, row)
	}
	return p.stacked(spec)
}

func (p *pages) stacked(spec plot.StackedSpec) (ui.ChartData, error) {
	draw := func(s plot.StackedSpec) (plot.Chart, error) {
		return p.charts.Get(s.Key(), func() (plot.Chart, error) { return plot.Stacked(s) })
	}
	wide, narrow := spec, spec
	wide.Width, wide.Class = 960, "plot-wide"
	narrow.Width, narrow.Class = 360, "plot-narrow"
	big, err := draw(wide)
	if err != nil {
		return ui.ChartData{}, err
	}
	small, err := draw(narrow)
	if err != nil {
		return ui.ChartData{}, err
	}
	return ui.Plotted(spec.Title, big, small), nil
}

func (p *pages) department(c *httpx.Ctx) error {
	items, papers, err := p.DepartmentItems(c.Std(), c.Who, c.Params("lead"))
	if err != nil {
		return err
	}
	t := c.T
	focal, err := p.Focals(c.Std(), c.Who)
	if err != nil {
		return err
	}
	live, named := 0, 0
	d := ui.TableData{Caption: t.Say("services.procedures"), Count: int64(len(items)), Columns: []ui.Column{{Label: t.Say("services.col.procedure")}, {Label: t.Say("services.col.wave")},
		{Label: t.Say("services.col.step")}, {Label: t.Say("services.papers")}}}
	for _, i := range items {
		if i.Step == Live {
			live++
		}
		if i.Name != "" {
			named++
		}
		href := home + "/items/" + string(i.ID)
		d.Rows = append(d.Rows, ui.Row{Href: href, Cells: cells(ui.Main(href, i.say(t), i.Key), ui.Text(waveWords(t, i.Wave)), stepCell(t, i), ui.Text(paperWords(t, i, papers)))})
	}
	name := items[0].LeadName
	v := base.Listing{Header: ui.HeaderData{Crumbs: crumbs(c, ui.Crumb{Label: name}), Title: name, Lead: t.Say("services.department.lead")},
		Figures: []ui.FigureData{{Label: t.Say("services.fig.live"), Value: t.Int(int64(live)), Of: t.Say("services.fig.of_short", "n", len(items))},
			{Label: t.Say("services.fig.named"), Value: t.Int(int64(named)), Of: t.Say("services.fig.of_short", "n", len(items))}},
		Tables: []ui.TableData{d}}
	if who := focalNames(focal[items[0].Lead]); who != "" {
		v.Facts = []ui.Fact{{Label: t.Say("services.col.focal"), Text: who}}
	}
	return p.show(c, name, base.ListingPage(t, v))
}

func stepCell(t i18n.T, i Item) templ.Component {
	if i.Since.IsZero() {
		return ui.Badge(stepState(t, i.Step))
	}
	return badgeSince(t, i)
}

func waveWords(t i18n.T, wave int) string {
	if wave == 0 {
		return t.Say("services.wave.none")
	}
	return t.Say("services.wave", "n", wave)
}

func paperWords(t i18n.T, i Item, papers map[string]int) string {
	form, process := papers[paperOf(i.ID, FormPaper)], papers[paperOf(i.ID, ProcessPaper)]
	switch {
	case form > 0 && process > 0:
		return t.Say("services.papers.both")
	case form > 0:
		return t.Say("services.papers.no_process")
	case process > 0:
		return t.Say("services.papers.no_form")
	}
	return t.Say("services.papers.none")
}

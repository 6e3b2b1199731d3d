package reports

import (
	"context"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/fold"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
	"lotrinh/reports/views"
)

// typed is the schedule as the form says it.
func typed(c *httpx.Ctx) ScheduleForm {
	return ScheduleForm{Definition: c.FormValue("definition"), Programme: c.FormValue("programme"), Cut: c.FormValue("cut"),
		Spec: fold.NFC(c.FormValue("spec")), CatchUp: c.FormValue("catch_up"), Enabled: c.FormValue("enabled") != ""}
}

func (p pages) schedule(c *httpx.Ctx) error {
	sc, err := p.scheduleAsked(c)
	if err != nil {
		return err
	}
	f := ScheduleForm{Spec: sc.Spec, CatchUp: strconv.FormatInt(sc.CatchUp, 10), Enabled: sc.Enabled}
	return p.showSchedule(c, sc, f, sc.Version, nil)
}

func (p pages) scheduleAsked(c *httpx.Ctx) (Schedule, error) {
	id, err := ident.Parse(c.Params("id"))
	if err != nil {
		return Schedule{}, err
	}
	return p.Schedule(c.Std(), c.Who, id)
}

// showSchedule shows the form of a schedule with what was typed and what would come.
func (p pages) showSchedule(c *httpx.Ctx, sc Schedule, f ScheduleForm, version int64, problem error) error {
	t := c.T
	cut, err := p.cutOf(c.Std(), sc.Cut)
	if err != nil {
		return err
	}
	names, err := p.titles(c.Std(), t)
	if err != nil {
		return err
	}
	v := views.ScheduleView{Header: ui.HeaderData{Crumbs: []ui.Crumb{{Label: t.Say("reports.title"), Href: "/reports"}, {Label: t.Say("reports.schedule")}},
		Title: names.of(sc.Definition), Lead: upperFirst(cut.Name)}}
	may := c.Who.Covers(Plan, sc.Cut)
	v.Form = ui.FormData{Action: "/reports/schedules/" + string(sc.ID), Errors: ui.ErrorsOf(t, problem), Submit: t.Say("reports.schedule.save"), Cancel: "/reports",
		Hidden: []ui.Hidden{{Name: "version", Value: strconv.FormatInt(version, 10)}}, Fields: p.scheduleFields(c, f, !may),
		More: []ui.SubmitData{{Name: "do", Value: "preview", Label: t.Say("reports.schedule.preview")}}}
	if v.Panels, err = p.schedulePanels(c, sc); err != nil {
		return err
	}
	return p.showForm(c, v, sc.Definition, f, problem)
}

func (p pages) showForm(c *httpx.Ctx, v views.ScheduleView, definition string, f ScheduleForm, problem error) error {
	v.Coming = ui.CardData{Title: c.T.Say("reports.coming")}
	v.Next, v.Words = p.nexts(c, definition, f.Spec), upperFirst(Words(c.T, f.Spec))
	status := fiber.StatusOK
	if problem != nil {
		status = fault.Of(problem).Kind.Status()
	}
	return p.page.Show(c, site.Page{Title: v.Header.Title, At: "/reports", Status: status}, views.Schedule(c.T, v))
}

func (p pages) scheduleFields(c *httpx.Ctx, f ScheduleForm, locked bool) []ui.Field {
	t := c.T
	enabled := ""
	if f.Enabled {
		enabled = "1"
	}
	return []ui.Field{
		{Name: "spec", Label: t.Say("reports.field.spec"), Hint: t.Say("reports.field.spec.hint"), Value: f.Spec, Required: true, Max: 100, Disabled: locked},
		{Kind: ui.Whole, Name: "catch_up", Label: t.Say("reports.field.catch_up"), Hint: t.Say("reports.field.catch_up.hint"), Value: f.CatchUp, Required: true, Narrow: true, Disabled: locked},
		{Kind: ui.Check, Name: "enabled", Label: t.Say("reports.field.enabled"), Value: enabled, Disabled: locked},
	}
}

func (p pages) changeSchedule(c *httpx.Ctx) error {
	sc, err := p.scheduleAsked(c)
	if err != nil {
		return err
	}
	if err := c.Who.NeedAt(Plan, sc.Cut); err != nil {
		return err
	}
	version, err := strconv.ParseInt(c.FormValue("version"), 10, 64)
	if err != nil {
		return fault.Because(fault.Invalid, "fault.invalid", err)
	}
	f := typed(c)
	if c.FormValue("do") == "preview" {
		return p.showSchedule(c, sc, f, version, p.wrong(c.Std(), sc.Definition, f))
	}
	if _, err := p.ChangeSchedule(c.Std(), c.Who, sc.ID, version, f); err != nil {
		if refused(err) {
			return p.showSchedule(c, sc, f, version, err)
		}
		return err
	}
	site.Flash(c, ui.Good, c.T.Say("reports.schedule.saved"))
	return c.See("/reports")
}

// wrong is what a preview says of the typed values.
func (p pages) wrong(ctx context.Context, definition string, f ScheduleForm) error {
	d, err := p.definition(ctx, definition)
	if err != nil {
		return err
	}
	_, _, err = f.check(d, p.business.Now())
	return err
}

func (p pages) newSchedule(c *httpx.Ctx) error {
	if err := c.Who.Need(Plan); err != nil {
		return err
	}
	all, err := p.definitions(c.Std())
	if err != nil {
		return err
	}
	d := all[0]
	return p.showNew(c, ScheduleForm{Definition: d.Key, Spec: d.Spec, CatchUp: strconv.FormatInt(d.CatchUp, 10), Enabled: true}, nil)
}

func (p pages) showNew(c *httpx.Ctx, f ScheduleForm, problem error) error {
	t := c.T
	v := views.ScheduleView{Header: ui.HeaderData{Crumbs: []ui.Crumb{{Label: t.Say("reports.title"), Href: "/reports"}, {Label: t.Say("reports.schedule.new")}}, Title: t.Say("reports.schedule.new")}}
	tree, err := p.near.Units.Tree(c.Std(), p.business.Now())
	if err != nil {
		return err
	}
	programmes, err := p.near.Rollout.Programmes(c.Std())
	if err != nil {
		return err
	}
	all, err := p.definitions(c.Std())
	if err != nil {
		return err
	}
	what := ui.Field{Kind: ui.Select, Name: "definition", Label: t.Say("reports.column.report"), Value: f.Definition, Required: true}
	for _, d := range all {
		what.Options = append(what.Options, ui.Option{Value: d.Key, Label: d.title(t)})
	}
	which := ui.Field{Kind: ui.Select, Name: "programme", Label: t.Say("reports.field.programme"), Value: f.Programme, Required: true}
	for _, pg := range programmes {
		which.Options = append(which.Options, ui.Option{Value: pg.Code, Label: writer{t: t}.name(pg.Title, pg.TitleEN)})
	}
	where := ui.Field{Kind: ui.Select, Name: "cut", Label: t.Say("reports.field.cut"), Value: f.Cut, Required: true}
	for _, u := range append(tree.Roots(), tree.Districts()...) {
		if c.Who.Covers(Plan, u.Code) {
			where.Options = append(where.Options, ui.Option{Value: u.Code, Label: upperFirst(tree.Name(u.Code))})
		}
	}
	v.Form = ui.FormData{Action: "/reports/schedules/new", Errors: ui.ErrorsOf(t, problem), Submit: t.Say("reports.schedule.save"), Cancel: "/reports",
		Hidden: []ui.Hidden{{Name: httpx.OnceField, Value: string(ident.New(p.machine.Now()))}}, Fields: append([]ui.Field{what, which, where}, p.scheduleFields(c, f, false)...)}
	return p.showForm(c, v, f.Definition, f, problem)
}

func (p pages) addSchedule(c *httpx.Ctx) error {
	f := typed(c)
	if _, err := p.AddSchedule(c.Std(), c.Who, f); err != nil {
		if refused(err) {
			return p.showNew(c, f, err)
		}
		return err
	}
	site.Flash(c, ui.Good, c.T.Say("reports.schedule.saved"))
	return c.See("/reports")
}

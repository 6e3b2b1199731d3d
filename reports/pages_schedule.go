package reports

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"lotrinh/internal/kit/cronspec"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/fold"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
	"lotrinh/reports/views"
)

// typed is the schedule as the form says it.
func typed(c *httpx.Ctx) ScheduleForm {
	return ScheduleForm{Definition: c.FormValue("definition"), Programme: c.FormValue("programme"), Cut: c.FormValue("cut"),
		Spec: fold.NFC(c.FormValue("spec")), Zone: strings.TrimSpace(c.FormValue("zone")), CatchUp: c.FormValue("catch_up"),
		Shift: Shift(c.FormValue("shift")), SkipHolidays: c.FormValue("skip_holidays") != "", Enabled: c.FormValue("enabled") != ""}
}

func (p pages) schedule(c *httpx.Ctx) error {
	sc, err := p.scheduleAsked(c)
	if err != nil {
		return err
	}
	return p.showSchedule(c, sc, sc.typed(), sc.Version, nil)
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
	return p.showForm(c, v, f, problem)
}

func (p pages) showForm(c *httpx.Ctx, v views.ScheduleView, f ScheduleForm, problem error) error {
	v.Coming = ui.CardData{Title: c.T.Say("reports.coming")}
	v.Next, v.Words = p.nexts(c, f), upperFirst(f.words(c.T))
	status := fiber.StatusOK
	if problem != nil {
		status = fault.Of(problem).Kind.Status()
	}
	return p.page.Show(c, site.Page{Title: v.Header.Title, At: "/reports", Status: status}, views.Schedule(c.T, v))
}

func (p pages) scheduleFields(c *httpx.Ctx, f ScheduleForm, locked bool) []ui.Field {
	t := c.T
	return []ui.Field{
		{Name: "spec", Label: t.Say("reports.field.spec"), Hint: t.Say("reports.field.spec.hint"), Value: f.Spec, Required: true, Max: 100, Disabled: locked},
		{Kind: ui.Select, Name: "shift", Label: t.Say("reports.field.shift"), Hint: t.Say("reports.field.shift.hint"), Value: string(f.Shift), Options: shiftOptions(t), Required: true, Disabled: locked},
		{Kind: ui.Check, Name: "skip_holidays", Label: t.Say("reports.field.skip_holidays"), Value: check(f.SkipHolidays), Disabled: locked},
		{Name: "zone", Label: t.Say("reports.field.zone"), Hint: t.Say("reports.field.zone.hint"), Value: cmp.Or(f.Zone, cronspec.CityZone), Required: true, Max: 60, Disabled: locked},
		{Kind: ui.Whole, Name: "catch_up", Label: t.Say("reports.field.catch_up"), Hint: t.Say("reports.field.catch_up.hint"), Value: f.CatchUp, Required: true, Narrow: true, Disabled: locked},
		{Kind: ui.Check, Name: "enabled", Label: t.Say("reports.field.enabled"), Value: check(f.Enabled), Disabled: locked},
	}
}

func shiftOptions(t i18n.T) []ui.Option {
	var all []ui.Option
	for _, sh := range Shifts {
		all = append(all, ui.Option{Value: string(sh), Label: t.Say("reports.shift." + cmp.Or(string(sh), "stay"))})
	}
	return all
}

// check is the value of a checkbox.
func check(on bool) string {
	if on {
		return "1"
	}
	return ""
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
	f.Definition, f.Programme, f.Cut = sc.Definition, sc.Programme, sc.Cut
	if c.FormValue("do") == "preview" {
		_, err := p.Preview(c.Std(), f)
		if err != nil && !refused(err) {
			return err
		}
		return p.showSchedule(c, sc, f, version, err)
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

func (p pages) newSchedule(c *httpx.Ctx) error {
	if err := c.Who.Need(Plan); err != nil {
		return err
	}
	all, err := p.definitions(c.Std())
	if err != nil {
		return err
	}
	d := all[max(0, slices.IndexFunc(all, func(d Definition) bool { return d.Key == c.Query("definition") }))]
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
		Hidden: []ui.Hidden{{Name: httpx.OnceField, Value: string(ident.New(p.machine.Now()))}}, Fields: append([]ui.Field{what, which, where}, p.scheduleFields(c, f, false)...),
		More: []ui.SubmitData{{Name: "do", Value: "preview", Label: t.Say("reports.schedule.preview")}}}
	return p.showForm(c, v, f, problem)
}

func (p pages) addSchedule(c *httpx.Ctx) error {
	f := typed(c)
	if c.FormValue("do") == "preview" {
		if err := c.Who.Need(Plan); err != nil {
			return err
		}
		_, err := p.Preview(c.Std(), f)
		if err != nil && !refused(err) {
			return err
		}
		return p.showNew(c, f, err)
	}
	if _, err := p.AddSchedule(c.Std(), c.Who, f); err != nil {
		if refused(err) {
			return p.showNew(c, f, err)
		}
		return err
	}
	site.Flash(c, ui.Good, c.T.Say("reports.schedule.saved"))
	return c.See("/reports")
}

package reports

import (
	"slices"
	"strconv"
	"time"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
	"lotrinh/reports/period"
	"lotrinh/reports/views"
)

// calendars shows by which rules months close, and what that makes of now.
func (p pages) calendars(c *httpx.Ctx) error { return p.showCalendars(c, RuleForm{OpensOn: "15"}, nil) }

func (p pages) showCalendars(c *httpx.Ctx, f RuleForm, problem error) error {
	t := c.T
	rules, err := p.Rules(c.Std(), c.Who)
	if err != nil {
		return err
	}
	programmes, err := p.near.Rollout.Programmes(c.Std())
	if err != nil {
		return err
	}
	programme := ""
	if len(programmes) > 0 {
		programme = programmes[0].Code
	}
	cal, err := p.Calendar(c.Std(), programme)
	if err != nil {
		return err
	}
	v := views.CalendarView{Header: ui.HeaderData{Crumbs: []ui.Crumb{{Label: t.Say("reports.title"), Href: "/reports"}, {Label: t.Say("reports.calendar")}},
		Title: t.Say("reports.calendar"), Lead: t.Say("reports.calendar.lead")}, Rules: ruleTable(t, cal.Profiles(), rules), Now: nowTable(t, cal, p.business.Now())}
	if everywhere, _ := c.Who.Reach(Calendars); everywhere {
		v.Add = &ui.CardData{Title: t.Say("reports.calendar.add"), Note: t.Say("reports.calendar.add.note")}
		v.Form = ui.FormData{Action: "/reports/calendars", Errors: ui.ErrorsOf(t, problem), Submit: t.Say("reports.calendar.save"),
			Hidden: []ui.Hidden{{Name: httpx.OnceField, Value: string(ident.New(p.machine.Now()))}}, Fields: []ui.Field{
				{Kind: ui.Date, Name: "from", Label: t.Say("reports.calendar.from"), Value: f.From, Required: true, Narrow: true},
				{Kind: ui.Whole, Name: "opens_on", Label: t.Say("reports.calendar.opens_on"), Hint: t.Say("reports.calendar.opens_on.hint"), Value: f.OpensOn, Required: true, Narrow: true},
				{Name: "basis", Label: t.Say("reports.calendar.basis"), Hint: t.Say("reports.calendar.basis.hint"), Value: f.Basis, Required: true, Max: longestReason},
				{Name: "basis_en", Label: t.Say("reports.calendar.basis_en"), Value: f.BasisEN, Max: longestReason}}}
	}
	status := fiber.StatusOK
	if problem != nil {
		status = fault.Of(problem).Kind.Status()
	}
	return p.page.Show(c, site.Page{Title: v.Header.Title, At: "/reports", Status: status}, views.Calendar(t, v))
}

// ruleTable is the rules in force, those of the law and those of the house.
func ruleTable(t i18n.T, all []period.Profile, added []Rule) views.ListCard {
	d := ui.TableData{Caption: t.Say("reports.calendar.rules"), HideCap: true, Count: int64(len(all)), Columns: []ui.Column{{Label: t.Say("reports.calendar.from")},
		{Label: t.Say("reports.calendar.month")}, {Label: t.Say("reports.calendar.basis")}, {Label: t.Say("reports.calendar.by"), Quiet: true}}}
	for _, r := range all {
		from, by := t.Say("reports.calendar.always"), t.Say("reports.calendar.law")
		if r.From != "" {
			from = t.Day(dayOf(r.From))
		}
		if i := slices.IndexFunc(added, func(a Rule) bool { return a.From == r.From }); i >= 0 {
			by = added[i].MadeBy + ", " + t.Moment(added[i].MadeAt)
		}
		month := t.Say("reports.calendar.plain")
		if r.OpensOn > 1 {
			month = t.Say("reports.calendar.shifted", "from", r.OpensOn, "until", r.OpensOn-1)
		}
		d.Rows = append(d.Rows, ui.Row{Cells: []templ.Component{ui.Text(from), ui.Text(month), ui.Text(writer{t: t}.name(r.Basis, r.BasisEN)), ui.Text(by)}})
	}
	return views.ListCard{Card: ui.CardData{Title: t.Say("reports.calendar.rules"), Flush: true}, Table: d}
}

// nowTable is, for each kind, the period that runs and the last whole one.
func nowTable(t i18n.T, cal period.Calendar, now time.Time) views.ListCard {
	title := t.Say("reports.calendar.now", "at", now)
	d := ui.TableData{Caption: title, HideCap: true, Count: -1, Columns: []ui.Column{{Label: t.Say("reports.calendar.kind")}, {Label: t.Say("reports.calendar.running")}, {Label: t.Say("reports.calendar.last")}}}
	for _, k := range period.Kinds {
		running, on := cal.At(k, now)
		last, was := cal.Last(k, now)
		d.Rows = append(d.Rows, ui.Row{Cells: []templ.Component{ui.Text(upperFirst(k.Say(t))), spanCell(t, running, on), spanCell(t, last, was)}})
	}
	return views.ListCard{Card: ui.CardData{Title: title, Flush: true}, Table: d}
}

func spanCell(t i18n.T, p period.Period, ok bool) templ.Component {
	if !ok {
		return ui.Text(t.Say("reports.calendar.none"))
	}
	if p.Kind == period.Day {
		return ui.Text(p.Days(t))
	}
	return ui.Two(upperFirst(p.Label(t)), p.Days(t))
}

func (p pages) addRule(c *httpx.Ctx) error {
	f := RuleForm{From: c.FormValue("from"), OpensOn: c.FormValue("opens_on"), Basis: c.FormValue("basis"), BasisEN: c.FormValue("basis_en")}
	r, err := p.AddRule(c.Std(), c.Who, f)
	if err != nil {
		if refused(err) {
			return p.showCalendars(c, f, err)
		}
		return err
	}
	site.Flash(c, ui.Good, c.T.Say("reports.calendar.saved", "day", c.T.Day(dayOf(r.From)), "opens", strconv.FormatInt(r.OpensOn, 10)))
	return c.See("/reports/calendars")
}

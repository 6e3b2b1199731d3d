package admin

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/worktime"
	"lotrinh/internal/kit/worktime/calstore"
	"lotrinh/internal/site"
	"lotrinh/internal/site/admin/views"
	"lotrinh/internal/site/ui"
)

const calendarAt = "/admin/calendar"

func (p *Pages) years(c *httpx.Ctx) error { return p.showYears(c, "", nil) }

func (p *Pages) showYears(c *httpx.Ctx, typed string, refused error) error {
	all, err := p.calendars.Years(c.Std(), c.Who)
	if err != nil {
		return err
	}
	warnings, err := p.calendars.Warnings(c.Std(), p.business.Now())
	if err != nil {
		return err
	}
	weeks, err := p.calendars.Calendars(c.Std(), c.Who)
	if err != nil {
		return err
	}
	v := views.YearsView{Typed: typed, Edit: c.Who.May(calstore.Edit), Weeks: weekRows(c.T, weeks)}
	for _, w := range warnings {
		key, n := "admin.calendar.soon", w.DaysLeft
		if w.DaysLeft <= 0 {
			key, n = "admin.calendar.begun", 0
		}
		v.Warnings = append(v.Warnings, views.Warning{Text: c.T.Say(key, "year", strconv.Itoa(w.Year), "n", n), Href: yearPath(w.Year)})
	}
	for _, y := range all {
		href := yearPath(y.Year.Year)
		v.Rows = append(v.Rows, ui.Row{Href: href, Cells: []templ.Component{
			ui.Main(href, strconv.Itoa(y.Year.Year), ""), ui.Badge(yearState(c.T, y.Status)), ui.Number(c.T, int64(len(y.Off))), ui.Number(c.T, int64(len(y.MakeUp))), ui.Text(c.T.Moment(y.ChangedAt))}})
	}
	return p.form(c, c.T.Say("admin.calendar"), calendarAt, refused, func(e ui.Errors) templ.Component {
		v.Errors = e
		return views.Years(c.T, v)
	})
}

func yearPath(year int) string { return calendarAt + "/" + strconv.Itoa(year) }

func yearState(t i18n.T, s worktime.Status) ui.State {
	tone := map[worktime.Status]ui.Tone{worktime.Published: ui.Good, worktime.Confirmed: ui.Good, worktime.Expected: ui.Warn}[s]
	return ui.State{Tone: tone, Word: t.Say("admin.year." + string(s))}
}

func (p *Pages) addYear(c *httpx.Ctx) error {
	if err := c.Who.Need(calstore.Edit); err != nil {
		return err
	}
	year, err := strconv.Atoi(strings.TrimSpace(c.FormValue("year")))
	if err != nil {
		var k fault.Check
		k.Need(false, "year", "form.bad_number")
		return p.showYears(c, c.FormValue("year"), k.Err())
	}
	if err := p.calendars.AddYear(c.Std(), c.Who, year); err != nil {
		return p.showYears(c, c.FormValue("year"), err)
	}
	site.Flash(c, ui.Good, c.T.Say("admin.calendar.added", "year", strconv.Itoa(year)))
	return c.See(yearPath(year))
}

// yearOf is the year of the address.
func (p *Pages) yearOf(c *httpx.Ctx) (calstore.Year, error) {
	n, err := strconv.Atoi(c.Params("year"))
	if err != nil {
		return calstore.Year{}, fault.Because(fault.Missing, "fault.missing", err)
	}
	return p.calendars.Year(c.Std(), c.Who, n)
}

func (p *Pages) year(c *httpx.Ctx) error {
	y, err := p.yearOf(c)
	if err != nil {
		return err
	}
	return p.showYear(c, y, views.YearForm{Off: offLines(y.Off), MakeUp: makeUpLines(y.MakeUp), Version: strconv.FormatInt(y.Version, 10)}, nil)
}

func (p *Pages) showYear(c *httpx.Ctx, y calstore.Year, f views.YearForm, refused error) error {
	t := c.T
	f.Year, f.State, f.Edit = strconv.Itoa(y.Year.Year), yearState(t, y.Status), c.Who.May(calstore.Edit)
	f.Expected, f.Path = y.Status == worktime.Expected, yearPath(y.Year.Year)
	by, err := p.people.Names(c.Std(), []ident.ID{ident.ID(y.ChangedBy)})
	if err != nil {
		return err
	}
	f.Changed = t.Moment(y.ChangedAt)
	if name := by[ident.ID(y.ChangedBy)]; name != "" {
		f.Changed += " · " + name
	}
	for _, d := range y.Off {
		f.OffRows = append(f.OffRows, ui.Row{Cells: []templ.Component{ui.Text(longDay(t, d.Day)), ui.Text(d.Name)}})
	}
	for _, m := range y.MakeUp {
		instead := ""
		if m.For != 0 {
			instead = longDay(t, m.For)
		}
		f.MakeUpRows = append(f.MakeUpRows, ui.Row{Cells: []templ.Component{ui.Text(longDay(t, m.Day)), ui.Text(instead), ui.Text(hours(m.Hours)), ui.Text(m.Name)}})
	}
	for _, u := range y.Unsettled {
		f.Unsettled = append(f.Unsettled, longDay(t, u.Day)+": "+u.Note)
	}
	return p.form(c, t.Say("admin.year.title", "year", f.Year), calendarAt, refused, func(e ui.Errors) templ.Component {
		f.Errors = e
		return views.Year(t, f)
	})
}

func longDay(t i18n.T, d worktime.Day) string {
	return t.Say("weekday."+strconv.Itoa(int(d.Weekday()))) + ", " + day(t, d.String())
}

func hours(spans []worktime.Span) string {
	var parts []string
	for _, s := range spans {
		parts = append(parts, s.From.String()+"-"+s.To.String())
	}
	return strings.Join(parts, ", ")
}

func (p *Pages) saveYear(c *httpx.Ctx) error {
	if err := c.Who.Need(calstore.Edit); err != nil {
		return err
	}
	y, err := p.yearOf(c)
	if err != nil {
		return err
	}
	f := views.YearForm{Off: c.FormValue("off"), MakeUp: c.FormValue("make_up"), Version: c.FormValue("version")}
	version, err := strconv.ParseInt(f.Version, 10, 64)
	if err != nil {
		return fault.Because(fault.Conflict, "fault.changed_meanwhile", err)
	}
	var k fault.Check
	off, makeUp := readOff(f.Off, &k), readMakeUp(f.MakeUp, &k)
	if err := k.Err(); err != nil {
		return p.showYear(c, y, f, err)
	}
	fresh := worktime.Year{Year: y.Year.Year, Off: off, MakeUp: makeUp}
	for _, u := range y.Unsettled { // a day that became a day off is settled
		if !slices.ContainsFunc(off, func(d worktime.DayOff) bool { return d.Day == u.Day }) {
			fresh.Unsettled = append(fresh.Unsettled, u)
		}
	}
	if err := p.calendars.SaveYear(c.Std(), c.Who, fresh, version); err != nil {
		return p.showYear(c, y, f, byLine(c.T, err))
	}
	site.Flash(c, ui.Good, c.T.Say("admin.year.saved", "year", strconv.Itoa(fresh.Year)))
	return c.See(yearPath(fresh.Year))
}

// byLine leads a fault at off[3] to the text that holds the line.
func byLine(t i18n.T, err error) error {
	f := *fault.Of(err)
	f.Fields = slices.Clone(f.Fields)
	for i := range f.Fields {
		name, rest, is := strings.Cut(f.Fields[i].Name, "[")
		if !is {
			if strings.HasPrefix(name, "special_days") {
				f.Fields[i].Name = "make_up"
			}
			continue
		}
		f.Fields[i].Name = name
		if n, err := strconv.Atoi(strings.TrimSuffix(rest, "]")); err == nil {
			f.Fields[i] = fault.Field{Name: name, Key: "admin.year.line", Args: []any{"n", n + 1, "why", t.Say(f.Fields[i].Key, f.Fields[i].Args...)}}
		}
	}
	return &f
}

func (p *Pages) confirmYear(c *httpx.Ctx) error {
	if err := c.Who.Need(calstore.Edit); err != nil {
		return err
	}
	y, err := p.yearOf(c)
	if err != nil {
		return err
	}
	version, err := strconv.ParseInt(c.FormValue("version"), 10, 64)
	if err != nil {
		return fault.Because(fault.Conflict, "fault.changed_meanwhile", err)
	}
	if err := p.calendars.ConfirmYear(c.Std(), c.Who, y.Year.Year, version); err != nil {
		return err
	}
	site.Flash(c, ui.Good, c.T.Say("admin.year.confirmed_now", "year", fmt.Sprint(y.Year.Year)))
	return c.See(yearPath(y.Year.Year))
}

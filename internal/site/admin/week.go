package admin

import (
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/worktime"
	"lotrinh/internal/kit/worktime/calstore"
	"lotrinh/internal/site"
	"lotrinh/internal/site/admin/views"
	"lotrinh/internal/site/ui"
)

const weekAt = calendarAt + "/week"

// weekOrder is the week as people here read it: from Monday (time.Weekday 1) to Sunday.
var weekOrder = []int{1, 2, 3, 4, 5, 6, 0}

// weekRows are the calendars with their ordinary weeks in words.
func weekRows(t i18n.T, all []calstore.Calendar) []ui.Row {
	var rows []ui.Row
	for _, cal := range all {
		off := t.Say("admin.week.holidays.no")
		if cal.Holidays {
			off = t.Say("admin.week.holidays.yes")
		}
		rows = append(rows, ui.Row{Href: weekAt + "/" + cal.Name, Cells: []templ.Component{
			ui.Main(weekAt+"/"+cal.Name, cal.Title, cal.Name), ui.Text(weekWords(t, cal.Week)), ui.Text(off)}})
	}
	return rows
}

// weekWords puts days of the same hours together: "thứ Hai – thứ Sáu: 08:00-12:00".
func weekWords(t i18n.T, week worktime.Week) string {
	var parts []string
	name := func(day int) string { return t.Say("weekday." + strconv.Itoa(day)) }
	for i := 0; i < len(weekOrder); {
		j := i
		for j+1 < len(weekOrder) && hours(week[weekOrder[j+1]]) == hours(week[weekOrder[i]]) {
			j++
		}
		if open := hours(week[weekOrder[i]]); open != "" {
			days := name(weekOrder[i])
			if j > i {
				days += " – " + name(weekOrder[j])
			}
			parts = append(parts, days+": "+open)
		}
		i = j + 1
	}
	return strings.Join(parts, "; ")
}

// calendarOf is the calendar of the address.
func (p *Pages) calendarOf(c *httpx.Ctx) (calstore.Calendar, error) {
	all, err := p.calendars.Calendars(c.Std(), c.Who)
	if err != nil {
		return calstore.Calendar{}, err
	}
	for _, one := range all {
		if one.Name == c.Params("name") {
			return one, nil
		}
	}
	return calstore.Calendar{}, fault.New(fault.Missing, "fault.missing")
}

func (p *Pages) week(c *httpx.Ctx) error {
	cal, err := p.calendarOf(c)
	if err != nil {
		return err
	}
	f := views.WeekForm{Path: weekAt + "/" + cal.Name, Name: cal.Name, Title: cal.Title, Zone: cal.Zone, Holidays: cal.Holidays, Version: strconv.FormatInt(cal.Version, 10)}
	for _, day := range weekOrder {
		f.Days = append(f.Days, views.WeekDay{Field: "day" + strconv.Itoa(day), Label: c.T.Say("weekday." + strconv.Itoa(day)), Hours: hours(cal.Week[day])})
	}
	return p.showWeek(c, f, nil)
}

func (p *Pages) newWeek(c *httpx.Ctx) error {
	if err := c.Who.Need(calstore.Edit); err != nil {
		return err
	}
	f := views.WeekForm{Path: weekAt, New: true, Zone: clock.City.String(), Holidays: true, Version: "0"}
	for _, day := range weekOrder {
		f.Days = append(f.Days, views.WeekDay{Field: "day" + strconv.Itoa(day), Label: c.T.Say("weekday." + strconv.Itoa(day))})
	}
	return p.showWeek(c, f, nil)
}

func (p *Pages) showWeek(c *httpx.Ctx, f views.WeekForm, refused error) error {
	f.Edit = c.Who.May(calstore.Edit)
	title := f.Title
	if f.New {
		title = c.T.Say("admin.week.new")
	}
	return p.form(c, title, calendarAt, refused, func(e ui.Errors) templ.Component {
		f.Errors = e
		return views.Week(c.T, title, f)
	})
}

// addWeek saves a new calendar, saveWeek a changed one.
func (p *Pages) addWeek(c *httpx.Ctx) error {
	return p.keepWeek(c, views.WeekForm{Path: weekAt, New: true, Name: strings.TrimSpace(c.FormValue("name"))})
}

func (p *Pages) saveWeek(c *httpx.Ctx) error {
	if err := c.Who.Need(calstore.Edit); err != nil {
		return err
	}
	cal, err := p.calendarOf(c)
	if err != nil {
		return err
	}
	return p.keepWeek(c, views.WeekForm{Path: weekAt + "/" + cal.Name, Name: cal.Name})
}

func (p *Pages) keepWeek(c *httpx.Ctx, f views.WeekForm) error {
	if err := c.Who.Need(calstore.Edit); err != nil {
		return err
	}
	f.Title, f.Zone, f.Holidays, f.Version = c.FormValue("title"), strings.TrimSpace(c.FormValue("timezone")), c.FormValue("holidays") != "", c.FormValue("version")
	cal := calstore.Calendar{Name: f.Name, Title: strings.TrimSpace(f.Title), Zone: f.Zone, Holidays: f.Holidays}
	var k fault.Check
	for _, day := range weekOrder {
		d := views.WeekDay{Field: "day" + strconv.Itoa(day), Label: c.T.Say("weekday." + strconv.Itoa(day)), Hours: c.FormValue("day" + strconv.Itoa(day))}
		for _, s := range strings.FieldsFunc(d.Hours, func(r rune) bool { return r == ',' || r == ';' }) {
			span, ok := readSpan(s)
			k.Need(ok, d.Field, "admin.week.bad_hours", "typed", strings.TrimSpace(s))
			cal.Week[day] = append(cal.Week[day], span)
		}
		f.Days = append(f.Days, d)
	}
	version, err := strconv.ParseInt(f.Version, 10, 64)
	if err != nil || f.New != (version == 0) {
		return fault.Because(fault.Conflict, "fault.changed_meanwhile", err)
	}
	cal.Version = version
	refused := k.Err()
	if refused == nil {
		refused = p.calendars.SaveCalendar(c.Std(), c.Who, cal)
	}
	if refused != nil {
		return p.showWeek(c, f, byDay(refused))
	}
	site.Flash(c, ui.Good, c.T.Say("admin.week.saved", "title", cal.Title))
	return c.See(weekAt + "/" + cal.Name)
}

// shortDays are the days as the calendar's own faults name them, from Sunday.
var shortDays = []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}

// byDay leads a fault of the hours of a day ("week.mon[1]") to the day's field, and a
// name that is taken to the name.
func byDay(err error) error {
	if fault.HasKey(err, "fault.duplicate") {
		var taken fault.Check
		taken.Need(false, "name", "admin.week.name_taken")
		return taken.Err()
	}
	f := *fault.Of(err)
	f.Fields = slices.Clone(f.Fields)
	for i, field := range f.Fields {
		if rest, is := strings.CutPrefix(field.Name, "week."); is && len(rest) >= 3 {
			f.Fields[i].Name = "day" + strconv.Itoa(slices.Index(shortDays, rest[:3]))
		} else if field.Name == "week" {
			f.Fields[i].Name = "day1"
		}
	}
	return &f
}

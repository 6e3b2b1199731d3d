package duty

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"lotrinh/helpdesk"
	"lotrinh/helpdesk/duty/views"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/worktime"
	"lotrinh/internal/org"
	"lotrinh/internal/site/ui"
)

// builder makes the parts of the roster's page.
type builder struct {
	c         *httpx.Ctx
	now       time.Time
	monday    time.Time // of the week that is shown
	roster    Roster
	modes     map[helpdesk.Group]groupRow
	districts []districtRow
	agents    []helpdesk.Agent
	load      map[ident.ID]Load
	works     Days
	tree      *org.Tree
	called    *helpdesk.Catalogue
	manage    bool
	refused   string
	errors    ui.Errors
}

// farWeeks is how many weeks before or after this one can be looked at.
const farWeeks = 26

// builder reads what the page shows: a fixed number of queries.
func (p *pages) builder(c *httpx.Ctx) (*builder, error) {
	ctx := c.Std()
	b := &builder{c: c, now: p.Business.Now(), manage: c.Who.May(helpdesk.Manage)}
	weeks, err := strconv.Atoi(c.Query("week"))
	if err != nil || weeks < -farWeeks || weeks > farWeeks {
		weeks = 0
	}
	day := b.now.In(clock.City)
	y, m, d := day.Date()
	b.monday = time.Date(y, m, d-(int(day.Weekday())+6)%7+7*weeks, 0, 0, 0, 0, clock.City)
	since := b.now
	if b.monday.Before(since) {
		since = b.monday
	}
	if b.roster, err = roster(ctx, p.DB.Read(), since); err != nil {
		return nil, err
	}
	if b.modes, err = modes(ctx, p.DB.Read()); err != nil {
		return nil, err
	}
	if b.districts, err = districts(ctx, p.DB.Read()); err != nil {
		return nil, err
	}
	if b.agents, err = p.Service.agents(ctx); err != nil {
		return nil, err
	}
	slices.SortStableFunc(b.agents, func(x, y helpdesk.Agent) int { return strings.Compare(given(x.Name), given(y.Name)) })
	ids := make([]ident.ID, len(b.agents))
	for i, a := range b.agents {
		ids[i] = a.ID
	}
	if b.load, err = loads(ctx, p.DB.Read(), ids); err != nil {
		return nil, err
	}
	if b.works, err = p.days(ctx); err != nil {
		return nil, err
	}
	if b.called, err = p.Desk.Catalogue(ctx); err != nil {
		return nil, err
	}
	b.tree, err = p.Units.Tree(ctx, b.now)
	return b, err
}

// given is what a Vietnamese name is sorted by: the last word first.
func given(name string) string {
	words := strings.Fields(name)
	if len(words) == 0 {
		return ""
	}
	return words[len(words)-1] + " " + name
}

func (b *builder) name(id ident.ID) string {
	for _, a := range b.agents {
		if a.ID == id {
			return a.Name
		}
	}
	return b.c.T.Say("duty.left_house")
}

func (b *builder) group(g helpdesk.Group) views.GroupView {
	t := b.c.T
	v := views.GroupView{Title: b.called.Group(t, g), Mode: t.Say("duty.mode." + string(b.mode(g)) + ".lead"), NoOne: t.Say("duty.no_one"), Week: b.week(g)}
	if len(b.roster.People(g)) == 0 {
		v.NoOne = t.Say("duty.no_roster")
	}
	for _, who := range b.roster.On(g, b.now, b.works) {
		v.Now = append(v.Now, b.name(who))
	}
	if !b.manage {
		return v
	}
	var modes []ui.Option
	for _, m := range Modes {
		modes = append(modes, ui.Option{Value: string(m), Label: t.Say("duty.mode." + string(m))})
	}
	v.Edit = &ui.FormData{Action: at + "/groups", Submit: t.Say("duty.group.save"), Hidden: []ui.Hidden{{Name: "group", Value: string(g)}},
		Errors: b.faults("groups " + string(g)), Fields: []ui.Field{{Kind: ui.Radio, Name: "mode", Label: t.Say("duty.group.mode"), Value: string(b.mode(g)), Options: modes, Required: true}}}
	v.Shifts, v.Exempts = b.shifts(g), b.exempts(g)
	return v
}

// mode is how a group gives out its tickets; one that never said so, by hand.
func (b *builder) mode(g helpdesk.Group) Mode { return cmp.Or(b.modes[g].Mode, ByHand) }

func (b *builder) faults(form string) ui.Errors {
	if b.refused != form {
		return ui.Errors{}
	}
	return b.errors
}

// week is who works when in the week that is shown.
func (b *builder) week(g helpdesk.Group) ui.TableData {
	t := b.c.T
	d := ui.TableData{Caption: t.Say("duty.week"), HideCap: true, Count: -1, Columns: []ui.Column{{Label: t.Say("duty.person")}},
		Empty: ui.EmptyData{Icon: "calendar", Title: t.Say("duty.empty"), Text: t.Say("duty.empty.text")}}
	var days []worktime.Day
	for i := range 7 {
		at := b.monday.AddDate(0, 0, i)
		days = append(days, worktime.DayOf(at.Date()))
		d.Columns = append(d.Columns, ui.Column{Label: t.Say("duty.weekday."+strconv.Itoa(int(at.Weekday()))) + " " + at.Format("02/01")})
	}
	people := b.roster.People(g)
	slices.SortStableFunc(people, func(x, y ident.ID) int { return strings.Compare(given(b.name(x)), given(b.name(y))) })
	for _, who := range people {
		row := ui.Row{Cells: []templ.Component{ui.Text(b.name(who))}}
		for i, day := range days {
			row.Cells = append(row.Cells, ui.Text(b.cell(g, who, day, b.monday.AddDate(0, 0, i))))
		}
		d.Rows = append(d.Rows, row)
	}
	return d
}

func (b *builder) cell(g helpdesk.Group, who ident.ID, day worktime.Day, midnight time.Time) string {
	if b.roster.Away(who, midnight.Add(12*time.Hour)) {
		return b.c.T.Say("duty.away")
	}
	var all []string
	for _, s := range b.roster.Spans(g, who, day, b.works) {
		all = append(all, s.From.String()+"–"+s.To.String())
	}
	return strings.Join(all, ", ")
}

func (b *builder) weeks() []ui.Action {
	t, now := b.c.T, 0
	if n, err := strconv.Atoi(b.c.Query("week")); err == nil && n >= -farWeeks && n <= farWeeks {
		now = n
	}
	all := []ui.Action{{Label: t.Say("duty.week.before"), Href: at + "?week=" + strconv.Itoa(now-1), Icon: "chevron-left"}}
	if now != 0 {
		all = append(all, ui.Action{Label: t.Say("duty.week.this"), Href: at})
	}
	return append(all, ui.Action{Label: t.Say("duty.week.after"), Href: at + "?week=" + strconv.Itoa(now+1), Icon: "chevron-right"})
}

// loadTable is the open work of everybody, by name: it is no ranking.
func (b *builder) loadTable() ui.TableData {
	t := b.c.T
	d := ui.TableData{Caption: t.Say("duty.load"), Count: -1, Columns: []ui.Column{{Label: t.Say("duty.person")}, {Label: t.Say("duty.load.open"), Num: true}, {Label: t.Say("duty.load.weight"), Num: true}},
		Empty: ui.EmptyData{Icon: "users", Title: t.Say("duty.load.none")}}
	for _, a := range b.agents {
		l := b.load[a.ID]
		d.Rows = append(d.Rows, ui.Row{Cells: []templ.Component{ui.Text(a.Name), ui.Number(t, l.Open), ui.Number(t, l.Weight)}})
	}
	return d
}

func (b *builder) awayTable() ui.TableData {
	t := b.c.T
	d := ui.TableData{Caption: t.Say("duty.absences"), Count: -1, Columns: []ui.Column{{Label: t.Say("duty.person")}, {Label: t.Say("duty.stand_in")}, {Label: t.Say("duty.when")}, {Label: t.Say("duty.do")}},
		Empty: ui.EmptyData{Icon: "circle-check", Title: t.Say("duty.absences.none")}}
	for _, a := range b.roster.Absences {
		end := ui.Text("")
		if b.manage || a.Account == b.c.Who.ID {
			end = ui.Button(t, ui.Action{Label: t.Say("duty.absence.end." + a.State), Href: at + "/absences/" + string(a.ID) + "/end", Post: true}, "btn btn-sm")
		}
		note := a.Note
		if a.State == Away {
			note = t.Say("duty.absence.moved", "n", a.Moved)
		}
		d.Rows = append(d.Rows, ui.Row{Cells: []templ.Component{ui.Text(b.name(a.Account)), ui.Text(b.name(a.StandIn)),
			ui.Two(t.Say("duty.span", "from", a.From, "to", a.Until), note), end}})
	}
	return d
}

// shifts is the pattern of a group, line by line, to be taken out.
func (b *builder) shifts(g helpdesk.Group) ui.TableData {
	t := b.c.T
	d := ui.TableData{Caption: t.Say("duty.pattern"), Count: -1, Columns: []ui.Column{{Label: t.Say("duty.person")}, {Label: t.Say("duty.when")}, {Label: t.Say("duty.do")}},
		Empty: ui.EmptyData{Icon: "calendar", Title: t.Say("duty.empty")}}
	for _, s := range b.roster.Shifts {
		if s.Group == g {
			d.Rows = append(d.Rows, ui.Row{Cells: []templ.Component{ui.Text(b.name(s.Account)),
				ui.Text(t.Say("duty.weekday."+strconv.Itoa(int(s.Weekday))) + " " + s.From.String() + "–" + s.To.String()), b.drop("/shifts/" + string(s.ID))}})
		}
	}
	return d
}

func (b *builder) drop(path string) templ.Component {
	return ui.Button(b.c.T, ui.Action{Label: b.c.T.Say("duty.drop"), Href: at + path + "/drop", Post: true}, "btn btn-sm")
}

// exempts are the coming exceptions of a group.
func (b *builder) exempts(g helpdesk.Group) ui.TableData {
	t := b.c.T
	d := ui.TableData{Caption: t.Say("duty.exceptions"), Count: -1, Columns: []ui.Column{{Label: t.Say("duty.person")}, {Label: t.Say("duty.when")}, {Label: t.Say("duty.do")}}}
	for _, e := range b.roster.Exceptions {
		if e.Group != g {
			continue
		}
		day, err := clock.ParseDate(e.Day)
		if err != nil {
			continue // cannot be: it was checked when it was written
		}
		said := t.Say("duty.exception.off")
		if e.Works {
			said = e.From.String() + "–" + e.To.String()
		}
		d.Rows = append(d.Rows, ui.Row{Cells: []templ.Component{ui.Text(b.name(e.Account)), ui.Two(t.Day(day)+": "+said, e.Note), b.drop("/exceptions/" + string(e.ID))}})
	}
	return d
}

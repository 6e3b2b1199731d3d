package incident

import (
	"time"

	"github.com/a-h/templ"

	"lotrinh/helpdesk"
	"lotrinh/helpdesk/incident/views"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
)

// status is the page that communes look at first; strangers read its headings.
func (p pages) status(c *httpx.Ctx) error {
	st, err := p.Status(c.Std(), c.Who)
	if err != nil {
		return err
	}
	t, inside := c.T, c.Who.SignedIn()
	v := views.StatusView{Header: ui.HeaderData{Title: t.Say("incident.status.title"), Lead: t.Say("incident.status.lead", "at", st.At)}}
	for _, x := range st.Running {
		v.Running = append(v.Running, p.statusItem(c, x, inside))
	}
	for _, x := range st.Ended {
		v.Ended = append(v.Ended, p.statusItem(c, x, inside))
	}
	for _, m := range st.Planned {
		v.Planned = append(v.Planned, workItem(t, m, inside))
	}
	if len(st.Running) == 0 {
		v.Calm = &ui.NoticeData{Tone: ui.Good, Title: t.Say("incident.status.calm")}
	}
	if !inside {
		v.Foot = t.Say("incident.status.short")
	}
	return p.show(c, v.Header.Title, "/status", nil, func(ui.Errors) templ.Component { return views.Status(t, v) })
}

func (p pages) statusItem(c *httpx.Ctx, x Shown, inside bool) views.StatusItem {
	t := c.T
	item := views.StatusItem{Title: x.Title, State: stateOf(t, x.Incident), Lines: []string{t.Say("incident.of."+string(x.Service)) + " · " + t.Say("incident.since", "at", x.DeclaredAt)}}
	if x.ResolvedAt != nil {
		item.Lines[0] = t.Say("incident.of."+string(x.Service)) + " · " + t.Say("incident.from_to", "from", x.DeclaredAt, "to", *x.ResolvedAt)
	}
	if x.Everywhere {
		item.Lines = append(item.Lines, t.Say("incident.reach.all"))
	}
	if !inside {
		return item
	}
	if x.Count.Units > 0 {
		item.Lines = append(item.Lines, t.Say("incident.status.count", "units", x.Count.Units, "n", x.Count.Tickets))
	}
	if x.State == Running {
		item.Advice = x.Advice
		if x.Here {
			item.Here = t.Say("incident.status.here")
		}
	}
	if c.Who.May(Read) {
		item.Href = x.Path()
	}
	for _, u := range x.Updates {
		item.Updates = append(item.Updates, ui.Event{At: u.At, What: t.Say("incident.kind." + string(u.Kind)), Note: u.Body, Tone: ui.Info})
	}
	return item
}

func workItem(t i18n.T, m Work, inside bool) views.StatusItem {
	item := views.StatusItem{Title: m.Title, State: ui.State{Tone: ui.Info, Word: t.Say("incident.work.planned")},
		Lines: []string{t.Say("incident.of."+string(m.Service)) + " · " + t.Say("incident.from_to", "from", m.From, "to", m.Until)}}
	if m.Runs {
		item.State = ui.State{Tone: ui.Warn, Word: t.Say("incident.work.running")}
	}
	if inside {
		item.Lines = append(item.Lines, m.Body)
		switch {
		case m.Here && m.Runs:
			item.Here = t.Say("incident.status.here")
		case m.Here:
			item.Here = t.Say("incident.status.will")
		}
	}
	return item
}

func (p pages) workTable(c *httpx.Ctx) (*ui.TableData, error) {
	rows, err := p.plannedWork(c.Std())
	if err != nil {
		return nil, err
	}
	var ids []ident.ID
	for _, m := range rows {
		ids = append(ids, m.ID)
	}
	of, err := reaches(c.Std(), p.DB.Read(), ids)
	if err != nil {
		return nil, err
	}
	t := c.T
	d := &ui.TableData{Caption: t.Say("incident.work.title"), HideCap: true, Count: -1, Columns: []ui.Column{{Label: t.Say("incident.work")}, {Label: t.Say("incident.work.when")}, {Label: t.Say("incident.reach"), Quiet: true}},
		Empty: ui.EmptyData{Icon: "calendar", Title: t.Say("incident.work.none")}}
	if c.Who.May(Lead) {
		d.Columns = append(d.Columns, ui.Column{Label: t.Say("incident.work.act")})
	}
	for _, m := range rows {
		reach := t.Say("incident.reach.all")
		if !m.Everywhere {
			reach = t.Say("incident.reach.n", "n", len(of[m.ID]))
		}
		r := ui.Row{Cells: []templ.Component{ui.Two(m.Title, t.Say("incident.of."+string(m.Service))), ui.Text(t.Say("incident.from_to", "from", m.From, "to", m.Until)), ui.Text(reach)}}
		if c.Who.May(Lead) {
			label := "incident.work.cancel"
			if m.Runs(p.Business.Now()) {
				label = "incident.work.end"
			}
			r.Cells = append(r.Cells, ui.Button(t, ui.Action{Label: t.Say(label), Post: true, Href: "/maintenance/" + string(m.ID) + "/cancel",
				Confirm: &ui.Confirm{ID: "work-" + seqText(m.Seq), Title: t.Say("incident.work.cancel_ask", "title", m.Title), Yes: t.Say(label)}}, "btn btn-sm"))
		}
		d.Rows = append(d.Rows, r)
	}
	return d, nil
}

func (p pages) newWork(c *httpx.Ctx) error {
	if err := c.Who.Need(Lead); err != nil {
		return err
	}
	return p.showWork(c, nil)
}

func (p pages) showWork(c *httpx.Ctx, refused error) error {
	t := c.T
	v := views.FormView{Crumbs: []ui.Crumb{{Label: t.Say("incident.title"), Href: "/incidents"}, {Label: t.Say("incident.work.new")}}, Title: t.Say("incident.work.new"),
		Lead: t.Say("incident.work.lead"), Action: "/maintenance", Submit: t.Say("incident.work.submit"), Cancel: "/incidents"}
	reach := c.FormValue("reach")
	if reach == "" {
		reach = "all"
	}
	return p.show(c, v.Title, "/incidents", refused, func(e ui.Errors) templ.Component {
		v.Errors = e
		v.Fields = append([]ui.Field{
			{Name: "title", Label: t.Say("incident.work"), Hint: t.Say("incident.work.title_hint"), Value: c.FormValue("title"), Required: true, Max: longestTitle, Error: e.Of("title")},
			{Kind: ui.Select, Name: "service", Label: t.Say("incident.service"), Value: c.FormValue("service"), Options: append([]ui.Option{{Label: t.Say("incident.form.pick")}}, services(t)...), Required: true, Error: e.Of("service")},
			{Kind: ui.Moment, Name: "from", Label: t.Say("incident.work.from"), Value: c.FormValue("from"), Required: true, Narrow: true, Error: e.Of("from")},
			{Kind: ui.Moment, Name: "until", Label: t.Say("incident.work.until"), Value: c.FormValue("until"), Required: true, Narrow: true, Error: e.Of("until")},
			{Kind: ui.Area, Name: "body", Label: t.Say("incident.work.effect"), Hint: t.Say("incident.work.effect_hint"), Value: c.FormValue("body"), Rows: 3, Required: true, Max: longestText, Error: e.Of("body")},
		}, reachFields(t, reach, c.FormValue("units"), e)...)
		return views.Form(t, v)
	})
}

// moment reads a moment of the city's wall clock; anything else is the zero time.
func moment(text string) time.Time {
	at, err := time.ParseInLocation("2006-01-02T15:04", text, clock.City)
	if err != nil {
		return time.Time{}
	}
	return at
}

func (p pages) planWork(c *httpx.Ctx) error {
	if err := c.Who.Need(Lead); err != nil {
		return err
	}
	tree, err := p.tree(c)
	if err != nil {
		return err
	}
	x := MaintenanceText{Title: c.FormValue("title"), Body: c.FormValue("body"), Service: helpdesk.Category(c.FormValue("service")),
		From: moment(c.FormValue("from")), Until: moment(c.FormValue("until")), Everywhere: c.FormValue("reach") != "some"}
	if !x.Everywhere {
		if x.Units, err = unitsMeant(tree, c.FormValue("units")); err != nil {
			return p.showWork(c, err)
		}
	}
	if _, err := p.PlanMaintenance(c.Std(), c.Who, x); err != nil {
		return p.showWork(c, err)
	}
	site.Flash(c, ui.Good, c.T.Say("incident.done.planned"))
	return c.See("/incidents")
}

func (p pages) cancelWork(c *httpx.Ctx) error {
	id, err := ident.Parse(c.Params("id"))
	if err != nil {
		return err
	}
	if _, err := p.CancelMaintenance(c.Std(), c.Who, id); err != nil {
		return err
	}
	site.Flash(c, ui.Good, c.T.Say("incident.done.cancelled"))
	return c.See("/incidents")
}

package incident

import (
	"net/url"
	"slices"

	"github.com/a-h/templ"

	"lotrinh/helpdesk"
	"lotrinh/helpdesk/incident/views"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
)

var standTones = map[Stand]ui.Tone{Sought: ui.Warn, Known: ui.Info, Fixed: ui.Good}

func standOf(t i18n.T, p Problem) ui.State {
	return ui.State{Tone: standTones[p.State], Word: t.Say("incident.stand." + string(p.State))}
}

// problems is the list of problems; the known errors first.
func (p pages) problems(c *httpx.Ctx) error {
	t := c.T
	state := Stand(c.Query("state"))
	if !slices.Contains(Stands, state) {
		state = Known
	}
	rows, err := p.Problems(c.Std(), c.Who, state, page.Read(c.Query("after"), c.Query("limit")))
	if err != nil {
		return err
	}
	v := views.ListView{Header: ui.HeaderData{Crumbs: []ui.Crumb{{Label: t.Say("incident.title"), Href: "/incidents"}, {Label: t.Say("incident.problems")}},
		Title: t.Say("incident.problems"), Lead: t.Say("incident.problems_lead")}}
	if c.Who.May(Lead) {
		v.Header.Action = &ui.Action{Label: t.Say("incident.problem.new"), Href: "/problems/new", Icon: "plus"}
	}
	for _, s := range []Stand{Known, Sought, Fixed} {
		v.Tabs = append(v.Tabs, ui.Tab{Label: t.Say("incident.stand." + string(s) + ".many"), Href: "/problems?state=" + string(s), Active: s == state, Count: -1})
	}
	v.Table = ui.TableData{Caption: t.Say("incident.problems"), HideCap: true, Count: -1, Columns: []ui.Column{{Label: t.Say("incident.problem")}, {Label: t.Say("incident.service")}, {Label: t.Say("incident.workaround")}},
		Empty: ui.EmptyData{Icon: "tool", Title: t.Say("incident.problems_none")}, Pager: pager("/problems", url.Values{"state": {string(state)}}, rows.First, rows.Next, len(rows.Items))}
	for _, x := range rows.Items {
		v.Table.Rows = append(v.Table.Rows, ui.Row{Href: x.Path(), Cells: []templ.Component{ui.Main(x.Path(), x.Title, x.Number()), ui.Text(t.Say("incident.of." + string(x.Service))), ui.Text(x.Workaround)}})
	}
	return p.show(c, v.Header.Title, "/incidents", nil, func(ui.Errors) templ.Component { return views.List(t, v) })
}

func readProblem(c *httpx.Ctx) ProblemText {
	x := ProblemText{Version: c.Version(), Title: c.FormValue("title"), Cause: c.FormValue("cause"), Workaround: c.FormValue("workaround"),
		Service: helpdesk.Category(c.FormValue("service")), State: Stand(c.FormValue("state"))}
	if id, err := ident.Parse(c.FormValue("incident")); err == nil {
		x.Incident = id
	}
	return x
}

func problemFields(t i18n.T, x ProblemText, e ui.Errors) []ui.Field {
	var stands []ui.Option
	for _, s := range Stands {
		stands = append(stands, ui.Option{Value: string(s), Label: t.Say("incident.stand." + string(s)), Hint: t.Say("incident.stand_hint." + string(s))})
	}
	return []ui.Field{
		{Name: "title", Label: t.Say("incident.problem.title"), Value: x.Title, Required: true, Max: longestTitle, Error: e.Of("title")},
		{Kind: ui.Select, Name: "service", Label: t.Say("incident.service"), Value: string(x.Service), Options: append([]ui.Option{{Label: t.Say("incident.form.pick")}}, services(t)...), Required: true, Error: e.Of("service")},
		{Kind: ui.Radio, Name: "state", Label: t.Say("incident.problem.state"), Value: string(x.State), Options: stands, Required: true, Error: e.Of("state")},
		{Kind: ui.Area, Name: "cause", Label: t.Say("incident.cause"), Value: x.Cause, Rows: 3, Max: longestText, Error: e.Of("cause")},
		{Kind: ui.Area, Name: "workaround", Label: t.Say("incident.workaround"), Hint: t.Say("incident.workaround_hint"), Value: x.Workaround, Rows: 3, Max: longestText, Error: e.Of("workaround")},
	}
}

func (p pages) newProblem(c *httpx.Ctx) error {
	if err := c.Who.Need(Lead); err != nil {
		return err
	}
	x := ProblemText{State: Sought}
	if id, err := ident.Parse(c.Query("incident")); err == nil {
		inc, err := p.byID(c.Std(), p.DB.Read(), id)
		if err != nil {
			return err
		}
		x = ProblemText{Title: inc.Title, Service: inc.Service, Cause: inc.NoteCause, Workaround: inc.Advice, State: Sought, Incident: id}
	}
	return p.showProblemForm(c, x, nil)
}

func (p pages) showProblemForm(c *httpx.Ctx, x ProblemText, refused error) error {
	t := c.T
	v := views.FormView{Crumbs: []ui.Crumb{{Label: t.Say("incident.problems"), Href: "/problems"}, {Label: t.Say("incident.problem.new")}}, Title: t.Say("incident.problem.new"),
		Action: "/problems", Submit: t.Say("incident.save"), Cancel: "/problems"}
	if x.Incident != "" {
		v.Hidden = []ui.Hidden{{Name: "incident", Value: string(x.Incident)}}
	}
	return p.show(c, v.Title, "/incidents", refused, func(e ui.Errors) templ.Component {
		v.Fields, v.Errors = problemFields(t, x, e), e
		return views.Form(t, v)
	})
}

func (p pages) openProblem(c *httpx.Ctx) error {
	x := readProblem(c)
	made, err := p.OpenProblem(c.Std(), c.Who, x)
	if err != nil {
		if !c.Who.May(Lead) {
			return err
		}
		return p.showProblemForm(c, x, err)
	}
	site.Flash(c, ui.Good, c.T.Say("incident.done.saved"))
	return c.See(made.Path())
}

func (p pages) problemPage(c *httpx.Ctx) error {
	id, err := ident.Parse(c.Params("id"))
	if err != nil {
		return err
	}
	return p.showProblem(c, id, nil, nil)
}

func (p pages) showProblem(c *httpx.Ctx, id ident.ID, typed *ProblemText, refused error) error {
	d, err := p.GetProblem(c.Std(), c.Who, id)
	if err != nil {
		return err
	}
	tree, err := p.tree(c)
	if err != nil {
		return err
	}
	t := c.T
	state := standOf(t, d.Problem)
	v := views.ProblemView{Header: ui.HeaderData{Crumbs: []ui.Crumb{{Label: t.Say("incident.problems"), Href: "/problems"}, {Label: d.Number()}}, Title: d.Title, State: &state,
		Lead: d.Number() + " · " + t.Say("incident.of."+string(d.Service))},
		Facts: []ui.Fact{{Label: t.Say("incident.cause"), Text: or(t, d.Cause)}, {Label: t.Say("incident.workaround"), Text: or(t, d.Workaround)},
			{Label: t.Say("incident.problem.owner"), Text: d.Names[d.Owner]}, {Label: t.Say("incident.problem.opened"), Text: t.Moment(d.OpenedAt)}},
		Tickets: ticketTable(t, tree, d.Tickets, t.Say("incident.tickets"), false)}
	v.Incidents = ui.TableData{Caption: t.Say("incident.title"), HideCap: true, Count: -1, Columns: []ui.Column{{Label: t.Say("incident.incident")}, {Label: t.Say("incident.ticket_state")}, {Label: t.Say("incident.declared")}},
		Empty: ui.EmptyData{Icon: "inbox", Title: t.Say("incident.problem.no_incidents")}}
	for _, i := range d.Incidents {
		v.Incidents.Rows = append(v.Incidents.Rows, ui.Row{Href: i.Path(), Cells: []templ.Component{ui.Main(i.Path(), i.Title, i.Number()), ui.Badge(stateOf(t, i)), ui.Text(t.Moment(i.DeclaredAt))}})
	}
	return p.show(c, d.Number()+" "+d.Title, "/incidents", refused, func(e ui.Errors) templ.Component {
		if c.Who.May(Lead) {
			x := ProblemText{Title: d.Title, Service: d.Service, Cause: d.Cause, Workaround: d.Workaround, State: d.State}
			if typed != nil {
				x = *typed
			}
			v.Edit = &views.Act{Title: t.Say("incident.edit"), Action: d.Path(), Submit: t.Say("incident.save"), Quiet: true, Open: typed != nil, Errors: e,
				Hidden: []ui.Hidden{{Name: "version", Value: seqText(d.Version)}}, Fields: problemFields(t, x, e)}
		}
		if c.Who.May(helpdesk.Work) {
			v.Gather = &views.Act{Title: t.Say("incident.gather"), Action: d.Path() + "/tickets", Submit: t.Say("incident.gather.do"), Quiet: true,
				Fields: []ui.Field{{Name: "number", Label: t.Say("incident.gather.number"), Hint: t.Say("incident.gather.hint"), Required: true, Narrow: true}}}
		}
		return views.Problem(t, v)
	})
}

func or(t i18n.T, text string) string {
	if text == "" {
		return t.Say("incident.not_known")
	}
	return text
}

func (p pages) changeProblem(c *httpx.Ctx) error {
	id, err := ident.Parse(c.Params("id"))
	if err != nil {
		return err
	}
	x := readProblem(c)
	if _, err := p.ChangeProblem(c.Std(), c.Who, id, x); err != nil {
		if !c.Who.May(Lead) {
			return err
		}
		return p.showProblem(c, id, &x, err)
	}
	site.Flash(c, ui.Good, c.T.Say("incident.done.saved"))
	return c.See("/problems/" + string(id))
}

// gather puts the ticket with the number that was typed under a problem.
func (p pages) gather(c *httpx.Ctx) error {
	id, err := ident.Parse(c.Params("id"))
	if err != nil {
		return err
	}
	if err := c.Who.Need(helpdesk.Work); err != nil {
		return err
	}
	x, err := p.Desk.ByNumber(c.Std(), c.Who, c.FormValue("number"))
	if fault.Is(err, fault.Missing) {
		site.Flash(c, ui.Bad, c.T.Say("incident.gather.missing", "number", c.FormValue("number")))
		return c.See("/problems/" + string(id))
	}
	if err == nil {
		err = p.Gather(c.Std(), c.Who, id, x.ID)
	}
	if err != nil {
		return err
	}
	site.Flash(c, ui.Good, c.T.Say("incident.done.gathered", "number", x.Number()))
	return c.See("/problems/" + string(id))
}

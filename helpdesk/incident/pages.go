package incident

import (
	"net/url"
	"slices"
	"time"
	"unicode/utf8"

	"github.com/a-h/templ"

	"lotrinh/helpdesk"
	"lotrinh/helpdesk/incident/views"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/job"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/org"
	"lotrinh/internal/site/ui"
)

var tones = map[State]ui.Tone{Running: ui.Bad, Resolved: ui.Warn, Closed: ui.Good}

func stateOf(t i18n.T, i Incident) ui.State {
	return ui.State{Tone: tones[i.State], Word: t.Say("incident.state." + string(i.State))}
}

// lasted is for how long an incident has run, or ran, on the clock.
func (s *Service) lasted(t i18n.T, i Incident) string {
	until := s.Business.Now()
	if i.ResolvedAt != nil {
		until = *i.ResolvedAt
	}
	return ui.Span(t, until.Sub(i.DeclaredAt), 24*time.Hour)
}

func (p pages) list(c *httpx.Ctx) error {
	t := c.T
	state := State(c.Query("state"))
	if !slices.Contains([]State{Running, Resolved, Closed}, state) {
		state = Running
	}
	rows, err := p.List(c.Std(), c.Who, state, page.Read(c.Query("after"), c.Query("limit")))
	if err != nil {
		return err
	}
	counts, err := p.Counts(c.Std(), rows.Items)
	if err != nil {
		return err
	}
	tree, err := p.tree(c)
	if err != nil {
		return err
	}
	v := views.ListView{Header: ui.HeaderData{Title: t.Say("incident.title"), Lead: t.Say("incident.lead"),
		More: []ui.Action{{Label: t.Say("incident.problems"), Href: "/problems", Icon: "tool"}, {Label: t.Say("incident.status.title"), Href: "/status", Icon: "eye"}}}}
	if c.Who.May(Lead) {
		v.Header.Action = &ui.Action{Label: t.Say("incident.declare"), Href: "/incidents/new", Icon: "alert-triangle"}
	}
	if v.Clusters, err = p.clusters(c, tree); err != nil {
		return err
	}
	for _, s := range []State{Running, Resolved, Closed} {
		v.Tabs = append(v.Tabs, ui.Tab{Label: t.Say("incident.state." + string(s)), Href: "/incidents?state=" + string(s), Active: s == state, Count: -1})
	}
	v.Table = ui.TableData{Caption: t.Say("incident.caption"), HideCap: true, Count: -1, Columns: []ui.Column{{Label: t.Say("incident.incident")}, {Label: t.Say("incident.service"), Quiet: true},
		{Label: t.Say("incident.units"), Num: true}, {Label: t.Say("incident.tickets_open"), Num: true}, {Label: t.Say("incident.lasts")}},
		Empty: ui.EmptyData{Icon: "circle-check", Title: t.Say("incident.none." + string(state))}, Pager: pager("/incidents", url.Values{"state": {string(state)}}, rows.First, rows.Next, len(rows.Items))}
	for _, i := range rows.Items {
		n := counts[i.ID]
		v.Table.Rows = append(v.Table.Rows, ui.Row{Href: i.Path(), Cells: []templ.Component{ui.Main(i.Path(), i.Title, i.Number()), ui.Text(t.Say("incident.of." + string(i.Service))),
			ui.Number(t, int64(n.Units)), ui.Text(t.Say("incident.open_of", "open", n.Open, "all", n.Tickets)), ui.Text(p.lasted(t, i))}})
	}
	if v.Work, err = p.workTable(c); err != nil {
		return err
	}
	if c.Who.May(Lead) {
		v.WorkNew = &ui.Action{Label: t.Say("incident.work.new"), Href: "/maintenance/new", Icon: "plus"}
	}
	return p.show(c, v.Header.Title, "/incidents", nil, func(ui.Errors) templ.Component { return views.List(t, v) })
}

func pager(path string, q url.Values, first bool, next string, shown int) *ui.PagerData {
	d := &ui.PagerData{Shown: shown}
	if !first {
		d.First = path + "?" + q.Encode()
	}
	if next != "" {
		q.Set("after", next)
		d.Next = path + "?" + q.Encode()
	}
	return d
}

// shownTickets is how many tickets of a cluster are named.
const shownTickets = 10

func (p pages) clusters(c *httpx.Ctx, tree *org.Tree) ([]views.ClusterView, error) {
	all, err := p.Clusters(c.Std(), c.Who)
	if err != nil {
		return nil, err
	}
	t := c.T
	var out []views.ClusterView
	for _, x := range all[:min(3, len(all))] {
		v := views.ClusterView{Title: t.Say("incident.cluster", "n", len(x.Tickets), "units", x.Units), Text: t.Say("incident.cluster.as", "title", x.Tickets[0].Title)}
		for i, one := range x.Tickets {
			if i < shownTickets {
				v.Tickets = append(v.Tickets, line(tree, one))
			}
		}
		if rest := len(x.Tickets) - shownTickets; rest > 0 {
			v.More = t.Say("incident.more", "n", rest)
		}
		v.Declare = ui.Action{Label: t.Say("incident.declare"), Href: declareHref(x.Tickets), Icon: "alert-triangle"}
		out = append(out, v)
	}
	return out, nil
}

func line(tree *org.Tree, x helpdesk.Ticket) views.TicketLine {
	return views.TicketLine{Href: "/tickets/" + string(x.ID), Text: x.Number() + " · " + x.Title, Unit: tree.Place(x.Unit)}
}

func (p pages) incident(c *httpx.Ctx) error {
	id, err := ident.Parse(c.Params("id"))
	if err != nil {
		return err
	}
	return p.showIncident(c, id, "", nil)
}

// showIncident shows an incident; form is the one that was refused.
func (p pages) showIncident(c *httpx.Ctx, id ident.ID, form string, refused error) error {
	d, err := p.Get(c.Std(), c.Who, id)
	if err != nil {
		return err
	}
	tree, err := p.tree(c)
	if err != nil {
		return err
	}
	t := c.T
	state := stateOf(t, d.Incident)
	v := views.IncidentView{Header: ui.HeaderData{Crumbs: []ui.Crumb{{Label: t.Say("incident.title"), Href: "/incidents"}, {Label: d.Number()}}, Title: d.Title, State: &state,
		Lead: d.Number() + " · " + t.Say("incident.of."+string(d.Service))}, Facts: p.facts(t, tree, d), Figures: p.figures(t, d), Updates: course(t, d)}
	if v.Map, v.MapAll, err = p.chart(c, tree, d); err != nil {
		return err
	}
	p.tables(c, tree, d, &v)
	p.heads(c, d, &v)
	if err := p.progress(c, d, &v); err != nil {
		return err
	}
	return p.show(c, d.Number()+" "+d.Title, "/incidents", refused, func(e ui.Errors) templ.Component {
		if refused != nil && (form == "close" || form == "link" || form == "unlink") {
			v.Notices = append(v.Notices, ui.NoticeData{Tone: ui.Bad, Title: e.Title})
		}
		v.Acts = acts(c, d, form, e)
		return views.Incident(t, v)
	})
}

func (p pages) figures(t i18n.T, d Detail) []ui.FigureData {
	again := int64(0)
	for _, x := range d.Tickets {
		if x.State == helpdesk.Reopened {
			again++
		}
	}
	reopened := ui.FigureData{Label: t.Say("incident.figure.again"), Value: t.Int(again), SoWhat: t.Say("incident.figure.again_none"), Tone: ui.Good}
	if again > 0 {
		reopened.SoWhat, reopened.Tone, reopened.Href = t.Say("incident.figure.again_some"), ui.Late, "#tickets"
	}
	return []ui.FigureData{
		{Label: t.Say("incident.units"), Value: t.Int(int64(d.Count.Units)), SoWhat: t.Say("incident.figure.units_open", "n", d.Count.OpenUnits)},
		{Label: t.Say("incident.tickets"), Value: t.Int(d.Count.Tickets), SoWhat: t.Say("incident.figure.open", "n", d.Count.Open)},
		reopened,
		{Label: t.Say("incident.lasts"), Value: p.lasted(t, d.Incident), SoWhat: t.Say("incident.since", "at", d.DeclaredAt)},
	}
}

func (p pages) facts(t i18n.T, tree *org.Tree, d Detail) []ui.Fact {
	reach := t.Say("incident.reach.all")
	if !d.Everywhere {
		reach = t.Say("incident.reach.n", "n", len(d.Reach))
		if text := unitsNamed(tree, d.Reach); text != "" && utf8.RuneCountInString(text) < 300 {
			reach += ": " + text
		}
	}
	size := t.Say("incident.size.usual")
	if d.Big {
		size = t.Say("incident.size.big")
	}
	facts := []ui.Fact{{Label: t.Say("incident.reach"), Text: reach}, {Label: t.Say("incident.size"), Text: size},
		{Label: t.Say("incident.declared"), Text: t.Say("incident.by_at", "name", d.Names[d.DeclaredBy], "at", d.DeclaredAt)}}
	for _, one := range []struct{ key, text string }{{"incident.known", d.Known}, {"incident.advice", d.Advice}, {"incident.answer", d.Answer}} {
		if one.text != "" {
			facts = append(facts, ui.Fact{Label: t.Say(one.key), Text: one.text})
		}
	}
	if d.Problem != nil {
		facts = append(facts, ui.Fact{Label: t.Say("incident.problem"), Value: ui.Link(d.Problem.Path(), d.Problem.Number()+" "+d.Problem.Title)})
	}
	return facts
}

// course is what was told, the newest first, with how many tickets it was said on.
func course(t i18n.T, d Detail) []ui.Event {
	kinds := map[Kind]ui.Tone{Declared: ui.Bad, Told: ui.Info, Solved: ui.Good, Again: ui.Bad}
	var all []ui.Event
	for _, u := range d.Updates {
		e := ui.Event{At: u.At, Who: d.Names[u.Author], What: t.Say("incident.kind." + string(u.Kind)), Note: u.Body, Tone: kinds[u.Kind]}
		if n := d.Told[u.ID]; n > 0 {
			e.Detail = ui.Two("", t.Say("incident.told_on", "n", n))
		}
		all = append(all, e)
	}
	return all
}

// heads are the page's actions and notices.
func (p pages) heads(c *httpx.Ctx, d Detail, v *views.IncidentView) {
	t := c.T
	if d.State == Resolved && d.Big && d.NoteAt == nil {
		v.Notices = append(v.Notices, ui.NoticeData{Tone: ui.Warn, Title: t.Say("incident.note_owed"), Text: t.Say("incident.note_owed_text")})
	}
	if d.NoteAt != nil {
		v.Note = []ui.Fact{{Label: t.Say("incident.note.happened"), Text: d.NoteHappened}, {Label: t.Say("incident.note.cause"), Text: d.NoteCause},
			{Label: t.Say("incident.note.change"), Text: d.NoteChange}, {Label: t.Say("incident.note.by"), Text: t.Say("incident.by_at", "name", d.Names[d.NoteBy], "at", *d.NoteAt)}}
	}
	if !c.Who.May(Lead) {
		return
	}
	hidden := []ui.Hidden{{Name: "version", Value: seqText(d.Version)}}
	if d.State == Resolved {
		v.Header.Action = &ui.Action{Label: t.Say("incident.close"), Icon: "check", Post: true, Href: d.Path() + "/close", Hidden: hidden}
	}
	if d.State != Closed {
		v.Header.More = append(v.Header.More, ui.Action{Label: t.Say("incident.edit"), Icon: "edit", Href: d.Path() + "/edit"})
	}
	if d.Problem == nil {
		v.Header.More = append(v.Header.More, ui.Action{Label: t.Say("incident.problem.new"), Icon: "tool", Href: "/problems/new?incident=" + string(d.ID)})
	}
}

// progress shows the work that says the newest update on every ticket.
func (p pages) progress(c *httpx.Ctx, d Detail, v *views.IncidentView) error {
	if len(d.Updates) == 0 || d.Updates[0].Job == "" || d.Updates[0].Author != c.Who.ID {
		return nil
	}
	r, err := p.Jobs.Get(c.Std(), c.Who, d.Updates[0].Job)
	if err != nil || r.State == job.Done {
		return err
	}
	states := map[job.State]ui.Tone{job.Queued: ui.Neutral, job.Running: ui.Info, job.Failed: ui.Bad, job.Cancelled: ui.Paused}
	v.Job = &ui.JobData{Label: c.T.Say("job.kind." + SpreadJob), Done: r.Done, Total: r.Total, Ended: r.State.Ended(),
		State: ui.State{Tone: states[r.State], Word: c.T.Say("job.state." + string(r.State))}, Href: "/jobs/" + string(r.ID)}
	return nil
}

// acts are the forms of the lead.
func acts(c *httpx.Ctx, d Detail, refused string, e ui.Errors) []views.Act {
	if !c.Who.May(Lead) {
		return nil
	}
	t := c.T
	form := func(name, field, label, hint string, quiet bool) views.Act {
		a := views.Act{Title: t.Say("incident." + name), Note: t.Say("incident." + name + ".note"), Action: d.Path() + "/" + name, Submit: t.Say("incident." + name + ".do"),
			Hidden: []ui.Hidden{{Name: "version", Value: seqText(d.Version)}}, Quiet: quiet}
		f := ui.Field{Kind: ui.Area, Name: field, Label: t.Say(label), Rows: 4, Required: true, Max: longestText, Attrs: templ.Attributes{"id": "f-" + name}}
		if hint != "" {
			f.Hint = t.Say(hint)
		}
		if refused == name {
			a.Errors, a.Open, f.Value, f.Error = e, true, c.FormValue(field), e.Of(field)
		}
		a.Fields = []ui.Field{f}
		return a
	}
	switch d.State {
	case Running:
		return []views.Act{form("tell", "body", "incident.tell.body", "", false), form("resolve", "body", "incident.resolve.body", "incident.resolve.hint", true)}
	case Resolved:
		return []views.Act{noteAct(c, d, refused, e), form("rerun", "body", "incident.rerun.body", "", true)}
	}
	return nil
}

func noteAct(c *httpx.Ctx, d Detail, refused string, e ui.Errors) views.Act {
	t := c.T
	a := views.Act{Title: t.Say("incident.note"), Note: t.Say("incident.note.note"), Action: d.Path() + "/note", Submit: t.Say("incident.note.do"),
		Hidden: []ui.Hidden{{Name: "version", Value: seqText(d.Version)}}, Quiet: d.NoteAt != nil, Open: refused == "note"}
	for _, one := range []struct{ name, was string }{{"happened", d.NoteHappened}, {"cause", d.NoteCause}, {"change", d.NoteChange}} {
		f := ui.Field{Kind: ui.Area, Name: one.name, Label: t.Say("incident.note." + one.name), Rows: 3, Required: true, Max: longestText, Value: one.was}
		if refused == "note" {
			f.Value, f.Error = c.FormValue(one.name), e.Of(one.name)
		}
		a.Fields = append(a.Fields, f)
	}
	if refused == "note" {
		a.Errors = e
	}
	return a
}

package hotline

import (
	"net/url"
	"strings"
	"time"

	"github.com/a-h/templ"

	"lotrinh/helpdesk"
	"lotrinh/helpdesk/hotline/views"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/kit/phone"
	"lotrinh/internal/kit/worktime"
	"lotrinh/internal/org"
	"lotrinh/internal/site/ui"
)

var stateTones = map[State]ui.Tone{Ringing: ui.Info, Talking: ui.Good, Ended: ui.Neutral, Missed: ui.Warn, Rejected: ui.Bad}

// stateOf is a call's state as a badge; a call that went out and reached nobody says so.
func stateOf(t i18n.T, c Call) ui.State {
	key := string(c.State)
	if c.State == Ended && !c.Reached() {
		key = "unreached"
	}
	if c.State == Ringing && c.Direction == Out {
		key = "dialling"
	}
	return ui.State{Tone: stateTones[c.State], Word: t.Say("hotline.state." + key)}
}

func (p *pages) tabs(c *httpx.Ctx, at string) []ui.Tab {
	var all []ui.Tab
	add := func(key, href string, count int64) {
		all = append(all, ui.Tab{Label: c.T.Say(key), Href: href, Active: href == at, Count: count})
	}
	if c.Who.May(helpdesk.Work) {
		n, _ := p.Count(c)
		add("hotline.journal", home, -1)
		add("hotline.callbacks", home+"/callbacks", n)
		add("hotline.hours", home+"/hours", -1)
	}
	if mayManage(c) {
		add("hotline.pbx", home+"/pbx", -1)
	}
	return all
}

// people are the names that a list needs, in one query, and the tree.
func (p *pages) people(c *httpx.Ctx, ids []ident.ID) (map[ident.ID]string, *org.Tree, error) {
	var some []ident.ID
	for _, id := range ids {
		if id != "" && !strings.HasPrefix(string(id), "system:") {
			some = append(some, id)
		}
	}
	tree, err := p.tree(c.Std())
	if err != nil || len(some) == 0 {
		return map[ident.ID]string{}, tree, err
	}
	names, err := p.Desk.NamesOf(c.Std(), some)
	return names, tree, err
}

// caller is what a list calls the other end: name and place, then the number.
func caller(c *httpx.Ctx, name, names, unit, number string, tree *org.Tree) (title, sub string) {
	title = name
	fill(&title, names)
	sub = shownNumber(c, number)
	if title == "" {
		title, sub = sub, ""
	}
	if unit != "" {
		sub = strings.TrimPrefix(sub+" · "+tree.Place(unit), " · ")
	}
	return title, sub
}

func (p *pages) journalView(c *httpx.Ctx, f Filter, q url.Values, rows page.Page[Call], e ui.Errors) (views.ListView, error) {
	var ids []ident.ID
	for _, one := range rows.Items {
		ids = append(ids, one.Person, one.Agent)
	}
	names, tree, err := p.people(c, ids)
	if err != nil {
		return views.ListView{}, err
	}
	seat, err := p.SeatOf(c.Std(), c.Who)
	if err != nil {
		return views.ListView{}, err
	}
	t := c.T
	v := views.ListView{Head: ui.HeaderData{Title: t.Say("hotline.title"), Lead: t.Say("hotline.lead")}, Tabs: p.tabs(c, home),
		Filter: &ui.FilterData{Action: home, Results: "results", Fields: []ui.Field{{Kind: ui.Search, Name: "number", Label: t.Say("hotline.filter.number"), Value: f.Number}},
			Hidden: []ui.Hidden{{Name: "view", Value: string(f.View)}}},
		AfterT: t.Say("hotline.seat.title"),
		After: &ui.FormData{Action: home + "/seat", Submit: t.Say("hotline.seat.save"), Errors: e, Fields: []ui.Field{
			{Name: "extension", Label: t.Say("hotline.seat.extension"), Hint: t.Say("hotline.seat.extension.hint"), Value: seat.Extension, Narrow: true},
			{Name: "queues", Label: t.Say("hotline.seat.queues"), Hint: t.Say("hotline.seat.queues.hint"), Value: seat.Queues}}}}
	for _, one := range Views {
		v.Filter.Presets = append(v.Filter.Presets, ui.Preset{Label: t.Say("hotline.view." + string(one)), Href: home + "?view=" + string(one), Active: one == f.View && f.Number == "", Count: -1})
	}
	if f.Number != "" {
		v.Filter.Clear = home + "?view=" + string(f.View)
	}
	v.Table = ui.TableData{ID: "calls", Caption: t.Say("hotline.journal.caption"), Count: -1, Columns: []ui.Column{{Label: t.Say("hotline.col.caller")}, {Label: t.Say("hotline.col.state")},
		{Label: t.Say("hotline.col.at")}, {Label: t.Say("hotline.col.talked"), Quiet: true}, {Label: t.Say("hotline.col.agent")}},
		Empty: ui.EmptyData{Icon: "phone", Title: t.Say("hotline.journal.empty"), Text: t.Say("hotline.journal.empty_text")}, Pager: pager(home, q, rows.Next, rows.First, len(rows.Items))}
	for _, one := range rows.Items {
		title, sub := caller(c, names[one.Person], one.Names, one.Unit, one.Number, tree)
		r := ui.Row{Href: callPage(one.ID), Cells: []templ.Component{ui.Main(callPage(one.ID), title, sub),
			ui.Badges(ui.State{Tone: ui.Neutral, Word: t.Say("hotline.direction." + one.Direction)}, stateOf(t, one)), ui.Text(t.Moment(one.BeganAt)), ui.Text(talked(t, one)), ui.Text(names[one.Agent])}}
		v.Table.Rows = append(v.Table.Rows, r)
	}
	return v, nil
}

// talked is how long both spoke: minutes and seconds.
func talked(t i18n.T, c Call) string {
	if d := c.Talked(); d > 0 {
		return t.Say("hotline.span", "m", int(d/time.Minute), "s", int(d%time.Minute/time.Second))
	}
	return ""
}

func pager(path string, q url.Values, next string, first bool, n int) *ui.PagerData {
	d := &ui.PagerData{Shown: n}
	if !first {
		d.First = path + "?" + q.Encode()
	}
	if next != "" {
		q.Set("after", next)
		d.Next = path + "?" + q.Encode()
	}
	return d
}

// due is a task's due moment as lists show it.
func due(cal *worktime.Calendar, b Callback, now time.Time) *ui.Due {
	if b.DueAt == nil {
		return nil
	}
	from, d := now, ui.Due{At: *b.DueAt, State: ui.DueRunning}
	switch {
	case b.DoneAt != nil && b.DoneAt.After(*b.DueAt):
		from, d.State = *b.DoneAt, ui.DueMissed
	case b.DoneAt != nil:
		from, d.State = *b.DoneAt, ui.DueMet
	case now.After(*b.DueAt):
		d.State = ui.DueLate
	}
	left, err := cal.Between(from, *b.DueAt)
	if err != nil {
		return nil // beyond the years that can be counted
	}
	if d.Left = left.Time; d.State == ui.DueRunning && d.Left <= 10*time.Minute {
		d.State = ui.DueSoon
	}
	return &d
}

func (p *pages) callbacksView(c *httpx.Ctx, state string, rows page.Page[Callback]) (views.ListView, error) {
	var ids []ident.ID
	for _, b := range rows.Items {
		ids = append(ids, b.Person, b.Owner, b.DoneBy)
	}
	names, tree, err := p.people(c, ids)
	if err != nil {
		return views.ListView{}, err
	}
	cals, err := p.calendar(c.Std())
	if err != nil {
		return views.ListView{}, err
	}
	t, now, path := c.T, p.Business.Now(), home+"/callbacks"
	v := views.ListView{Head: ui.HeaderData{Title: t.Say("hotline.callbacks"), Lead: t.Say("hotline.callbacks.lead", "n", promised)}, Tabs: p.tabs(c, path), Filter: &ui.FilterData{Action: path, Results: "results"}}
	for _, one := range []string{Waiting, Done} {
		v.Filter.Presets = append(v.Filter.Presets, ui.Preset{Label: t.Say("hotline.callbacks." + one), Href: path + "?state=" + one, Active: one == state, Count: -1})
	}
	v.Table = ui.TableData{ID: "callbacks", Caption: t.Say("hotline.callbacks"), Count: -1, Columns: []ui.Column{{Label: t.Say("hotline.col.caller")}, {Label: t.Say("hotline.col.due")},
		{Label: t.Say("hotline.col.missed")}, {Label: t.Say("hotline.col.owner")}}, Empty: ui.EmptyData{Icon: "circle-check", Title: t.Say("hotline.callbacks.empty")},
		Pager: pager(path, url.Values{"state": {state}}, rows.Next, rows.First, len(rows.Items))}
	for _, b := range rows.Items {
		title, sub := caller(c, names[b.Person], "", b.Unit, b.Number, tree)
		cell, tone := ui.Text(""), ui.Tone("")
		if d := due(cals.cal, b, now); d != nil {
			cell = ui.DueCell(t, *d)
			if d.State == ui.DueLate {
				tone = ui.Late
			}
		}
		owner := names[b.Owner]
		if b.State == Done {
			owner = t.Say("hotline.how."+b.How, "name", names[b.DoneBy])
		}
		v.Table.Rows = append(v.Table.Rows, ui.Row{Href: callPage(b.Call), Tone: tone, Cells: []templ.Component{
			ui.Main(callPage(b.Call), title, sub), cell, ui.Two(t.Moment(b.LastAt), missedWords(t, b)), ui.Text(owner)}})
	}
	return v, nil
}

func missedWords(t i18n.T, b Callback) string {
	if b.Night {
		return t.Say("hotline.callback.night", "n", b.Calls)
	}
	return t.Say("hotline.callback.calls", "n", b.Calls)
}

// known is what is shown of whoever calls.
func (p *pages) known(c *httpx.Ctx, call Call) (views.Known, error) {
	k, err := p.who(c.Std(), c.T, c.Who, call)
	if err != nil {
		return views.Known{}, err
	}
	tree, err := p.tree(c.Std())
	if err != nil {
		return views.Known{}, err
	}
	t := c.T
	v := views.Known{Dial: call.Number, Names: call.Names, OfUnit: k.OfUnit}
	if call.Number != "" {
		v.Number = phone.Show(call.Number)
	}
	if call.Unit != "" {
		v.Place = tree.Place(call.Unit)
	}
	for _, one := range k.Callers {
		v.People = append(v.People, person(t, call, one, tree))
	}
	for _, r := range k.Running {
		v.Running = append(v.Running, views.Run{Href: r.Href, Title: r.Title, Note: r.Note})
	}
	for _, x := range k.Tickets {
		l := views.Line{Href: "/tickets/" + string(x.ID), Title: x.Title, Number: x.Number(), State: ui.State{Tone: ui.Neutral, Word: t.Say("helpdesk.state." + string(x.State))}}
		if call.Ticket == "" {
			l.Link = &ui.Action{Label: t.Say("hotline.link"), Post: true, Href: callPage(call.ID) + "/link", Hidden: []ui.Hidden{{Name: "ticket", Value: string(x.ID)}}}
		}
		v.Tickets = append(v.Tickets, l)
	}
	return v, nil
}

func person(t i18n.T, call Call, one Caller, tree *org.Tree) views.Person {
	v := views.Person{Name: one.Name, Sure: ui.State{Tone: ui.Good, Word: t.Say("hotline.sure.known")}}
	about := []string{}
	for _, d := range one.Duties {
		about = append(about, t.Say("role."+string(d)))
	}
	if one.Unit != "" {
		about = append(about, tree.Place(one.Unit))
	}
	v.About = strings.Join(about, ", ")
	if one.Sure == Perhaps {
		v.Sure = ui.State{Tone: ui.Unknown, Word: t.Say("hotline.sure.maybe")}
	}
	if call.Person != one.Person {
		v.Assign = &ui.Action{Label: t.Say("hotline.assign"), Post: true, Href: callPage(call.ID) + "/assign", Hidden: []ui.Hidden{{Name: "person", Value: string(one.Person)}}}
	}
	return v
}

func (p *pages) cardView(c *httpx.Ctx, call Call) (views.CardView, error) {
	k, err := p.known(c, call)
	v := views.CardView{ID: "call-" + string(call.ID), Title: c.T.Say("hotline.card." + call.Direction), State: stateOf(c.T, call), Known: k, Open: callPage(call.ID), Over: !call.Open()}
	for i := range v.Known.People {
		v.Known.People[i].Assign = nil // on the call's page
	}
	if call.Ticket == "" {
		v.New = callPage(call.ID) + "/ticket"
	}
	return v, err
}

// panel is the calls of a ticket, beside it, for those who answer.
func (s *Service) panel(c *httpx.Ctx, d helpdesk.Detail) (templ.Component, error) {
	if !c.Who.Covers(helpdesk.Work, d.Unit) {
		return nil, nil
	}
	calls, err := s.ofTicket(c.Std(), d.ID)
	if err != nil || len(calls) == 0 {
		return nil, err
	}
	return views.OfTicket(c.T, timeline(c.T, calls)), nil
}

func timeline(t i18n.T, calls []Call) []ui.Event {
	var all []ui.Event
	for _, one := range calls {
		all = append(all, ui.Event{At: one.BeganAt, Who: t.Say("hotline.direction." + one.Direction), What: stateOf(t, one).Word + " " + talked(t, one), Note: one.Note, Tone: stateTones[one.State]})
	}
	return all
}

package supply

import (
	"net/url"
	"strconv"

	"github.com/a-h/templ"

	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/org"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
	"lotrinh/inventory"
	"lotrinh/inventory/supply/views"
)

// filterOf is a list's filter with the state and the district.
func (p *pages) filterOf(t i18n.T, at string, f Filter, states []ui.Option, ds []org.Unit) ui.FilterData {
	d := ui.FilterData{Action: at, Results: "results", Presets: p.places(t, at), Fields: []ui.Field{{Kind: ui.Select, Name: "state", Label: t.Say("supply.state"), Value: f.State,
		Options: append([]ui.Option{{Label: t.Say("supply.running")}, {Value: "all", Label: t.Say("supply.all")}}, states...)}}}
	if len(ds) > 1 {
		d.Fields = append(d.Fields, districtField(t, ds, true, f.Unit))
	}
	if f != (Filter{}) {
		d.Clear = at
	}
	return d
}

func pager(at string, f Filter, shown int, first bool, next string) *ui.PagerData {
	d := &ui.PagerData{Shown: shown}
	link := func(after string) string {
		q := url.Values{}
		for k, v := range map[string]string{"state": f.State, "district": f.Unit, "after": after} {
			if v != "" {
				q.Set(k, v)
			}
		}
		return at + "?" + q.Encode()
	}
	if !first {
		d.First = link("")
	}
	if next != "" {
		d.Next = link(next)
	}
	return d
}

func (p *pages) requests(c *httpx.Ctx) error {
	f := Filter{State: c.Query("state"), Unit: c.Query("district")}
	all, err := p.Requests(c.Std(), c.Who, f, page.Read(c.Query("after"), c.Query("limit")))
	if err != nil {
		return err
	}
	tree, err := p.tree(c.Std())
	if err != nil {
		return err
	}
	t := c.T
	var states []ui.Option
	for _, s := range RequestStates {
		states = append(states, ui.Option{Value: string(s), Label: t.Say(string(requestKey(s)))})
	}
	table := p.requestTable(t, tree, all.Items)
	table.Pager = pager(requestsAt, f, len(all.Items), all.First, all.Next)
	v := views.Listed{Head: ui.HeaderData{Title: t.Say("supply.requests"), Lead: t.Say("supply.requests.lead")}, Filter: p.filterOf(t, requestsAt, f, states, districts(tree, c.Who)),
		Sections: []views.Section{{Card: ui.CardData{Flush: true}, Table: table}}}
	if c.Who.May(Ask) {
		v.Head.Action = &ui.Action{Label: t.Say("supply.request.new"), Href: Home, Icon: "clipboard-check"}
	}
	return p.show(c, v.Head.Title, views.ListPage(t, v))
}

func (p *pages) requestTable(t i18n.T, tree *org.Tree, rows []Request) ui.TableData {
	d := ui.TableData{Caption: t.Say("supply.requests"), HideCap: true, Count: -1, Columns: []ui.Column{{Label: t.Say("supply.request")}, {Label: t.Say("supply.district")}, {Label: t.Say("supply.state")},
		{Label: t.Say("supply.asked_total"), Num: true}, {Label: t.Say("supply.approved_total"), Num: true}, {Label: t.Say("supply.owner")}, {Label: t.Say("supply.due")}},
		Empty: ui.EmptyData{Icon: "inbox", Title: t.Say("supply.requests.none"), Text: t.Say("supply.requests.none_text"), Action: &ui.Action{Label: t.Say("supply.needs"), Href: Home}}}
	for _, r := range rows {
		due, tone := p.dueCell(t, r.Open, r.DueAt)
		who := ""
		if r.Open {
			who = owner(t, tree, r.OwnerName, r.asks())
		}
		d.Rows = append(d.Rows, ui.Row{Href: r.Path(), Tone: tone, Cells: []templ.Component{ui.Main(r.Path(), r.Code, t.Moment(r.MadeAt)), ui.Text(tree.Name(r.Unit)), ui.Badge(requestBadge(t, r.State)),
			ui.Text(money(t, r.AskedTotal)), ui.Text(money(t, r.ApprovedTotal)), ui.Text(who), due}})
	}
	return d
}

func (p *pages) request(c *httpx.Ctx) error { return p.showRequest(c, "", nil) }

func (p *pages) showRequest(c *httpx.Ctx, form string, refused error) error {
	key, err := id(c)
	if err != nil {
		return err
	}
	v, err := p.Request(c.Std(), c.Who, key)
	if err != nil {
		return err
	}
	tree, err := p.tree(c.Std())
	if err != nil {
		return err
	}
	b := requestPage{p: p, c: c, v: v, tree: tree, form: form}
	return p.again(c, v.Code, refused, func(e ui.Errors) templ.Component {
		b.e = e
		return views.DetailPage(c.T, b.detail())
	})
}

// requestPage builds a request's page; a refused form keeps what was typed into it.
type requestPage struct {
	p    *pages
	c    *httpx.Ctx
	v    RequestView
	tree *org.Tree
	form string
	e    ui.Errors
}

func (b requestPage) detail() views.Detail {
	t, v := b.c.T, b.v
	state := requestBadge(t, v.State)
	d := views.Detail{Head: ui.HeaderData{Title: t.Say("supply.request.title", "code", v.Code), State: &state, Lead: b.tree.Name(v.Unit),
		Crumbs: []ui.Crumb{{Label: t.Say("supply.requests"), Href: requestsAt}, {Label: v.Code}}}, Steps: b.steps(), Facts: b.facts(), Events: inventory.History(t, v.Events)}
	mayDecide := v.State == Asked && b.c.Who.Covers(Decide, v.Unit)
	if mayDecide {
		d.Forms = append(d.Forms, b.decision())
	} else {
		d.Sections = append(d.Sections, views.Section{Card: ui.CardData{Title: t.Say("supply.lines"), Flush: true}, Table: b.lines()})
	}
	if len(v.Deliveries) > 0 {
		d.Sections = append(d.Sections, views.Section{Card: ui.CardData{Title: t.Say("supply.deliveries"), Flush: true}, Table: b.p.deliveryTable(t, b.tree, v.Deliveries)})
	}
	var left, allocated int64
	for _, l := range v.Lines {
		left, allocated = left+l.Left(), allocated+l.Allocated
	}
	if v.State.Granted() && left > 0 && (b.c.Who.Covers(Allocate, v.Unit) || v.Own && b.c.Who.Covers(Ask, v.Unit)) {
		d.Do = append(d.Do, ui.Action{Label: t.Say("supply.allocate"), Href: v.Path() + "/allocate", Icon: "packages"})
	}
	if b.mayTrim(left) {
		d.Forms = append(d.Forms, b.cut())
	}
	if (v.State == Asked || v.State.Granted() && allocated == 0) && b.c.Who.Covers(Ask, v.Unit) {
		f := ui.FormData{Action: v.Path() + "/cancel", Submit: t.Say("supply.request.cancel"), Danger: true, Hidden: []ui.Hidden{seen(v.Version)},
			Fields: []ui.Field{{Name: "reason", Label: t.Say("supply.reason"), Max: longestNote}}}
		if b.form == "cancel" {
			f.Errors = b.e
		}
		d.Forms = append(d.Forms, views.Asked{Card: ui.CardData{Title: t.Say("supply.request.cancel")}, Form: f, Folded: true})
	}
	return d
}

func (b requestPage) facts() []ui.Fact {
	t, v := b.c.T, b.v
	all := []ui.Fact{{Label: t.Say("supply.request.by"), Text: t.Say("supply.by_at", "name", v.MadeName, "at", v.MadeAt)},
		{Label: t.Say("supply.request.kind"), Text: t.Say("supply.request.kind." + strconv.FormatBool(v.Own))},
		{Label: t.Say("supply.request.note"), Text: v.Note}, {Label: t.Say("supply.asked_total"), Text: money(t, v.AskedTotal)}}
	if !v.DecidedAt.IsZero() {
		all = append(all, ui.Fact{Label: t.Say("supply.approved_total"), Text: money(t, v.ApprovedTotal)},
			ui.Fact{Label: t.Say("supply.decided"), Text: t.Say("supply.by_at", "name", v.DecidedName, "at", v.DecidedAt)})
	}
	all = append(all, ui.Fact{Label: t.Say("supply.reason"), Text: v.Reason})
	if v.Open {
		due, _ := b.p.dueCell(t, true, v.DueAt)
		all = append(all, ui.Fact{Label: t.Say("supply.owner"), Text: owner(t, b.tree, v.OwnerName, v.asks())}, ui.Fact{Label: t.Say("supply.due"), Value: due})
	}
	return all
}

// steps are where the request stands on its way.
func (b requestPage) steps() []ui.Step {
	t, v := b.c.T, b.v
	var approved, allocated, received, shown int64
	for _, l := range v.Lines {
		approved, allocated, received, shown = approved+l.Approved, allocated+l.Allocated, received+l.Received, shown+l.Seen
	}
	say := func(n int64) string { return t.Say("supply.step.of", "n", n, "of", approved) }
	switch v.State {
	case Asked:
		return stepper(t, 1, "", "", "", "", "")
	case Refused, Cancelled:
		s := stepper(t, 1, "", "", "", "", "")
		s[1].State = ui.StepBad
		return s
	}
	at := 2
	switch {
	case shown == approved:
		at = 5
	case received == approved:
		at = 4
	case allocated == approved:
		at = 3
	}
	return stepper(t, at, "", "", say(allocated), say(received), say(shown))
}

// stepper is the way of a request: done before at, now at it.
func stepper(t i18n.T, at int, notes ...string) []ui.Step {
	var out []ui.Step
	for i, key := range []string{"requested", "approved", "allocated", "received", "verified"} {
		s := ui.Step{Label: t.Say("supply.step." + key), State: ui.StepTodo, Note: notes[i]}
		switch {
		case i < at:
			s.State = ui.StepDone
		case i == at:
			s.State = ui.StepNow
		}
		out = append(out, s)
	}
	return out
}

func (b requestPage) lines() ui.TableData {
	t := b.c.T
	d := ui.TableData{Caption: t.Say("supply.lines"), HideCap: true, Count: -1, Columns: []ui.Column{{Label: t.Say("supply.commune")}, {Label: t.Say("supply.kind")}, {Label: t.Say("supply.asked"), Num: true},
		{Label: t.Say("supply.approved"), Num: true}, {Label: t.Say("supply.amount"), Num: true}, {Label: t.Say("supply.progress")}, {Label: t.Say("supply.gap")}}}
	for _, l := range b.v.Lines {
		amount := l.Approved * l.ApprovedPrice
		if b.v.DecidedAt.IsZero() {
			amount = l.Asked * l.AskedPrice
		}
		cut := ""
		if l.Trimmed > 0 {
			cut = t.Say("supply.progress.trimmed", "n", l.Trimmed)
		}
		d.Rows = append(d.Rows, ui.Row{Cells: []templ.Component{ui.Text(b.tree.Name(l.Unit)), ui.Two(kindWord(t, l.Kind), l.Spec), ui.Number(t, l.Asked), ui.Number(t, l.Approved),
			ui.Text(money(t, amount)), ui.Two(t.Say("supply.progress.of", "allocated", l.Allocated, "received", l.Received, "seen", l.Seen), cut), b.gap(l)}})
	}
	return d
}

func (b requestPage) gap(l Line) templ.Component {
	g, ok := b.v.Gaps[l.Gap]
	if !ok {
		return ui.Text("")
	}
	return ui.Main("/inventory/gaps/"+string(g.ID), g.Code, b.c.T.Say("inventory.gap.state."+string(g.State)))
}

// decision is the form by which the city answers, line by line.
func (b requestPage) decision() views.Asked {
	t, v := b.c.T, b.v
	table := ui.TableData{Caption: t.Say("supply.lines"), HideCap: true, Count: -1, Columns: []ui.Column{{Label: t.Say("supply.commune")}, {Label: t.Say("supply.kind")},
		{Label: t.Say("supply.asked"), Num: true}, {Label: t.Say("supply.price"), Num: true}, {Label: t.Say("supply.approved")}, {Label: t.Say("supply.approved_price")}}}
	typed := func(name string, n int64) string {
		if b.form == "decide" {
			return b.c.FormValue(name)
		}
		return t.Int(n)
	}
	for _, l := range v.Lines {
		n, price := "approved-"+string(l.ID), "price-"+string(l.ID)
		where := " · " + b.tree.Name(l.Unit)
		table.Rows = append(table.Rows, ui.Row{Cells: []templ.Component{ui.Text(b.tree.Name(l.Unit)), ui.Two(kindWord(t, l.Kind), l.Spec), ui.Number(t, l.Asked), ui.Text(money(t, l.AskedPrice)),
			ui.Input(t, ui.Field{Kind: ui.Whole, Name: n, Label: t.Say("supply.approved") + where, HideLabel: true, Required: true, Narrow: true, Value: typed(n, l.Asked), Error: b.e.Of(n)}),
			ui.Input(t, ui.Field{Kind: ui.Whole, Name: price, Label: t.Say("supply.approved_price") + where, HideLabel: true, Required: true, Narrow: true, Value: typed(price, l.AskedPrice), Error: b.e.Of(price)})}})
	}
	f := ui.FormData{Action: v.Path() + "/decide", Submit: t.Say("supply.approve.submit"), Wide: true, Hidden: []ui.Hidden{seen(v.Version)},
		More: []ui.SubmitData{{Name: "none", Value: "1", Label: t.Say("supply.approve.refuse")}}}
	if b.form == "decide" {
		f.Errors = b.e
	}
	return views.Asked{Card: ui.CardData{Title: t.Say("supply.approve"), Note: t.Say("supply.approve.note")}, Form: f, Sections: []views.Section{{Table: table}},
		Fields: []ui.Field{{Kind: ui.Area, Name: "reason", Label: t.Say("supply.reason"), Hint: t.Say("supply.approve.reason_hint"), Rows: 2, Max: longestNote, Value: b.c.FormValue("reason"), Error: b.e.Of("reason")}}}
}

func (p *pages) decide(c *httpx.Ctx) error {
	key, err := id(c)
	if err != nil {
		return err
	}
	v, err := p.Request(c.Std(), c.Who, key)
	if err != nil {
		return err
	}
	d := Decision{Grants: map[ident.ID]Grant{}, Reason: c.FormValue("reason")}
	for _, l := range v.Lines {
		if c.FormValue("none") != "" {
			continue // refused as a whole
		}
		n, err := strconv.ParseInt(c.FormValue("approved-"+string(l.ID)), 10, 64)
		if err != nil {
			n = -1 // what is no number is refused beside its field
		}
		price, err := readMoney(c.FormValue("price-" + string(l.ID)))
		if err != nil {
			price = -1
		}
		d.Grants[l.ID] = Grant{n, price}
	}
	r, err := p.Decide(c.Std(), c.Who, key, c.Version(), d)
	if err != nil {
		return p.refusedRequest(c, "decide", err)
	}
	site.Flash(c, ui.Good, c.T.Say("supply.approve.done", "code", r.Code, "state", requestKey(r.State), "total", r.ApprovedTotal))
	return c.See(r.Path())
}

// refusedRequest shows the form again for what is its own fault.
func (p *pages) refusedRequest(c *httpx.Ctx, form string, err error) error {
	if fault.Is(err, fault.Invalid) || fault.Is(err, fault.Conflict) {
		return p.showRequest(c, form, err)
	}
	return err
}

func (p *pages) cancel(c *httpx.Ctx) error {
	key, err := id(c)
	if err != nil {
		return err
	}
	r, err := p.Cancel(c.Std(), c.Who, key, c.Version(), c.FormValue("reason"))
	if err != nil {
		return p.refusedRequest(c, "cancel", err)
	}
	site.Flash(c, ui.Good, c.T.Say("supply.request.cancelled", "code", r.Code))
	return c.See(r.Path())
}

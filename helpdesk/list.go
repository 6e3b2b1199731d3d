package helpdesk

import (
	"net/url"
	"slices"
	"strconv"

	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/org"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"

	"lotrinh/helpdesk/views"
)

// list is the queue for those who answer or watch, and one's own tickets for others.
func (p *pages) list(c *httpx.Ctx) error {
	if c.Who.May(Read) || c.Who.May(Work) {
		return p.queue(c)
	}
	return p.own(c)
}

func (p *pages) own(c *httpx.Ctx) error {
	rows, err := p.Mine(c.Std(), c.Who, page.Read(c.Query("after"), c.Query("limit")))
	if err != nil {
		return err
	}
	v := views.QueueView{Title: c.T.Say("helpdesk.own.title"), Lead: c.T.Say("helpdesk.own.lead"), New: p.ask(c), Own: true, Count: -1,
		Empty: ui.EmptyData{Icon: "help-circle", Title: c.T.Say("helpdesk.own.empty"), Text: c.T.Say("helpdesk.own.empty_text"), Action: p.ask(c)}}
	return p.showList(c, v, rows, url.Values{})
}

func (p *pages) ask(c *httpx.Ctx) *ui.Action {
	if !c.Who.May(Ask) {
		return nil
	}
	return &ui.Action{Label: c.T.Say("helpdesk.new"), Href: "/tickets/new", Icon: "plus"}
}

// filter reads the address, from allow-lists only, and gives it back cleaned.
func (p *pages) filter(c *httpx.Ctx, tree *org.Tree) (Filter, url.Values) {
	f, q := Filter{View: View(c.Query("view"))}, url.Values{}
	if !slices.Contains(Views, f.View) {
		f.View = ViewWork
		if c.Who.May(Work) {
			f.View = ViewMine
		}
	}
	q.Set("view", string(f.View))
	if g := Group(c.Query("group")); slices.Contains(Groups, g) {
		f.Group = g
		q.Set("group", string(g))
	}
	if s := Category(c.Query("service")); known(s) {
		f.Service = s
		q.Set("service", string(s))
	}
	if n, err := strconv.Atoi(c.Query("priority")); err == nil && n >= 1 && n <= 4 {
		f.Priority = n
		q.Set("priority", strconv.Itoa(n))
	}
	if codes := tree.Under(c.Query("unit")); len(codes) > 0 {
		f.Units = codes
		q.Set("unit", codes[0])
	}
	if f.Words = c.Query("q"); f.Words != "" {
		q.Set("q", f.Words)
	}
	return f, q
}

func (p *pages) queue(c *httpx.Ctx) error {
	tree, err := p.tree(c)
	if err != nil {
		return err
	}
	f, q := p.filter(c, tree)
	rows, err := p.Queue(c.Std(), c.Who, f, page.Read(c.Query("after"), c.Query("limit")))
	if err != nil {
		return err
	}
	counts, err := p.Counts(c.Std(), c.Who)
	if err != nil {
		return err
	}
	v := views.QueueView{Title: c.T.Say("helpdesk.queue.title"), Lead: c.T.Say("helpdesk.queue.lead"), New: p.ask(c), Count: -1,
		Filter: ui.FilterData{Action: "/tickets", Results: "results", Presets: presets(c, f, counts), Fields: filterFields(c, tree, f, q),
			Hidden: []ui.Hidden{{Name: "view", Value: string(f.View)}}},
		Empty: emptyQueue(c.T, f)}
	if len(q) > 1 {
		v.Filter.Clear = "/tickets?view=" + string(f.View)
	} else {
		v.Count = counts.of(f.View)
	}
	return p.showList(c, v, rows, q)
}

func (c Counts) of(v View) int64 {
	return map[View]int64{ViewMine: c.Mine, ViewFree: c.Free, ViewWork: c.Work, ViewLate: c.Late, ViewHold: c.Hold, ViewDone: c.Done}[v]
}

func presets(c *httpx.Ctx, f Filter, n Counts) []ui.Preset {
	var all []ui.Preset
	for _, v := range Views {
		if v == ViewMine && !c.Who.May(Work) {
			continue
		}
		one := ui.Preset{Label: c.T.Say("helpdesk.view." + string(v)), Href: "/tickets?view=" + string(v), Active: v == f.View && f.Words == "", Count: n.of(v)}
		if v == ViewLate {
			one.Tone = ui.Late
		}
		all = append(all, one)
	}
	return all
}

func filterFields(c *httpx.Ctx, tree *org.Tree, f Filter, q url.Values) []ui.Field {
	t := c.T
	units := []ui.Option{{Label: t.Say("helpdesk.queue.all_units")}}
	for _, u := range tree.Districts() {
		if c.Who.Covers(Read, u.Code) || c.Who.Covers(Work, u.Code) || u.Code == q.Get("unit") {
			units = append(units, ui.Option{Value: u.Code, Label: u.Title()})
		}
	}
	if unit := q.Get("unit"); unit != "" && !slices.ContainsFunc(units, func(o ui.Option) bool { return o.Value == unit }) {
		units = append(units, ui.Option{Value: unit, Label: tree.Place(unit)})
	}
	groups := []ui.Option{{Label: t.Say("helpdesk.queue.all_groups")}}
	for _, g := range Groups {
		groups = append(groups, ui.Option{Value: string(g), Label: t.Say(string(groupKey(g)))})
	}
	priorities := []ui.Option{{Label: t.Say("helpdesk.queue.all_priorities")}}
	for n := 1; n <= 4; n++ {
		priorities = append(priorities, ui.Option{Value: strconv.Itoa(n), Label: t.Say(string(priorityKey(n)))})
	}
	services := append([]ui.Option{{Label: t.Say("helpdesk.queue.all_services")}}, serviceOptions(t)...)
	return []ui.Field{
		{Kind: ui.Search, Name: "q", Label: t.Say("helpdesk.queue.search"), Value: f.Words},
		{Kind: ui.Select, Name: "unit", Label: t.Say("helpdesk.queue.unit"), Value: q.Get("unit"), Options: units},
		{Kind: ui.Select, Name: "group", Label: t.Say("helpdesk.queue.group"), Value: string(f.Group), Options: groups},
		{Kind: ui.Select, Name: "service", Label: t.Say("helpdesk.queue.service"), Value: string(f.Service), Options: services},
		{Kind: ui.Select, Name: "priority", Label: t.Say("helpdesk.queue.priority"), Value: q.Get("priority"), Options: priorities},
	}
}

func emptyQueue(t i18n.T, f Filter) ui.EmptyData {
	switch {
	case f.Words != "":
		return ui.EmptyData{Icon: "search", Title: t.Say("helpdesk.queue.empty.found", "words", f.Words),
			Action: &ui.Action{Label: t.Say("helpdesk.queue.empty.found_do"), Href: "/tickets?view=" + string(f.View)}}
	case f.View == ViewMine:
		return ui.EmptyData{Icon: "circle-check", Title: t.Say("helpdesk.queue.empty.mine"),
			Action: &ui.Action{Label: t.Say("helpdesk.queue.empty.mine_do"), Href: "/tickets?view=" + string(ViewFree)}}
	}
	return ui.EmptyData{Icon: "circle-check", Title: t.Say("helpdesk.queue.empty.other")}
}

// showList fills a list's lines and pager and shows it.
func (p *pages) showList(c *httpx.Ctx, v views.QueueView, rows page.Page[Ticket], q url.Values) error {
	tree, err := p.tree(c)
	if err != nil {
		return err
	}
	var owners []ident.ID
	for _, x := range rows.Items {
		if x.Owner != "" {
			owners = append(owners, x.Owner)
		}
	}
	names, err := p.names(c.Std(), owners)
	if err != nil {
		return err
	}
	cals, err := p.calendar(c.Std())
	if err != nil {
		return err
	}
	now := p.Business.Now()
	for _, x := range rows.Items {
		line := views.Line{Href: "/tickets/" + string(x.ID), Title: x.Title, Number: x.Number(), Unit: tree.Place(x.Unit), State: stateOf(c.T, x),
			Priority: priorityOf(c.T, x.Priority), Owner: c.T.Say("helpdesk.no_owner"), Due: lineDue(cals.of(x), x, now), Late: x.Late(now)}
		if x.Owner != "" {
			line.Owner = names[x.Owner]
		}
		v.Lines = append(v.Lines, line)
	}
	v.Pager.Shown = len(rows.Items)
	if !rows.First {
		v.Pager.First = "/tickets?" + q.Encode()
	}
	if rows.Next != "" {
		q.Set("after", rows.Next)
		v.Pager.Next = "/tickets?" + q.Encode()
	}
	return p.site.Show(c, site.Page{Title: v.Title, At: "/tickets"}, views.Queue(c.T, v))
}

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
	return &ui.Action{Label: c.T.Say("helpdesk.new"), Href: "/tickets/new", Icon: "plus", Key: "c"}
}

// asked is the list that the address asks for.
type asked struct {
	Filter
	tree  *org.Tree
	cat   *Catalogue
	saved []Saved // every view that the reader has kept or that is shared
	at    *Saved  // the one that is shown
	view  string  // its key, or the name of one of Views
	q     url.Values
}

// asked reads the address, from allow-lists only, and gives it back cleaned. What the
// filter names narrows the view further.
func (p *pages) asked(c *httpx.Ctx) (asked, error) {
	a := asked{q: url.Values{}}
	var err error
	if a.tree, err = p.tree(c); err != nil {
		return a, err
	}
	if a.cat, err = p.Catalogue(c.Std()); err != nil {
		return a, err
	}
	if a.saved, err = p.SavedViews(c.Std(), c.Who); err != nil {
		return a, err
	}
	view := c.Query("view")
	for i := range a.saved {
		if string(a.saved[i].ID) == view {
			a.at, a.view, a.Filter = &a.saved[i], view, a.saved[i].Conditions().Filter(a.tree)
		}
	}
	if a.at == nil {
		a.View = View(view)
		if !slices.Contains(Views, a.View) {
			a.View = ViewWork
			if c.Who.May(Work) {
				a.View = ViewMine
			}
		}
		a.view = string(a.View)
	}
	a.q.Set("view", a.view)
	a.narrow(c)
	return a, nil
}

func (a *asked) narrow(c *httpx.Ctx) {
	if g, ok := a.cat.Team(Group(c.Query("group"))); ok {
		a.Group = g.Code
		a.q.Set("group", string(g.Code))
	}
	if o, ok := a.cat.Offer(Category(c.Query("service"))); ok {
		a.Service = o.Code
		a.q.Set("service", string(o.Code))
	}
	if n, err := strconv.Atoi(c.Query("priority")); err == nil && n >= 1 && n <= 4 {
		a.Priority = n
		a.q.Set("priority", strconv.Itoa(n))
	}
	if codes := a.tree.Under(c.Query("unit")); len(codes) > 0 {
		a.Units = codes
		a.q.Set("unit", codes[0])
	}
	if tag := TagKey(c.Query("tag")); tag != "" {
		a.Tag = tag
		a.q.Set("tag", tag)
	}
	if s := Sort(c.Query("sort")); s == ByNewest || s == ByOldest {
		a.Sort = s
		a.q.Set("sort", string(s))
	}
	if a.Words = c.Query("q"); a.Words != "" {
		a.q.Set("q", a.Words)
	}
}

func (p *pages) queue(c *httpx.Ctx) error {
	a, err := p.asked(c)
	if err != nil {
		return err
	}
	rows, err := p.Queue(c.Std(), c.Who, a.Filter, page.Read(c.Query("after"), c.Query("limit")))
	if err != nil {
		return err
	}
	counts, err := p.Counts(c.Std(), c.Who)
	if err != nil {
		return err
	}
	tally, err := p.Tally(c.Std(), c.Who, a.tree, a.saved)
	if err != nil {
		return err
	}
	t := c.T
	v := views.QueueView{Title: t.Say("helpdesk.queue.title"), Lead: t.Say("helpdesk.queue.lead"), New: p.ask(c), Count: -1,
		Filter: ui.FilterData{Action: "/tickets", Results: "results", Presets: append(presets(c, a, counts), savedPresets(a, tally)...), Fields: filterFields(c, a),
			Hidden: []ui.Hidden{{Name: "view", Value: a.view}}},
		Empty: emptyQueue(t, a, rows)}
	if a.at != nil {
		v.Title = a.at.Name
	}
	v.More = a.more(t)
	if v.Notices, err = p.noticed(c); err != nil {
		return err
	}
	if c.Who.May(Work) {
		v.Bulk = "/desk/bulk?" + a.q.Encode()
	}
	if len(a.q) > 1 {
		v.Filter.Clear = "/tickets?view=" + a.view
	} else if a.at == nil {
		v.Count = counts.of(a.View)
	}
	return p.showList(c, v, rows, a.q)
}

// more leads to what can be done with views.
func (a *asked) more(t i18n.T) []ui.Action {
	all := []ui.Action{{Label: t.Say("helpdesk.saved.all"), Href: "/desk/views", Icon: "filter"}}
	if len(a.q) > 1 && a.Words == "" {
		all = append(all, ui.Action{Label: t.Say("helpdesk.saved.keep"), Href: "/desk/views/new?" + a.q.Encode(), Icon: "plus"})
	}
	return all
}

func (c Counts) of(v View) int64 {
	return map[View]int64{ViewMine: c.Mine, ViewFree: c.Free, ViewWork: c.Work, ViewLate: c.Late, ViewHold: c.Hold, ViewSleep: c.Sleep, ViewDone: c.Done}[v]
}

func presets(c *httpx.Ctx, a asked, n Counts) []ui.Preset {
	var all []ui.Preset
	for _, v := range Views {
		if v == ViewMine && !c.Who.May(Work) {
			continue
		}
		one := ui.Preset{Label: c.T.Say("helpdesk.view." + string(v)), Href: "/tickets?view=" + string(v), Active: v == a.View && a.Words == "", Count: n.of(v)}
		if v == ViewLate {
			one.Tone = ui.Late
		}
		all = append(all, one)
	}
	return all
}

// savedPresets are the kept views with their counters; one of what is done has none.
func savedPresets(a asked, tally map[ident.ID]int64) []ui.Preset {
	var all []ui.Preset
	for _, v := range a.saved {
		one := ui.Preset{Label: v.Name, Href: "/tickets?view=" + string(v.ID), Active: a.view == string(v.ID) && a.Words == "", Count: -1, Ceiling: Ceiling}
		if n, ok := tally[v.ID]; ok {
			one.Count = n
		}
		if v.Conditions().Late {
			one.Tone = ui.Late
		}
		all = append(all, one)
	}
	return all
}

func filterFields(c *httpx.Ctx, a asked) []ui.Field {
	t, tree, cat, f, q := c.T, a.tree, a.cat, a.Filter, a.q
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
	for _, g := range cat.Working() {
		groups = append(groups, ui.Option{Value: string(g.Code), Label: cat.Group(t, g.Code)})
	}
	priorities := []ui.Option{{Label: t.Say("helpdesk.queue.all_priorities")}}
	for n := 1; n <= 4; n++ {
		priorities = append(priorities, ui.Option{Value: strconv.Itoa(n), Label: t.Say(string(priorityKey(n)))})
	}
	services := append([]ui.Option{{Label: t.Say("helpdesk.queue.all_services")}}, serviceOptions(t, cat.Offers)...)
	return []ui.Field{
		{Kind: ui.Search, Name: "q", Label: t.Say("helpdesk.queue.search"), Value: f.Words},
		{Kind: ui.Select, Name: "unit", Label: t.Say("helpdesk.queue.unit"), Value: q.Get("unit"), Options: units},
		{Kind: ui.Select, Name: "group", Label: t.Say("helpdesk.queue.group"), Value: q.Get("group"), Options: groups},
		{Kind: ui.Select, Name: "service", Label: t.Say("helpdesk.queue.service"), Value: q.Get("service"), Options: services},
		{Kind: ui.Select, Name: "priority", Label: t.Say("helpdesk.queue.priority"), Value: q.Get("priority"), Options: priorities},
		{Name: "tag", Label: t.Say("helpdesk.queue.tag"), Value: q.Get("tag"), Max: longestTag},
		{Kind: ui.Select, Name: "sort", Label: t.Say("helpdesk.saved.sort"), Value: q.Get("sort"), Options: sortOptions(t)},
	}
}

func emptyQueue(t i18n.T, f asked, rows page.Page[Ticket]) ui.EmptyData {
	switch {
	case rows.Next != "":
		return ui.EmptyData{Icon: "search", Title: t.Say("helpdesk.queue.empty.further", "n", window), Text: t.Say("helpdesk.queue.empty.further_text")}
	case f.Words != "":
		return ui.EmptyData{Icon: "search", Title: t.Say("helpdesk.queue.empty.found", "words", f.Words),
			Action: &ui.Action{Label: t.Say("helpdesk.queue.empty.found_do"), Href: "/tickets?view=" + f.view}}
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
	sums, err := p.sums(c.Std(), c.T, cals, rows.Items)
	if err != nil {
		return err
	}
	now := p.Business.Now()
	for _, x := range rows.Items {
		line := views.Line{ID: string(x.ID), Href: "/tickets/" + string(x.ID), Title: x.Title, Number: x.Number(), Unit: tree.Place(x.Unit), State: stateOf(c.T, x),
			Priority: priorityOf(c.T, x.Priority), Owner: c.T.Say("helpdesk.no_owner"), Due: lineDue(cals.of(x), x, now, sums), Late: x.Late(now)}
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

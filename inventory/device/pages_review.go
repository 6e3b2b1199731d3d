package device

import (
	"net/url"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/org"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
	"lotrinh/inventory"
	"lotrinh/inventory/device/views"
	"lotrinh/inventory/identity"
	"lotrinh/inventory/readiness"
)

var doubtTones = map[DoubtState]ui.Tone{Open: ui.Warn, Merged: ui.Good, Apart: ui.Neutral}

func doubtState(t i18n.T, s DoubtState) ui.State {
	return ui.State{Tone: doubtTones[s], Word: t.Say("device.doubt." + string(s))}
}

func (p *pages) doubts(c *httpx.Ctx) error {
	state := DoubtState(c.Query("state"))
	if doubtTones[state] == "" {
		state = Open
	}
	rows, err := p.Doubts(c.Std(), c.Who, state, page.Read(c.Query("after"), c.Query("limit")))
	if err != nil {
		return err
	}
	tree, err := p.tree(c)
	if err != nil {
		return err
	}
	t := c.T
	table := ui.TableData{Caption: t.Say("device.queue.doubts"), HideCap: true, Count: -1, Columns: []ui.Column{{Label: t.Say("device.device")}, {Label: t.Say("device.unit")},
		{Label: t.Say("device.doubt.maybe")}, {Label: t.Say("device.state")}, {Label: t.Say("device.doubt.made")}},
		Empty: ui.EmptyData{Icon: "circle-check", Title: t.Say("device.queue.none"), Text: t.Say("device.queue.none.text")}, Pager: &ui.PagerData{Shown: len(rows.Items)}}
	for _, x := range rows.Items {
		href := reviewPath + "/" + string(x.ID)
		title := Device{ID: x.Device, Host: x.Host, Model: x.Model, Serial: x.Serial}.Title()
		maybe := t.Say("device.asset.hidden")
		if x.Code != "" {
			maybe = x.Code + " · " + x.Name
		}
		table.Rows = append(table.Rows, ui.Row{Href: href, Cells: []templ.Component{ui.Main(href, title, joined(x.Model, x.Serial)), ui.Text(placeOf(tree, x.Unit)), ui.Text(maybe),
			ui.Badge(doubtState(t, x.State)), ui.Text(t.Moment(x.MadeAt))}})
	}
	if rows.Next != "" {
		table.Pager.Next = reviewPath + "?" + url.Values{"state": {string(state)}, "after": {rows.Next}}.Encode()
	}
	options := []ui.Option{}
	for _, s := range []DoubtState{Open, Merged, Apart} {
		options = append(options, ui.Option{Value: string(s), Label: t.Say("device.doubt." + string(s))})
	}
	v := views.ListView{Head: ui.HeaderData{Title: t.Say("device.queue"), Lead: t.Say("device.queue.lead")}, Label: t.Say("device.queue"), Tabs: queueTabs(t, reviewPath), Table: table,
		Filter: &ui.FilterData{Action: reviewPath, Results: "results", Fields: []ui.Field{{Kind: ui.Select, Name: "state", Label: t.Say("device.state"), Value: string(state), Options: options}}}}
	return p.show(c, v.Head.Title, reviewPath, nil, func(ui.Errors) templ.Component { return views.ListPage(t, v) })
}

func (p *pages) doubtPage(c *httpx.Ctx) error { return p.showDoubt(c, nil) }

func (p *pages) showDoubt(c *httpx.Ctx, refused error) error {
	key, err := id(c)
	if err != nil {
		return err
	}
	x, d, assets, err := p.DoubtOf(c.Std(), c.Who, key)
	if err != nil {
		return err
	}
	tree, err := p.tree(c)
	if err != nil {
		return err
	}
	t := c.T
	state := doubtState(t, x.State)
	v := views.DoubtView{Head: ui.HeaderData{Title: d.Title(), State: &state, Lead: t.Say("device.doubt.lead", "unit", placeOf(tree, x.Unit)),
		Crumbs: []ui.Crumb{{Label: t.Say("device.queue"), Href: reviewPath}, {Label: d.Title()}},
		More:   []ui.Action{{Label: t.Say("device.doubt.device"), Href: homePath + "/" + string(d.ID), Icon: "device-desktop"}}}}
	if x.State != Open {
		v.Said = &ui.NoticeData{Tone: ui.Info, Title: t.Say("device.doubt.said", "name", x.DecidedName, "at", x.DecidedAt), Text: x.Said}
	}
	matches := x.Matches()
	slices.SortStableFunc(assets, func(a, b inventory.AssetView) int { return matchAt(matches, a.ID) - matchAt(matches, b.ID) })
	v.Side = side(t, tree, d, assets)
	for _, a := range assets {
		if i := matchAt(matches, a.ID); i < len(matches) {
			v.Matches = append(v.Matches, views.Match{Card: ui.CardData{Title: t.Say("device.doubt.why", "code", a.Code, "score", matches[i].Score), Note: t.Say("device.doubt.against", "against", matches[i].Against)},
				Reasons: reasonsOf(t, matches[i].Reasons)})
		}
	}
	return p.show(c, d.Title(), reviewPath, refused, func(e ui.Errors) templ.Component {
		if c.Who.Covers(inventory.Edit, x.Unit) {
			v.Form = p.doubtForm(c, x, assets, e)
		}
		return views.DoubtPage(t, v)
	})
}

func matchAt(all []identity.Match, id ident.ID) int {
	if i := slices.IndexFunc(all, func(m identity.Match) bool { return m.ID == string(id) }); i >= 0 {
		return i
	}
	return len(all)
}

// doubtForm asks which asset the device is, or takes a merge back.
func (p *pages) doubtForm(c *httpx.Ctx, x Doubt, assets []inventory.AssetView, e ui.Errors) *ui.FormData {
	t := c.T
	path := reviewPath + "/" + string(x.ID)
	switch x.State {
	case Merged:
		return &ui.FormData{Action: path + "/undo", Errors: e, Submit: t.Say("device.doubt.undo"), Danger: true, Hidden: []ui.Hidden{p.once(), versionField(x.Version)},
			Fields: []ui.Field{reason(c, t.Say("device.reason"), false, e)}}
	case Apart:
		return nil
	}
	choice := ui.Field{Kind: ui.Radio, Name: "asset", Label: t.Say("device.doubt.which"), Value: c.FormValue("asset"), Required: true, Error: e.Of("asset")}
	for _, a := range assets {
		if c.Who.Covers(inventory.Edit, a.Unit) && matchAt(x.Matches(), a.ID) < len(x.Matches()) {
			choice.Options = append(choice.Options, ui.Option{Value: string(a.ID), Label: t.Say("device.doubt.merge", "code", a.Code), Hint: a.Name})
		}
	}
	choice.Options = append(choice.Options, ui.Option{Value: "none", Label: t.Say("device.doubt.keep_apart"), Hint: t.Say("device.doubt.keep_apart.hint")})
	return &ui.FormData{Action: path + "/decide", Errors: e, Submit: t.Say("device.doubt.save"), Hidden: []ui.Hidden{p.once(), versionField(x.Version)},
		Fields: []ui.Field{choice, reason(c, t.Say("device.reason"), false, e)}}
}

// side puts what the device measured beside what is known of each asset, fact by fact;
// a value that is another is marked.
func side(t i18n.T, tree *org.Tree, d Device, assets []inventory.AssetView) ui.TableData {
	table := ui.TableData{Caption: t.Say("device.doubt.side"), Count: -1, Columns: []ui.Column{{Label: t.Say("device.doubt.fact")}, {Label: t.Say("device.doubt.new")}}}
	for _, a := range assets {
		table.Columns = append(table.Columns, ui.Column{Label: a.Code})
	}
	add := func(label, ours string, theirs func(a inventory.AssetView) string) {
		row := ui.Row{Cells: []templ.Component{ui.Text(label), ui.Text(dash(ours))}}
		for _, a := range assets {
			text := theirs(a)
			var state *ui.State
			if text != "" && ours != "" && text != ours {
				state = &ui.State{Tone: ui.Warn, Word: t.Say("device.doubt.other")}
			}
			row.Cells = append(row.Cells, views.Pair(dash(text), state))
		}
		table.Rows = append(table.Rows, row)
	}
	facts := d.Reading().Facts
	add(t.Say("device.unit"), placeOf(tree, d.Unit), func(a inventory.AssetView) string { return tree.Place(a.Unit) })
	add(t.Say("inventory.fact.model"), d.Model, func(a inventory.AssetView) string { return a.Name })
	add(t.Say("inventory.fact.serial"), d.Serial, func(a inventory.AssetView) string { return strings.ToUpper(a.Serial) })
	for _, name := range []string{factHost, factOS, factArch, factProcessor, factMHz, factCores, factInstalled, factUsable, factFree} {
		add(t.Say("inventory.fact."+name), said(t, name, facts[name]), func(a inventory.AssetView) string { return said(t, name, strongest(a, name)) })
	}
	return table
}

func said(t i18n.T, name, value string) string {
	if value == "" {
		return ""
	}
	return inventory.SayFact(t, name, value)
}

func dash(s string) string {
	if s == "" {
		return "–"
	}
	return s
}

// strongest is what the strongest source says of a fact.
func strongest(a inventory.AssetView, name string) string {
	best, rank := "", -1
	for _, f := range a.Facts {
		if f.Name == name && slices.Index(readiness.Sources, f.Source) > rank {
			best, rank = f.Value, slices.Index(readiness.Sources, f.Source)
		}
	}
	return best
}

func (p *pages) decide(c *httpx.Ctx) error {
	key, err := id(c)
	if err != nil {
		return err
	}
	var asset ident.ID
	switch s := c.FormValue("asset"); s {
	case "none":
	case "":
		return p.showDoubt(c, needed("asset", "device.form.choose"))
	default:
		if asset, err = ident.Parse(s); err != nil {
			return err
		}
	}
	x, err := p.Decide(c.Std(), c.Who, key, c.Version(), asset, strings.TrimSpace(c.FormValue("said")))
	if err != nil {
		return p.showDoubt(c, err)
	}
	site.Flash(c, ui.Good, c.T.Say("device.doubt.done."+string(x.State)))
	return c.See(reviewPath)
}

func (p *pages) undo(c *httpx.Ctx) error {
	key, err := id(c)
	if err != nil {
		return err
	}
	if _, err := p.Undo(c.Std(), c.Who, key, c.Version(), strings.TrimSpace(c.FormValue("said"))); err != nil {
		return p.showDoubt(c, err)
	}
	site.Flash(c, ui.Good, c.T.Say("device.doubt.undone"))
	return c.See(reviewPath + "/" + string(key))
}

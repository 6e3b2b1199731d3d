package device

import (
	"net/url"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
	"lotrinh/inventory"
	"lotrinh/inventory/device/views"
)

func (p *pages) differList(c *httpx.Ctx) error {
	unit := c.Query("unit")
	rows, err := p.Differences(c.Std(), c.Who, unit, page.Read(c.Query("after"), c.Query("limit")))
	if err != nil {
		return err
	}
	tree, err := p.tree(c)
	if err != nil {
		return err
	}
	t := c.T
	table := ui.TableData{Caption: t.Say("device.queue.differ"), HideCap: true, Count: -1, Columns: []ui.Column{{Label: t.Say("device.asset")}, {Label: t.Say("device.doubt.fact")},
		{Label: t.Say("device.differ.declared")}, {Label: t.Say("device.differ.measured")}, {Label: t.Say("device.unit"), Quiet: true}},
		Empty: ui.EmptyData{Icon: "circle-check", Title: t.Say("device.differ.none"), Text: t.Say("device.differ.none.text")}, Pager: &ui.PagerData{Shown: len(rows.Items)}}
	for _, x := range rows.Items {
		href := differencePath(x.Difference)
		table.Rows = append(table.Rows, ui.Row{Href: href, Cells: []templ.Component{ui.Main(href, x.Title, x.Code), ui.Text(t.Say("inventory.fact." + x.Name)),
			ui.Two(inventory.SayFact(t, x.Name, x.Declared), joined(x.DeclaredBy, t.Day(x.DeclaredAt))), ui.Two(inventory.SayFact(t, x.Name, x.Measured), t.Day(x.MeasuredAt)), ui.Text(tree.Place(x.Unit))}})
	}
	if rows.Next != "" {
		q := url.Values{"after": {rows.Next}}
		if unit != "" {
			q.Set("unit", unit)
		}
		table.Pager.Next = differPath + "?" + q.Encode()
	}
	v := views.ListView{Head: ui.HeaderData{Title: t.Say("device.queue"), Lead: t.Say("device.differ.lead")}, Label: t.Say("device.queue"), Tabs: queueTabs(t, differPath), Table: table}
	if unit != "" {
		v.Head.Lead = t.Say("device.differ.in", "unit", tree.Place(unit))
	}
	return p.show(c, v.Head.Title, reviewPath, nil, func(ui.Errors) templ.Component { return views.ListPage(t, v) })
}

func differencePath(d Difference) string {
	return differPath + "/" + string(d.Asset) + "?fact=" + url.QueryEscape(d.Name)
}

func (p *pages) difference(c *httpx.Ctx) error { return p.showDifference(c, c.Query("fact"), nil) }

func (p *pages) showDifference(c *httpx.Ctx, name string, refused error) error {
	key, err := id(c)
	if err != nil {
		return err
	}
	a, err := p.Stock.AssetIn(c.Std(), p.DB.Read(), c.Who, inventory.Look, key)
	if err != nil {
		return err
	}
	all, err := p.DifferencesOf(c.Std(), key)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(all, func(d Difference) bool { return d.Name == name })
	if i < 0 {
		return fault.New(fault.Missing, "device.difference.gone")
	}
	x, t := all[i], c.T
	v := views.AskView{Head: ui.HeaderData{Title: t.Say("inventory.fact." + x.Name), Lead: a.Code + " · " + a.Name,
		Crumbs: []ui.Crumb{{Label: t.Say("device.queue.differ"), Href: differPath}, {Label: a.Code, Href: "/inventory/assets/" + string(a.ID)}, {Label: t.Say("inventory.fact." + x.Name)}}},
		Facts: []ui.Fact{{Label: t.Say("device.differ.declared"), Text: inventory.SayFact(t, x.Name, x.Declared), Age: joined(x.DeclaredBy, t.Moment(x.DeclaredAt))},
			{Label: t.Say("device.differ.measured"), Text: inventory.SayFact(t, x.Name, x.Measured), Age: joined(x.MeasuredBy, t.Moment(x.MeasuredAt))}}}
	if x.State == Kept {
		v.Notice = &ui.NoticeData{Tone: ui.Info, Title: t.Say("device.differ.kept", "name", x.DecidedName, "at", x.DecidedAt), Text: x.Said}
	}
	return p.show(c, v.Head.Title, reviewPath, refused, func(e ui.Errors) templ.Component {
		if c.Who.Covers(inventory.Edit, x.Unit) {
			v.Form = p.differForm(c, x, e)
		}
		return views.AskPage(t, v)
	})
}

func (p *pages) differForm(c *httpx.Ctx, x Difference, e ui.Errors) *ui.FormData {
	t := c.T
	choice := ui.Field{Kind: ui.Radio, Name: "use", Label: t.Say("device.away.what"), Value: c.FormValue("use"), Required: true, Error: e.Of("use")}
	if x.Name != FactSerial {
		choice.Options = append(choice.Options, ui.Option{Value: "measured", Label: t.Say("device.differ.use", "value", inventory.SayFact(t, x.Name, x.Measured))})
	} else {
		choice.Hint = t.Say("device.difference.serial")
	}
	choice.Options = append(choice.Options, ui.Option{Value: "declared", Label: t.Say("device.differ.keep", "value", inventory.SayFact(t, x.Name, x.Declared)), Hint: t.Say("device.differ.keep.hint")})
	return &ui.FormData{Action: differPath + "/" + string(x.Asset), Errors: e, Submit: t.Say("device.doubt.save"),
		Hidden: []ui.Hidden{p.once(), {Name: "fact", Value: x.Name}, {Name: "measured", Value: x.Measured}}, Fields: []ui.Field{choice, reason(c, t.Say("device.reason"), false, e)}}
}

func (p *pages) answer(c *httpx.Ctx) error {
	key, err := id(c)
	if err != nil {
		return err
	}
	name, use := c.FormValue("fact"), c.FormValue("use")
	if use != "measured" && use != "declared" {
		err = needed("use", "device.form.choose")
	} else {
		err = p.Answer(c.Std(), c.Who, key, name, use == "measured", c.FormValue("measured"), strings.TrimSpace(c.FormValue("said")))
	}
	if err != nil {
		return p.showDifference(c, name, err)
	}
	site.Flash(c, ui.Good, c.T.Say("device.differ.done"))
	return c.See("/inventory/assets/" + string(key))
}

// facts is everything that was ever known of an asset, newest first.
func (p *pages) facts(c *httpx.Ctx) error {
	key, err := id(c)
	if err != nil {
		return err
	}
	name := c.Query("fact")
	a, rows, err := p.Stock.FactsOf(c.Std(), c.Who, key, name, page.Read(c.Query("after"), c.Query("limit")))
	if err != nil {
		return err
	}
	t := c.T
	path := "/inventory/assets/" + string(key) + "/facts"
	table := ui.TableData{Caption: t.Say("device.facts"), HideCap: true, Count: -1, Columns: []ui.Column{{Label: t.Say("inventory.asset.fact")}, {Label: t.Say("inventory.asset.value")},
		{Label: t.Say("inventory.asset.source")}, {Label: t.Say("device.facts.since")}, {Label: t.Say("device.facts.until")}, {Label: t.Say("inventory.asset.observer")}},
		Empty: ui.EmptyData{Title: t.Say("inventory.asset.nothing_known")}, Pager: &ui.PagerData{Shown: len(rows.Items)}}
	for _, f := range rows.Items {
		row := ui.Row{Cells: []templ.Component{ui.Text(t.Say("inventory.fact." + f.Name)), ui.Text(inventory.SayFact(t, f.Name, f.Value)), ui.Badge(p.sourceOf(t, f)),
			ui.Text(t.Moment(f.ObservedAt)), ui.Text(t.Moment(f.ConfirmedAt)), p.observer(f)}}
		table.Rows = append(table.Rows, row)
	}
	if rows.Next != "" {
		q := url.Values{"after": {rows.Next}}
		if name != "" {
			q.Set("fact", name)
		}
		table.Pager.Next = path + "?" + q.Encode()
	}
	options := []ui.Option{{Label: t.Say("device.facts.all")}}
	for _, n := range inventory.AllFacts(a.Kind) {
		options = append(options, ui.Option{Value: n, Label: t.Say("inventory.fact." + n)})
	}
	v := views.ListView{Head: ui.HeaderData{Title: t.Say("device.facts"), Lead: a.Code + " · " + a.Name,
		Crumbs: []ui.Crumb{{Label: a.Code, Href: "/inventory/assets/" + string(a.ID)}, {Label: t.Say("device.facts")}}}, Table: table,
		Filter: &ui.FilterData{Action: path, Results: "results", Fields: []ui.Field{{Kind: ui.Select, Name: "fact", Label: t.Say("inventory.asset.fact"), Value: name, Options: options}}}}
	return p.show(c, v.Head.Title, "/inventory/assets", nil, func(ui.Errors) templ.Component { return views.ListPage(t, v) })
}

// sourceOf is where a fact comes from; one that counts no more is plain.
func (p *pages) sourceOf(t i18n.T, f inventory.Fact) ui.State {
	s := ui.State{Tone: ui.Neutral, Word: t.Say("readiness.source." + string(f.Source))}
	if f.Current {
		s.Tone = ui.Info
	}
	return s
}

// observer is who observed a fact, with the message that it came from.
func (p *pages) observer(f inventory.Fact) templ.Component {
	if p.MessagePath != nil && f.Ref != "" {
		if href := p.MessagePath(f); href != "" {
			return ui.Link(href, f.ObserverName)
		}
	}
	return ui.Text(f.ObserverName)
}

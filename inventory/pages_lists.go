package inventory

import (
	"github.com/a-h/templ"

	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/org"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
	"lotrinh/inventory/views"
)

// saidFilter is a filter in words: what it asks for, without the order.
func saidFilter(t i18n.T, tree *org.Tree, f AssetFilter) []ui.State {
	var out []ui.State
	add := func(word string) { out = append(out, ui.State{Tone: ui.Neutral, Word: word}) }
	if f.Words != "" {
		add("«" + f.Words + "»")
	}
	for _, unit := range []string{f.District, f.Unit} {
		if unit != "" {
			add(tree.Place(unit))
		}
	}
	for _, one := range [][2]string{{"inventory.kind.", f.Kind}, {"inventory.state.", f.State}, {"inventory.warranty.is.", f.Warranty}, {"inventory.list.source.", f.Source}} {
		if one[1] != "" {
			add(t.Say(one[0] + one[1]))
		}
	}
	if f.Custodian != "" {
		add(t.Say("inventory.column.custodian") + ": " + f.Custodian)
	}
	if f.Older > 0 {
		add(t.Say("inventory.list.years", "n", f.Older))
	}
	if f.Silent > 0 {
		add(t.Say("inventory.list.days", "n", f.Silent))
	}
	return out
}

// lists are the kept filters.
func (p pages) lists(c *httpx.Ctx) error {
	all, err := p.SavedLists(c.Std(), c.Who)
	if err != nil {
		return err
	}
	tree, err := p.units.Tree(c.Std(), p.clock.Now())
	if err != nil {
		return err
	}
	t := c.T
	title := t.Say("inventory.list.kept")
	d := ui.TableData{Caption: title, HideCap: true, Count: -1, Columns: []ui.Column{{Label: t.Say("inventory.list.name")}, {Label: t.Say("inventory.list.who")}, {Label: t.Say("inventory.list.asks")}, {Label: ""}},
		Empty: ui.EmptyData{Icon: "filter", Title: t.Say("inventory.list.none_kept"), Text: t.Say("inventory.list.none_kept.hint"), Action: &ui.Action{Label: t.Say("inventory.tab.assets"), Href: assetsAt}}}
	for _, v := range all {
		who, href := "inventory.list.mine", v.Filter().href(assetsAt)
		if v.Shared {
			who = "inventory.list.shared"
		}
		row := ui.Row{Cells: []templ.Component{ui.Main(href, v.Name, ""), ui.Text(t.Say(who)), ui.Badges(saidFilter(t, tree, v.Filter())...), nil}}
		if v.Owner == c.Who.ID || MayShare(c.Who) {
			row.Cells[3] = ui.Button(t, ui.Action{Label: t.Say("inventory.list.drop"), Href: "/inventory/lists/" + string(v.ID) + "/drop", Post: true, Icon: "trash"}, "btn btn-sm")
		}
		d.Rows = append(d.Rows, row)
	}
	return p.show(c, title, views.List(t, views.Listed{Header: ui.HeaderData{Title: title, Crumbs: p.listCrumbs(t, title)}, Table: d}))
}

func (p pages) newList(c *httpx.Ctx) error {
	if err := c.Who.Need(Look); err != nil {
		return err
	}
	return p.askList(c, nil)
}

func (p pages) askList(c *httpx.Ctx, refused error) error {
	tree, err := p.units.Tree(c.Std(), p.clock.Now())
	if err != nil {
		return err
	}
	t, f := c.T, readFilter(c.Query)
	title := t.Say("inventory.list.keep")
	fields := []ui.Field{{Name: "name", Label: t.Say("inventory.list.name"), Value: c.FormValue("name"), Required: true, Max: longestList}}
	if MayShare(c.Who) {
		fields = append(fields, ui.Field{Kind: ui.Check, Name: "shared", Label: t.Say("inventory.list.share"), Value: c.FormValue("shared")})
	}
	var asks string
	for i, s := range saidFilter(t, tree, f) {
		if i > 0 {
			asks += " · "
		}
		asks += s.Word
	}
	return p.again(c, title, refused, func(e ui.Errors) templ.Component {
		return views.FormPage(t, views.Form{Header: ui.HeaderData{Title: title, Lead: asks, Crumbs: p.listCrumbs(t, title)},
			Form: ui.FormData{Action: f.href("/inventory/lists"), Submit: t.Say("inventory.list.keep"), Cancel: f.href(assetsAt), Errors: e, Fields: fields}})
	})
}

func (p pages) keepList(c *httpx.Ctx) error {
	v, err := p.KeepList(c.Std(), c.Who, c.FormValue("name"), c.FormValue("shared") != "", readFilter(c.Query))
	if err != nil {
		return p.askList(c, err)
	}
	site.Flash(c, ui.Good, c.T.Say("inventory.list.saved", "name", v.Name))
	return c.See(v.Filter().href(assetsAt))
}

func (p pages) dropList(c *httpx.Ctx) error {
	id, err := ident.Parse(c.Params("id"))
	if err != nil {
		return err
	}
	if err := p.DropList(c.Std(), c.Who, id); err != nil {
		return err
	}
	site.Flash(c, ui.Good, c.T.Say("inventory.list.dropped"))
	return c.See("/inventory/lists")
}

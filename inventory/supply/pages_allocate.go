package supply

import (
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/org"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
	"lotrinh/inventory"
	"lotrinh/inventory/supply/views"
)

func (p *pages) allocateForm(c *httpx.Ctx) error { return p.showAllocate(c, nil) }

func (p *pages) showAllocate(c *httpx.Ctx, refused error) error {
	key, err := id(c)
	if err != nil {
		return err
	}
	v, err := p.Request(c.Std(), c.Who, key)
	if err != nil {
		return err
	}
	city := c.Who.Covers(Allocate, v.Unit)
	if !city && !(v.Own && c.Who.Covers(Ask, v.Unit)) {
		return fault.New(fault.Denied, "fault.denied")
	}
	var kinds []inventory.Kind
	for _, l := range v.Lines {
		if l.Left() > 0 && !slices.Contains(kinds, l.Kind) {
			kinds = append(kinds, l.Kind)
		}
	}
	var spares []inventory.Asset
	if city {
		if spares, err = p.Spares(c.Std(), c.Who, kinds); err != nil {
			return err
		}
	}
	tree, err := p.tree(c.Std())
	if err != nil {
		return err
	}
	t := c.T
	title := t.Say("supply.allocate.title", "code", v.Code)
	return p.again(c, title, refused, func(e ui.Errors) templ.Component {
		out := views.Detail{Head: ui.HeaderData{Title: title, Lead: t.Say("supply.allocate.lead"), Crumbs: []ui.Crumb{{Label: t.Say("supply.requests"), Href: requestsAt}, {Label: v.Code, Href: v.Path()},
			{Label: t.Say("supply.allocate")}}}, Facts: []ui.Fact{{Label: t.Say("supply.district"), Text: tree.Name(v.Unit)}, {Label: t.Say("supply.approved_total"), Text: money(t, v.ApprovedTotal)}}}
		a := views.Asked{Card: ui.CardData{Title: t.Say("supply.allocate.lines")}, Sections: []views.Section{{Table: toBuy(c, tree, v, e)}},
			Form: ui.FormData{Action: v.Path() + "/allocate", Submit: t.Say("supply.allocate.submit"), Cancel: v.Path(), Wide: true, Errors: e, Hidden: []ui.Hidden{seen(v.Version)}},
			Fields: []ui.Field{{Name: "supplier", Label: t.Say("supply.supplier"), Value: c.FormValue("supplier"), Max: longestName, Error: e.Of("supplier")},
				{Name: "contract", Label: t.Say("supply.contract"), Value: c.FormValue("contract"), Max: longestName, Error: e.Of("contract")},
				{Kind: ui.Radio, Name: "to", Label: t.Say("supply.allocate.to"), Value: c.FormValue("to", "commune"), Options: []ui.Option{{Value: "commune", Label: t.Say("supply.allocate.to_commune")},
					{Value: "district", Label: t.Say("supply.allocate.to_district"), Hint: t.Say("supply.allocate.to_district_hint")}}}}}
		if city {
			a.Sections = append(a.Sections, views.Section{Table: toMove(t, tree, spares)})
		}
		out.Forms = []views.Asked{a}
		return views.DetailPage(t, out)
	})
}

// toBuy is what is left of the lines, with how many are bought.
func toBuy(c *httpx.Ctx, tree *org.Tree, v RequestView, e ui.Errors) ui.TableData {
	t := c.T
	d := ui.TableData{Caption: t.Say("supply.allocate.lines"), HideCap: true, Count: -1, Columns: []ui.Column{{Label: t.Say("supply.commune")}, {Label: t.Say("supply.kind")},
		{Label: t.Say("supply.left"), Num: true}, {Label: t.Say("supply.approved_price"), Num: true}, {Label: t.Say("supply.allocate.buy")}},
		Empty: ui.EmptyData{Title: t.Say("supply.allocate.none"), Text: t.Say("supply.allocate.none_text")}}
	for _, l := range v.Lines {
		if l.Left() == 0 {
			continue
		}
		name := "buy-" + string(l.ID)
		d.Rows = append(d.Rows, ui.Row{Cells: []templ.Component{ui.Text(tree.Name(l.Unit)), ui.Two(kindWord(t, l.Kind), l.Spec), ui.Number(t, l.Left()), ui.Text(money(t, l.ApprovedPrice)),
			ui.Input(t, ui.Field{Kind: ui.Whole, Name: name, Label: t.Say("supply.allocate.buy") + " · " + tree.Name(l.Unit), HideLabel: true, Narrow: true, Value: c.FormValue(name), Error: e.Of(name)})}})
	}
	return d
}

// toMove are the spare things of elsewhere to choose from.
func toMove(t i18n.T, tree *org.Tree, spares []inventory.Asset) ui.TableData {
	d := ui.TableData{Caption: t.Say("supply.spares"), Count: int64(len(spares)), Pick: "spare", Columns: []ui.Column{{Label: t.Say("supply.thing")}, {Label: t.Say("supply.serial")}, {Label: t.Say("supply.from")}},
		Empty: ui.EmptyData{Icon: "packages", Title: t.Say("supply.spares.none"), Text: t.Say("supply.spares.none_text")}}
	for _, s := range spares {
		d.Rows = append(d.Rows, ui.Row{Pick: string(s.ID), Cells: []templ.Component{ui.Two(s.Code+" · "+s.Name, kindWord(t, s.Kind)), ui.Text(s.Serial), ui.Text(tree.Place(s.Unit))}})
	}
	return d
}

func (p *pages) allocate(c *httpx.Ctx) error {
	key, err := id(c)
	if err != nil {
		return err
	}
	v, err := p.Request(c.Std(), c.Who, key)
	if err != nil {
		return err
	}
	plan := Plan{Buy: map[ident.ID]int64{}, Supplier: c.FormValue("supplier"), Contract: c.FormValue("contract"), ToDistrict: c.FormValue("to") == "district"}
	for _, l := range v.Lines {
		raw := strings.TrimSpace(c.FormValue("buy-" + string(l.ID)))
		if raw == "" {
			continue
		}
		n, err := strconv.ParseInt(raw, 10, 64)
		if err != nil {
			n = -1 // what is no number is refused beside its field
		}
		plan.Buy[l.ID] = n
	}
	for _, raw := range many(c, "spare") {
		one, err := ident.Parse(raw)
		if err != nil {
			return err
		}
		if !slices.Contains(plan.Spares, one) {
			plan.Spares = append(plan.Spares, one)
		}
	}
	made, err := p.Allocate(c.Std(), c.Who, key, c.Version(), plan)
	if err != nil {
		if fault.Is(err, fault.Invalid) || fault.Is(err, fault.Conflict) {
			return p.showAllocate(c, err)
		}
		return err
	}
	site.Flash(c, ui.Good, c.T.Say("supply.allocate.done", "n", len(made)))
	return c.See(v.Path())
}

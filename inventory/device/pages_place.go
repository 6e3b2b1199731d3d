package device

import (
	"net/url"
	"strings"

	"github.com/a-h/templ"

	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
	"lotrinh/inventory"
	"lotrinh/inventory/device/views"
)

// needed is the fault of a field that was left out.
func needed(field, key string) error {
	var k fault.Check
	k.Need(false, field, key)
	return k.Err()
}

func (p *pages) sightings(c *httpx.Ctx) error {
	rows, err := p.Sightings(c.Std(), c.Who, page.Read(c.Query("after"), c.Query("limit")))
	if err != nil {
		return err
	}
	tree, err := p.tree(c)
	if err != nil {
		return err
	}
	t := c.T
	table := ui.TableData{Caption: t.Say("device.queue.away"), HideCap: true, Count: -1, Columns: []ui.Column{{Label: t.Say("device.asset")}, {Label: t.Say("device.away.from")},
		{Label: t.Say("device.away.seen")}, {Label: t.Say("device.last")}}, Empty: ui.EmptyData{Icon: "circle-check", Title: t.Say("device.away.none")}, Pager: &ui.PagerData{Shown: len(rows.Items)}}
	for _, x := range rows.Items {
		href := awayPath + "/" + string(x.ID)
		table.Rows = append(table.Rows, ui.Row{Href: href, Cells: []templ.Component{ui.Main(href, x.Name, x.Code), ui.Text(tree.Place(x.Unit)), ui.Text(placeOf(tree, x.SeenUnit)), ui.Text(t.Moment(x.LastAt))}})
	}
	if rows.Next != "" {
		table.Pager.Next = awayPath + "?" + url.Values{"after": {rows.Next}}.Encode()
	}
	v := views.ListView{Head: ui.HeaderData{Title: t.Say("device.queue"), Lead: t.Say("device.away.lead")}, Label: t.Say("device.queue"), Tabs: queueTabs(t, awayPath), Table: table}
	return p.show(c, v.Head.Title, reviewPath, nil, func(ui.Errors) templ.Component { return views.ListPage(t, v) })
}

func (p *pages) sighting(c *httpx.Ctx) error { return p.showSighting(c, nil) }

func (p *pages) showSighting(c *httpx.Ctx, refused error) error {
	key, err := id(c)
	if err != nil {
		return err
	}
	x, err := p.sightingOf(c, key)
	if err != nil {
		return err
	}
	tree, err := p.tree(c)
	if err != nil {
		return err
	}
	t := c.T
	v := views.AskView{Head: ui.HeaderData{Title: t.Say("device.away.title", "code", x.Code), Lead: x.Name, Crumbs: []ui.Crumb{{Label: t.Say("device.queue.away"), Href: awayPath}, {Label: x.Code}}},
		Facts: []ui.Fact{{Label: t.Say("device.asset"), Value: ui.Link("/inventory/assets/"+string(x.Asset), x.Code+" · "+x.Name)}, {Label: t.Say("device.away.from"), Text: tree.Place(x.Unit)},
			{Label: t.Say("device.away.seen"), Text: placeOf(tree, x.SeenUnit)}, {Label: t.Say("device.first"), Text: t.Moment(x.FirstAt)}, {Label: t.Say("device.last"), Text: t.Moment(x.LastAt)},
			{Label: t.Say("device.device"), Value: ui.Link(homePath+"/"+string(x.Device), t.Say("device.doubt.device"))}}}
	if x.State != Unsettled {
		v.Notice = &ui.NoticeData{Tone: ui.Info, Title: t.Say("device.away." + string(x.State)), Text: x.Said}
	}
	return p.show(c, v.Head.Title, reviewPath, refused, func(e ui.Errors) templ.Component {
		if x.State == Unsettled && c.Who.Covers(inventory.Edit, x.Unit) {
			choice := ui.Field{Kind: ui.Radio, Name: "to", Label: t.Say("device.away.what"), Value: c.FormValue("to"), Required: true, Error: e.Of("to")}
			if known, _, err := p.Stock.Known(c.Std()); err == nil && known(x.SeenUnit) {
				choice.Options = append(choice.Options, ui.Option{Value: string(Moved), Label: t.Say("device.away.move", "unit", tree.Place(x.SeenUnit)), Hint: t.Say("device.away.move.hint")})
			}
			choice.Options = append(choice.Options, ui.Option{Value: string(Stays), Label: t.Say("device.away.stay", "unit", tree.Place(x.Unit)), Hint: t.Say("device.away.stay.hint")})
			v.Form = &ui.FormData{Action: awayPath + "/" + string(x.ID), Errors: e, Submit: t.Say("device.doubt.save"), Hidden: []ui.Hidden{p.once(), versionField(x.Version)},
				Fields: []ui.Field{choice, reason(c, t.Say("device.reason"), false, e)}}
		}
		return views.AskPage(t, v)
	})
}

func (p *pages) sightingOf(c *httpx.Ctx, key ident.ID) (ElsewhereView, error) {
	var x ElsewhereView
	if err := c.Who.Need(inventory.Look); err != nil {
		return x, err
	}
	err := p.DB.Read().NewSelect().Model((*Elsewhere)(nil)).ColumnExpr("de.*, a.code, a.name").Join("JOIN asset AS a ON a.id = de.asset").Where("de.id = ?", key).
		Apply(either(c.Who, inventory.Look, "de.unit", "de.seen_unit")).Scan(c.Std(), &x)
	return x, db.Sorted(err)
}

func (p *pages) settle(c *httpx.Ctx) error {
	key, err := id(c)
	if err != nil {
		return err
	}
	x, err := p.Settle(c.Std(), c.Who, key, c.Version(), PlaceState(c.FormValue("to")), strings.TrimSpace(c.FormValue("said")))
	if err != nil {
		return p.showSighting(c, err)
	}
	site.Flash(c, ui.Good, c.T.Say("device.away.done."+string(x.State)))
	return c.See(awayPath)
}

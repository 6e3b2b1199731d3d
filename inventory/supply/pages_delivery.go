package supply

import (
	"bytes"
	"encoding/base64"
	"strings"

	"github.com/a-h/templ"

	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/files"
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

func (p *pages) deliveries(c *httpx.Ctx) error {
	f := Filter{State: c.Query("state"), Unit: c.Query("district")}
	all, err := p.Deliveries(c.Std(), c.Who, f, page.Read(c.Query("after"), c.Query("limit")))
	if err != nil {
		return err
	}
	tree, err := p.tree(c.Std())
	if err != nil {
		return err
	}
	t := c.T
	var states []ui.Option
	for _, s := range DeliveryStates {
		states = append(states, ui.Option{Value: string(s), Label: t.Say(string(deliveryKey(s)))})
	}
	table := p.deliveryTable(t, tree, all.Items)
	table.Pager = pager(deliveriesAt, f, len(all.Items), all.First, all.Next)
	return p.show(c, t.Say("supply.deliveries"), views.ListPage(t, views.Listed{Head: ui.HeaderData{Title: t.Say("supply.deliveries"), Lead: t.Say("supply.deliveries.lead")},
		Filter: p.filterOf(t, deliveriesAt, f, states, nil), Sections: []views.Section{{Card: ui.CardData{Flush: true}, Table: table}}}))
}

func (p *pages) deliveryTable(t i18n.T, tree *org.Tree, rows []Delivery) ui.TableData {
	d := ui.TableData{Caption: t.Say("supply.deliveries"), HideCap: true, Count: -1, Columns: []ui.Column{{Label: t.Say("supply.delivery")}, {Label: t.Say("supply.from")}, {Label: t.Say("supply.to")},
		{Label: t.Say("supply.state")}, {Label: t.Say("supply.owner")}, {Label: t.Say("supply.due")}},
		Empty: ui.EmptyData{Icon: "packages", Title: t.Say("supply.deliveries.none"), Text: t.Say("supply.deliveries.none_text")}}
	for _, x := range rows {
		due, tone := p.dueCell(t, x.Open, x.DueAt)
		who := ""
		if x.Open {
			who = owner(t, tree, x.OwnerName, x.asks())
		}
		d.Rows = append(d.Rows, ui.Row{Href: x.Path(), Tone: tone, Cells: []templ.Component{ui.Main(x.Path(), x.Code, t.Say("supply.source."+string(x.Source))), ui.Text(giverPlace(t, tree, x)),
			ui.Text(tree.Place(x.Unit)), ui.Badge(deliveryBadge(t, x.State)), ui.Text(who), due}})
	}
	return d
}

// giverPlace is where things come from: a unit, the supplier, or the city.
func giverPlace(t i18n.T, tree *org.Tree, d Delivery) string {
	switch {
	case d.Source == Transfer:
		return tree.Place(d.From)
	case d.Supplier != "":
		return d.Supplier
	case d.From != "":
		return tree.Name(d.From)
	}
	return t.Say("supply.city")
}

func (p *pages) delivery(c *httpx.Ctx) error { return p.showDelivery(c, "", nil) }

func (p *pages) showDelivery(c *httpx.Ctx, form string, refused error) error {
	key, err := id(c)
	if err != nil {
		return err
	}
	v, err := p.Delivery(c.Std(), c.Who, key)
	if err != nil {
		return err
	}
	tree, err := p.tree(c.Std())
	if err != nil {
		return err
	}
	b := deliveryPage{p: p, c: c, v: v, tree: tree, form: form}
	return p.again(c, v.Code, refused, func(e ui.Errors) templ.Component {
		b.e = e
		return views.DetailPage(c.T, b.detail())
	})
}

func (p *pages) refusedDelivery(c *httpx.Ctx, form string, err error) error {
	if fault.Is(err, fault.Invalid) || fault.Is(err, fault.Conflict) || fault.Is(err, fault.TooLarge) {
		return p.showDelivery(c, form, err)
	}
	return err
}

// did answers a form of a delivery's page: back to the delivery, or the form again.
func (p *pages) did(c *httpx.Ctx, form string, do func(ident.ID) (Delivery, error)) error {
	key, err := id(c)
	if err != nil {
		return err
	}
	d, err := do(key)
	if err != nil {
		return p.refusedDelivery(c, form, err)
	}
	site.Flash(c, ui.Good, c.T.Say("supply.done."+form, "code", d.Code, "state", deliveryKey(d.State)))
	return c.See(d.Path())
}

func (p *pages) step(c *httpx.Ctx) error {
	return p.did(c, "step", func(key ident.ID) (Delivery, error) {
		return p.Step(c.Std(), c.Who, key, c.Version(), Move{To: DeliveryState(c.FormValue("to")), Giver: c.FormValue("giver"), Post: c.FormValue("post"), Reason: c.FormValue("reason")})
	})
}

func (p *pages) label(c *httpx.Ctx) error {
	return p.did(c, "items", func(key ident.ID) (Delivery, error) {
		v, err := p.Delivery(c.Std(), c.Who, key)
		if err != nil {
			return Delivery{}, err
		}
		var all []Batch
		for _, b := range batchesOf(v.Items) {
			b.Name, b.Serials = c.FormValue("name-"+b.Key()), c.FormValue("serials-"+b.Key())
			all = append(all, b)
		}
		return p.Label(c.Std(), c.Who, key, c.Version(), all)
	})
}

// batchesOf are the sorts of things of a delivery, with what is written of them.
func batchesOf(items []Item) []Batch {
	var out []Batch
	at := map[string]int{}
	for _, it := range items {
		b := Batch{Unit: it.Unit, Kind: it.Kind, Name: it.Name}
		i, ok := at[b.Key()]
		if !ok {
			i = len(out)
			at[b.Key()] = i
			out = append(out, b)
		}
		if it.Serial != "" {
			out[i].Serials += it.Serial + "\n"
		}
	}
	return out
}

func (p *pages) newCode(c *httpx.Ctx) error {
	return p.did(c, "code", func(key ident.ID) (Delivery, error) { return p.NewCode(c.Std(), c.Who, key, c.Version()) })
}

func (p *pages) sign(c *httpx.Ctx) error {
	if err := c.Who.Need(Sign); err != nil {
		return err
	}
	return p.did(c, "sign", func(key ident.ID) (Delivery, error) {
		g := Signature{Name: c.FormValue("signer"), Post: c.FormValue("post"), Code: c.FormValue("code")}
		if err := p.shape(c, &g); err != nil {
			return Delivery{}, err
		}
		return p.Sign(c.Std(), c.Who, key, c.Version(), g)
	})
}

// drawn is how a browser hands over what was drawn.
const drawn = "data:image/png;base64,"

// shape reads how somebody signs: drawn on the screen, the photo of a signed paper, or
// a code.
func (p *pages) shape(c *httpx.Ctx, g *Signature) error {
	if raw, is := strings.CutPrefix(c.FormValue("signature"), drawn); is {
		body, err := base64.StdEncoding.DecodeString(raw)
		if err != nil {
			return fault.Because(fault.Invalid, "supply.form.signature_needed", err)
		}
		b, err := p.Files.Receive(c.Std(), files.Photo, "chu-ky.png", bytes.NewReader(body))
		g.Way, g.Shape = Drawn, &b
		return err
	}
	blobs, err := p.Files.FromForm(c, "paper", files.Photo, 1)
	switch {
	case err != nil:
		return err
	case len(blobs) > 0:
		g.Way, g.Shape = Paper, &blobs[0]
	default:
		g.Way = Code
	}
	return nil
}

func (p *pages) check(c *httpx.Ctx) error {
	return p.did(c, "check", func(key ident.ID) (Delivery, error) {
		var all []ident.ID
		for _, raw := range many(c, "seen") {
			one, err := ident.Parse(raw)
			if err != nil {
				return Delivery{}, err
			}
			all = append(all, one)
		}
		return p.Check(c.Std(), c.Who, key, c.Version(), all)
	})
}

func (p *pages) signature(c *httpx.Ctx) error {
	key, err := id(c)
	if err != nil {
		return err
	}
	f, err := p.Shape(c.Std(), c.Who, key)
	if err != nil {
		return err
	}
	return p.Files.Send(c, f)
}

// late is everything that is past its due moment.
func (p *pages) late(c *httpx.Ctx) error {
	rs, ds, err := p.Late(c.Std(), c.Who)
	if err != nil {
		return err
	}
	tree, err := p.tree(c.Std())
	if err != nil {
		return err
	}
	t := c.T
	v := views.Listed{Head: ui.HeaderData{Title: t.Say("supply.late"), Lead: t.Say("supply.late.lead")}, Filter: ui.FilterData{Action: lateAt, Results: "results", Presets: p.places(t, lateAt)}}
	if len(rs) == 0 && len(ds) == 0 {
		v.None = &ui.EmptyData{Icon: "circle-check", Title: t.Say("supply.late.none"), Text: t.Say("supply.late.none_text")}
	}
	if len(rs) > 0 {
		v.Sections = append(v.Sections, views.Section{Card: ui.CardData{Title: t.Say("supply.requests"), Flush: true}, Table: p.requestTable(t, tree, rs)})
	}
	if len(ds) > 0 {
		v.Sections = append(v.Sections, views.Section{Card: ui.CardData{Title: t.Say("supply.deliveries"), Flush: true}, Table: p.deliveryTable(t, tree, ds)})
	}
	return p.show(c, v.Head.Title, views.ListPage(t, v))
}

// chain shows beside a gap where its remedy stands.
func (p *pages) chain(c *httpx.Ctx, g inventory.GapView) (templ.Component, error) {
	lines, err := p.chainOf(c.Std(), g.ID)
	if err != nil {
		return nil, err
	}
	t := c.T
	if len(lines) == 0 {
		if !g.Open || !g.Remedy.Supplied() || !c.Who.Covers(Ask, g.Unit) {
			return nil, nil
		}
		return views.ChainPanel(t, views.Chain{Steps: stepper(t, 0, "", "", "", "", ""), Do: []ui.Action{{Label: t.Say("supply.request.new"), Href: Home, Icon: "clipboard-check"}}}), nil
	}
	l := lines[0]
	at := 1
	switch {
	case l.Seen > 0 && l.Seen == l.Approved:
		at = 5
	case l.Received > 0 && l.Received == l.Approved:
		at = 4
	case l.Allocated > 0 && l.Allocated == l.Approved:
		at = 3
	case l.Approved > 0:
		at = 2
	}
	v := views.Chain{Steps: stepper(t, at, "", "", "", "", ""), Facts: []ui.Fact{{Label: t.Say("supply.request"), Text: l.Code}, {Label: t.Say("supply.asked"), Text: t.Int(l.Asked)},
		{Label: t.Say("supply.approved"), Text: t.Int(l.Approved)}, {Label: t.Say("supply.received"), Text: t.Int(l.Received)}, {Label: t.Say("supply.seen"), Text: t.Int(l.Seen)}}}
	if c.Who.Covers(inventory.Look, p.districtOf(c, g.Unit)) {
		v.Facts[0] = ui.Fact{Label: t.Say("supply.request"), Value: ui.Link(requestsAt+"/"+string(l.Request), l.Code)}
	}
	return views.ChainPanel(t, v), nil
}

func (p *pages) districtOf(c *httpx.Ctx, unit string) string {
	tree, err := p.tree(c.Std())
	if err != nil {
		return ""
	}
	return tree.District(unit)
}

// unreported shows on a commune's page what its readiness lacks and nobody reported,
// each a gap with one press. It asks nothing beyond what the page has.
func (p *pages) unreported(c *httpx.Ctx, u inventory.UnitView) (templ.Component, error) {
	if !c.Who.Covers(inventory.Report, u.Unit.Code) {
		return nil, nil
	}
	var gaps []inventory.Gap
	for _, g := range u.Gaps {
		if g.Open {
			gaps = append(gaps, g.Gap)
		}
	}
	t := c.T
	v := views.Unreported{Card: ui.CardData{Title: t.Say("supply.unreported.title"), Note: t.Say("supply.unreported.note"), ID: "lacks"}}
	for _, n := range needsOf(gaps, nil, inventory.LacksOf(u.Answer)) {
		if n.Gap != "" {
			continue
		}
		v.All = append(v.All, views.Reported{Text: t.Line(n.Text), Do: ui.Action{Label: t.Say("supply.unreported.do"), Post: true, Icon: "flag",
			Href: "/inventory/units/" + u.Unit.Code + "/lacks", Hidden: []ui.Hidden{{Name: "lack", Value: n.Key}}}})
	}
	if len(v.All) == 0 {
		return nil, nil
	}
	return views.UnreportedPanel(t, v), nil
}

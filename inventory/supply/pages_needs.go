package supply

import (
	"bytes"
	"cmp"
	"iter"
	"strings"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/importer"
	"lotrinh/internal/org"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
	"lotrinh/inventory"
	"lotrinh/inventory/supply/views"
)

// group is what belongs together on a shopping list: the same kind, remedy and
// requirement.
type group struct {
	key   string
	needs []Need
	total int64
}

func grouped(needs []Need) []group {
	var out []group
	for _, n := range needs {
		key := groupKey(n)
		if len(out) == 0 || out[len(out)-1].key != key {
			out = append(out, group{key: key})
		}
		g := &out[len(out)-1]
		g.needs = append(g.needs, n)
		g.total += n.Quantity
	}
	return out
}

func groupKey(n Need) string {
	level := "must"
	if n.advice() {
		level = "should"
	}
	return strings.Join([]string{level, string(n.Kind), string(n.Remedy), n.Requirement}, ".")
}

// under is the unit whose list is shown: the one asked for, the reader's own district
// or commune, the city for who looks everywhere, or the first district in reach.
func under(c *httpx.Ctx, tree *org.Tree, asked string) (string, []org.Unit, error) {
	if err := c.Who.Need(inventory.Look); err != nil {
		return "", nil, err
	}
	all := districts(tree, c.Who)
	switch {
	case asked != "":
		return asked, all, nil
	case len(all) > 0:
		home := tree.District(c.Who.Home)
		for _, d := range all {
			if d.Code == home {
				return home, all, nil
			}
		}
		return cmp.Or(city(c, tree), all[0].Code), all, nil
	case c.Who.Covers(inventory.Look, c.Who.Home):
		return c.Who.Home, nil, nil
	}
	return "", nil, fault.New(fault.Missing, "fault.missing")
}

func (p *pages) needs(c *httpx.Ctx) error { return p.showNeeds(c, c.Query("district"), nil) }

func (p *pages) showNeeds(c *httpx.Ctx, asked string, refused error) error {
	tree, err := p.tree(c.Std())
	if err != nil {
		return err
	}
	at, all, err := under(c, tree, asked)
	if err != nil {
		return err
	}
	needs, err := p.Needs(c.Std(), c.Who, at)
	if err != nil {
		return err
	}
	if at == city(c, tree) {
		return p.cityNeeds(c, tree, at, all, needs)
	}
	t := c.T
	title := t.Say("supply.needs.of", "place", tree.Place(at))
	may := c.Who.Covers(Ask, at)
	return p.again(c, title, refused, func(e ui.Errors) templ.Component {
		v := views.Listed{Head: ui.HeaderData{Title: title, Lead: t.Say("supply.needs.lead")},
			Filter: ui.FilterData{Action: Home, Results: "results", Presets: p.places(t, Home)}}
		if len(all) > 1 {
			v.Filter.Fields = []ui.Field{placeField(c, tree, all, at)}
		}
		if len(needs) == 0 {
			v.None = &ui.EmptyData{Icon: "clipboard-check", Title: t.Say("supply.needs.none"), Text: t.Say("supply.needs.none_text")}
			return views.ListPage(t, v)
		}
		v.Head.Action = &ui.Action{Label: t.Say("supply.xlsx"), Href: Home + "/list.xlsx?district=" + at, Icon: "download"}
		pickable := false
		for _, g := range grouped(needs) {
			s := p.groupSection(c, tree, g, may)
			if !g.needs[0].Remedy.Supplied() {
				v.Outside = append(v.Outside, s)
				continue
			}
			pickable = true
			v.Sections = append(v.Sections, s)
		}
		if may && pickable {
			v.Form = &ui.FormData{Action: requestsAt, Wide: true, Submit: t.Say("supply.request.send"), Errors: e, Hidden: []ui.Hidden{{Name: "district", Value: at}}}
			v.Fields = []ui.Field{
				{Kind: ui.Check, Name: "own", Label: t.Say("supply.request.own"), Hint: t.Say("supply.request.own_hint"), Value: c.FormValue("own")},
				{Kind: ui.Area, Name: "note", Label: t.Say("supply.request.note"), Rows: 2, Max: longestNote, Value: c.FormValue("note"), Error: e.Of("note")},
			}
		}
		return views.ListPage(t, v)
	})
}

// fewRows is how many communes a group of advice shows at once; a longer one is folded,
// so that what must be bought is not lost under it.
const fewRows = 5

// groupSection is one sort of things on the shopping list, a row for each commune.
func (p *pages) groupSection(c *httpx.Ctx, tree *org.Tree, g group, may bool) views.Section {
	t, first := c.T, g.needs[0]
	s := views.Section{Card: ui.CardData{Title: t.Say("supply.needs.group", "kind", i18n.Key("inventory.kind."+string(first.Kind)), "remedy", remedyWord(first.Remedy), "n", g.total), Flush: true}}
	if first.Requirement != "" {
		s.Card.Note = t.Say("supply.needs.requirement", "line", first.Requirement)
	}
	if first.advice() && len(g.needs) > fewRows {
		s.Fold = t.Say("supply.needs.fold", "n", len(g.needs))
	}
	if first.advice() {
		s.Card.Note = t.Say("supply.needs.advice", "line", first.Requirement)
	}
	s.Table = ui.TableData{Caption: s.Card.Title, HideCap: true, Count: -1, Columns: []ui.Column{{Label: t.Say("supply.commune")}, {Label: t.Say("supply.quantity"), Num: true},
		{Label: t.Say("inventory.gap.cause")}, {Label: t.Say("supply.gap")}, {Label: t.Say("supply.state")}}}
	pick := may && first.Remedy.Supplied()
	if pick {
		s.Table.Pick = "pick"
		key := "price-" + g.key
		s.Fields = []ui.Field{{Kind: ui.Whole, Name: key, Label: t.Say("supply.price"), Hint: t.Say("supply.price_hint"), Value: c.FormValue(key), Narrow: true}}
	}
	for _, n := range g.needs {
		row := ui.Row{Cells: []templ.Component{ui.Link("/inventory/units/"+n.Unit, tree.Name(n.Unit)), ui.Number(t, n.Quantity), causeCell(t, n), gapCell(t, n), needState(t, n)}}
		if pick && n.Request == "" {
			row.Pick = n.Key
		}
		s.Table.Rows = append(s.Table.Rows, row)
	}
	return s
}

func remedyWord(r inventory.Remedy) any {
	if r == "" {
		return i18n.Key("supply.remedy.open")
	}
	return i18n.Key("inventory.remedy." + string(r))
}

func causeCell(t i18n.T, n Need) templ.Component {
	if n.Cause == "" {
		return ui.Text(n.Spec)
	}
	sub := n.Spec
	if n.Text.Key != "" {
		sub = t.Line(n.Text)
	}
	return ui.Two(t.Say("inventory.cause."+string(n.Cause)), sub)
}

func gapCell(t i18n.T, n Need) templ.Component {
	if n.Gap == "" {
		return ui.Text(t.Say("supply.unreported"))
	}
	return ui.Link("/inventory/gaps/"+string(n.Gap), n.Code)
}

func needState(t i18n.T, n Need) templ.Component {
	if n.Request == "" {
		return ui.Badge(ui.State{Tone: ui.Warn, Word: t.Say("supply.needs.open")})
	}
	return ui.Link(requestsAt+"/"+string(n.Request), t.Say("supply.needs.asked"))
}

// ask reads the chosen needs with the price of their group.
func (p *pages) ask(c *httpx.Ctx) error {
	if err := c.Who.Need(Ask); err != nil {
		return err
	}
	f := RequestForm{District: c.FormValue("district"), Own: c.FormValue("own") != "", Note: c.FormValue("note")}
	needs, err := p.Needs(c.Std(), c.Who, f.District)
	if err != nil {
		return err
	}
	groups := map[string]string{}
	for _, n := range needs {
		groups[n.Key] = groupKey(n)
	}
	var k fault.Check
	for _, key := range many(c, "pick") {
		field := "price-" + groups[key]
		price, err := readMoney(c.FormValue(field))
		k.Need(err == nil, field, "supply.price_bad")
		f.Wants = append(f.Wants, Want{Key: key, Price: price})
	}
	if err := k.Err(); err != nil {
		return p.showNeeds(c, f.District, err)
	}
	r, lines, err := p.Ask(c.Std(), c.Who, f)
	if err != nil {
		return p.showNeeds(c, f.District, err)
	}
	site.Flash(c, ui.Good, c.T.Say("supply.request.sent", "code", r.Code, "n", len(lines), "total", r.AskedTotal))
	return c.See(r.Path())
}

func (p *pages) needsXLSX(c *httpx.Ctx) error {
	tree, err := p.tree(c.Std())
	if err != nil {
		return err
	}
	at, _, err := under(c, tree, c.Query("district"))
	if err != nil {
		return err
	}
	needs, err := p.Needs(c.Std(), c.Who, at)
	if err != nil {
		return err
	}
	t := c.T
	heads := says(t, "supply.kind", "inventory.gap.remedy", "supply.requirement", "supply.commune", "supply.unit_code", "supply.quantity", "inventory.gap.cause", "supply.gap", "supply.state")
	return handOver(c, "danh-sach-can-cap.xlsx", t.Say("supply.needs"), heads, func(yield func([]any, error) bool) {
		for _, n := range needs {
			state := t.Say("supply.needs.open")
			if n.Request != "" {
				state = t.Say("supply.needs.asked")
			}
			cause, remedy := "", t.Say("supply.remedy.open")
			if n.Cause != "" {
				cause = t.Say("inventory.cause." + string(n.Cause))
			}
			if n.Remedy != "" {
				remedy = t.Say("inventory.remedy." + string(n.Remedy))
			}
			if !yield([]any{kindWord(t, n.Kind), remedy, n.Requirement, tree.Name(n.Unit), n.Unit, n.Quantity, cause, n.Code, state}, nil) {
				return
			}
		}
	})
}

func says(t i18n.T, keys ...string) []string {
	out := make([]string, len(keys))
	for i, k := range keys {
		out[i] = t.Say(k)
	}
	return out
}

func handOver(c *httpx.Ctx, name, sheet string, heads []string, rows iter.Seq2[[]any, error]) error {
	var b bytes.Buffer
	if err := importer.WriteXLSX(&b, sheet, heads, rows); err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="`+name+`"`)
	return c.Send(b.Bytes())
}

// purchases are what was approved and is still to be bought or moved.
func (p *pages) purchases(c *httpx.Ctx) error {
	tree, err := p.tree(c.Std())
	if err != nil {
		return err
	}
	all, err := p.Purchases(c.Std(), c.Who, c.Query("district"))
	if err != nil {
		return err
	}
	t := c.T
	v := views.Listed{Head: ui.HeaderData{Title: t.Say("supply.purchases"), Lead: t.Say("supply.purchases.lead")},
		Filter: ui.FilterData{Action: purchasesAt, Results: "results", Presets: p.places(t, purchasesAt)}}
	if ds := districts(tree, c.Who); len(ds) > 1 {
		v.Filter.Fields = []ui.Field{districtField(t, ds, true, c.Query("district"))}
	}
	if len(all) == 0 {
		v.None = &ui.EmptyData{Icon: "packages", Title: t.Say("supply.purchases.none"), Text: t.Say("supply.purchases.none_text")}
		return p.show(c, v.Head.Title, views.ListPage(t, v))
	}
	v.Head.Action = &ui.Action{Label: t.Say("supply.xlsx"), Href: Home + "/purchases.xlsx?district=" + c.Query("district"), Icon: "download"}
	var sum, n int64
	for i, x := range all {
		n, sum = n+x.Left(), sum+x.Left()*x.ApprovedPrice
		if i == 0 || all[i-1].Kind != x.Kind || all[i-1].Spec != x.Spec {
			title := kindWord(t, x.Kind)
			v.Sections = append(v.Sections, views.Section{Card: ui.CardData{Title: title, Note: x.Spec, Flush: true}, Table: ui.TableData{Caption: title, HideCap: true, Count: -1,
				Columns: []ui.Column{{Label: t.Say("supply.commune")}, {Label: t.Say("supply.left"), Num: true}, {Label: t.Say("supply.price"), Num: true}, {Label: t.Say("supply.amount"), Num: true},
					{Label: t.Say("supply.request")}}}})
		}
		table := &v.Sections[len(v.Sections)-1].Table
		table.Rows = append(table.Rows, ui.Row{Cells: []templ.Component{ui.Text(tree.Place(x.Unit)), ui.Number(t, x.Left()), ui.Text(money(t, x.ApprovedPrice)),
			ui.Text(money(t, x.Left()*x.ApprovedPrice)), ui.Link(requestsAt+"/"+string(x.Request), x.Code)}})
	}
	v.Figures = []ui.FigureData{{Label: t.Say("supply.left"), Value: t.Int(n)}, {Label: t.Say("supply.amount"), Value: money(t, sum)}}
	return p.show(c, v.Head.Title, views.ListPage(t, v))
}

func (p *pages) purchasesXLSX(c *httpx.Ctx) error {
	tree, err := p.tree(c.Std())
	if err != nil {
		return err
	}
	all, err := p.Purchases(c.Std(), c.Who, c.Query("district"))
	if err != nil {
		return err
	}
	t := c.T
	heads := says(t, "supply.kind", "supply.spec", "supply.commune", "supply.unit_code", "supply.left", "supply.price", "supply.amount", "supply.request", "supply.buyer")
	return handOver(c, "danh-sach-mua-sam.xlsx", t.Say("supply.purchases"), heads, func(yield func([]any, error) bool) {
		for _, x := range all {
			buyer := t.Say("supply.buyer.city")
			if x.Own {
				buyer = t.Say("supply.buyer.own")
			}
			if !yield([]any{kindWord(t, x.Kind), x.Spec, tree.Place(x.Unit), x.Unit, x.Left(), x.ApprovedPrice, x.Left() * x.ApprovedPrice, x.Code, buyer}, nil) {
				return
			}
		}
	})
}

package inventory

import (
	"net/url"

	"github.com/a-h/templ"

	"lotrinh/internal/kit/files"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/org"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
	"lotrinh/inventory/views"
)

func (p pages) asset(c *httpx.Ctx) error { return p.showAsset(c, nil) }

// showAsset is the page of an asset; refused is what became of a file that was sent.
func (p pages) showAsset(c *httpx.Ctx, refused error) error {
	id, err := ident.Parse(c.Params("id"))
	if err != nil {
		return err
	}
	a, past, err := p.Asset(c.Std(), c.Who, id)
	if err != nil {
		return err
	}
	tree, err := p.units.Tree(c.Std(), p.clock.Now())
	if err != nil {
		return err
	}
	t := c.T
	state := stateBadge(t, a.State)
	v := views.Asset{
		Header: ui.HeaderData{Title: a.Name, State: &state, Lead: t.Say("inventory.kind."+string(a.Kind)) + " · " + a.Code, Crumbs: []ui.Crumb{
			{Label: t.Say("inventory.tab.assets"), Href: "/inventory/assets"}, {Label: tree.Name(a.Unit), Href: "/inventory/units/" + a.Unit}, {Label: a.Code}}},
		Is:    p.isOf(t, tree, a.Asset),
		Facts: ui.CardData{Title: t.Say("inventory.asset.known"), Note: t.Say("inventory.asset.known.note")},
		Known: p.knownOf(t, a), None: ui.EmptyData{Title: t.Say("inventory.asset.nothing_known")},
		Past: ui.CardData{Title: t.Say("inventory.asset.past"), Flush: true}, History: pastTable(t, past),
		Papers: ui.CardData{Title: t.Say("inventory.paper.title"), Note: t.Say("inventory.paper.note")}, Notes: ui.CardData{Title: t.Say("inventory.unit.history")},
	}
	notes, papers, err := p.history(c.Std(), id)
	if err != nil {
		return err
	}
	v.Events = History(t, notes)
	p.papersOf(c, a.Asset, papers, &v, ui.ErrorsOf(t, refused))
	if c.Who.Covers(Edit, a.Unit) {
		v.Header.Action = &ui.Action{Label: t.Say("inventory.asset.edit"), Href: "/inventory/assets/" + string(a.ID) + "/edit", Icon: "edit"}
	}
	if c.Who.Covers(Report, a.Unit) {
		q := url.Values{"unit": {a.Unit}, "what": {string(a.Kind)}}
		v.Header.More = append(v.Header.More, ui.Action{Label: t.Say("inventory.gap.report"), Href: "/inventory/gaps/new?" + q.Encode(), Icon: "flag"})
	}
	v.Header.More = append(v.Header.More, ui.Action{Label: t.Say("inventory.labels.one"), Href: "/inventory/labels?asset=" + string(a.ID), Icon: "printer"})
	if v.Rooms, err = panels(p.assetPanels, func(one AssetPanel) (templ.Component, error) { return one(c, a) }); err != nil {
		return err
	}
	return p.again(c, a.Name, refused, func(ui.Errors) templ.Component { return views.AssetPage(t, v) })
}

// isOf is what an asset is: where, whose, from whom, until when.
func (p pages) isOf(t i18n.T, tree *org.Tree, a Asset) []ui.Fact {
	out := []ui.Fact{{Label: t.Say("inventory.column.unit"), Value: ui.Link("/inventory/units/"+a.Unit, tree.Place(a.Unit))}}
	for _, d := range details[1:] { // its name is the title
		value := *d.of(&a)
		if value == "" {
			continue
		}
		f := ui.Fact{Label: t.Say("inventory.column." + d.name), Text: d.say(value)}
		if d.name == "warranty_until" {
			f.Value = p.warrantyCell(t, a)
		}
		out = append(out, f)
	}
	return append(out, ui.Fact{Label: t.Say("inventory.asset.made"), Text: t.Day(a.MadeAt)})
}

// warrantyCell is the last day of a warranty and how long it still holds.
func (p pages) warrantyCell(t i18n.T, a Asset) templ.Component {
	days, ok := a.WarrantyLeft(p.clock.Now())
	if !ok {
		return ui.Text("")
	}
	state := ui.State{Tone: ui.Good, Word: t.Say("inventory.warranty.left", "n", days)}
	switch {
	case days < 1:
		state = ui.State{Tone: ui.Neutral, Word: t.Say("inventory.warranty.over")}
	case days <= WarrantySoon:
		state.Tone = ui.Warn
	}
	return views.Until(sayDay(a.WarrantyUntil), state)
}

// papersOf are the files of an asset, and the form for more.
func (p pages) papersOf(c *httpx.Ctx, a Asset, papers []files.File, v *views.Asset, e ui.Errors) {
	t, at := c.T, "/inventory/assets/"+string(a.ID)+"/papers"
	edits := c.Who.Covers(Edit, a.Unit)
	for _, f := range papers {
		one := views.Paper{Href: at + "/" + string(f.ID), Name: f.Name, Day: t.Day(f.At)}
		if edits {
			one.Drop = &ui.Action{Label: t.Say("inventory.paper.drop"), Href: one.Href + "/drop", Post: true, Icon: "trash",
				Confirm: &ui.Confirm{ID: "drop-" + string(f.ID), Title: t.Say("inventory.paper.drop.ask", "name", f.Name)}}
		}
		v.Files = append(v.Files, one)
	}
	if edits {
		v.Attach = &ui.FormData{Action: at, Submit: t.Say("inventory.paper.add"), Multipart: true, Loose: true, Errors: e,
			Fields: []ui.Field{{Kind: ui.File, Name: "papers", Label: t.Say("inventory.paper.file"), Hint: t.Say("inventory.paper.hint"), Accept: ".pdf,image/*", Multiple: true, Required: true}}}
	}
}

func (p pages) attach(c *httpx.Ctx) error {
	id, err := ident.Parse(c.Params("id"))
	if err != nil {
		return err
	}
	if _, err := p.AssetIn(c.Std(), p.db.Read(), c.Who, Edit, id); err != nil {
		return err
	}
	sent, err := p.files.FromForm(c, "papers", files.Document, MaxPapers)
	if err == nil {
		err = p.AttachPapers(c.Std(), c.Who, id, sent)
	} else {
		err = onField("papers", err)
	}
	if err != nil {
		return p.showAsset(c, err)
	}
	site.Flash(c, ui.Good, c.T.Say("inventory.paper.added", "n", len(sent)))
	return c.See("/inventory/assets/" + string(id))
}

// paper hands one file of an asset over, or takes it away.
func (p pages) paper(c *httpx.Ctx) error {
	id, err := ident.Parse(c.Params("id"))
	if err != nil {
		return err
	}
	paper, err := ident.Parse(c.Params("paper"))
	if err != nil {
		return err
	}
	if c.Method() == "POST" {
		if err := p.DropPaper(c.Std(), c.Who, id, paper); err != nil {
			return err
		}
		site.Flash(c, ui.Good, c.T.Say("inventory.paper.dropped"))
		return c.See("/inventory/assets/" + string(id))
	}
	f, err := p.Paper(c.Std(), c.Who, id, paper)
	if err != nil {
		return err
	}
	return p.files.Send(c, f)
}

func pastTable(t i18n.T, past []Fact) ui.TableData {
	d := ui.TableData{Caption: t.Say("inventory.asset.past"), HideCap: true, Count: -1, Columns: []ui.Column{
		{Label: t.Say("inventory.asset.fact")}, {Label: t.Say("inventory.asset.value")}, {Label: t.Say("inventory.asset.source")},
		{Label: t.Say("inventory.asset.observed")}, {Label: t.Say("inventory.asset.observer"), Quiet: true}},
		Empty: ui.EmptyData{Title: t.Say("inventory.asset.nothing_known")}}
	for _, f := range past {
		d.Rows = append(d.Rows, ui.Row{Cells: []templ.Component{ui.Text(t.Say("inventory.fact." + f.Name)), ui.Text(SayFact(t, f.Name, f.Value)),
			ui.Badge(ui.State{Tone: sourceTones[f.Source], Word: t.Say("readiness.source." + string(f.Source))}), ui.Text(t.Moment(f.ConfirmedAt)), ui.Text(f.ObserverName)}})
	}
	return d
}

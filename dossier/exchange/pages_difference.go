package exchange

import (
	"strconv"

	"github.com/a-h/templ"

	"lotrinh/dossier"
	"lotrinh/dossier/exchange/post"
	"lotrinh/dossier/exchange/views"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
)

// differences lists what offices say otherwise than we do, the oldest first; without what
// they say.
func (p *pages) differences(c *httpx.Ctx) error {
	if err := c.Who.Need(dossier.Exchange); err != nil {
		return err
	}
	t, now := c.T, p.Business.Now()
	state := post.OpenDifference
	if c.Query("state") == post.Decided {
		state = post.Decided
	}
	r := page.Read(c.Query("after"), c.Query("limit"))
	var rows []post.Difference
	err := p.DB.Read().NewSelect().Model(&rows).ExcludeColumn("fields").Where("xd.state = ?", state).Apply(c.Who.Within(dossier.Exchange, "xd.unit"), r.Up("xd.first_at", "xd.id")).Scan(c.Std())
	if err != nil {
		return db.Sorted(err)
	}
	cut := page.Cut(r, rows, func(d post.Difference) []string { return []string{page.Time(d.FirstAt), string(d.ID)} })
	at := home + "/differences"
	table := ui.TableData{Caption: t.Say("exchange.differences"), HideCap: true, Count: -1, Empty: ui.EmptyData{Icon: "circle-check", Title: t.Say("exchange.differences_none")}, Pager: &ui.PagerData{Shown: len(cut.Items)},
		Columns: []ui.Column{{Label: t.Say("exchange.thing")}, {Label: t.Say("exchange.office")}, {Label: t.Say("exchange.kind")}, {Label: t.Say("exchange.age")}}}
	for _, d := range cut.Items {
		href := at + "/" + string(d.ID)
		table.Rows = append(table.Rows, ui.Row{Href: href, Cells: []templ.Component{ui.Main(href, d.Thing, ""), ui.Text(t.Say("exchange.office." + d.Partner)),
			ui.Badge(ui.State{Tone: ui.Warn, Word: t.Say("exchange.difference." + d.Kind)}), ui.Text(ui.Age(t, d.FirstAt, now))}})
	}
	if !cut.First {
		table.Pager.First = address(at, "state", c.Query("state"))
	}
	if cut.Next != "" {
		table.Pager.Next = address(at, "state", c.Query("state"), "after", cut.Next)
	}
	bar := &ui.FilterData{Action: at, Results: "results", Presets: []ui.Preset{{Label: t.Say("exchange.difference.open"), Href: at, Active: state == post.OpenDifference, Count: -1},
		{Label: t.Say("exchange.difference.decided"), Href: address(at, "state", post.Decided), Active: state == post.Decided, Count: -1}}}
	return p.show(c, views.Page{Head: ui.HeaderData{Title: t.Say("exchange.differences"), Lead: t.Say("exchange.differences_lead"), Crumbs: crumbs(t, "", "", t.Say("exchange.differences"))}, Filter: bar,
		Blocks: []views.Block{{Card: ui.CardData{Flush: true}, Table: &table}}}, nil, nil)
}

func (p *pages) difference(c *httpx.Ctx) error { return p.showDifference(c, nil) }

// showDifference shows both sides, field by field; who looked is in the trail.
func (p *pages) showDifference(c *httpx.Ctx, refused error) error {
	id, err := idOf(c)
	if err != nil {
		return err
	}
	if err := c.Who.Need(dossier.Exchange); err != nil {
		return err
	}
	var d post.Difference
	if err := p.DB.Read().NewSelect().Model(&d).Where("xd.id = ?", id).Apply(c.Who.Within(dossier.Exchange, "xd.unit")).Scan(c.Std()); err != nil {
		return db.Sorted(err)
	}
	about := d.Ref
	if about == "" {
		about = ident.ID(d.Thing)
	}
	if err := p.Dossiers.Seen(c.Std(), c.Who, "dossier.exchange.difference_read", about); err != nil {
		return err
	}
	t := c.T
	table := ui.TableData{Caption: t.Say("exchange.fields"), HideCap: true, Count: -1, Columns: []ui.Column{{Label: t.Say("exchange.field")}, {Label: t.Say("exchange.ours")}, {Label: t.Say("exchange.theirs")}},
		Empty: ui.EmptyData{Icon: "info-circle", Title: t.Say("exchange.difference." + d.Kind + "_what")}}
	for _, s := range d.Sides() {
		table.Rows = append(table.Rows, ui.Row{Cells: []templ.Component{ui.Text(s.Name), ui.Text(s.Ours), ui.Text(s.Theirs)}})
	}
	facts := []ui.Fact{{Label: t.Say("exchange.office"), Text: t.Say("exchange.office." + d.Partner)}, {Label: t.Say("exchange.kind"), Text: t.Say("exchange.difference." + d.Kind)},
		{Label: t.Say("exchange.first_at"), Text: t.Moment(d.FirstAt)}, {Label: t.Say("exchange.last_at"), Text: t.Moment(d.LastAt)}}
	if d.State == post.Decided {
		facts = append(facts, ui.Fact{Label: t.Say("exchange.decision"), Text: t.Say("exchange.decision." + d.Decision)}, ui.Fact{Label: t.Say("exchange.reason"), Text: d.Reason})
	}
	head := ui.HeaderData{Title: d.Thing, Crumbs: crumbs(t, "exchange.differences", home+"/differences", d.Thing)}
	return p.show(c, views.Page{Head: head}, refused, func(e ui.Errors) templ.Component {
		v := views.Page{Head: head, Blocks: []views.Block{{Facts: facts}, {Card: ui.CardData{Title: t.Say("exchange.fields"), Flush: true}, Table: &table}}}
		if d.State == post.OpenDifference {
			form := reasonForm(c, e, home+"/differences/"+string(d.ID), t.Say("exchange.decide"), false)
			radio := ui.Field{Kind: ui.Radio, Name: "decision", Label: t.Say("exchange.decision"), Value: c.FormValue("decision"), Required: true}
			for _, one := range Decisions {
				radio.Options = append(radio.Options, ui.Option{Value: one, Label: t.Say("exchange.decision." + one), Hint: t.Say("exchange.decision." + one + "_hint")})
			}
			form.Fields = append([]ui.Field{radio}, form.Fields...)
			form.Hidden = []ui.Hidden{{Name: "version", Value: strconv.FormatInt(d.Ver, 10)}}
			v.Blocks = append(v.Blocks, views.Block{Card: ui.CardData{Title: t.Say("exchange.decide"), Note: t.Say("exchange.decide_note")}, Form: form})
		}
		return views.Show(t, v)
	})
}

func (p *pages) decideDifference(c *httpx.Ctx) error {
	id, err := idOf(c)
	if err != nil {
		return err
	}
	if err := p.Decide(c.Std(), c.Who, id, c.Version(), c.FormValue("decision"), c.FormValue("reason")); err != nil {
		return p.showDifference(c, err)
	}
	site.Flash(c, ui.Good, c.T.Say("exchange.decided"))
	return c.See(home + "/differences")
}

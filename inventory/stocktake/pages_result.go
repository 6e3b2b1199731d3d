package stocktake

import (
	"strconv"

	"github.com/a-h/templ"

	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/org"
	"lotrinh/internal/site"
	"lotrinh/internal/site/offline"
	"lotrinh/internal/site/ui"
	"lotrinh/inventory"

	"lotrinh/inventory/stocktake/views"
)

func (p *pages) result(c *httpx.Ctx) error {
	key, err := id(c)
	if err != nil {
		return err
	}
	return p.showResult(c, key, nil)
}

// figures are how many stand in each group.
func figures(t i18n.T, r Result) []ui.FigureData {
	n := map[Group]int{Found: len(r.Found), Missing: len(r.Missing), Surplus: len(r.Surplus), Elsewhere: len(r.Elsewhere)}
	var out []ui.FigureData
	for _, g := range Groups {
		out = append(out, ui.FigureData{Label: t.Say("stocktake.group." + string(g)), Value: t.Int(int64(n[g])), Href: "#" + string(g)})
	}
	return out
}

// tables are the four groups, one table each; the empty ones say so.
func tables(t i18n.T, tree *org.Tree, r Result, link bool) []views.Group {
	var out []views.Group
	for _, g := range Groups {
		label := t.Say("stocktake.group." + string(g))
		d := ui.TableData{Caption: label, HideCap: true, Count: -1, Empty: ui.EmptyData{Title: t.Say("stocktake.group." + string(g) + ".none")},
			Columns: []ui.Column{{Label: t.Say("stocktake.column.code")}, {Label: t.Say("stocktake.column.what")}, {Label: t.Say("stocktake.column.note")}, {Label: t.Say("stocktake.column.by")}}}
		code := func(s string, asset ident.ID) templ.Component {
			if link && asset != "" {
				return ui.Link("/inventory/assets/"+string(asset), s)
			}
			return ui.Text(s)
		}
		switch g {
		case Found:
			for _, h := range r.Found {
				l := lineOf(t, h.Expected, h.Scan.ByName)
				d.Rows = append(d.Rows, ui.Row{Cells: []templ.Component{code(h.Code, h.Expected.Asset), ui.Text(l.Name), ui.Text(l.Note), ui.Two(h.Scan.ByName, t.Moment(h.Scan.At))}})
			}
		case Missing:
			for _, m := range r.Missing {
				l := lineOf(t, m, "")
				d.Rows = append(d.Rows, ui.Row{Cells: []templ.Component{code(m.Code, m.Asset), ui.Text(l.Name), ui.Text(l.Note), ui.Text(t.Say("inventory.state." + string(m.State)))}})
			}
			d.Columns[3].Label = t.Say("stocktake.column.booked")
		case Surplus, Elsewhere:
			rows := r.Surplus
			if g == Elsewhere {
				rows = r.Elsewhere
			}
			for _, x := range rows {
				l, asset := otherOf(t, tree, x, g), x.Asset
				if g == Elsewhere {
					asset = "" // it may lie out of the reader's reach
				}
				d.Rows = append(d.Rows, ui.Row{Cells: []templ.Component{code(l.Code, asset), ui.Text(l.Name), ui.Text(t.Say("stocktake.how." + x.How)), ui.Two(x.ByName, t.Moment(x.At))}})
			}
		}
		out = append(out, views.Group{Card: ui.CardData{Title: label, Flush: true, ID: string(g)}, Table: d})
	}
	return out
}

func (p *pages) showResult(c *httpx.Ctx, key ident.ID, refused error) error {
	n, r, proposals, err := p.Count(c.Std(), c.Who, key)
	if err != nil {
		return err
	}
	tree, err := p.Units.Tree(c.Std(), p.Stock.Now())
	if err != nil {
		return err
	}
	t, at := c.T, home+"/"+string(key)
	return p.site.Form(c, p.frame(c, t.Say("stocktake.title")), refused, func(e ui.Errors) templ.Component {
		state := stateOf(t, n.State)
		v := views.Result{Head: ui.HeaderData{Title: where(t, tree, n), State: &state, Lead: t.Say("stocktake.begun", "who", n.StarterName, "at", t.Moment(n.StartedAt)),
			Crumbs: []ui.Crumb{{Label: t.Say("stocktake.title"), Href: home}, {Label: tree.Place(n.Unit), Href: "/inventory/units/" + n.Unit}, {Label: t.Say("stocktake.result")}}},
			Figures: figures(t, r), Groups: tables(t, tree, r, true)}
		paper := ui.Action{Label: t.Say("stocktake.report.open"), Href: at + "/report", Icon: "printer"}
		v.Head.Action = &paper
		if n.EndedAt != nil {
			v.Head.Lead += " " + t.Say("stocktake.over_at", "who", n.EnderName, "at", t.Moment(*n.EndedAt))
		}
		if n.State == Open && c.Who.Covers(Take, n.Unit) {
			v.Head.Action, v.Head.More = &ui.Action{Label: t.Say("stocktake.go_on"), Href: offline.Prefix + "/stocktakes/" + string(key), Icon: "qrcode"}, []ui.Action{paper}
			said := func(field string) ui.Field {
				return ui.Field{Kind: ui.Area, Name: "said", Rows: 2, Label: t.Say(field), Value: c.FormValue("said"), Max: longestSaid, Attrs: templ.Attributes{"id": "f-" + field}}
			}
			v.End = &ui.FormData{Action: at + "/end", Errors: e, Submit: t.Say("stocktake.end"), Hidden: []ui.Hidden{seen(n)}, Loose: true, Fields: []ui.Field{said("stocktake.said")}}
			v.Cancel = &ui.FormData{Action: at + "/cancel", Submit: t.Say("stocktake.cancel"), Danger: true, Hidden: []ui.Hidden{seen(n)}, Loose: true, Fields: []ui.Field{said("stocktake.why")}}
			v.Cancel.Fields[0].Required = true
		}
		v.Proposals = p.proposalCards(c, tree, proposals, string(key))
		return views.ResultPage(t, v)
	})
}

// report is the result on paper.
func (p *pages) report(c *httpx.Ctx) error {
	key, err := id(c)
	if err != nil {
		return err
	}
	n, r, _, err := p.Count(c.Std(), c.Who, key)
	if err != nil {
		return err
	}
	tree, err := p.Units.Tree(c.Std(), p.Stock.Now())
	if err != nil {
		return err
	}
	t := c.T
	v := views.Report{Head: ui.HeaderData{Title: t.Say("stocktake.report"), Crumbs: []ui.Crumb{{Label: t.Say("stocktake.title"), Href: home}, {Label: where(t, tree, n), Href: home + "/" + string(key)}, {Label: t.Say("stocktake.report")}}},
		Title: t.Say("stocktake.report.title"), Where: tree.Place(n.Unit), Starter: n.StarterName, Ender: n.EnderName,
		Facts: []ui.Fact{{Label: t.Say("stocktake.place"), Text: orDash(n.Place)}, {Label: t.Say("stocktake.column.started"), Text: t.Moment(n.StartedAt)},
			{Label: t.Say("stocktake.column.state"), Text: t.Say("stocktake.state." + string(n.State))}}, Groups: tables(t, tree, r, false)}
	if n.EndedAt != nil {
		v.Facts = append(v.Facts, ui.Fact{Label: t.Say("stocktake.column.ended"), Text: t.Moment(*n.EndedAt)})
	}
	if n.Said != "" {
		v.Facts = append(v.Facts, ui.Fact{Label: t.Say("stocktake.said"), Text: n.Said})
	}
	for i := range v.Groups {
		v.Groups[i].Count = len(v.Groups[i].Table.Rows)
	}
	return p.show(c, t.Say("stocktake.report"), views.ReportPage(t, v))
}

// proposalCards are proposals with the forms by which people decide; back is the count
// whose page shows them, or nothing for the list of all.
func (p *pages) proposalCards(c *httpx.Ctx, tree *org.Tree, all []Proposal, back string) []views.Proposal {
	t := c.T
	tones := map[ProposalState]ui.Tone{Waits: ui.Warn, Accepted: ui.Good, Declined: ui.Neutral, Withdrawn: ui.Neutral}
	var out []views.Proposal
	for _, x := range all {
		v := views.Proposal{State: ui.State{Tone: tones[x.State], Word: t.Say("stocktake.proposal." + string(x.State))}, Href: home + "/" + string(x.Stocktake),
			Text: t.Say("stocktake.propose."+string(x.Kind), "code", x.Code, "name", x.Name, "from", tree.Place(x.From), "to", tree.Place(x.To))}
		if x.DeciderName != "" {
			v.Note = t.Say("stocktake.decided", "who", x.DeciderName, "at", t.Moment(*x.DecidedAt)) + dot(x.Said)
		}
		if x.State == Waits && c.Who.Covers(inventory.Edit, x.From) {
			hidden := []ui.Hidden{{Name: "version", Value: strconv.FormatInt(x.Version, 10)}, {Name: "back", Value: back}}
			v.Form = &ui.FormData{Action: home + "/proposals/" + string(x.ID), Submit: t.Say("stocktake.accept"), Hidden: hidden, Loose: true,
				More:   []ui.SubmitData{{Name: "decline", Value: "1", Label: t.Say("stocktake.decline")}},
				Fields: []ui.Field{{Name: "said", Label: t.Say("stocktake.decide.said"), Hint: t.Say("stocktake.decide.hint"), Max: longestSaid, Attrs: templ.Attributes{"id": "f-said-" + string(x.ID)}}}}
		}
		out = append(out, v)
	}
	return out
}

func (p *pages) proposals(c *httpx.Ctx) error {
	all, err := p.Proposals(c.Std(), c.Who, page.Read(c.Query("after"), c.Query("limit")))
	if err != nil {
		return err
	}
	tree, err := p.Units.Tree(c.Std(), p.Stock.Now())
	if err != nil {
		return err
	}
	t := c.T
	v := views.Proposals{Head: ui.HeaderData{Title: t.Say("stocktake.proposals"), Lead: t.Say("stocktake.proposals.lead"), Crumbs: []ui.Crumb{{Label: t.Say("stocktake.title"), Href: home}, {Label: t.Say("stocktake.proposals")}}},
		All: p.proposalCards(c, tree, all.Items, ""), Empty: ui.EmptyData{Icon: "clipboard-check", Title: t.Say("stocktake.proposals.none")}}
	if all.Next != "" || !all.First {
		v.Pager = &ui.PagerData{Shown: len(all.Items)}
		if !all.First {
			v.Pager.First = home + "/proposals"
		}
		if all.Next != "" {
			v.Pager.Next = home + "/proposals?after=" + all.Next
		}
	}
	return p.show(c, t.Say("stocktake.proposals"), views.ProposalsPage(t, v))
}

func (p *pages) decide(c *httpx.Ctx) error {
	key, err := id(c)
	if err != nil {
		return err
	}
	to := home + "/proposals"
	if back, err := ident.Parse(c.FormValue("back")); err == nil {
		to = home + "/" + string(back)
	}
	x, err := p.Decide(c.Std(), c.Who, key, c.Version(), c.FormValue("decline") == "", c.FormValue("said"))
	switch {
	case fault.Is(err, fault.Invalid):
		site.Flash(c, ui.Bad, c.T.Say("stocktake.form.why_needed"))
		return c.See(to)
	case err != nil:
		return err
	}
	site.Flash(c, ui.Good, c.T.Say("stocktake.proposal.done."+string(x.State), "code", x.Code))
	return c.See(to)
}

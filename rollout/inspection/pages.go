package inspection

import (
	"strconv"

	"github.com/a-h/templ"

	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/org"
	"lotrinh/internal/site/ui"
	"lotrinh/rollout/ask"
	"lotrinh/rollout/ask/fields"
	"lotrinh/rollout/inspection/views"
)

var visitTones = map[VisitState]ui.Tone{Planned: ui.Neutral, HandedIn: ui.Info, Signed: ui.Good, Cancelled: ui.Paused}

func (v Visit) state(t i18n.T) ui.State {
	return ui.State{Tone: visitTones[v.State], Word: t.Say("inspection.visit." + string(v.State))}
}

var findingTones = map[FindingState]ui.Tone{Open: ui.Warn, Mended: ui.Info, Closed: ui.Good}

func (p *pages) findingState(t i18n.T, f Finding) ui.State {
	if f.Late(p.Business.Now()) {
		return ui.State{Tone: ui.Late, Word: t.Say("inspection.finding.late")}
	}
	return ui.State{Tone: findingTones[f.State], Word: t.Say("inspection.finding." + string(f.State))}
}

func (p *pages) list(c *httpx.Ctx) error {
	rounds, tallies, err := p.Rounds(c.Std(), c.Who)
	if err != nil {
		return err
	}
	t := c.T
	table := ui.TableData{Caption: t.Say("inspection.rounds"), Count: int64(len(rounds)), Columns: []ui.Column{{Label: t.Say("inspection.round")}, {Label: t.Say("inspection.done"), Num: true}, {Label: t.Say("inspection.signed"), Num: true}},
		Empty: ui.EmptyData{Icon: "clipboard-check", Title: t.Say("inspection.none"), Text: t.Say("inspection.none.text")}}
	for _, r := range rounds {
		n := tallies[r.ID]
		table.Rows = append(table.Rows, ui.Row{Href: r.Path(), Cells: []templ.Component{ui.Main(r.Path(), r.Title, r.Code), ui.Text(t.Say("inspection.of", "n", n.Done, "of", n.Visits-n.Skipped)), ui.Number(t, n.Signed)}})
	}
	head := ui.HeaderData{Title: t.Say("inspection.title"), Lead: t.Say("inspection.lead")}
	if c.Who.May(Arrange) {
		head.Action = &ui.Action{Label: t.Say("inspection.new"), Href: home + "/new", Icon: "plus"}
	}
	return p.site.Show(c, p.frame(c, head.Title, home), views.Tables(t, head, nil, []views.Section{{Card: ui.CardData{Flush: true}, Table: table}}))
}

func (p *pages) findings(c *httpx.Ctx) error {
	late := c.Query("only") == "late"
	rows, err := p.Findings(c.Std(), c.Who, late, page.Read(c.Query("after"), ""))
	if err != nil {
		return err
	}
	tree, err := p.tree(c.Std())
	if err != nil {
		return err
	}
	t := c.T
	table := p.findingTable(t, tree, rows.Items)
	if rows.Next != "" {
		table.Pager = &ui.PagerData{Shown: len(rows.Items), First: home + "/findings?only=" + c.Query("only"), Next: home + "/findings?only=" + c.Query("only") + "&after=" + rows.Next}
	}
	filter := &ui.FilterData{Action: home + "/findings", Results: "results", Presets: []ui.Preset{{Label: t.Say("inspection.findings.open"), Href: home + "/findings", Active: !late, Count: -1},
		{Label: t.Say("inspection.finding.late"), Href: home + "/findings?only=late", Active: late, Count: -1}}}
	head := ui.HeaderData{Title: t.Say("inspection.findings"), Lead: t.Say("inspection.findings.lead")}
	return p.site.Show(c, p.frame(c, head.Title, home+"/findings"), views.Tables(t, head, filter, []views.Section{{Card: ui.CardData{Flush: true}, Table: table}}))
}

func (p *pages) findingTable(t i18n.T, tree *org.Tree, rows []Finding) ui.TableData {
	table := ui.TableData{Caption: t.Say("inspection.findings"), HideCap: true, Count: -1, Columns: []ui.Column{{Label: t.Say("inspection.finding")}, {Label: t.Say("inspection.unit")}, {Label: t.Say("inspection.state")}, {Label: t.Say("inspection.owner")}, {Label: t.Say("inspection.due")}},
		Empty: ui.EmptyData{Icon: "circle-check", Title: t.Say("inspection.findings.none")}}
	for _, f := range rows {
		href := home + "/visits/" + string(f.Visit) + "#finding-" + string(f.ID)
		row := ui.Row{Href: href, Cells: []templ.Component{ui.Main(href, f.Title, f.Note), ui.Text(tree.Place(f.Unit)), ui.Badge(p.findingState(t, f)), ui.Text(f.OwnerName), ui.Text("")}}
		if due := f.due(p.Business.Now()); due != nil {
			row.Cells[4] = ui.DueCell(t, *due)
		}
		if f.Late(p.Business.Now()) {
			row.Tone = ui.Late
		}
		table.Rows = append(table.Rows, row)
	}
	return table
}

func (p *pages) round(c *httpx.Ctx) error { return p.roundAgain(c, nil) }

// roundAgain is the plan of a round: its team, its visits by day and route, its findings.
func (p *pages) roundAgain(c *httpx.Ctx, refused error) error {
	key, err := ident.Parse(c.Params("id"))
	if err != nil {
		return err
	}
	v, err := p.Round(c.Std(), c.Who, key)
	if err != nil {
		return err
	}
	tree, err := p.tree(c.Std())
	if err != nil {
		return err
	}
	t := c.T
	return p.show(c, v.Code, refused, func(e ui.Errors) templ.Component {
		out := views.Round{Head: ui.HeaderData{Title: v.Title, Lead: v.Code, Crumbs: []ui.Crumb{{Label: t.Say("inspection.title"), Href: home}, {Label: v.Code}}}}
		for _, m := range v.Team {
			label := t.Say("inspection.member")
			if m.Lead {
				label = t.Say("inspection.leads")
			}
			out.Team = append(out.Team, ui.Fact{Label: label, Text: m.Name})
		}
		for i, x := range v.Visits {
			if i == 0 || v.Visits[i-1].Day != x.Day {
				out.Days = append(out.Days, views.Section{Card: ui.CardData{Title: t.Say("inspection.day", "day", dayWords(t, x.Day)), Flush: true}, Table: p.dayTable(t, x.Day)})
			}
			table := &out.Days[len(out.Days)-1].Table
			table.Rows = append(table.Rows, p.visitRow(c, tree, x))
		}
		if len(v.Findings) > 0 {
			out.Days = append(out.Days, views.Section{Card: ui.CardData{Title: t.Say("inspection.findings"), Flush: true}, Table: p.findingTable(t, tree, v.Findings)})
		}
		if c.Who.May(Arrange) {
			p.adding(c, tree, v, e, &out)
		}
		return views.RoundPage(t, out)
	})
}

// adding is the form that adds communes of a district to the plan.
func (p *pages) adding(c *httpx.Ctx, tree *org.Tree, v RoundView, e ui.Errors, out *views.Round) {
	t := c.T
	district := c.FormValue("district", c.Query("district"))
	out.Filter = &ui.FilterData{Action: v.Path(), Results: "adding", Fields: []ui.Field{{Kind: ui.Select, Name: "district", Label: t.Say("inspection.district"), Options: districtOptions(tree, t.Say("inspection.choose")), Value: district}}}
	if district == "" {
		return
	}
	planned := map[string]bool{}
	for _, x := range v.Visits {
		planned[x.Unit] = true
	}
	var communes []ui.Option
	for _, u := range tree.Communes(district) {
		if !planned[u.Code] {
			communes = append(communes, ui.Option{Value: u.Code, Label: tree.Name(u.Code)})
		}
	}
	out.Add = &ui.FormData{Action: v.Path() + "/visits", Submit: t.Say("inspection.add"), Errors: e, Hidden: []ui.Hidden{{Name: "district", Value: district}}, Fields: []ui.Field{
		{Kind: ui.Date, Name: "day", Label: t.Say("inspection.day.field"), Value: c.FormValue("day", p.today()), Required: true, Narrow: true},
		{Kind: ui.Checks, Name: "unit", Label: t.Say("inspection.communes"), Options: communes, Values: many(c, "unit"), Required: true}}}
}

func (p *pages) dayTable(t i18n.T, day string) ui.TableData {
	return ui.TableData{Caption: dayWords(t, day), HideCap: true, Count: -1, Columns: []ui.Column{{Label: t.Say("inspection.stop"), Num: true}, {Label: t.Say("inspection.unit")}, {Label: t.Say("inspection.state")}, {Label: t.Say("inspection.act")}}}
}

func (p *pages) visitRow(c *httpx.Ctx, tree *org.Tree, x Visit) ui.Row {
	t := c.T
	var do []templ.Component
	if x.State == Planned && c.Who.Covers(Inspect, x.Unit) {
		do = append(do, ui.Button(t, ui.Action{Label: t.Say("inspection.work"), Href: x.Field(), Icon: "clipboard-check"}, "btn btn-sm"))
	}
	if x.State == Planned && c.Who.May(Arrange) {
		for _, m := range [][2]string{{"-1", "inspection.up"}, {"1", "inspection.down"}} {
			do = append(do, ui.Button(t, ui.Action{Label: t.Say(m[1]), Post: true, Href: x.Path() + "/order", Hidden: []ui.Hidden{{Name: "by", Value: m[0]}, seen(x.Version)}}, "btn btn-sm"))
		}
	}
	return ui.Row{Href: x.Path(), Cells: []templ.Component{ui.Number(t, x.Position), ui.Main(x.Path(), tree.Place(x.Unit), ""), ui.Badge(x.state(t)), ui.Parts(do)}}
}

func seen(version int64) ui.Hidden {
	return ui.Hidden{Name: "version", Value: strconv.FormatInt(version, 10)}
}

func (p *pages) work(c *httpx.Ctx) error { return p.workAgain(c, nil) }

// workAgain is the checklist on the phone: it works without a line.
func (p *pages) workAgain(c *httpx.Ctx, refused error) error {
	key, err := ident.Parse(c.Params("id"))
	if err != nil {
		return err
	}
	v, err := p.Visit(c.Std(), c.Who, key)
	if err != nil {
		return err
	}
	if err := c.Who.NeedAt(Inspect, v.Unit); err != nil {
		return err
	}
	form, err := v.Round.Form()
	if err != nil {
		return err
	}
	things, err := p.Equipment.At(c.Std(), c.Who, v.Unit)
	if err != nil {
		return err
	}
	tree, err := p.tree(c.Std())
	if err != nil {
		return err
	}
	t := c.T
	return p.show(c, tree.Place(v.Unit), refused, func(e ui.Errors) templ.Component {
		out := views.Work{Head: ui.HeaderData{Title: tree.Place(v.Unit), Lead: v.Round.Title, Crumbs: []ui.Crumb{{Label: v.Round.Code, Href: v.Round.Path()}, {Label: tree.Name(v.Unit)}}},
			Account: string(c.Who.ID), Pages: []string{v.Field()}}
		if v.State != Planned {
			out.Over = &ui.NoticeData{Tone: ui.Info, Title: v.state(t).Word, Text: t.Say("inspection.over"), Action: &ui.Action{Label: t.Say("inspection.see"), Href: v.Path()}}
			return views.WorkPage(t, out)
		}
		view := fields.View{Form: form, Answers: form.Read(func(name string) string { return c.FormValue(name) }), Errors: e}
		f := ui.FormData{ID: "checklist", Action: v.Field(), Errors: view.Named(t), Submit: t.Say("inspection.hand_in"), Multipart: true, Loose: true, Hidden: []ui.Hidden{{Name: "id", Value: string(ident.New(p.Business.Now()))}},
			Attrs: templ.Attributes{"data-kept-form": api + "/" + string(v.ID) + "/record", "data-kept-label": t.Say("inspection.kept", "place", tree.Name(v.Unit))}}
		for _, x := range form.Fields {
			f.Fields = append(f.Fields, view.Field(t, x))
			if x.Kind == ask.YesNo {
				f.Fields = append(f.Fields, ui.Field{Name: "n." + x.Key, Label: t.Say("inspection.item_note"), Hint: t.Say("inspection.item_note.hint"), Value: c.FormValue("n." + x.Key), Max: 1000, Error: e.Of("n." + x.Key)})
			}
		}
		for _, x := range things {
			f.Fields = append(f.Fields, ui.Field{Kind: ui.Check, Name: "seen." + string(x.ID), Label: t.Say("inspection.saw", "what", x.Label), Value: c.FormValue("seen." + string(x.ID))})
		}
		f.Fields = append(f.Fields, ui.Field{Kind: ui.Area, Name: "remark", Label: t.Say("inspection.remark"), Value: c.FormValue("remark"), Max: longestText, Rows: 3},
			ui.Field{Kind: ui.Photo, Name: "photos", Label: t.Say("inspection.photos"), Hint: t.Say("inspection.photos.hint", "n", MaxPhotos), Multiple: true})
		out.Form = &f
		return views.WorkPage(t, out)
	})
}

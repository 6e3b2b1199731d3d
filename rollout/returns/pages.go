package returns

import (
	"bytes"
	"slices"
	"strconv"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"lotrinh/internal/kit/files"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/importer"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/org"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
	"lotrinh/rollout"
	"lotrinh/rollout/ask"
	"lotrinh/rollout/ask/fields"
	"lotrinh/rollout/returns/views"
)

func (p *pages) overview(c *httpx.Ctx) error { return p.overviewAgain(c, nil) }

// overviewAgain is the list of rounds, with what the reader must hand in above it.
func (p *pages) overviewAgain(c *httpx.Ctx, refused error) error {
	if err := c.Who.Need(rollout.Read); err != nil {
		return err
	}
	t := c.T
	todo, err := p.Todo(c.Std(), t, c.Who)
	if err != nil {
		return err
	}
	rounds, rates, err := p.Rounds(c.Std(), c.Who)
	if err != nil {
		return err
	}
	v := views.Page{Head: ui.HeaderData{Title: t.Say("returns.title"), Lead: t.Say("returns.lead")}, Todo: todo, TodoHead: t.Say("returns.mine")}
	table := ui.TableData{Caption: t.Say("returns.rounds"), Count: int64(len(rounds)), Columns: []ui.Column{{Label: t.Say("returns.month")}, {Label: t.Say("returns.reported"), Num: true},
		{Label: t.Say("returns.complete"), Num: true}, {Label: t.Say("returns.timely"), Num: true}, {Label: t.Say("returns.late"), Num: true}},
		Empty: ui.EmptyData{Icon: "report", Title: t.Say("returns.none"), Text: t.Say("returns.none.text")}}
	for _, r := range rounds {
		n := rates[r.ID]
		table.Rows = append(table.Rows, ui.Row{Href: r.Path(), Cells: []templ.Component{ui.Main(r.Path(), t.Say("returns.round", "month", monthWords(r.Month)), t.Say("returns.opened", "at", r.OpenedAt)),
			ui.Text(t.Say("returns.of", "n", n.Reported, "of", n.Expected)), ui.Text(t.Percent(n.Complete())), ui.Text(t.Percent(n.Timely())), ui.Number(t, n.Late)}})
	}
	v.Sections = []views.Section{{Card: ui.CardData{Flush: true}, Table: table}}
	return p.site.Form(c, p.frame(c, v.Head.Title, home), refused, func(e ui.Errors) templ.Component {
		if c.Who.May(Manage) {
			v.FormHead = t.Say("returns.open")
			v.Form = &ui.FormData{Action: home + "/rounds", Submit: t.Say("returns.open.submit"), Errors: e, Fields: []ui.Field{
				{Name: "month", Label: t.Say("returns.month"), Hint: t.Say("returns.month.hint"), Value: c.FormValue("month", thisMonth(p.Business.Now())), Required: true, Max: 7, Narrow: true}}}
		}
		return views.ShowPage(t, v)
	})
}

func (p *pages) open(c *httpx.Ctx) error {
	r, err := p.Open(c.Std(), c.Who, "monthly", c.FormValue("month"))
	if err != nil {
		return p.overviewAgain(c, err)
	}
	site.Flash(c, ui.Good, c.T.Say("returns.opened_now", "month", monthWords(r.Month)))
	return c.See(r.Path())
}

// round is one page of a round: rates by district, and what was reported rolled up.
func (p *pages) round(c *httpx.Ctx) error {
	key, err := id(c)
	if err != nil {
		return err
	}
	v, err := p.Round(c.Std(), c.Who, key)
	if err != nil {
		return err
	}
	board, err := p.Rolled(c.Std(), c.Who, key)
	if err != nil {
		return err
	}
	tree, err := p.tree(c.Std())
	if err != nil {
		return err
	}
	t, all := c.T, Sum(v.Rates)
	list := v.Path() + "/sheets"
	out := views.Page{Head: ui.HeaderData{Title: t.Say("returns.round", "month", monthWords(v.Month)), Lead: fields.In(t, v.Plan.Title, v.Plan.TitleEN),
		Crumbs: []ui.Crumb{{Label: t.Say("returns.title"), Href: home}, {Label: monthWords(v.Month)}},
		Action: &ui.Action{Label: t.Say("returns.list"), Href: list, Icon: "list-check"}, More: []ui.Action{{Label: t.Say("returns.export"), Href: v.Path() + "/list.xlsx", Icon: "download"}}},
		Figures: []ui.FigureData{
			{Label: t.Say("returns.complete"), Value: t.Percent(all.Complete()), Of: t.Say("returns.of", "n", all.Reported, "of", all.Expected), SoWhat: t.Say("returns.complete.so", "n", all.Expected-all.Reported), Href: list + "?only=open"},
			{Label: t.Say("returns.timely"), Value: t.Percent(all.Timely()), Of: t.Say("returns.of", "n", all.OnTime, "of", all.Expected), SoWhat: t.Say("returns.timely.so")},
			{Label: t.Say("returns.late"), Value: t.Int(all.Late), SoWhat: begun(t, all.Begun), Tone: lateTone(all.Late), Href: list + "?only=late"},
			{Label: t.Say("returns.waiting"), Value: t.Int(all.Waiting), SoWhat: t.Say("returns.waiting.so", "n", all.Accepted), Href: list + "?only=handed_in"}},
		Sections: []views.Section{{Card: ui.CardData{Title: t.Say("returns.rates"), Note: t.Say("returns.rates.note"), Flush: true}, Table: rateTable(t, tree, v)}}}
	for _, l := range Levels {
		if s, ok := rolled(t, board, l); ok {
			out.Sections = append(out.Sections, s)
		}
	}
	return p.show(c, out.Head.Title, home, views.ShowPage(t, out))
}

// begun says how many have begun to write; nothing where nobody has.
func begun(t i18n.T, n int64) string {
	if n == 0 {
		return ""
	}
	return t.Say("returns.late.so", "n", n)
}

func lateTone(n int64) ui.Tone {
	if n > 0 {
		return ui.Late
	}
	return ui.Good
}

// rateTable is a row a district: its communes' rates, and its own return.
func rateTable(t i18n.T, tree *org.Tree, v RoundView) ui.TableData {
	table := ui.TableData{Caption: t.Say("returns.rates"), HideCap: true, Count: -1, Columns: []ui.Column{{Label: t.Say("returns.district")}, {Label: t.Say("returns.reported"), Num: true},
		{Label: t.Say("returns.complete"), Num: true}, {Label: t.Say("returns.timely"), Num: true}, {Label: t.Say("returns.late"), Num: true}, {Label: t.Say("returns.waiting"), Num: true, Quiet: true}, {Label: t.Say("returns.own")}},
		Empty: ui.EmptyData{Icon: "report", Title: t.Say("returns.none")}}
	by := map[string][]Rate{}
	var order []string
	for _, r := range v.Rates {
		if by[r.District] == nil {
			order = append(order, r.District)
		}
		by[r.District] = append(by[r.District], r)
	}
	slices.SortFunc(order, func(a, b string) int { return int(Sum(by[b]).Late - Sum(by[a]).Late) })
	for _, d := range order {
		name, href := tree.Name(d), v.Path()+"/sheets?district="+d
		communes, own := Sum(by[d], Commune), Sum(by[d], District)
		ownWords := t.Say("returns.own.no")
		if own.Reported > 0 {
			ownWords = t.Say("returns.own.yes")
		}
		if d == "" {
			name, href, communes, ownWords = t.Say("returns.departments"), v.Path()+"/sheets?level=department", Sum(by[d]), ""
		}
		row := ui.Row{Href: href, Cells: []templ.Component{ui.Main(href, name, ""), ui.Text(t.Say("returns.of", "n", communes.Reported, "of", communes.Expected)), ui.Text(t.Percent(communes.Complete())),
			ui.Text(t.Percent(communes.Timely())), ui.Number(t, communes.Late), ui.Number(t, communes.Waiting), ui.Text(ownWords)}}
		if communes.Late > 0 {
			row.Tone = ui.Late
		}
		table.Rows = append(table.Rows, row)
	}
	return table
}

// rolled is what a level reported, added up over the city.
func rolled(t i18n.T, b Board, l Level) (views.Section, bool) {
	table := ui.TableData{Caption: t.Say("returns.rolled." + string(l)), HideCap: true, Count: -1, Columns: []ui.Column{{Label: t.Say("returns.question")}, {Label: t.Say("returns.sum"), Num: true}}}
	for _, f := range b.Forms[l].Fields {
		if f.Kind != ask.Number && f.Kind != ask.YesNo {
			continue
		}
		label := fields.Label(t, f)
		if f.Kind == ask.YesNo {
			label = t.Say("returns.said_yes", "what", label)
		}
		table.Rows = append(table.Rows, ui.Row{Cells: []templ.Component{ui.Text(label), ui.Number(t, b.Total(l, f.Key))}})
	}
	return views.Section{Card: ui.CardData{Title: table.Caption, Note: t.Say("returns.rolled.note", "n", len(b.Sums[l])), Flush: true}, Table: table}, len(b.Sums[l]) > 0
}

// list is the sheets of a round: late ones, one district's, what waits to be checked.
func (p *pages) list(c *httpx.Ctx) error {
	key, err := id(c)
	if err != nil {
		return err
	}
	v, err := p.Round(c.Std(), c.Who, key)
	if err != nil {
		return err
	}
	f := Filter{District: c.Query("district"), Level: Level(c.Query("level")), Only: c.Query("only")}
	rows, err := p.Sheets(c.Std(), c.Who, key, f, page.Read(c.Query("after"), ""))
	if err != nil {
		return err
	}
	tree, err := p.tree(c.Std())
	if err != nil {
		return err
	}
	t, now, all := c.T, p.Business.Now(), Sum(v.Rates)
	at := v.Path() + "/sheets"
	preset := func(only, label string, n int64) ui.Preset {
		return ui.Preset{Label: t.Say(label), Href: at + "?only=" + only, Active: f.Only == only, Count: n}
	}
	districts := []ui.Option{{Label: t.Say("returns.all")}}
	for _, d := range tree.Districts() {
		if slices.ContainsFunc(v.Rates, func(r Rate) bool { return r.District == d.Code }) {
			districts = append(districts, ui.Option{Value: d.Code, Label: tree.Name(d.Code)})
		}
	}
	table := ui.TableData{Caption: t.Say("returns.list"), Count: -1, Columns: []ui.Column{{Label: t.Say("returns.who")}, {Label: t.Say("returns.state")}, {Label: t.Say("returns.filled"), Num: true}, {Label: t.Say("returns.due")}, {Label: t.Say("returns.handed"), Quiet: true}},
		Empty: ui.EmptyData{Icon: "circle-check", Title: t.Say("returns.list.none")}, Pager: &ui.PagerData{Shown: len(rows.Items)}}
	if rows.Next != "" {
		table.Pager.Next = at + "?only=" + f.Only + "&district=" + f.District + "&level=" + string(f.Level) + "&after=" + rows.Next
		table.Pager.First = at + "?only=" + f.Only + "&district=" + f.District + "&level=" + string(f.Level)
	}
	for _, x := range rows.Items {
		table.Rows = append(table.Rows, sheetRow(t, tree, x, now))
	}
	out := views.Page{Head: ui.HeaderData{Title: t.Say("returns.list"), Crumbs: []ui.Crumb{{Label: t.Say("returns.title"), Href: home}, {Label: monthWords(v.Month), Href: v.Path()}, {Label: t.Say("returns.list")}}},
		Filter: &ui.FilterData{Action: at, Results: "results", Presets: []ui.Preset{preset("", "returns.all", all.Expected+all.Exempt), preset("late", "returns.late", all.Late), preset("draft", "returns.begun", all.Begun),
			preset("handed_in", "returns.waiting", all.Waiting), preset("accepted", "returns.state.accepted", -1), preset("exempt", "returns.state.exempt", all.Exempt)},
			Fields: []ui.Field{{Kind: ui.Select, Name: "district", Label: t.Say("returns.district"), Options: districts, Value: f.District}}, Hidden: []ui.Hidden{{Name: "only", Value: f.Only}}},
		Sections: []views.Section{{Card: ui.CardData{Flush: true}, Table: table}}}
	if f.Only == string(HandedIn) {
		out.Form, out.FormHead = agreeingForm(c, v), t.Say("returns.agreeing")
	}
	return p.show(c, out.Head.Title, home, views.ShowPage(t, out))
}

// export hands the answers of a level over as a workbook, one row a return.
func (p *pages) export(c *httpx.Ctx) error {
	key, err := id(c)
	if err != nil {
		return err
	}
	v, err := p.Round(c.Std(), c.Who, key)
	if err != nil {
		return err
	}
	level := Level(c.Query("level", string(Commune)))
	forms, err := formsOf(c.Std(), p.DB.Read(), key)
	if err != nil {
		return err
	}
	tree, err := p.tree(c.Std())
	if err != nil {
		return err
	}
	t := c.T
	head := []string{t.Say("returns.district"), t.Say("returns.who"), t.Say("returns.state"), t.Say("returns.due"), t.Say("returns.handed"), t.Say("returns.on_time")}
	for _, f := range forms[level].Fields {
		head = append(head, fields.Label(t, f))
	}
	var b bytes.Buffer
	rows := func(yield func([]any, error) bool) {
		for after := ""; ; {
			some, err := p.answered(c.Std(), c.Who, key, level, page.Read(after, "200"))
			if err != nil {
				yield(nil, err)
				return
			}
			for _, x := range some.Items {
				row, err := x.row(t, tree, forms[level], p.Business.Now())
				if !yield(row, err) || err != nil {
					return
				}
			}
			if after = some.Next; after == "" {
				return
			}
		}
	}
	if err := importer.WriteXLSX(&b, t.Say("returns.round.sheet", "month", v.Month), head, rows); err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, files.XLSX)
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="bao-cao-`+v.Month+`-`+string(level)+`.xlsx"`)
	return c.Send(b.Bytes())
}

func (p *pages) forms(c *httpx.Ctx) error { return p.formsAgain(c, "", nil) }

// formsAgain shows the forms as data; level is the one that was refused.
func (p *pages) formsAgain(c *httpx.Ctx, level Level, refused error) error {
	plans, forms, err := p.Plans(c.Std(), c.Who)
	if err != nil {
		return err
	}
	t := c.T
	return p.site.Form(c, p.frame(c, t.Say("returns.tab.forms"), home+"/forms"), refused, func(e ui.Errors) templ.Component {
		v := views.Forms{Head: ui.HeaderData{Title: t.Say("returns.tab.forms"), Lead: t.Say("returns.forms.lead")}}
		for _, plan := range plans {
			for _, l := range Levels {
				f := forms[plan.Code][l]
				card := views.FormCard{Card: ui.CardData{Title: t.Say("returns.form." + string(l)), Note: t.Say("returns.form.edition", "n", f.Edition, "days", plan.days(l), "day", plan.OpensDay), Flush: true}, Title: t.Say("returns.form.change"), Table: questions(t, f)}
				if c.Who.May(Manage) {
					card.Form = &ui.FormData{ID: "form-" + string(l), Wide: true, Action: home + "/forms/" + plan.Code + "/" + string(l), Submit: t.Say("returns.form.submit"), Hidden: []ui.Hidden{{Name: "edition", Value: strconv.FormatInt(f.Edition, 10)}},
						Fields: []ui.Field{{Kind: ui.Area, Name: "body", Label: t.Say("returns.form.body"), Hint: t.Say("returns.form.body.hint"), Value: f.Body, Rows: 16, Required: true}}}
					if l == level {
						card.Form.Errors, card.Form.Fields[0].Value = e, c.FormValue("body")
					}
				}
				v.Forms = append(v.Forms, card)
			}
		}
		return views.FormsPage(t, v)
	})
}

func questions(t i18n.T, e FormEdition) ui.TableData {
	table := ui.TableData{Caption: t.Say("returns.form." + string(e.Level)), HideCap: true, Count: -1, Columns: []ui.Column{{Label: t.Say("returns.question")}, {Label: t.Say("returns.kind")}, {Label: t.Say("returns.must")}, {Label: t.Say("returns.from"), Quiet: true}}}
	f, err := e.Form()
	if err != nil {
		return table
	}
	for _, x := range f.Fields {
		must, from := "", x.Figure
		if x.Must {
			must = t.Say("ask.yes")
		}
		if x.From != "" {
			from = t.Say("returns.from.below")
		}
		table.Rows = append(table.Rows, ui.Row{Cells: []templ.Component{ui.Two(fields.Label(t, x), ""), ui.Text(t.Say("ask.kind." + string(x.Kind))), ui.Text(must), ui.Text(from)}})
	}
	return table
}

func (p *pages) saveForm(c *httpx.Ctx) error {
	n, err := strconv.ParseInt(c.FormValue("edition"), 10, 64)
	if err != nil {
		n = 0
	}
	f, err := p.SaveForm(c.Std(), c.Who, c.Params("plan"), Level(c.Params("level")), n, c.FormValue("body"))
	if err != nil {
		return p.formsAgain(c, Level(c.Params("level")), err)
	}
	site.Flash(c, ui.Good, c.T.Say("returns.form.saved", "n", f.Edition))
	return c.See(home + "/forms")
}

// mostTodo is how many sheets a home page names.
const mostTodo = 5

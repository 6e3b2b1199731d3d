package issuance

import (
	"bytes"
	"iter"
	"strconv"

	"github.com/a-h/templ"

	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/importer"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/org"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
	"lotrinh/rollout/issuance/views"
)

func filterOf(c *httpx.Ctx) Filter {
	return Filter{Unit: c.Query("unit"), State: State(c.Query("state")), Text: c.Query("q"), Never: c.Query("never") == "1"}
}

func (p *pages) list(c *httpx.Ctx) error {
	f := filterOf(c)
	all, err := p.List(c.Std(), c.Who, f, page.Read(c.Query("after"), c.Query("limit")))
	if err != nil {
		return err
	}
	counts, err := p.Counts(c.Std(), c.Who, f.Unit)
	if err != nil {
		return err
	}
	tree, err := p.tree(c.Std())
	if err != nil {
		return err
	}
	t := c.T
	table := p.table(t, tree, all.Items)
	table.Pager = pager(f, all)
	filter := p.filter(c, tree, f, counts)
	path := p.crumbs(c)
	v := views.View{Head: ui.HeaderData{Crumbs: path[:len(path)-1], Title: t.Say("issuance.title"), Lead: t.Say("issuance.lead")}, Filter: &filter,
		Sections: []views.Section{{Card: ui.CardData{Flush: true}, Table: &table}}}
	p.actions(c, &v, f, counts)
	return p.show(c, v)
}

// actions are what the reader may do with the list.
func (p *pages) actions(c *httpx.Ctx, v *views.View, f Filter, counts map[State]int64) {
	t := c.T
	if c.Who.May(Ask) {
		v.Head.Action = &ui.Action{Label: t.Say("issuance.new"), Href: Home + "/new", Icon: "plus"}
		v.Head.More = append(v.Head.More, ui.Action{Label: t.Say("issuance.import.title"), Href: "/imports/" + RosterImport, Icon: "upload"})
	}
	for _, kind := range []string{"csv", "xlsx"} {
		v.Head.More = append(v.Head.More, ui.Action{Label: t.Say("issuance.export." + kind), Icon: "download",
			Href: address(Home+"/export."+kind, "unit", f.Unit, "state", string(f.State), "q", f.Text)})
	}
	if n := counts[Asked]; n > 0 && c.Who.May(Approve) {
		v.Sections = append(v.Sections, views.Section{Card: ui.CardData{Title: t.Say("issuance.approve_all"), Note: t.Say("issuance.approve_all.note")},
			Form: &ui.FormData{Action: Home + "/approve", Submit: t.Say("issuance.approve_all.do", "n", n), Hidden: []ui.Hidden{{Name: "unit", Value: f.Unit}}, Loose: true}})
	}
}

func (p *pages) filter(c *httpx.Ctx, tree *org.Tree, f Filter, counts map[State]int64) ui.FilterData {
	t := c.T
	d := ui.FilterData{Action: Home, Results: "results", Fields: []ui.Field{{Kind: ui.Search, Name: "q", Label: t.Say("issuance.find"), Value: f.Text}}}
	all := int64(0)
	for _, s := range States {
		all += counts[s]
	}
	d.Presets = append(d.Presets, ui.Preset{Label: t.Say("issuance.all"), Href: address(Home, "unit", f.Unit), Active: f.State == "", Count: all})
	for _, s := range States {
		if counts[s] > 0 || f.State == s {
			d.Presets = append(d.Presets, ui.Preset{Label: t.Say("issuance.state." + string(s)), Href: address(Home, "state", string(s), "unit", f.Unit), Active: f.State == s, Count: counts[s]})
		}
	}
	if ds := districtOptions(tree, c.Who, Look); len(ds) > 1 {
		if u, ok := tree.Unit(f.Unit); ok && u.Level == org.Commune {
			ds = append(ds, ui.Option{Value: u.Code, Label: tree.Place(u.Code)})
		}
		d.Fields = append(d.Fields, ui.Field{Kind: ui.Select, Name: "unit", Label: t.Say("issuance.column.district"), Value: f.Unit, Options: append([]ui.Option{{Label: t.Say("issuance.everywhere")}}, ds...)})
	}
	if f.State != "" {
		d.Hidden = []ui.Hidden{{Name: "state", Value: string(f.State)}}
	}
	if f != (Filter{}) {
		d.Clear = Home
	}
	return d
}

func pager(f Filter, all page.Page[Request]) *ui.PagerData {
	d := &ui.PagerData{Shown: len(all.Items)}
	pairs := []string{"unit", f.Unit, "state", string(f.State), "q", f.Text}
	if !all.First {
		d.First = address(Home, pairs...)
	}
	if all.Next != "" {
		d.Next = address(Home, append(pairs, "after", all.Next)...)
	}
	return d
}

func (p *pages) table(t i18n.T, tree *org.Tree, rows []Request) ui.TableData {
	d := ui.TableData{Caption: t.Say("issuance.title"), HideCap: true, Count: -1, Columns: []ui.Column{{Label: t.Say("issuance.column.name")}, {Label: t.Say("issuance.column.unit")},
		{Label: t.Say("issuance.column.post")}, {Label: t.Say("issuance.column.login")}, {Label: t.Say("issuance.column.state")}, {Label: t.Say("issuance.column.until"), Quiet: true}},
		Empty: ui.EmptyData{Icon: "users", Title: t.Say("issuance.none"), Text: t.Say("issuance.none.text")}}
	now := p.Business.Now()
	for _, r := range rows {
		over, until, tone := r.Over(now), "", ui.Tone("")
		if r.State == Issued && !r.UntilAt.IsZero() {
			until = t.Moment(r.UntilAt)
		}
		if over {
			tone = ui.Late
		}
		d.Rows = append(d.Rows, ui.Row{Href: r.Path(), Tone: tone, Cells: []templ.Component{ui.Main(r.Path(), r.Name, r.Code), ui.Text(tree.Place(r.Unit)), ui.Text(postWords(t, r.Post)),
			ui.Text(r.Login), ui.Badge(stateOf(t, r, over)), ui.Text(until)}})
	}
	return d
}

// approveAll approves what looks like nobody else's.
func (p *pages) approveAll(c *httpx.Ctx) error {
	n, waiting, err := p.ApproveAll(c.Std(), c.Who, c.FormValue("unit"))
	if err != nil {
		return err
	}
	tone, said := ui.Good, []string{}
	if waiting > 0 {
		tone, said = ui.Warn, []string{c.T.Say("issuance.twin.waiting", "n", waiting)}
	}
	site.Flash(c, tone, c.T.Say("issuance.approved", "n", n), said...)
	return c.See(address(Home, "unit", c.FormValue("unit"), "state", string(Asked)))
}

func (p *pages) askForm(c *httpx.Ctx) error {
	if err := c.Who.Need(Ask); err != nil {
		return err
	}
	return p.showAsk(c, Form{Unit: c.Query("unit")}, nil)
}

func (p *pages) showAsk(c *httpx.Ctx, f Form, refused error) error {
	tree, err := p.tree(c.Std())
	if err != nil {
		return err
	}
	t := c.T
	units := communeOptions(t, tree, c.Who, Ask)
	if len(units) == 2 { // an officer of one commune need not choose it
		units, f.Unit = units[1:], units[1].Value
	}
	v := views.View{Head: ui.HeaderData{Crumbs: p.crumbs(c, ui.Crumb{Label: t.Say("issuance.new")}), Title: t.Say("issuance.new"), Lead: t.Say("issuance.new.lead")},
		Sections: []views.Section{{Form: &ui.FormData{Action: Home + "/new", Submit: t.Say("issuance.new.do"), Cancel: Home, Fields: []ui.Field{
			{Kind: ui.Select, Name: "unit", Label: t.Say("issuance.column.unit"), Value: f.Unit, Required: true, Options: units},
			{Kind: ui.Select, Name: "post", Label: t.Say("issuance.column.post"), Value: f.Post, Required: true, Options: postOptions(t)},
			{Name: "name", Label: t.Say("issuance.column.name"), Value: f.Name, Required: true, Max: longestName, Autocomplete: "off"},
			{Kind: ui.Date, Name: "born", Label: t.Say("issuance.column.born"), Value: f.Born, Narrow: true},
			{Name: "code", Label: t.Say("issuance.column.code"), Hint: t.Say("issuance.column.code.hint"), Value: f.Code, Max: longestCode, Narrow: true, Autocomplete: "off"},
			{Kind: ui.Phone, Name: "phone", Label: t.Say("issuance.column.phone"), Hint: t.Say("issuance.column.phone.hint"), Value: f.Phone, Max: 20, Autocomplete: "off"},
			{Kind: ui.Email, Name: "email", Label: t.Say("issuance.column.email"), Value: f.Email, Max: 120, Autocomplete: "off"},
		}}}}}
	return p.again(c, v, refused)
}

func (p *pages) ask(c *httpx.Ctx) error {
	f := Form{Unit: c.FormValue("unit"), Post: c.FormValue("post"), Name: c.FormValue("name"), Born: c.FormValue("born"), Code: c.FormValue("code"), Phone: c.FormValue("phone"), Email: c.FormValue("email")}
	r, err := p.AskFor(c.Std(), c.Who, f)
	if err != nil {
		if fault.Is(err, fault.Invalid) || fault.Is(err, fault.Conflict) {
			return p.showAsk(c, f, err)
		}
		return err
	}
	site.Flash(c, ui.Good, c.T.Say("issuance.asked", "name", r.Name))
	return c.See(r.Path())
}

// sheet is the list as rows of a table for other systems.
func (p *pages) sheet(c *httpx.Ctx) (head []string, rows iter.Seq2[[]any, error], err error) {
	found, err := p.Export(c.Std(), c.Who, filterOf(c))
	if err != nil {
		return nil, nil, err
	}
	tree, err := p.tree(c.Std())
	if err != nil {
		return nil, nil, err
	}
	t := c.T
	for _, name := range []string{"unit_code", "unit", "district", "name", "born", "code", "phone", "email", "post", "login", "state", "active", "ended"} {
		head = append(head, t.Say("issuance.column."+name))
	}
	return head, func(yield func([]any, error) bool) {
		for r, err := range found {
			u, _ := tree.Unit(r.Unit)
			active := ""
			if !r.ActiveAt.IsZero() {
				active = t.Moment(r.ActiveAt)
			}
			row := []any{r.Unit, u.Full(), tree.Name(u.Parent), r.Name, dayWords(t, r.Born), r.Code, r.Phone, r.Email, postWords(t, r.Post), r.Login, t.Say("issuance.state." + string(r.State)), active, dayWords(t, r.EndedOn)}
			if !yield(row, err) {
				return
			}
		}
	}, nil
}

func (p *pages) csv(c *httpx.Ctx) error {
	head, rows, err := p.sheet(c)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := importer.WriteCSV(&b, head, rows); err != nil {
		return err
	}
	c.Set("Content-Type", "text/csv; charset=utf-8")
	c.Set("Content-Disposition", `attachment; filename="tai-khoan.csv"`)
	return c.Send(b.Bytes())
}

func (p *pages) xlsx(c *httpx.Ctx) error {
	head, rows, err := p.sheet(c)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := importer.WriteXLSX(&b, c.T.Say("issuance.sheet"), head, rows); err != nil {
		return err
	}
	c.Set("Content-Type", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
	c.Set("Content-Disposition", `attachment; filename="tai-khoan.xlsx"`)
	return c.Send(b.Bytes())
}

func versionField(n int64) ui.Hidden {
	return ui.Hidden{Name: "version", Value: strconv.FormatInt(n, 10)}
}

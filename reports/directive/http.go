package directive

import (
	"time"

	"github.com/a-h/templ"

	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/org"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
	"lotrinh/reports"
	"lotrinh/reports/directive/views"

	"lotrinh/internal/kit/files"
)

// Home is the room's first page.
const Home = "/reports/directives"

// pages are this room on the site.
type pages struct {
	*Service
	site *site.Site
}

// Routes declares the pages and the API.
func (s *Service) Routes(r *httpx.Router, on *site.Site) {
	p := &pages{s, on}
	r.Page("GET", Home, p.list)
	r.Page("POST", Home, p.write)
	r.Page("GET", Home+"/new", p.ask)
	r.Page("GET", Home+"/:id", p.one)
	for _, a := range []Act{Report, Confirm, Return, Extend, Cancel} {
		r.Page("POST", Home+"/:id/"+string(a), p.act(a), httpx.Body(files.FormBody))
	}
	r.Page("GET", Home+"/:id/files/:file", p.file)
	s.api(r)
}

func (p *pages) form(c *httpx.Ctx, title string, refused error, body func(ui.Errors) templ.Component) error {
	return p.site.Form(c, site.Page{Title: title, At: Home}, refused, body)
}

var tones = map[State]ui.Tone{Open: ui.Info, Reported: ui.Warn, Returned: ui.Warn, Done: ui.Good, Cancelled: ui.Neutral}

func (d Directive) badge(t i18n.T, now time.Time) ui.State {
	if d.State.Pending() && d.Late(now) {
		return ui.State{Tone: ui.Late, Word: t.Say("directive.state.late")}
	}
	return ui.State{Tone: tones[d.State], Word: t.Say("directive.state." + string(d.State))}
}

// ownerWords are who carries it out: the person and the post, or the post.
func (d Directive) ownerWords(t i18n.T) string {
	post := t.Say("role." + string(d.Post))
	if d.OwnerName != "" {
		return d.OwnerName + ", " + post
	}
	return post
}

// asked is the filter as the address says it; what it does not know is left out.
func asked(c *httpx.Ctx) Filter {
	f := Filter{Only: c.Query("only"), Unit: c.Query("unit"), Mine: c.Query("mine") == "1", Source: Source(c.Query("source")), Run: ident.ID(c.Query("run"))}
	if c.Query("late") == "1" {
		f.Only = OnlyLate
	}
	if f.Source != FromRun && f.Source != FromMeeting && f.Source != FromNothing {
		f.Source = ""
	}
	return f
}

// address is where a list with this filter stands.
func (f Filter) address(only string) string {
	q := ""
	add := func(name, value string) {
		if value != "" {
			q += "&" + name + "=" + templ.EscapeString(value)
		}
	}
	add("only", only)
	add("unit", f.Unit)
	if f.Mine {
		add("mine", "1")
	}
	add("source", string(f.Source))
	add("run", string(f.Run))
	if q == "" {
		return Home
	}
	return Home + "?" + q[1:]
}

func (p *pages) list(c *httpx.Ctx) error {
	f := asked(c)
	rows, err := p.List(c.Std(), c.Who, f, page.Read(c.Query("after"), ""))
	if err != nil {
		return err
	}
	tree, err := p.tree(c.Std())
	if err != nil {
		return err
	}
	t := c.T
	v := views.List{Head: ui.HeaderData{Title: t.Say("directive.title"), Lead: t.Say("directive.lead")}, Table: p.table(t, f, rows, tree)}
	if c.Who.May(reports.Conclude) {
		v.Head.Action = &ui.Action{Label: t.Say("directive.new"), Href: Home + "/new", Icon: "plus"}
	}
	v.Filter = ui.FilterData{Action: Home, Results: "results", Hidden: []ui.Hidden{{Name: "only", Value: f.Only}}, Fields: []ui.Field{
		{Kind: ui.Select, Name: "unit", Label: t.Say("directive.unit"), Value: f.Unit, Options: unitOptions(t, tree, c)},
		{Kind: ui.Select, Name: "source", Label: t.Say("directive.source"), Value: string(f.Source), Options: []ui.Option{{Label: t.Say("directive.source.any")}, {Value: string(FromRun), Label: t.Say("directive.source.run")},
			{Value: string(FromMeeting), Label: t.Say("directive.source.meeting")}, {Value: string(FromNothing), Label: t.Say("directive.source.none")}}},
		{Kind: ui.Check, Name: "mine", Label: t.Say("directive.mine"), Value: map[bool]string{true: "1"}[f.Mine]}}}
	if f.Unit != "" || f.Source != "" || f.Mine || f.Run != "" {
		v.Filter.Clear = Filter{}.address(f.Only)
	}
	for _, only := range []string{"", OnlyLate, string(Reported), string(Done), OnlyAll} {
		label := "directive.only." + only
		if only == "" {
			label = "directive.only.open"
		}
		v.Filter.Presets = append(v.Filter.Presets, ui.Preset{Label: t.Say(label), Href: f.address(only), Active: f.Only == only, Count: -1})
	}
	return p.site.Show(c, site.Page{Title: v.Head.Title, At: Home}, views.ListPage(t, v))
}

func (p *pages) table(t i18n.T, f Filter, rows page.Page[Directive], tree *org.Tree) ui.TableData {
	now := p.Business.Now()
	table := ui.TableData{Caption: t.Say("directive.title"), HideCap: true, Count: -1, Columns: []ui.Column{{Label: t.Say("directive.text")}, {Label: t.Say("directive.unit")}, {Label: t.Say("directive.owner"), Quiet: true},
		{Label: t.Say("directive.state")}, {Label: t.Say("directive.due")}},
		Empty: ui.EmptyData{Icon: "circle-check", Title: t.Say("directive.none"), Text: t.Say("directive.none.text")}, Pager: &ui.PagerData{Shown: len(rows.Items)}}
	if rows.Next != "" {
		at := f.address(f.Only)
		mark := "?"
		if at != Home {
			mark = "&"
		}
		table.Pager.Next, table.Pager.First = at+mark+"after="+rows.Next, at
	}
	for _, d := range rows.Items {
		sub := d.Code
		if d.DocNo != "" {
			sub += " · " + d.DocNo
		}
		row := ui.Row{Href: d.Path(), Cells: []templ.Component{ui.Main(d.Path(), headline(d.Text), sub), ui.Text(tree.Place(d.Unit)), ui.Text(d.ownerWords(t)), ui.Badge(d.badge(t, now)), nil}}
		switch due := d.due(now); {
		case due != nil:
			row.Cells[4] = ui.DueCell(t, *due)
		case d.DueAt != nil:
			row.Cells[4] = ui.Text(t.Day(*d.DueAt))
		}
		if d.State.Pending() && d.Late(now) {
			row.Tone = ui.Late
		}
		table.Rows = append(table.Rows, row)
	}
	return table
}

// unitOptions are the city and its districts within the reader's reach.
func unitOptions(t i18n.T, tree *org.Tree, c *httpx.Ctx) []ui.Option {
	out := []ui.Option{{Label: t.Say("directive.unit.any")}}
	for _, u := range tree.All() {
		if u.Level != org.Commune && c.Who.Covers(Look, u.Code) {
			out = append(out, ui.Option{Value: u.Code, Label: tree.Place(u.Code)})
		}
	}
	return out
}

func (p *pages) file(c *httpx.Ctx) error {
	id, err := ident.Parse(c.Params("id"))
	if err != nil {
		return err
	}
	file, err := ident.Parse(c.Params("file"))
	if err != nil {
		return err
	}
	f, err := p.File(c.Std(), c.Who, id, file)
	if err != nil {
		return err
	}
	return p.Files.Send(c, f)
}

package office

import (
	"net/url"
	"strconv"

	"github.com/a-h/templ"

	"lotrinh/dossier"
	"lotrinh/dossier/office/views"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/files"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/org"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
)

// Counter is the address at which the counter takes dossiers.
const Counter = dossier.Home + "/counter"

const (
	home      = dossier.Home
	counterAt = Counter
	bookAt    = home + "/book"
)

type pages struct {
	*Service
	site *site.Site
}

// Routes declares the pages and the API, and puts what officers see on the page of every
// dossier.
func (s *Service) Routes(r *httpx.Router, on *site.Site) {
	p := &pages{s, on}
	s.AddTab(dossier.Tab{Label: "office.nav.queue", Href: home, Needs: []access.Perm{dossier.Read, dossier.Supervise}})
	s.AddTab(dossier.Tab{Label: "office.nav.counter", Href: counterAt, Needs: []access.Perm{dossier.Receive}})
	s.AddTab(dossier.Tab{Label: "office.nav.book", Href: bookAt, Needs: []access.Perm{dossier.Read}})
	s.AddAction(s.actions)
	s.OnDossier(s.duePanel)
	s.OnDossier(s.twinPanel)
	s.OnDossier(s.answerPanel)
	s.OnDossier(s.amendedPanel)
	s.OnDossier(s.checkPanel)
	s.OnDossier(s.letterPanel)
	s.OnDossier(s.paperPanel)
	r.Page("GET", home, p.queue)
	r.Page("POST", home+"/batch", p.batch)
	r.Page("GET", counterAt, p.choose)
	r.Page("GET", counterAt+"/:procedure", p.takeForm)
	r.Page("POST", counterAt+"/:procedure", p.take, httpx.Body(files.FormBody))
	r.Page("GET", counterAt+"/:procedure/papers/:file", p.intakePhoto)
	r.Page("POST", counterAt+"/:procedure/assist", p.assisted)
	r.Page("GET", bookAt, p.book)
	r.Page("GET", bookAt+"/paper", p.bookPaper)
	r.Page("GET", home+"/slips/:id", p.slip)
	r.Page("GET", home+"/slips/:id/paper", p.slipPaper)
	r.Page("POST", home+"/slips/:id/copy", p.reprint)
	r.Page("GET", home+"/:id/do/:act", p.actForm)
	r.Page("POST", home+"/:id/do/:act", p.act)
	r.Page("POST", home+"/:id/findings", p.find)
	r.Page("POST", home+"/:id/apart", p.apart)
	r.Page("GET", home+"/:id/answers", p.amendForm)
	r.Page("POST", home+"/:id/answers", p.amend)
	r.Page("GET", home+"/:id/certificate", p.certificate)
	r.Page("GET", home+"/:id/papers/:file", p.photo)
	r.Page("POST", home+"/:id/papers", p.addPapers, httpx.Body(files.FormBody))
	s.api(r)
}

func (p *pages) shown(c *httpx.Ctx, at, title string, refused error, body func(ui.Errors) templ.Component) error {
	return p.site.Form(c, site.Page{Title: title, At: home, Tabs: p.Tabs(c.T, c.Who, at)}, refused, body)
}

func id(c *httpx.Ctx) (ident.ID, error) { return ident.Parse(c.Params("id")) }

func seen(d dossier.Dossier) ui.Hidden {
	return ui.Hidden{Name: "version", Value: strconv.FormatInt(d.Ver, 10)}
}

// asked is the filter that an address says.
func asked(c *httpx.Ctx) Filter {
	f := Filter{View: c.Query("view"), Unit: c.Query("unit"), Procedure: c.Query("procedure"), Words: c.Query("q"), Practice: c.Query("practice") == "1"}
	if f.View == "" {
		f.View = ViewMine
		if c.Who.May(dossier.Supervise) && !c.Who.May(dossier.Read) {
			f.View = ViewLate
		}
	}
	return f
}

func (f Filter) query() url.Values {
	q := url.Values{}
	for k, v := range map[string]string{"view": f.View, "unit": f.Unit, "procedure": f.Procedure, "q": f.Words} {
		if v != "" {
			q.Set(k, v)
		}
	}
	if f.Practice {
		q.Set("practice", "1")
	}
	return q
}

func (p *pages) queue(c *httpx.Ctx) error {
	f := asked(c)
	rows, err := p.Queue(c.Std(), c.Who, f, page.Read(c.Query("after"), c.Query("limit")))
	if err != nil {
		return err
	}
	counts, err := p.Counts(c.Std(), c.Who, f)
	if err != nil {
		return err
	}
	tree, err := p.tree(c.Std())
	if err != nil {
		return err
	}
	names, err := p.procedures(c)
	if err != nil {
		return err
	}
	t := c.T
	v := views.QueueView{Head: ui.HeaderData{Title: t.Say("office.queue.title"), Lead: t.Say("office.queue.lead")}, Filter: p.filter(c, f, counts, tree, names), Table: p.table(c, f, rows, tree, names)}
	if c.Who.May(dossier.Receive) {
		v.Head.Action = &ui.Action{Label: t.Say("office.counter.take"), Href: counterAt, Icon: "plus", Key: "n"}
	}
	if f.Practice {
		v.Note = &ui.NoticeData{Tone: ui.Trial, Title: t.Say("dossier.practice"), Text: t.Say("dossier.practice.text")}
	}
	if v.Table.Pick != "" {
		v.Batch = &views.BatchView{Action: home + "/batch", Label: t.Say("office.batch.preview"), Hint: t.Say("office.batch.hint")}
	}
	return p.site.Show(c, site.Page{Title: v.Head.Title, At: home, Tabs: p.Tabs(t, c.Who, home)}, views.QueuePage(t, v))
}

// procedures are the names of what is offered now, by key.
func (s *Service) procedures(c *httpx.Ctx) (map[string]string, error) {
	all, err := s.AllInForce(c.Std(), s.Now())
	if err != nil {
		return nil, err
	}
	names := map[string]string{}
	for _, v := range all {
		def, err := s.Definition(c.Std(), v.ID)
		if err != nil {
			return nil, err
		}
		names[v.Procedure] = def.Name.Say(string(c.T.Lang))
	}
	return names, nil
}

func (p *pages) filter(c *httpx.Ctx, f Filter, counts Counts, tree *org.Tree, names map[string]string) ui.FilterData {
	t := c.T
	out := ui.FilterData{Action: home, Results: "results", Hidden: []ui.Hidden{{Name: "view", Value: f.View}}}
	for _, v := range Views {
		g := f
		g.View, g.Words = v, ""
		one := ui.Preset{Label: t.Say("office.view." + v), Href: home + "?" + g.query().Encode(), Active: f.View == v && f.Words == "", Count: counts.Of(v, c.Who)}
		if v == ViewLate {
			one.Ceiling = ceiling
			if counts.Late > 0 {
				one.Tone = ui.Late
			}
		}
		out.Presets = append(out.Presets, one)
	}
	options := []ui.Option{{Label: t.Say("office.filter.all_procedures")}}
	for _, key := range sortedBy(names) {
		options = append(options, ui.Option{Value: key, Label: names[key]})
	}
	out.Fields = []ui.Field{{Kind: ui.Search, Name: "q", Label: t.Say("office.filter.words"), Hint: t.Say("office.filter.words_hint"), Value: f.Words, Max: 80},
		{Kind: ui.Select, Name: "procedure", Label: t.Say("office.filter.procedure"), Value: f.Procedure, Options: options}}
	if units := reachUnits(c.Who, tree); len(units) > 1 {
		o := []ui.Option{{Label: t.Say("office.filter.all_units")}}
		for _, u := range units {
			o = append(o, ui.Option{Value: u, Label: tree.Name(u)})
		}
		out.Fields = append(out.Fields, ui.Field{Kind: ui.Select, Name: "unit", Label: t.Say("dossier.unit"), Value: f.Unit, Options: o})
	}
	practice := ui.Field{Kind: ui.Check, Name: "practice", Label: t.Say("office.filter.practice")}
	if f.Practice {
		practice.Value = "1"
	}
	out.Fields = append(out.Fields, practice)
	if f.Words != "" || f.Procedure != "" || f.Unit != "" || f.Practice {
		out.Clear = home + "?view=" + f.View
	}
	return out
}

// reachUnits are the communes whose queue somebody sees; none for the whole city, where a
// list of them would help nobody.
func reachUnits(who access.Actor, tree *org.Tree) []string {
	need, _, err := reading(who)
	if err != nil {
		return nil
	}
	everywhere, units := who.Reach(need)
	if everywhere || len(units) > 60 {
		return nil
	}
	var all []string
	for _, u := range units {
		if one, ok := tree.Unit(u); ok && one.Level == org.Commune {
			all = append(all, u)
		}
	}
	return all
}

func (p *pages) table(c *httpx.Ctx, f Filter, rows page.Page[Row], tree *org.Tree, names map[string]string) ui.TableData {
	t := c.T
	_, persons, _ := reading(c.Who) // the queue was read with it
	d := ui.TableData{ID: "queue", Caption: t.Say("office.view." + f.View), Count: -1, HideCap: true, Columns: []ui.Column{{Label: t.Say("office.col.dossier")}, {Label: t.Say("office.col.procedure")},
		{Label: t.Say("office.col.state")}, {Label: t.Say("office.col.due")}, {Label: t.Say("dossier.handler"), Quiet: true}},
		Empty: ui.EmptyData{Icon: "circle-check", Title: t.Say("office.queue.none"), Text: t.Say("office.queue.none_text")}, Pager: &ui.PagerData{Shown: len(rows.Items)}}
	if f.Words == "" && f.View == ViewMine && (c.Who.May(dossier.Receive) || c.Who.May(dossier.Examine)) && len(rows.Items) > 1 {
		d.Pick, d.PickForm = "dossier", "batch"
	}
	for _, x := range rows.Items {
		main := ui.Main(x.Path(), x.Subject, x.Number())
		row := ui.Row{Href: x.Path()}
		if !persons {
			main, row.Href = ui.Two(x.Number(), ""), ""
		}
		if x.Late(p.Now()) {
			row.Tone = ui.Late
		}
		if d.Pick != "" && x.Status == dossier.Accepted {
			row.Pick = string(x.ID)
		}
		row.Cells = []templ.Component{main, ui.Two(names[x.Procedure], tree.Name(x.Unit)), p.stateCell(t, x), p.dueCell(c, x), ui.Text(x.HandlerName)}
		d.Rows = append(d.Rows, row)
	}
	q := f.query()
	if !rows.First {
		d.Pager.First = home + "?" + q.Encode()
	}
	if rows.Next != "" {
		q.Set("after", rows.Next)
		d.Pager.Next = home + "?" + q.Encode()
	}
	return d
}

func (p *pages) stateCell(t i18n.T, x Row) templ.Component {
	badges := []ui.State{x.Status.Badge(t)}
	if x.Desk != "" && x.Waiting == dossier.ForNobody {
		badges = append(badges, ui.State{Tone: ui.Neutral, Word: t.Say(string(x.Desk.Key()))})
	}
	if x.Waiting != dossier.ForNobody {
		badges = append(badges, ui.State{Tone: ui.Paused, Word: t.Say(string(x.Waiting.Key()))})
	}
	return ui.Badges(badges...)
}

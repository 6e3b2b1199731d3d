package practice

import (
	"maps"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"lotrinh/dossier"
	"lotrinh/dossier/practice/views"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/org"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
)

// Home is the place of practice.
const Home = dossier.Home + "/practice"

type pages struct {
	*Service
	site *site.Site
}

// Routes declares the page and the API.
func (s *Service) Routes(r *httpx.Router, on *site.Site) {
	p := &pages{s, on}
	s.Dossiers.AddTab(dossier.Tab{Label: "practice.tab", Href: Home, Needs: officers})
	s.Dossiers.OnDossier(p.panel)
	r.Page("GET", Home, p.home)
	r.Page("POST", Home, p.start)
	r.API(httpx.Op{Method: "GET", Path: "/api/v1/dossiers/practice", ID: "listPractice", Tag: "dossiers", Summary: "Who of a commune passed which procedure in practice", Out: httpx.List[PassOut]{},
		Query: []httpx.Param{{Name: "unit", Doc: "code of the commune"}}}, s.passesAPI)
}

// PassOut is one procedure that an officer passed.
type PassOut struct {
	Account   string `json:"account"`
	Name      string `json:"name"`
	Procedure string `json:"procedure"`
	At        string `json:"at"`
}

func (s *Service) passesAPI(c *httpx.Ctx) error {
	all, err := s.Passes(c.Std(), c.Who, c.Query("unit"))
	if err != nil {
		return err
	}
	out := httpx.List[PassOut]{Items: []PassOut{}}
	for _, p := range all {
		out.Items = append(out.Items, PassOut{string(p.Account), p.Name, p.Procedure, p.At.Format("2006-01-02T15:04:05Z07:00")})
	}
	return c.Reply(0, out)
}

// unit is the commune in which somebody practises: the one named, else the own.
func (p *pages) unit(c *httpx.Ctx, tree *org.Tree) string {
	if u := c.Query("unit", c.FormValue("unit")); u != "" {
		return u
	}
	if u, ok := tree.Unit(c.Who.Home); ok && u.Level == org.Commune {
		return u.Code
	}
	for _, u := range tree.Communes("") {
		if slices.ContainsFunc(officers, func(need access.Perm) bool { return c.Who.Covers(need, u.Code) }) {
			return u.Code
		}
	}
	return ""
}

func (p *pages) home(c *httpx.Ctx) error { return p.show(c, nil) }

func (p *pages) show(c *httpx.Ctx, refused error) error {
	_, tree, err := p.Dossiers.Known(c.Std())
	if err != nil {
		return err
	}
	unit := p.unit(c, tree)
	open, err := p.Open(c.Std(), c.Who, unit)
	if err != nil {
		return err
	}
	passes, err := p.Passes(c.Std(), c.Who, unit)
	if err != nil {
		return err
	}
	offered, err := p.Offered(c.Std())
	if err != nil {
		return err
	}
	t, lang := c.T, string(c.T.Lang)
	name := func(key string) string {
		if d, ok := offered[key]; ok {
			return d.Name.Say(lang)
		}
		return key
	}
	rows := ui.TableData{Caption: t.Say("practice.open"), HideCap: true, Count: -1, Columns: []ui.Column{{Label: t.Say("practice.dossier")}, {Label: t.Say("practice.procedure")}, {Label: t.Say("practice.state")}},
		Empty: ui.EmptyData{Icon: "inbox", Title: t.Say("practice.none"), Text: t.Say("practice.none_text")}}
	for _, d := range open {
		rows.Rows = append(rows.Rows, ui.Row{Href: d.Path(), Cells: []templ.Component{ui.Main(d.Path(), d.Subject, d.Number()), ui.Text(name(d.Procedure)), ui.Badge(d.Status.Badge(t))}})
	}
	done := ui.TableData{Caption: t.Say("practice.passed"), HideCap: true, Count: -1, Columns: []ui.Column{{Label: t.Say("practice.officer")}, {Label: t.Say("practice.procedure")}, {Label: t.Say("practice.at")}},
		Empty: ui.EmptyData{Icon: "circle-check", Title: t.Say("practice.nobody"), Text: t.Say("practice.nobody_text")}}
	for _, one := range passes {
		done.Rows = append(done.Rows, ui.Row{Cells: []templ.Component{ui.Text(one.Name), ui.Text(name(one.Procedure)), ui.Text(t.Moment(one.At))}})
	}
	options := []ui.Option{{Label: t.Say("practice.all", "n", len(offered))}}
	keys := slices.SortedFunc(maps.Keys(offered), func(a, b string) int { return strings.Compare(name(a), name(b)) })
	for _, key := range keys {
		options = append(options, ui.Option{Value: key, Label: name(key)})
	}
	v := views.Home{Head: ui.HeaderData{Title: t.Say("practice.title", "place", tree.Name(unit)), Lead: t.Say("practice.lead")}, Notice: ui.NoticeData{Tone: ui.Trial, Title: t.Say("practice.mark"), Text: t.Say("practice.apart")}, Open: rows, Done: done}
	return p.site.Form(c, site.Page{Title: v.Head.Title, At: dossier.Home, Tabs: p.Dossiers.Tabs(t, c.Who, Home)}, refused, func(e ui.Errors) templ.Component {
		v.Form = ui.FormData{Action: Home, Submit: t.Say("practice.start"), Errors: e, Hidden: []ui.Hidden{{Name: "unit", Value: unit}}, Fields: []ui.Field{{Kind: ui.Select, Name: "procedure", Label: t.Say("practice.procedure"), Options: options, Value: c.FormValue("procedure")}}}
		return views.HomePage(t, v)
	})
}

func (p *pages) start(c *httpx.Ctx) error {
	_, tree, err := p.Dossiers.Known(c.Std())
	if err != nil {
		return err
	}
	var which []string
	if key := c.FormValue("procedure"); key != "" {
		which = []string{strings.Clone(key)}
	}
	made, err := p.Start(c.Std(), c.Who, p.unit(c, tree), which...)
	if fault.Is(err, fault.Conflict) {
		return p.show(c, err)
	}
	if err != nil {
		return err
	}
	site.Flash(c, ui.Good, c.T.Say("practice.started", "n", len(made)))
	return c.See(Home)
}

// panel says on the page of a practice dossier what is left out.
func (p *pages) panel(c *httpx.Ctx, v dossier.View, _ error) (templ.Component, error) {
	if !v.Practice {
		return nil, nil
	}
	return ui.Notice(c.T, ui.NoticeData{Tone: ui.Trial, Title: c.T.Say("practice.mark"), Text: c.T.Say("practice.skips")}), nil
}

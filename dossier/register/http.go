package register

import (
	"context"
	"time"

	"github.com/a-h/templ"

	"lotrinh/dossier"
	"lotrinh/dossier/form"
	"lotrinh/dossier/register/views"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/org"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
)

// Home is the place of this room: search in the books.
const Home = dossier.Home + "/register"

// RelativesAt is where an officer declares the relatives whose dossiers they keep off.
const RelativesAt = "/account/relatives"

// Relating are the rights of those who decide about dossiers, and so declare relatives.
var Relating = []access.Perm{dossier.Examine, dossier.Register, dossier.Sign}

const (
	booksAt   = Home + "/books"
	entriesAt = Home + "/entries"
	signAt    = dossier.Home + "/sign"
)

type pages struct {
	*Service
	site *site.Site
}

// Routes declares the pages and the API, and puts this room on the pages of dossiers.
func (s *Service) Routes(r *httpx.Router, on *site.Site) {
	p := &pages{s, on}
	s.Dossiers.AddTab(dossier.Tab{Label: "register.tab", Href: Home, Needs: []access.Perm{dossier.Read}})
	s.Dossiers.AddTab(dossier.Tab{Label: "register.books.tab", Href: booksAt, Needs: []access.Perm{dossier.Read}, Under: Home})
	s.Dossiers.AddTab(dossier.Tab{Label: "register.relative.title", Href: RelativesAt, Needs: Relating, Under: Home})
	s.Dossiers.AddTab(dossier.Tab{Label: "register.sign.tab", Href: signAt, Needs: []access.Perm{dossier.Sign}})
	s.Dossiers.OnDossier(p.panel)
	r.Page("GET", Home, p.search)
	r.Page("GET", booksAt, p.books)
	r.Page("POST", booksAt+"/open", p.openBook)
	r.Page("POST", booksAt+"/next", p.nextVolume)
	r.Page("POST", booksAt+"/lock", p.lockYear)
	r.Page("GET", entriesAt+"/:id", p.entry)
	r.Page("POST", entriesAt+"/:id/facts", p.decideFact)
	r.Page("POST", entriesAt+"/:id/paper", p.compare)
	r.Page("GET", entriesAt+"/:id/extract", p.extract)
	r.Page("POST", Home+"/proposals/:id", p.judge)
	r.Page("GET", signAt, p.signList)
	r.Page("POST", signAt, p.signMany)
	r.Page("POST", signAt+"/refuse", p.refuse)
	r.Page("GET", RelativesAt, p.relatives)
	r.Page("POST", RelativesAt, p.declare)
	r.Page("POST", RelativesAt+"/confirm", p.confirmRelatives)
	r.Page("POST", RelativesAt+"/:id/forget", p.forget)
	r.Page("POST", dossier.Home+"/:id/register", p.enter)
	s.api(r)
}

func (p *pages) frame(c *httpx.Ctx, title, at string) site.Page {
	return site.Page{Title: title, At: dossier.Home, Tabs: p.Dossiers.Tabs(c.T, c.Who, at)}
}

func (p *pages) show(c *httpx.Ctx, title, at string, body templ.Component) error {
	return p.site.Show(c, p.frame(c, title, at), body)
}

// again shows a refused form as it was typed.
func (p *pages) again(c *httpx.Ctx, title, at string, refused error, body func(ui.Errors) templ.Component) error {
	return p.site.Form(c, p.frame(c, title, at), refused, body)
}

func id(c *httpx.Ctx) (ident.ID, error) { return ident.Parse(c.Params("id")) }

// passwordField asks for the password again.
func passwordField(t i18n.T) ui.Field {
	return ui.Field{Kind: ui.Password, Name: "password", Label: t.Say("register.password"), Hint: t.Say("register.password.hint"), Autocomplete: "current-password", Required: true}
}

func kindWord(t i18n.T, k Kind) string { return t.Say("register.kind." + string(k)) }

func kindOptions(t i18n.T, every string) []ui.Option {
	var out []ui.Option
	if every != "" {
		out = append(out, ui.Option{Label: t.Say(every)})
	}
	for _, k := range Kinds {
		out = append(out, ui.Option{Value: string(k), Label: kindWord(t, k)})
	}
	return out
}

// prove reads the password of a form.
func (p *pages) prove(c *httpx.Ctx) (org.Proof, error) {
	return p.People.Reprove(c.Std(), c.Who, c.FormValue("password"))
}

// tree is the units of today.
func (p *pages) tree(ctx context.Context) (*org.Tree, error) {
	_, tree, err := p.Dossiers.Known(ctx)
	return tree, err
}

// place names a unit as it was on a day.
func (p *pages) place(ctx context.Context) (func(code, day string) (string, bool), error) {
	atlas, err := p.Units.Atlas(ctx)
	if err != nil {
		return nil, err
	}
	return func(code, day string) (string, bool) {
		if _, ok := atlas.Version(code, day); !ok {
			return "", false
		}
		return atlas.Tree(day).Place(code), true
	}, nil
}

// says is what answers say, laid out as their form asks them. Changed fields tell what
// stood there at first.
func (p *pages) says(c *httpx.Ctx, version ident.ID, unit string, at time.Time, now, first form.Answers) ([]views.Section, error) {
	def, err := p.Dossiers.Definition(c.Std(), version)
	if err != nil {
		return nil, err
	}
	place, err := p.place(c.Std())
	if err != nil {
		return nil, err
	}
	f := formIn(def.Form)
	var out []views.Section
	for _, s := range shown(f, now, unit, at, place) {
		one := views.Section{Title: s.Title.In(c.T.Lang)}
		for _, l := range s.Lines {
			fact := ui.Fact{Label: l.Label.In(c.T.Lang), Text: l.Value.In(c.T.Lang)}
			if first != nil && first[l.Key] != now[l.Key] {
				fact.Age = c.T.Say("register.entry.was", "value", orBlank(c.T, form.Show(f, l.Key, first, form.Context{Accepted: at, Unit: unit, Place: place, Staff: true}).In(c.T.Lang)))
			}
			one.Facts = append(one.Facts, fact)
		}
		out = append(out, one)
	}
	if len(out) == 0 { // a form that asks nothing of its own
		one := views.Section{Title: c.T.Say("register.entry.answers")}
		for _, k := range sortedKeys(now) {
			one.Facts = append(one.Facts, ui.Fact{Label: k, Text: now[k]})
		}
		if len(one.Facts) > 0 {
			out = append(out, one)
		}
	}
	return out, nil
}

func orBlank(t i18n.T, s string) string {
	if s == "" {
		return t.Say("register.blank")
	}
	return s
}

// fieldOptions are the answers that a correction can change.
func (p *pages) fieldOptions(c *httpx.Ctx, version ident.ID, now form.Answers) ([]ui.Option, error) {
	def, err := p.Dossiers.Definition(c.Std(), version)
	if err != nil {
		return nil, err
	}
	out := []ui.Option{{Label: c.T.Say("register.fact.pick")}}
	known := map[string]bool{}
	for _, g := range formIn(def.Form).Groups {
		for _, f := range g.Fields {
			if f.Kind == form.Repeat {
				continue
			}
			known[f.Key] = true
			out = append(out, ui.Option{Value: f.Key, Label: g.Title.In(c.T.Lang) + " · " + f.Label.In(c.T.Lang)})
		}
	}
	for _, k := range sortedKeys(now) {
		if !known[k] {
			out = append(out, ui.Option{Value: k, Label: k})
		}
	}
	return out, nil
}

// units are the communes whose books a reader may ask for, as answers; nil for many.
func unitField(t i18n.T, tree *org.Tree, who access.Actor, value string) ui.Field {
	f := ui.Field{Kind: ui.Select, Name: "unit", Label: t.Say("register.unit"), Value: value}
	for _, u := range tree.Communes("") {
		if who.Covers(dossier.Read, u.Code) {
			f.Options = append(f.Options, ui.Option{Value: u.Code, Label: tree.Place(u.Code)})
		}
	}
	return f
}

func day(t i18n.T, s string) string {
	at, err := clock.ParseDate(s)
	if err != nil {
		return s
	}
	return t.Day(at)
}

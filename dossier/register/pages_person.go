package register

import (
	"strconv"

	"github.com/a-h/templ"

	"lotrinh/dossier"
	"lotrinh/dossier/procedure"
	"lotrinh/dossier/register/views"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
)

func (p *pages) relatives(c *httpx.Ctx) error { return p.showRelatives(c, nil) }

// showRelatives is the page of those for whom one may not act.
func (p *pages) showRelatives(c *httpx.Ctx, refused error) error {
	t := c.T
	all, at, err := p.Relatives(c.Std(), c.Who)
	if err != nil {
		return err
	}
	d := ui.TableData{Caption: t.Say("register.relative.title"), HideCap: true, Count: -1, Columns: []ui.Column{{Label: t.Say("register.relative.name")}, {Label: t.Say("register.relative.relation")}, {Label: t.Say("register.relative.born")}, {Label: t.Say("register.relative.pid")}, {Label: ""}},
		Empty: ui.EmptyData{Icon: "users", Title: t.Say("register.relative.none"), Text: t.Say("register.relative.none_text")}}
	for _, r := range all {
		forget := ui.Button(t, ui.Action{Label: t.Say("register.relative.forget"), Href: RelativesAt + "/" + string(r.ID) + "/forget", Post: true}, "btn btn-sm")
		d.Rows = append(d.Rows, ui.Row{Cells: []templ.Component{ui.Text(r.Name), ui.Text(t.Say("register.relation." + r.Relation)), ui.Text(day(t, r.Born)), ui.Text(hiddenPID(r.PID)), forget}})
	}
	var relations []ui.Option
	for _, r := range Relations {
		relations = append(relations, ui.Option{Value: r, Label: t.Say("register.relation." + r)})
	}
	v := views.Listed{Head: ui.HeaderData{Title: t.Say("register.relative.title"), Lead: t.Say("register.relative.lead"), Crumbs: []ui.Crumb{{Label: t.Say("register.account"), Href: "/account"}, {Label: t.Say("register.relative.title")}}},
		Tables: []views.Table{{Card: ui.CardData{Flush: true}, Table: d}}}
	if at.IsZero() {
		v.Notice = &ui.NoticeData{Tone: ui.Warn, Title: t.Say("register.relative.never"), Action: &ui.Action{Label: t.Say("register.relative.confirm"), Href: RelativesAt + "/confirm", Post: true}}
	} else {
		v.Notice = &ui.NoticeData{Tone: ui.Info, Title: t.Say("register.relative.at", "at", at), Action: &ui.Action{Label: t.Say("register.relative.confirm"), Href: RelativesAt + "/confirm", Post: true}}
	}
	return p.site.Form(c, site.Page{Title: v.Head.Title, At: "/account"}, refused, func(e ui.Errors) templ.Component {
		v.Forms = []views.Form{{Title: t.Say("register.relative.add"), Form: ui.FormData{Action: RelativesAt, Submit: t.Say("register.relative.add"), Errors: e, Fields: []ui.Field{
			{Kind: ui.Select, Name: "relation", Label: t.Say("register.relative.relation"), Options: relations, Value: c.FormValue("relation")},
			{Name: "name", Label: t.Say("register.relative.name"), Value: c.FormValue("name"), Max: 100, Required: true},
			{Kind: ui.Date, Name: "born", Label: t.Say("register.relative.born"), Value: c.FormValue("born")},
			{Name: "pid", Label: t.Say("register.relative.pid"), Hint: t.Say("register.relative.pid.hint"), Value: c.FormValue("pid"), Max: 20}}}}}
		return views.ListPage(t, v)
	})
}

// hiddenPID shows enough of a number to know it by.
func hiddenPID(s string) string {
	if len(s) < 6 {
		return s
	}
	return "••••" + s[len(s)-4:]
}

func (p *pages) declare(c *httpx.Ctx) error {
	_, err := p.Declare(c.Std(), c.Who, Relative{Relation: c.FormValue("relation"), Name: c.FormValue("name"), Born: c.FormValue("born"), PID: c.FormValue("pid")})
	if fault.Is(err, fault.Invalid) || fault.Is(err, fault.Conflict) {
		return p.showRelatives(c, err)
	}
	if err != nil {
		return err
	}
	site.Flash(c, ui.Good, c.T.Say("register.done.relative"))
	return c.See(RelativesAt)
}

func (p *pages) confirmRelatives(c *httpx.Ctx) error {
	if err := p.Confirm(c.Std(), c.Who); err != nil {
		return err
	}
	site.Flash(c, ui.Good, c.T.Say("register.done.relative"))
	return c.See(RelativesAt)
}

func (p *pages) forget(c *httpx.Ctx) error {
	key, err := id(c)
	if err != nil {
		return err
	}
	if err := p.Forget(c.Std(), c.Who, key); err != nil {
		return err
	}
	site.Flash(c, ui.Good, c.T.Say("register.done.relative"))
	return c.See(RelativesAt)
}

// panel shows on a dossier's page its entries, and to the officer whose step it is the
// form that writes one.
func (p *pages) panel(c *httpx.Ctx, v dossier.View, refused error) (templ.Component, error) {
	t := c.T
	book := Kind(v.Definition.Book())
	if !book.Known() {
		return nil, nil
	}
	var all []Found
	err := p.DB.Read().NewSelect().Model(&all).ColumnExpr("re.*").ColumnExpr("EXISTS (SELECT 1 FROM register_void AS rv WHERE rv.entry = re.id) AS voided").
		ColumnExpr("EXISTS (SELECT 1 FROM register_fact AS rf WHERE rf.entry = re.id AND rf.kind = 'annulment') AS ended").Where("re.dossier = ?", v.ID).Order("re.id").Scan(c.Std())
	if err != nil {
		return nil, db.Sorted(err)
	}
	turn := v.Status == dossier.InWork && v.Step.Kind == procedure.Register && c.Who.Covers(dossier.Register, v.Unit)
	sign := v.Status == dossier.InWork && v.Step.Kind == procedure.Sign && c.Who.Covers(dossier.Sign, v.Unit)
	if len(all) == 0 && !turn && !sign {
		return nil, nil
	}
	facts := []ui.Fact{{Label: t.Say("register.kind"), Text: kindWord(t, book)}}
	for _, e := range all {
		facts = append(facts, ui.Fact{Label: t.Say("register.number"), Value: ui.Parts([]templ.Component{ui.Link(e.Path(), Numbered(e.Number, e.Year)+" · "+e.Book()), ui.Text(" "), ui.Badge(p.state(c, e.Voided, e.Ended, e.Practice))})})
	}
	var do []ui.Action
	if sign {
		do = append(do, ui.Action{Label: t.Say("register.sign.open"), Href: signAt + "?id=" + string(v.ID), Icon: "clipboard-check"})
	}
	if !turn {
		return views.EnterPanel(t, t.Say("register.panel"), facts, nil, do), nil
	}
	form := &ui.FormData{Action: v.Path() + "/register", Submit: t.Say("register.enter"), Fields: []ui.Field{passwordAt(t, "register-password")},
		Hidden: []ui.Hidden{{Name: "version", Value: strconv.FormatInt(v.Ver, 10)}}}
	if refused != nil && c.FormValue("password") != "" {
		form.Errors = ui.ErrorsOf(t, refused)
	}
	return views.EnterPanel(t, t.Say("register.panel"), facts, form, do), nil
}

func (p *pages) enter(c *httpx.Ctx) error {
	key, err := id(c)
	if err != nil {
		return err
	}
	if _, err := p.Dossiers.DossierIn(c.Std(), p.DB.Read(), c.Who, dossier.Register, key); err != nil {
		return err
	}
	proof, err := p.prove(c)
	var e Entry
	if err == nil {
		e, err = p.Enter(c.Std(), c.Who, proof, key, c.Version())
	}
	if fault.Is(err, fault.Invalid) || fault.Is(err, fault.Conflict) {
		return p.Dossiers.ShowDossier(c, p.site, key, err)
	}
	if err != nil {
		return err
	}
	site.Flash(c, ui.Good, c.T.Say("register.done.entered", "number", Numbered(e.Number, e.Year), "book", e.Book()))
	return c.See(dossier.Home + "/" + string(key))
}

package services

import (
	"github.com/a-h/templ"

	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
	base "lotrinh/rollout/views"
)

func (p *pages) focal(c *httpx.Ctx) error { return p.showFocal(c, nil, nil) }

// showFocal lists departments with their focal points, and appoints one.
func (p *pages) showFocal(c *httpx.Ctx, typed *Focal, refused error) error {
	all, _, err := p.Departments(c.Std(), c.Who)
	if err != nil {
		return err
	}
	t := c.T
	d := ui.TableData{Caption: t.Say("services.focal"), Count: int64(len(all)), Columns: []ui.Column{{Label: t.Say("services.col.department")}, {Label: t.Say("services.col.focal")}},
		Empty: ui.EmptyData{Icon: "users", Title: t.Say("services.none"), Text: t.Say("services.none.text")}}
	var leads []ui.Option
	for _, one := range all {
		leads = append(leads, ui.Option{Value: one.Lead, Label: one.Name})
		href := home + "/departments/" + one.Lead
		var who []base.Person
		for _, f := range one.Focal {
			person := base.Person{Name: f.Name, Sub: t.Say("services.focal.since", "day", dayWords(t, f.From))}
			if c.Who.May(Keep) {
				person.End = &ui.Action{Label: t.Say("services.focal.dismiss"), Href: home + "/focal/" + string(f.ID) + "/dismiss", Post: true, Hidden: []ui.Hidden{{Name: "version", Value: itoa(f.Version)}}}
			}
			who = append(who, person)
		}
		d.Rows = append(d.Rows, ui.Row{Href: href, Cells: cells(ui.Main(href, one.Name, ""), base.People(t, who))})
	}
	v := base.Published{Header: ui.HeaderData{Crumbs: crumbs(c, ui.Crumb{Label: t.Say("services.focal")}), Title: t.Say("services.focal"), Lead: t.Say("services.focal.lead")}, Table: d}
	var people []ui.Option
	if c.Who.May(Keep) {
		accounts, err := p.People.FocalPoints(c.Std())
		if err != nil {
			return err
		}
		for _, a := range accounts {
			people = append(people, ui.Option{Value: string(a.ID), Label: a.Name})
		}
	}
	return p.again(c, v.Header.Title, refused, func(e ui.Errors) templ.Component {
		if c.Who.May(Keep) {
			f := Focal{From: clock.Date(p.now())}
			if typed != nil {
				f = *typed
			}
			v.FormTitle = t.Say("services.focal.appoint")
			v.Form = &ui.FormData{Action: home + "/focal", Errors: e, Submit: t.Say("services.focal.do"), Fields: []ui.Field{
				{Kind: ui.Select, Name: "lead", Label: t.Say("services.col.department"), Value: f.Lead, Options: leads, Required: true, Error: e.Of("lead")},
				{Kind: ui.Select, Name: "account", Label: t.Say("services.focal.account"), Hint: t.Say("services.focal.account.hint"), Value: string(f.Account), Options: people, Required: true, Error: e.Of("account")},
				{Kind: ui.Date, Name: "from", Label: t.Say("services.focal.from"), Value: f.From, Narrow: true, Required: true, Error: e.Of("from")}}}
		}
		return base.PublishedPage(t, v)
	})
}

func (p *pages) appoint(c *httpx.Ctx) error {
	f := Focal{Lead: c.FormValue("lead"), Account: ident.ID(c.FormValue("account")), From: c.FormValue("from")}
	if err := p.Appoint(c.Std(), c.Who, f.Lead, f.Account, f.From); err != nil {
		if sameForm(err) {
			return p.showFocal(c, &f, err)
		}
		return err
	}
	site.Flash(c, ui.Good, c.T.Say("services.focal.appointed"))
	return c.See(home + "/focal")
}

func (p *pages) dismiss(c *httpx.Ctx) error {
	key, err := id(c)
	if err != nil {
		return err
	}
	if err := p.Dismiss(c.Std(), c.Who, key, number(c.FormValue("version"))); err != nil {
		return err
	}
	site.Flash(c, ui.Good, c.T.Say("services.focal.dismissed"))
	return c.See(home + "/focal")
}

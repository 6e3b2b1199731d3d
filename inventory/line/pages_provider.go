package line

import (
	"slices"
	"strconv"

	"github.com/a-h/templ"

	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
	"lotrinh/inventory/line/views"
)

func (p *pages) providers(c *httpx.Ctx) error { return p.showProviders(c, Provider{Active: true}, nil) }

func (p *pages) provider(c *httpx.Ctx) error {
	key, err := id(c)
	if err != nil {
		return err
	}
	all, err := p.Providers(c.Std(), c.Who)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(all, func(x Provider) bool { return x.ID == key })
	if i < 0 {
		return fault.New(fault.Missing, "fault.missing")
	}
	return p.showProviders(c, all[i], nil)
}

func (p *pages) showProviders(c *httpx.Ctx, one Provider, refused error) error {
	all, err := p.Providers(c.Std(), c.Who)
	if err != nil {
		return err
	}
	t := c.T
	title := t.Say("line.providers")
	v := views.Listed{Head: ui.HeaderData{Title: title, Lead: t.Say("line.providers.lead"), Crumbs: crumbs(t, ui.Crumb{Label: title})}, Title: t.Say("line.provider.new")}
	v.Table = ui.TableData{Caption: title, Count: int64(len(all)), Columns: []ui.Column{{Label: t.Say("line.provider")}, {Label: t.Say("line.contact")}, {Label: t.Say("line.provider.portal"), Quiet: true}},
		Empty: ui.EmptyData{Icon: "building", Title: t.Say("line.providers.none"), Text: t.Say("line.providers.none.hint")}}
	for _, x := range all {
		name, sub := ui.Text(x.Name), ""
		if !x.Active {
			sub = t.Say("line.provider.ended")
		}
		row := ui.Row{}
		if c.Who.May(Configure) {
			row.Href = home + "/providers/" + string(x.ID)
			name = ui.Main(row.Href, x.Name, sub)
		}
		short := x
		short.Portal = ""
		row.Cells = []templ.Component{name, ui.Text(short.reach()), ui.Text(x.Portal)}
		v.Table.Rows = append(v.Table.Rows, row)
	}
	return p.shown(c, title, refused, func(e ui.Errors) templ.Component {
		if c.Who.May(Configure) {
			form := providerForm(t, one, e)
			v.Form = &form
		}
		if one.ID != "" {
			v.Title = t.Say("line.provider.edit", "name", one.Name)
		}
		return views.List(t, v)
	})
}

func providerForm(t i18n.T, one Provider, e ui.Errors) ui.FormData {
	active := ui.Field{Kind: ui.Check, Name: "active", Label: t.Say("line.provider.active")}
	if one.Active {
		active.Value = "1"
	}
	f := ui.FormData{Action: home + "/providers", Errors: e, Submit: t.Say("line.provider.save"), Fields: []ui.Field{
		{Name: "name", Label: t.Say("line.provider.name"), Value: one.Name, Required: true, Max: longestName},
		{Name: "contact", Label: t.Say("line.provider.contact"), Hint: t.Say("line.provider.contact.hint"), Value: one.Contact, Max: longestName},
		{Kind: ui.Phone, Name: "phone", Label: t.Say("line.provider.phone"), Value: one.Phone},
		{Kind: ui.Email, Name: "mail", Label: t.Say("line.provider.mail"), Value: one.Mail},
		{Name: "portal", Label: t.Say("line.provider.portal"), Value: one.Portal, Max: longestTarget}, active}}
	if one.ID != "" {
		f.Action += "/" + string(one.ID)
		f.Cancel = home + "/providers"
		f.Hidden = []ui.Hidden{{Name: "version", Value: strconv.FormatInt(one.Version, 10)}}
	}
	return f
}

func (p *pages) saveProvider(c *httpx.Ctx) error {
	one := Provider{Name: c.FormValue("name"), Contact: c.FormValue("contact"), Phone: c.FormValue("phone"), Mail: c.FormValue("mail"), Portal: c.FormValue("portal"),
		Active: c.FormValue("active") != ""}
	if raw := c.Params("id"); raw != "" {
		key, err := ident.Parse(raw)
		if err != nil {
			return err
		}
		one.ID, one.Version = key, c.Version()
	}
	saved, err := p.SaveProvider(c.Std(), c.Who, one)
	if err != nil {
		if c.Who.May(Configure) {
			return p.showProviders(c, one, err)
		}
		return err
	}
	site.Flash(c, ui.Good, c.T.Say("line.provider.saved", "name", saved.Name))
	return c.See(home + "/providers")
}

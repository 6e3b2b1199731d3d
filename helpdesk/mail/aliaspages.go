package mail

import (
	"strconv"

	"github.com/a-h/templ"

	"lotrinh/helpdesk"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/site/ui"

	"lotrinh/helpdesk/mail/views"
)

func (p pages) aliases(c *httpx.Ctx) error { return p.showAliases(c, Alias{}, nil) }

// routeAlias takes the form of one address.
func (p pages) routeAlias(c *httpx.Ctx) error {
	version, _ := strconv.ParseInt(c.FormValue("version"), 10, 64) // what is no number was never saved
	a := Alias{Address: c.FormValue("address"), Category: helpdesk.Category(c.FormValue("service")), Unit: c.FormValue("unit"), Version: version}
	if err := p.Route(c.Std(), c.Who, a); err != nil {
		return p.showAliases(c, a, err)
	}
	return c.See(aliasesAt)
}

// showAliases shows the forms of all further addresses; the one that was refused as it
// was typed.
func (p pages) showAliases(c *httpx.Ctx, typed Alias, refused error) error {
	all, err := p.Aliases(c.Std(), c.Who)
	if err != nil {
		return err
	}
	offers, err := p.Desk.Catalogue(c.Std())
	if err != nil {
		return err
	}
	tabs, err := p.tabs(c, aliasesAt)
	if err != nil {
		return err
	}
	t := c.T
	v := views.AliasesView{Head: ui.HeaderData{Title: t.Say("helpdesk.mail.aliases"), Lead: t.Say("helpdesk.mail.aliases_lead")}, Tabs: tabs,
		Empty: ui.EmptyData{Icon: "mail", Title: t.Say("helpdesk.mail.aliases_none"), Text: t.Say("helpdesk.mail.aliases_none_text"),
			Action: &ui.Action{Label: t.Say("helpdesk.mail.boxes"), Href: roomAt}}}
	return p.show(c, v.Head.Title, refused, func(e ui.Errors) templ.Component {
		v.Aliases = nil
		for i, a := range all {
			one := views.AliasView{Title: a.Address, Note: t.Say("helpdesk.mail.alias_of", "box", a.Box.Name), Form: aliasForm(t, i, a, offers)}
			if refused != nil && a.Address == typed.Address {
				one.Form = aliasForm(t, i, typed, offers)
				one.Form.Errors = e
			}
			v.Aliases = append(v.Aliases, one)
		}
		return views.Aliases(t, v)
	})
}

func aliasForm(t i18n.T, n int, a Alias, offers *helpdesk.Catalogue) ui.FormData {
	services := []ui.Option{{Label: t.Say("helpdesk.mail.alias_as_box")}}
	for _, o := range offers.Offered() {
		services = append(services, ui.Option{Value: string(o.Code), Label: offers.Service(t, o.Code)})
	}
	return ui.FormData{ID: "alias-" + strconv.Itoa(n), Action: aliasesAt, Submit: t.Say("helpdesk.mail.alias_save"),
		Hidden: []ui.Hidden{{Name: "address", Value: a.Address}, {Name: "version", Value: strconv.FormatInt(a.Version, 10)}},
		Fields: []ui.Field{
			{Kind: ui.Select, Name: "service", Label: t.Say("helpdesk.mail.form.service"), Value: string(a.Category), Options: services, Required: true},
			{Name: "unit", Label: t.Say("helpdesk.mail.form.unit"), Hint: t.Say("helpdesk.mail.alias_unit_hint"), Value: a.Unit, Narrow: true},
		}}
}

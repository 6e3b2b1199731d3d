package delivery

import (
	"net/url"

	"github.com/a-h/templ"

	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
	"lotrinh/reports/delivery/views"
)

func (p pages) admin(c *httpx.Ctx) error { return p.showAdmin(c, nil) }

// showAdmin shows where reports may go beyond the accounts of the house.
func (p pages) showAdmin(c *httpx.Ctx, refused error) error {
	t := c.T
	all, err := p.Domains(c.Std(), c.Who)
	if err != nil {
		return err
	}
	machines, err := p.machineTable(c)
	if err != nil {
		return err
	}
	head := ui.HeaderData{Title: t.Say("delivery.admin.title"), Lead: t.Say("delivery.admin.lead")}
	return p.site.Form(c, site.Page{Title: head.Title, At: AdminAt}, refused, func(e ui.Errors) templ.Component {
		return views.Page(t, views.View{Head: head, Blocks: []views.Block{
			{Card: ui.CardData{Title: t.Say("delivery.admin.outlets"), Note: t.Say("delivery.admin.outlets.note"), Flush: true}, Table: machines},
			{Card: ui.CardData{Title: t.Say("delivery.domain.title"), Note: t.Say("delivery.domain.note"), Flush: true}, Table: domainTable(t, all)},
			{Card: ui.CardData{Title: t.Say("delivery.domain.add")}, Form: &ui.FormData{Action: AdminAt + "/domains", Submit: t.Say("delivery.domain.allow"), Errors: e,
				Fields: []ui.Field{{Name: "domain", Label: t.Say("delivery.domain.field"), Hint: t.Say("delivery.domain.hint"), Value: c.FormValue("domain"), Required: true, Max: 253}}}}}})
	})
}

// machineTable leads to the folders and the webhooks.
func (p pages) machineTable(c *httpx.Ctx) (*ui.TableData, error) {
	t := c.T
	d := &ui.TableData{Caption: t.Say("delivery.admin.outlets"), HideCap: true, Count: -1, Columns: []ui.Column{{Label: t.Say("delivery.col.channel")}, {Label: t.Say("delivery.outlet.on"), Num: true}}}
	for _, one := range []struct {
		kind Channel
		at   string
	}{{Folder, FoldersAt}, {Webhook, WebhooksAt}} {
		all, err := p.Outlets(c.Std(), c.Who, one.kind)
		if err != nil {
			return nil, err
		}
		on := int64(0)
		for _, o := range all {
			if o.Enabled {
				on++
			}
		}
		d.Rows = append(d.Rows, ui.Row{Href: one.at, Cells: []templ.Component{ui.Main(one.at, t.Say("delivery."+string(one.kind)+".title"), ""), ui.Number(t, on)}})
	}
	return d, nil
}

func domainTable(t i18n.T, all []Domain) *ui.TableData {
	d := &ui.TableData{Caption: t.Say("delivery.domain.title"), HideCap: true, Count: int64(len(all)), Empty: ui.EmptyData{Icon: "mail", Title: t.Say("delivery.domain.none"), Text: t.Say("delivery.domain.none.text")},
		Columns: []ui.Column{{Label: t.Say("delivery.domain.field")}, {Label: t.Say("delivery.domain.by")}, {Label: t.Say("delivery.col.do")}}}
	for _, one := range all {
		d.Rows = append(d.Rows, ui.Row{Cells: []templ.Component{ui.Text(one.Domain), ui.Two(one.MadeBy, t.Moment(one.MadeAt)),
			views.Acts(t, []ui.Action{{Label: t.Say("delivery.domain.forbid"), About: one.Domain, Href: AdminAt + "/domains/" + url.PathEscape(one.Domain) + "/forbid", Post: true}})}})
	}
	return d
}

func (p pages) allow(c *httpx.Ctx) error {
	if err := c.Who.Need(Manage); err != nil {
		return err
	}
	if err := p.Allow(c.Std(), c.Who, c.FormValue("domain")); err != nil {
		return p.showAdmin(c, err)
	}
	return act(c, nil, "delivery.domain.allowed", AdminAt)
}

func (p pages) forbid(c *httpx.Ctx) error {
	return act(c, p.Forbid(c.Std(), c.Who, c.Params("domain")), "delivery.domain.forbidden", AdminAt)
}

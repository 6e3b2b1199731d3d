package delivery

import (
	"strconv"

	"github.com/a-h/templ"

	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
	"lotrinh/reports"
	"lotrinh/reports/delivery/views"
)

func linksAt(run ident.ID) string { return "/reports/runs/" + string(run) + "/links" }

func (p pages) links(c *httpx.Ctx) error { return p.showLinks(c, nil) }

// showLinks shows the links of a report and asks for another.
func (p pages) showLinks(c *httpx.Ctx, refused error) error {
	t := c.T
	id, err := idOf(c, "id")
	if err != nil {
		return err
	}
	all, err := p.Links(c.Std(), c.Who, id)
	if err != nil {
		return err
	}
	run, err := p.Reports.RunOf(c.Std(), c.Who, id)
	if err != nil {
		return err
	}
	name, err := p.Reports.Titles(c.Std(), t)
	if err != nil {
		return err
	}
	now := p.Machine.Now()
	table := &ui.TableData{Caption: t.Say("delivery.link.title"), HideCap: true, Count: int64(len(all)), Empty: ui.EmptyData{Icon: "link", Title: t.Say("delivery.link.none")},
		Columns: []ui.Column{{Label: t.Say("delivery.link.address")}, {Label: t.Say("delivery.link.until")}, {Label: t.Say("delivery.link.opened"), Num: true}, {Label: t.Say("delivery.col.do")}}}
	for _, l := range all {
		row := ui.Row{Cells: []templ.Component{ui.Two(t.Say("delivery.link.ended"), l.MadeName), ui.Text(t.Moment(l.Until)), ui.Number(t, l.Opened), nil}}
		if l.Alive(now) {
			row.Cells[0] = ui.Two(p.Address(l), l.MadeName)
			row.Cells[3] = views.Acts(t, []ui.Action{{Label: t.Say("delivery.link.revoke"), Href: "/reports/links/" + string(l.ID) + "/revoke", Post: true, About: t.Moment(l.MadeAt)}})
		}
		table.Rows = append(table.Rows, row)
	}
	days := c.FormValue("days")
	if days == "" {
		days = strconv.Itoa(linkDays)
	}
	head := ui.HeaderData{Title: t.Say("delivery.link.title"), Lead: t.Say("delivery.link.lead"),
		Crumbs: []ui.Crumb{{Label: t.Say("reports.title"), Href: "/reports"}, {Label: name(run.Definition), Href: "/reports/runs/" + string(id)}, {Label: t.Say("delivery.link.title")}}}
	return p.site.Form(c, site.Page{Title: head.Title, At: "/reports"}, refused, func(e ui.Errors) templ.Component {
		return views.Page(t, views.View{Head: head, Blocks: []views.Block{{Card: ui.CardData{Title: t.Say("delivery.link.title"), Flush: true}, Table: table},
			{Card: ui.CardData{Title: t.Say("delivery.link.add")}, Form: &ui.FormData{Action: linksAt(id), Submit: t.Say("delivery.link.make"), Errors: e,
				Fields: []ui.Field{{Kind: ui.Whole, Name: "days", Label: t.Say("delivery.link.days"), Value: days, Required: true, Narrow: true}}}}}})
	})
}

func (p pages) makeLink(c *httpx.Ctx) error {
	id, err := idOf(c, "id")
	if err != nil {
		return err
	}
	if _, err := p.MakeLink(c.Std(), c.Who, id, c.FormValue("days")); err != nil {
		return p.showLinks(c, err)
	}
	return act(c, nil, "delivery.link.made", linksAt(id))
}

func (p pages) revokeLink(c *httpx.Ctx) error {
	id, err := idOf(c, "id")
	if err != nil {
		return err
	}
	run, err := p.Revoke(c.Std(), c.Who, id)
	return act(c, err, "delivery.link.revoked", linksAt(run))
}

// shared is the page of a report for somebody without an account: the key figures and the PDF.
func (p pages) shared(c *httpx.Ctx) error {
	t := c.T
	c.Set("X-Robots-Tag", "noindex")
	c.Set("Cache-Control", "no-store")
	l, sn, err := p.OpenLink(c.Std(), c.Params("token"))
	if err != nil {
		return err
	}
	f, err := sn.Figures()
	if err != nil {
		return err
	}
	v := views.View{Head: ui.HeaderData{Title: reports.Title(t, f), Lead: t.Say("delivery.mail.read", "at", f.ReadAt),
		Action: &ui.Action{Label: t.Say("delivery.link.pdf"), Href: linkAt + c.Params("token") + "/pdf", Icon: "download"}}}
	b := views.Block{Note: t.Say("delivery.link.note", "until", l.Until)}
	for _, k := range keysOf(t, f) {
		b.Facts = append(b.Facts, ui.Fact{Label: k.Label, Text: k.Value + " " + k.Of, Age: k.SoWhat})
	}
	v.Blocks = []views.Block{b}
	return p.site.Show(c, site.Page{Title: v.Head.Title, Citizen: true}, views.Page(t, v))
}

func (p pages) sharedPDF(c *httpx.Ctx) error {
	c.Set("X-Robots-Tag", "noindex")
	_, sn, err := p.OpenLink(c.Std(), c.Params("token"))
	if err != nil {
		return err
	}
	papers, err := p.Reports.PapersOf(c.Std(), system, sn)
	if err != nil {
		return err
	}
	return p.Files.Send(c, papers.PDF)
}

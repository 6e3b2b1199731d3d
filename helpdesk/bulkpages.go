package helpdesk

import (
	"context"

	"github.com/a-h/templ"

	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/job"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"

	"lotrinh/helpdesk/views"
)

func (p *pages) bulkRoutes(r *httpx.Router) {
	r.Page("POST", "/desk/bulk", p.bulk)
	r.Page("GET", "/desk/bulk/:id", p.bulkResult)
}

// BulkResult is where the result of a large bulk act is seen.
func BulkResult(r job.Row) string { return "/desk/bulk/" + string(r.ID) }

// bulk leads through a bulk act: what to do, what will change and what will not, done.
func (p *pages) bulk(c *httpx.Ctx) error {
	if err := c.Who.Need(Work); err != nil {
		return err
	}
	b, err := p.readBulk(c)
	if err != nil {
		return err
	}
	switch c.FormValue("do") {
	case "preview":
		lines, err := p.PreviewBulk(c.Std(), c.Who, b)
		if err != nil {
			return p.bulkForm(c, b, err)
		}
		return p.bulkShow(c, b, lines, true)
	case "go":
		return p.bulkGo(c, b)
	}
	return p.bulkForm(c, b, nil)
}

// readBulk reads the form; "all" is the whole view that the address names, as far as
// one go reaches.
func (p *pages) readBulk(c *httpx.Ctx) (Bulk, error) {
	b := Bulk{Act: BulkAct(c.FormValue("act")), Owner: ident.ID(c.FormValue("owner")), Tags: c.FormValue("tags"), Impact: small(c.FormValue("impact")),
		Urgency: small(c.FormValue("urgency")), Party: Party(c.FormValue("party")), Body: c.FormValue("body"), Into: c.FormValue("into"), Under: ident.ID(c.FormValue("under"))}
	if c.FormValue("all") == "" {
		for _, raw := range c.Request().PostArgs().PeekMulti("ticket") {
			if id, err := ident.Parse(string(raw)); err == nil && len(b.Tickets) <= mostBulk {
				b.Tickets = append(b.Tickets, id)
			}
		}
		return b, nil
	}
	a, err := p.asked(c)
	if err != nil {
		return b, err
	}
	for after, n := "", 0; n < mostBulk/page.Max+2 && len(b.Tickets) < mostBulk; n++ {
		rows, err := p.Queue(c.Std(), c.Who, a.Filter, page.Read(after, "200"))
		if err != nil {
			return b, err
		}
		for _, t := range rows.Items[:min(len(rows.Items), mostBulk-len(b.Tickets))] {
			b.Tickets = append(b.Tickets, t.ID)
		}
		if after = rows.Next; after == "" {
			break
		}
	}
	return b, nil
}

// bulkGo does it: a few at once, many by a job that can be left and found again.
func (p *pages) bulkGo(c *httpx.Ctx, b Bulk) error {
	if err := p.checkBulk(c.Std(), c.Who, &b); err != nil {
		return p.bulkForm(c, b, err)
	}
	if len(b.Tickets) > fewBulk && p.Jobs != nil {
		var id ident.ID
		err := p.DB.InTx(c.Std(), func(ctx context.Context, tx *db.Tx) error {
			var err error
			id, err = p.Jobs.Start(ctx, tx, BulkJob, c.Who, b)
			return err
		})
		if err != nil {
			return err
		}
		return c.See("/jobs/" + string(id))
	}
	lines, err := p.DoBulk(c.Std(), c.Who, b, func(int, int) error { return nil })
	if err != nil {
		return err
	}
	return p.bulkShow(c, b, lines, false)
}

// bulkResult is what became of each ticket of a large act.
func (p *pages) bulkResult(c *httpx.Ctx) error {
	id, err := ident.Parse(c.Params("id"))
	if err != nil {
		return err
	}
	if p.Jobs == nil {
		return fault.New(fault.Missing, "fault.missing")
	}
	r, err := p.Jobs.Get(c.Std(), c.Who, id)
	if err != nil {
		return err
	}
	var lines []BulkLine
	if r.Kind != BulkJob || r.State != job.Done || r.Into(&lines) != nil {
		return fault.New(fault.Missing, "fault.missing")
	}
	return p.bulkShow(c, Bulk{}, lines, false)
}

func (p *pages) bulkShow(c *httpx.Ctx, b Bulk, lines []BulkLine, preview bool) error {
	t, good := c.T, 0
	d := ui.TableData{ID: "bulk-lines", Caption: t.Say("helpdesk.bulk.lines"), HideCap: true, Count: -1, Columns: []ui.Column{{Label: t.Say("helpdesk.col.ticket")}, {Label: t.Say("helpdesk.bulk.outcome")}},
		Empty: ui.EmptyData{Icon: "ticket", Title: t.Say("helpdesk.bulk.none")}}
	for _, l := range lines {
		state := ui.State{Tone: ui.Good, Word: t.Say("helpdesk.bulk.done_one")}
		if preview {
			state.Word = t.Say("helpdesk.bulk.will")
		}
		if l.Why.Key != "" {
			state = ui.State{Tone: ui.Warn, Word: t.Say("helpdesk.bulk.refused") + ": " + t.Line(l.Why)}
		} else {
			good++
		}
		d.Rows = append(d.Rows, ui.Row{Cells: []templ.Component{ui.Main("/tickets/"+string(l.Ticket), l.Number, l.Title), ui.Badge(state)}})
	}
	v := views.BulkView{Head: p.bulkHead(t), Lines: d, Hidden: b.hidden(), Preview: preview && good > 0,
		Note: ui.NoticeData{Tone: ui.Info, Title: t.Say("helpdesk.bulk.preview", "n", good, "of", len(lines))}}
	if !preview {
		v.Note = ui.NoticeData{Tone: ui.Good, Title: t.Say("helpdesk.bulk.result", "n", good, "of", len(lines))}
	}
	return p.site.Show(c, site.Page{Title: v.Head.Title, At: "/tickets"}, views.BulkLines(t, v))
}

func (p *pages) bulkHead(t i18n.T) ui.HeaderData {
	return ui.HeaderData{Crumbs: []ui.Crumb{{Label: t.Say("helpdesk.ticket.crumb"), Href: "/tickets"}, {Label: t.Say("helpdesk.bulk.title")}}, Title: t.Say("helpdesk.bulk.title")}
}

// hidden is the whole act as hidden inputs, for the next step.
func (b Bulk) hidden() []ui.Hidden {
	number := map[int]string{1: "1", 2: "2", 3: "3"}
	all := []ui.Hidden{{Name: "act", Value: string(b.Act)}, {Name: "owner", Value: string(b.Owner)}, {Name: "tags", Value: b.Tags}, {Name: "impact", Value: number[b.Impact]},
		{Name: "urgency", Value: number[b.Urgency]}, {Name: "party", Value: string(b.Party)}, {Name: "body", Value: b.Body}, {Name: "into", Value: b.Into}, {Name: "under", Value: string(b.Under)}}
	return append(all, b.chosen()...)
}

func (b Bulk) chosen() []ui.Hidden {
	var all []ui.Hidden
	for _, id := range b.Tickets {
		all = append(all, ui.Hidden{Name: "ticket", Value: string(id)})
	}
	return all
}

func (p *pages) bulkForm(c *httpx.Ctx, b Bulk, refused error) error {
	agents, err := p.People.Agents(c.Std(), "")
	if err != nil {
		return err
	}
	troubles, err := p.running(c.Std())
	if err != nil {
		return err
	}
	t := c.T
	h := p.bulkHead(t)
	h.Lead = t.Say("helpdesk.bulk.lead", "n", len(b.Tickets))
	number := map[int]string{1: "1", 2: "2", 3: "3"}
	act := ui.Field{Kind: ui.Radio, Name: "act", Label: t.Say("helpdesk.bulk.act"), Value: string(b.Act), Required: true}
	for _, one := range BulkActs {
		if one == BulkLink && len(troubles) == 0 {
			continue
		}
		act.Options = append(act.Options, ui.Option{Value: string(one), Label: t.Say("helpdesk.bulk.act." + string(one))})
	}
	pick := func(name, label, value string, options []ui.Option) ui.Field {
		return ui.Field{Kind: ui.Select, Name: name, Label: t.Say(label), Value: value, Options: append([]ui.Option{{}}, options...)}
	}
	owners := []ui.Option{{Value: string(c.Who.ID), Label: t.Say("helpdesk.bulk.me")}}
	if c.Who.May(Assign) {
		for _, a := range agents {
			owners = append(owners, ui.Option{Value: string(a.ID), Label: a.Name})
		}
	}
	parties := []ui.Option{{Value: string(Requester), Label: t.Say("helpdesk.reply.then.requester")}, {Value: string(Vendor), Label: t.Say("helpdesk.reply.then.vendor")}}
	d := ui.FormData{ID: "bulk-form", Action: "/desk/bulk", Submit: t.Say("helpdesk.bulk.see"), Cancel: "/tickets", Hidden: append(b.chosen(), ui.Hidden{Name: "do", Value: "preview"}), Fields: []ui.Field{
		act,
		pick("owner", "helpdesk.bulk.owner", string(b.Owner), owners),
		{Name: "tags", Label: t.Say("helpdesk.bulk.tags"), Value: b.Tags},
		pick("impact", "helpdesk.bulk.impact", number[b.Impact], levels(t, "helpdesk.impact.")),
		pick("urgency", "helpdesk.bulk.urgency", number[b.Urgency], levels(t, "helpdesk.urgency.")),
		pick("party", "helpdesk.bulk.party", string(b.Party), parties),
		{Kind: ui.Area, Name: "body", Label: t.Say("helpdesk.bulk.body"), Value: b.Body, Rows: 4, Max: longestBody},
		{Name: "into", Label: t.Say("helpdesk.bulk.into"), Value: b.Into, Narrow: true}}}
	if len(troubles) > 0 {
		var under []ui.Option
		for _, one := range troubles {
			under = append(under, ui.Option{Value: string(one.ID), Label: one.Number + " · " + one.Title})
		}
		d.Fields = append(d.Fields, pick("under", "helpdesk.bulk.under", string(b.Under), under))
	}
	return p.shown(c, h.Title, refused, func(e ui.Errors) templ.Component {
		d.Errors = e
		return views.KeepForm(t, h, d)
	})
}

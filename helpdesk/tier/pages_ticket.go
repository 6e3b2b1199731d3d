package tier

import (
	"strconv"
	"time"

	"github.com/a-h/templ"

	"lotrinh/helpdesk"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/deadline"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/worktime"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"

	"lotrinh/helpdesk/tier/views"
)

// panel is what a ticket shows of its way beyond the desk, to those who answer it.
func (p *pages) panel(c *httpx.Ctx, d helpdesk.Detail) (templ.Component, error) {
	if !d.Supports {
		return nil, nil
	}
	cases, err := p.cases(c.Std(), d.ID)
	if err != nil {
		return nil, err
	}
	visits, err := p.visitsOf(c.Std(), d.ID)
	if err != nil {
		return nil, err
	}
	sessions, err := p.remotes(c.Std(), d.ID)
	if err != nil {
		return nil, err
	}
	t, v := c.T, views.PanelView{Facts: []ui.Fact{{Label: c.T.Say("tier.at"), Text: c.T.Say("tier.tier." + string(d.Tier))}}}
	if d.Reference != "" {
		v.Facts = append(v.Facts, ui.Fact{Label: t.Say("tier.reference"), Text: d.Reference})
	}
	if len(cases) > 0 && cases[0].EndedAt == nil {
		if err := p.openCase(c, cases[0], &v); err != nil {
			return nil, err
		}
	}
	for _, one := range visits {
		v.Went = append(v.Went, views.Went{Href: "/desk/visits/" + string(one.ID), Text: t.Say("tier.panel.visit", "day", dayOf(t, one.Day), "state", i18n.Key("tier.visit.state."+string(one.State)))})
	}
	for _, one := range sessions {
		v.Went = append(v.Went, views.Went{Text: t.Say("tier.panel.remote", "tool", one.Tool, "reference", one.Reference, "minutes", one.Minutes), Note: t.Moment(one.At)})
	}
	if d.Phase != helpdesk.Done {
		at := "/tickets/" + string(d.ID)
		v.Links = []ui.Action{{Label: t.Say("tier.handover"), Href: at + "/handover"}, {Label: t.Say("tier.visit.plan"), Href: at + "/visits/new"}, {Label: t.Say("tier.remote"), Href: at + "/remote"}}
	}
	return views.Panel(t, v), nil
}

// openCase shows the vendor that has the ticket, by when it repairs, and what to do.
func (p *pages) openCase(c *httpx.Ctx, one Case, v *views.PanelView) error {
	vendor, err := p.Vendor(c.Std(), c.Who, one.Vendor)
	if err != nil {
		return err
	}
	fix, err := deadline.Load(c.Std(), p.DB.Read(), one.FixClock)
	if err != nil {
		return err
	}
	cal, err := p.Calendars.Calendar(c.Std(), fix.Calendar)
	if err != nil {
		return err
	}
	due, err := dueOf(c.T, cal, fix, p)
	if err != nil {
		return err
	}
	t := c.T
	v.Facts = append(v.Facts, ui.Fact{Label: t.Say("tier.vendor"), Value: ui.Link("/desk/vendors/"+string(vendor.ID), vendor.Name)},
		ui.Fact{Label: t.Say("tier.handed"), Text: t.Moment(one.HandedAt)}, ui.Fact{Label: t.Say("tier.fix_due"), Value: ui.DueMoment(t, *due)})
	reacted := t.Say("tier.reacted.not_yet")
	if one.AnsweredAt != nil {
		reacted = t.Moment(*one.AnsweredAt)
	}
	v.Facts = append(v.Facts, ui.Fact{Label: t.Say("tier.reacted"), Text: reacted})
	v.Titles = []string{t.Say("tier.reacted.title"), t.Say("tier.back.title")}
	v.Forms = []ui.FormData{caseForm(c, one, "reacted", ui.Errors{}), caseForm(c, one, "back", ui.Errors{})}
	return nil
}

// caseForm is what can be noted of a case that runs: that the vendor has reacted, or
// that the ticket is back. It keeps what was typed.
func caseForm(c *httpx.Ctx, one Case, name string, e ui.Errors) ui.FormData {
	t := c.T
	f := ui.FormData{Action: "/desk/cases/" + string(one.ID) + "/" + name, Errors: e, Submit: t.Say("tier." + name + ".submit"),
		Hidden: []ui.Hidden{{Name: "version", Value: strconv.FormatInt(one.Version, 10)}}}
	if name == "reacted" {
		f.Fields = []ui.Field{{Name: "reference", Label: t.Say("tier.reference"), Value: c.FormValue("reference", one.Reference), Max: 60}}
		return f
	}
	f.Fields = []ui.Field{
		{Kind: ui.Radio, Name: "outcome", Label: t.Say("tier.outcome"), Value: c.FormValue("outcome", string(Fixed)), Required: true, Options: []ui.Option{
			{Value: string(Fixed), Label: t.Say("tier.outcome.fixed")}, {Value: string(Returned), Label: t.Say("tier.outcome.returned")}}},
		{Kind: ui.Area, Name: "tried", Label: t.Say("tier.back.did"), Value: c.FormValue("tried"), Required: true, Rows: 3}}
	return f
}

// caseAgain shows a form of a case that was refused on a page of its own.
func (p *pages) caseAgain(c *httpx.Ctx, key ident.ID, name string, refused error) error {
	one, err := p.Case(c.Std(), c.Who, key)
	if err != nil {
		return err
	}
	x, err := p.supported(c.Std(), c.Who, one.Ticket)
	if err != nil {
		return err
	}
	title := c.T.Say("tier." + name + ".title")
	return p.shown(c, "/tickets", title, refused, func(e ui.Errors) templ.Component {
		return views.FormPage(c.T, views.FormView{Head: ui.HeaderData{Crumbs: crumbs(c.T, x), Title: title}, Form: caseForm(c, one, name, e)})
	})
}

// dueOf is a vendor's clock as a due moment with its sum.
func dueOf(t i18n.T, cal *worktime.Calendar, c deadline.Clock, p *pages) (*ui.Due, error) {
	if c.Due == nil {
		return &ui.Due{State: ui.DueNoCalendar, Year: c.MissingYear}, nil
	}
	now := p.Business.Now()
	left, err := c.Left(cal, now)
	if err != nil {
		return nil, err
	}
	why, err := c.Explain(cal)
	if err != nil {
		return nil, err
	}
	d := &ui.Due{State: ui.DueRunning, At: *c.Due, Left: left.Time, Tentative: c.ExpectedYear != 0, Steps: worktime.Explain(t, why)}
	if now.After(*c.Due) {
		d.State = ui.DueLate
	}
	return d, nil
}

// startOf is the beginning of a day that the store keeps as text.
func startOf(day string) time.Time {
	at, err := clock.ParseDate(day)
	if err != nil {
		return time.Time{} // the store holds days only
	}
	return at
}

func dayOf(t i18n.T, day string) string { return t.Day(startOf(day)) }

func (p *pages) handoverForm(c *httpx.Ctx) error { return p.showHandover(c, nil) }

func (p *pages) showHandover(c *httpx.Ctx, refused error) error {
	key, err := id(c)
	if err != nil {
		return err
	}
	x, err := p.supported(c.Std(), c.Who, key)
	if err != nil {
		return err
	}
	all, err := p.Vendors(c.Std(), c.Who)
	if err != nil {
		return err
	}
	t := c.T
	tiers := []ui.Option{}
	for _, one := range helpdesk.Tiers {
		if one != x.Tier {
			tiers = append(tiers, ui.Option{Value: string(one), Label: t.Say("tier.tier." + string(one)), Hint: t.Say("tier.tier.hint." + string(one))})
		}
	}
	vendors := []ui.Option{{Label: t.Say("tier.vendor.pick")}}
	for _, one := range all {
		if one.Active {
			vendors = append(vendors, ui.Option{Value: string(one.ID), Label: one.Name})
		}
	}
	return p.shown(c, "/tickets", t.Say("tier.handover"), refused, func(e ui.Errors) templ.Component {
		return views.FormPage(t, views.FormView{
			Head: ui.HeaderData{Crumbs: crumbs(t, x), Title: t.Say("tier.handover"), Lead: t.Say("tier.handover.lead", "tier", i18n.Key("tier.tier."+string(x.Tier)))},
			Form: ui.FormData{Action: "/tickets/" + string(x.ID) + "/handover", Errors: e, Submit: t.Say("tier.handover.submit"), Cancel: "/tickets/" + string(x.ID),
				Hidden: []ui.Hidden{{Name: "version", Value: strconv.FormatInt(x.Version, 10)}},
				Fields: []ui.Field{
					{Kind: ui.Radio, Name: "to", Label: t.Say("tier.to"), Options: tiers, Value: c.FormValue("to"), Required: true},
					{Kind: ui.Select, Name: "vendor", Label: t.Say("tier.vendor"), Hint: t.Say("tier.vendor.hint"), Options: vendors, Value: c.FormValue("vendor")},
					{Name: "reference", Label: t.Say("tier.reference"), Hint: t.Say("tier.reference.hint"), Value: c.FormValue("reference"), Max: 60},
					{Kind: ui.Area, Name: "tried", Label: t.Say("tier.tried"), Hint: t.Say("tier.tried.hint"), Value: c.FormValue("tried"), Rows: 5, Required: true},
				}}})
	})
}

func crumbs(t i18n.T, x helpdesk.Ticket) []ui.Crumb {
	return []ui.Crumb{{Label: t.Say("helpdesk.ticket.crumb"), Href: "/tickets"}, {Label: x.Number(), Href: "/tickets/" + string(x.ID)}}
}

func (p *pages) handover(c *httpx.Ctx) error {
	key, err := id(c)
	if err != nil {
		return err
	}
	in := In{HandOver: helpdesk.HandOver{Version: c.Version(), To: helpdesk.Tier(c.FormValue("to")), Tried: c.FormValue("tried"), Reference: c.FormValue("reference")},
		Vendor: ident.ID(c.FormValue("vendor"))}
	if _, err := p.HandOver(c.Std(), c.Who, key, in); err != nil {
		return p.showHandover(c, err)
	}
	site.Flash(c, ui.Good, c.T.Say("tier.handover.done", "tier", i18n.Key("tier.tier."+string(in.To))))
	return c.See("/tickets/" + string(key))
}

func (p *pages) reacted(c *httpx.Ctx) error {
	key, err := id(c)
	if err != nil {
		return err
	}
	one, err := p.Reacted(c.Std(), c.Who, key, c.Version(), c.FormValue("reference"))
	if err != nil {
		return p.caseAgain(c, key, "reacted", err)
	}
	site.Flash(c, ui.Good, c.T.Say("tier.reacted.done"))
	return c.See("/tickets/" + string(one.Ticket))
}

func (p *pages) back(c *httpx.Ctx) error {
	key, err := id(c)
	if err != nil {
		return err
	}
	x, err := p.TakeBack(c.Std(), c.Who, key, c.Version(), Outcome(c.FormValue("outcome")), c.FormValue("tried"))
	if err != nil {
		return p.caseAgain(c, key, "back", err)
	}
	site.Flash(c, ui.Good, c.T.Say("tier.back.done"))
	return c.See("/tickets/" + string(x.ID))
}

func (p *pages) remoteForm(c *httpx.Ctx) error { return p.showRemote(c, nil) }

func (p *pages) showRemote(c *httpx.Ctx, refused error) error {
	key, err := id(c)
	if err != nil {
		return err
	}
	x, err := p.supported(c.Std(), c.Who, key)
	if err != nil {
		return err
	}
	t := c.T
	return p.shown(c, "/tickets", t.Say("tier.remote"), refused, func(e ui.Errors) templ.Component {
		return views.FormPage(t, views.FormView{
			Head: ui.HeaderData{Crumbs: crumbs(t, x), Title: t.Say("tier.remote"), Lead: t.Say("tier.remote.lead")},
			Form: ui.FormData{Action: "/tickets/" + string(x.ID) + "/remote", Errors: e, Submit: t.Say("tier.remote.submit"), Cancel: "/tickets/" + string(x.ID),
				Fields: []ui.Field{
					{Name: "tool", Label: t.Say("tier.remote.tool"), Hint: t.Say("tier.remote.tool_hint"), Value: c.FormValue("tool"), Required: true},
					{Name: "reference", Label: t.Say("tier.remote.reference"), Value: c.FormValue("reference"), Required: true},
					{Name: "agreed", Label: t.Say("tier.remote.agreed"), Hint: t.Say("tier.remote.agreed_hint"), Value: c.FormValue("agreed"), Required: true},
					{Kind: ui.Whole, Name: "minutes", Label: t.Say("tier.remote.minutes"), Value: c.FormValue("minutes"), Required: true, Narrow: true},
					{Kind: ui.Area, Name: "note", Label: t.Say("tier.remote.note"), Value: c.FormValue("note"), Rows: 3},
				}}})
	})
}

func (p *pages) remote(c *httpx.Ctx) error {
	key, err := id(c)
	if err != nil {
		return err
	}
	minutes, _ := strconv.ParseInt(c.FormValue("minutes"), 10, 64) // what is no number is no length, and check says so
	in := Remote{Tool: c.FormValue("tool"), Reference: c.FormValue("reference"), Agreed: c.FormValue("agreed"), Minutes: minutes, Note: c.FormValue("note")}
	_, err = p.AddRemote(c.Std(), c.Who, key, in, func(r Remote) string {
		return c.T.Say("tier.remote.filed", "tool", r.Tool, "reference", r.Reference, "agreed", r.Agreed, "minutes", r.Minutes, "note", r.Note)
	})
	if err != nil {
		return p.showRemote(c, err)
	}
	site.Flash(c, ui.Good, c.T.Say("tier.remote.done"))
	return c.See("/tickets/" + string(key))
}

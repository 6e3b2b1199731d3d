package delivery

import (
	"github.com/a-h/templ"

	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
	"lotrinh/reports"
	"lotrinh/reports/delivery/views"
)

// The places of this room.
const (
	InboxAt = "/reports/inbox"
	AdminAt = "/admin/report-delivery"
)

type pages struct {
	*Service
	site *site.Site
}

// Routes declares the pages and the API of delivery.
func (s *Service) Routes(r *httpx.Router, on *site.Site) {
	p := pages{s, on}
	r.Page("GET", InboxAt, p.inbox)
	r.Page("GET", SubscriptionsAt, p.subscriptions)
	r.Page("POST", SubscriptionsAt, p.subscribe)
	r.Page("POST", SubscriptionsAt+"/:id/end", p.unsubscribe)
	r.Page("GET", "/reports/schedules/:id/recipients", p.recipients)
	r.Page("POST", "/reports/schedules/:id/recipients", p.addRecipient)
	r.Page("POST", "/reports/schedules/:id/recipients/:entry/remove", p.removeRecipient)
	r.Page("GET", "/reports/runs/:id/deliveries", p.deliveries)
	r.Page("POST", "/reports/runs/:id/send", p.send)
	r.Page("POST", "/reports/deliveries/:id/resend", p.resend)
	r.Page("GET", "/reports/runs/:id/links", p.links)
	r.Page("POST", "/reports/runs/:id/links", p.makeLink)
	r.Page("POST", "/reports/links/:id/revoke", p.revokeLink)
	r.Page("GET", linkAt+":token", p.shared, httpx.Open)
	r.Page("GET", linkAt+":token/pdf", p.sharedPDF, httpx.Open)
	r.Page("GET", AdminAt, p.admin)
	r.Page("POST", AdminAt+"/domains", p.allow)
	r.Page("POST", AdminAt+"/domains/:domain/forbid", p.forbid)
	s.outletRoutes(r, p)
	s.api(r)
}

// UnreadBadge is the number beside the inbox in the navigation.
func (s *Service) UnreadBadge(c *httpx.Ctx) (int64, bool) {
	if !c.Who.May(reports.Read) {
		return 0, false
	}
	n, err := s.CountUnread(c.Std(), c.Who)
	if err != nil {
		return 0, false // the page itself matters more than the number beside it
	}
	return n, false
}

var tones = map[State]ui.Tone{Waiting: ui.Neutral, Sending: ui.Info, Sent: ui.Good, Failed: ui.Bad, Bounced: ui.Bad, Dropped: ui.Paused}

func badge(t i18n.T, s State) templ.Component {
	return ui.Badge(ui.State{Tone: tones[s], Word: t.Say("delivery.state." + string(s))})
}

func idOf(c *httpx.Ctx, name string) (ident.ID, error) { return ident.Parse(c.Params(name)) }

// act answers a button: where it leads after a change, or the error page.
func act(c *httpx.Ctx, err error, said, to string, pairs ...any) error {
	if err != nil {
		return err
	}
	site.Flash(c, ui.Good, c.T.Say(said, pairs...))
	return c.See(to)
}

// runPanel is below a report: for those who plan it, to whom it went.
func (s *Service) runPanel(c *httpx.Ctx, r reports.RunRow) (templ.Component, error) {
	if !r.Made() {
		return nil, nil
	}
	if err := s.MarkRead(c.Std(), c.Who, r.ID); err != nil {
		return nil, err
	}
	var all []views.Block
	if r.State == reports.Sending && s.Post == nil && !c.Who.Covers(reports.Plan, r.Cut) {
		all = append(all, views.Block{Card: ui.CardData{Title: c.T.Say("delivery.pending")}, Note: c.T.Say("delivery.pending.no_server")})
	}
	if c.Who.Covers(reports.Plan, r.Cut) {
		b, err := s.sentBlock(c, r)
		if err != nil {
			return nil, err
		}
		all = append(all, b)
	}
	if c.Who.Covers(Share, r.Cut) {
		all = append(all, views.Block{Card: ui.CardData{Title: c.T.Say("delivery.link.title"), Action: &ui.Action{Label: c.T.Say("delivery.link.manage"), Href: linksAt(r.ID)}}, Note: c.T.Say("delivery.link.lead")})
	}
	return views.Blocks(c.T, all), nil
}

// schedulePanel is below the form of a schedule: whom it goes to.
func (s *Service) schedulePanel(c *httpx.Ctx, sc reports.Schedule) (templ.Component, error) {
	if !c.Who.Covers(reports.Plan, sc.Cut) {
		return nil, nil
	}
	b, err := s.listBlock(c, sc, false)
	if err != nil {
		return nil, err
	}
	b.Card.Action = &ui.Action{Label: c.T.Say("delivery.list.change"), Href: "/reports/schedules/" + string(sc.ID) + "/recipients"}
	return views.Blocks(c.T, []views.Block{b}), nil
}

package incident

import (
	"context"
	"net/url"

	"github.com/a-h/templ"

	"lotrinh/helpdesk"
	"lotrinh/helpdesk/incident/views"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/notify"
	"lotrinh/internal/kit/outbox"
	"lotrinh/internal/site/ui"
)

// Handlers are what the room learns from events.
func (s *Service) Handlers() []outbox.Handler {
	return []outbox.Handler{{Name: "incident.reopened", Topic: "helpdesk.ticket.reopened", Do: s.reopened}}
}

// reopened tells who declared an incident that one of its tickets is open again.
func (s *Service) reopened(ctx context.Context, tx *db.Tx, e outbox.Event) error {
	var h helpdesk.Happened
	if err := e.Read(&h); err != nil || h.Incident == "" {
		return err
	}
	inc, err := s.byID(ctx, tx, h.Incident)
	if err != nil {
		return err
	}
	return notify.Write(ctx, tx, e.At, notify.Message{Account: inc.DeclaredBy, Template: "incident.notice.reopened", Link: inc.Path(),
		Args: []any{"number", h.Number, "incident", inc.Number(), "title", inc.Title}, Dedupe: "incident:" + string(e.ID)})
}

// Join lets new tickets join running incidents, and many at once be linked to one; it
// is called while the house is built.
func (s *Service) Join() {
	s.Desk.Joins(s.mayJoin)
	s.Desk.Troubles(func(ctx context.Context) ([]helpdesk.Trouble, error) {
		all, err := s.running(ctx)
		out := make([]helpdesk.Trouble, len(all))
		for i, inc := range all {
			out[i] = helpdesk.Trouble{ID: inc.ID, Number: inc.Number(), Title: inc.Title}
		}
		return out, err
	})
}

// Hint offers running incidents on the form of a new ticket, warns while planned work
// runs, and shows known errors with their way around.
func (s *Service) Hint(c *httpx.Ctx, f helpdesk.Typed) (templ.Component, error) {
	t := c.T
	unit, err := s.unitOf(c.Std(), f.Unit)
	if err != nil {
		return nil, err
	}
	service := helpdesk.Category(f.Service)
	var v views.HintView
	all, err := s.Suggest(c.Std(), unit, service, f.Title, f.Body)
	if err != nil {
		return nil, err
	}
	for _, one := range all {
		v.Join = append(v.Join, views.JoinItem{ID: string(one.ID), Title: one.Title, Since: t.Say("incident.since", "at", one.DeclaredAt), Advice: one.Advice,
			Picked: string(one.ID) == f.Incident})
	}
	work, err := s.plannedWork(c.Std())
	if err != nil {
		return nil, err
	}
	for _, m := range work {
		if m.Runs(s.Business.Now()) && (service == "" || m.Service == service) {
			v.Work = append(v.Work, ui.NoticeData{Tone: ui.Warn, Title: t.Say("incident.work.now", "title", m.Title, "until", m.Until), Text: m.Body})
		}
	}
	known, err := s.KnownErrors(c.Std(), service, f.Title, f.Body)
	if err != nil {
		return nil, err
	}
	for _, p := range known {
		v.Known = append(v.Known, ui.NoticeData{Tone: ui.Info, Title: t.Say("incident.hint.known", "title", p.Title), Text: p.Workaround})
	}
	if len(v.Join)+len(v.Work)+len(v.Known) == 0 {
		return nil, nil
	}
	return views.Hint(t, v), nil
}

// unitOf is the code of the unit that was typed, if it is one.
func (s *Service) unitOf(ctx context.Context, text string) (string, error) {
	tree, err := s.Units.Tree(ctx, s.Business.Now())
	if err != nil {
		return "", err
	}
	if _, ok := tree.Unit(text); ok {
		return text, nil
	}
	if hits := tree.Search(text, 1); len(hits) == 1 {
		return hits[0].Code, nil
	}
	return "", nil
}

// Panel shows, beside a ticket, the incident that it belongs to or may belong to.
func (s *Service) Panel(c *httpx.Ctx, d helpdesk.Detail) (templ.Component, error) {
	t, back := c.T, ui.Hidden{Name: "back", Value: "/tickets/" + string(d.ID)}
	ticket := ui.Hidden{Name: "ticket", Value: string(d.ID)}
	var v views.PanelView
	switch {
	case d.Incident != "":
		inc, err := s.byID(c.Std(), s.DB.Read(), d.Incident)
		if err != nil {
			return nil, err
		}
		v.In, v.State = &views.TicketLine{Href: "/status", Text: inc.Number() + " · " + inc.Title}, stateOf(t, inc)
		if c.Who.May(Read) {
			v.In.Href = inc.Path()
		}
		if d.Supports && inc.State != Closed {
			v.Unlink = &ui.Action{Label: t.Say("incident.unlink"), Post: true, Href: inc.Path() + "/unlink", Hidden: []ui.Hidden{ticket, back}}
		}
	case d.Supports && d.Phase != helpdesk.Done:
		all, err := s.Suggest(c.Std(), d.Unit, d.Service, d.Title)
		if err != nil {
			return nil, err
		}
		for _, one := range all {
			v.Maybe = append(v.Maybe, views.PanelItem{Href: one.Path(), Text: one.Number() + " · " + one.Title, Note: t.Say("incident.since", "at", one.DeclaredAt),
				Link: ui.Action{Label: t.Say("incident.link_this"), Post: true, Href: one.Path() + "/link", Hidden: []ui.Hidden{ticket, back}}})
		}
		if c.Who.May(Lead) {
			v.Declare = &ui.Action{Label: t.Say("incident.declare_from"), Href: "/incidents/new?" + url.Values{"ticket": {string(d.ID)}}.Encode(), Icon: "alert-triangle"}
		}
	}
	if v.In == nil && len(v.Maybe) == 0 && v.Declare == nil {
		return nil, nil
	}
	return views.Panel(t, v), nil
}

// Banners are what every page tells the reader. A store that does not answer costs the
// page its banner, nothing else.
func (s *Service) Banners(c *httpx.Ctx) []ui.NoticeData {
	t := c.T
	running, work, err := s.Banner(c.Std(), c.Who)
	if err != nil {
		return nil
	}
	var all []ui.NoticeData
	see := &ui.Action{Label: t.Say("incident.banner.see"), Href: "/status"}
	for _, i := range running[:min(2, len(running))] {
		all = append(all, ui.NoticeData{Tone: ui.Bad, Title: t.Say("incident.banner", "title", i.Title, "at", i.DeclaredAt), Text: i.Advice, Action: see})
	}
	if len(running) > 2 {
		all = append(all, ui.NoticeData{Tone: ui.Bad, Title: t.Say("incident.banner.more", "n", len(running)-2), Action: see})
	}
	for _, m := range work[:min(1, len(work))] {
		key := "incident.work.soon"
		if m.Runs {
			key = "incident.work.now"
		}
		all = append(all, ui.NoticeData{Tone: ui.Warn, Title: t.Say(key, "title", m.Title, "from", m.From, "until", m.Until), Action: see})
	}
	return all
}

// Above tells the lead, above the queue, of tickets that may be one incident: a press
// to the form, a press to declare it.
func (s *Service) Above(c *httpx.Ctx) ([]ui.NoticeData, error) {
	all, err := s.Clusters(c.Std(), c.Who)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	x := all[0]
	return []ui.NoticeData{{Tone: ui.Warn, Title: c.T.Say("incident.cluster", "n", len(x.Tickets), "units", x.Units), Text: c.T.Say("incident.cluster.as", "title", x.Tickets[0].Title),
		Action: &ui.Action{Label: c.T.Say("incident.declare"), Href: declareHref(x.Tickets)}}}, nil
}

// declareHref is the form of an incident, filled in from tickets.
func declareHref(tickets []helpdesk.Ticket) string {
	q := url.Values{}
	for _, one := range tickets[:min(len(tickets), mostRows)] {
		q.Add("ticket", string(one.ID))
	}
	return "/incidents/new?" + q.Encode()
}

// Standing is how incidents stand, for leadership's home.
func (s *Service) Standing(ctx context.Context, t i18n.T, who access.Actor) ([]ui.FigureData, error) {
	if !who.May(Read) {
		return nil, nil
	}
	running, err := s.running(ctx)
	if err != nil {
		return nil, err
	}
	var ids []ident.ID
	for _, i := range running {
		ids = append(ids, i.ID)
	}
	hits, err := s.hits(ctx, ids...)
	if err != nil {
		return nil, err
	}
	units := map[string]bool{}
	for _, of := range hits {
		for u, h := range of {
			if h.Open > 0 {
				units[u] = true
			}
		}
	}
	f := ui.FigureData{Label: t.Say("incident.figure.running"), Value: t.Int(int64(len(running))), Href: "/incidents", SoWhat: t.Say("incident.figure.calm"), Tone: ui.Good}
	if len(running) > 0 {
		f.SoWhat, f.Tone = t.Say("incident.figure.hit", "n", len(units)), ui.Bad
	}
	return []ui.FigureData{f}, nil
}

package loop

import (
	"net/url"
	"strconv"

	"github.com/a-h/templ"

	"lotrinh/helpdesk"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"

	"lotrinh/helpdesk/loop/views"
)

// pages are this room on the site.
type pages struct {
	*Service
	site *site.Site
}

// SignalIn is what a monitoring system sends.
type SignalIn struct {
	Signal
}

// SignalOut is what came of it.
type SignalOut struct {
	Heard  Heard    `json:"heard" doc:"opened, known, muted, off, over or nothing"`
	Ticket ident.ID `json:"ticket,omitempty"`
}

// Routes declares the pages and the API, and puts the panel beside the tickets.
func (s *Service) Routes(r *httpx.Router, on *site.Site) {
	p := &pages{s, on}
	s.Desk.Panel(p.panel)
	r.Page("GET", "/desk/proposals", p.proposals)
	r.Page("POST", "/desk/proposals/:id/accept", p.accept)
	r.Page("POST", "/desk/proposals/:id/decline", p.decline)
	r.Page("GET", "/desk/signals", p.rules)
	r.Page("POST", "/desk/signals", p.saveRule)
	r.Page("POST", "/tickets/:id/dismiss", p.dismiss)
	r.API(httpx.Op{Method: "POST", Path: "/api/v1/signals", ID: "tellSignal", Tag: "helpdesk", Summary: "Say that a machine, a line or an exchange is in trouble, or no more",
		In: SignalIn{}, Out: SignalOut{}, Creates: true, Status: 201}, s.apiSignal)
}

func (s *Service) apiSignal(c *httpx.Ctx) error {
	in, err := httpx.ReadJSON[SignalIn](c)
	if err != nil {
		return err
	}
	what, ticket, err := s.Hear(c.Std(), c.Who, in.Signal)
	if err != nil {
		return err
	}
	return c.Reply(201, SignalOut{what, ticket})
}

// proposals lists what repeated tickets suggest in the reader's units.
func (p *pages) proposals(c *httpx.Ctx) error {
	state := State(c.Query("state"))
	if state != Accepted && state != Declined {
		state = Proposed
	}
	return p.show(c, state, "", nil)
}

func (p *pages) show(c *httpx.Ctx, state State, form string, refused error) error {
	rows, err := p.Proposals(c.Std(), c.Who, state, page.Read(c.Query("after"), c.Query("limit")))
	if err != nil {
		return err
	}
	var ids []ident.ID
	for _, x := range rows.Items {
		if x.Subject != "" {
			ids = append(ids, x.Subject)
		}
	}
	names, err := p.People.Names(c.Std(), ids)
	if err != nil {
		return err
	}
	tree, err := p.Units.Tree(c.Std(), p.Business.Now())
	if err != nil {
		return err
	}
	t := c.T
	v := views.ProposalsView{Head: ui.HeaderData{Title: t.Say("loop.proposals"), Lead: t.Say("loop.proposals.lead")},
		Empty: ui.EmptyData{Icon: "circle-check", Title: t.Say("loop.none." + string(state)), Text: t.Say("loop.none_text")}, Pager: ui.PagerData{Shown: len(rows.Items)}}
	for _, one := range []State{Proposed, Accepted, Declined} {
		v.Tabs = append(v.Tabs, ui.Tab{Label: t.Say("loop.state." + string(one)), Href: "/desk/proposals?state=" + string(one), Active: one == state, Count: -1})
	}
	for _, x := range rows.Items {
		v.All = append(v.All, p.line(c, x, names[x.Subject], tree.Place(x.Unit), form == string(x.ID), refused))
	}
	if rows.Next != "" {
		v.Pager.Next = "/desk/proposals?" + url.Values{"state": {string(state)}, "after": {rows.Next}}.Encode()
	}
	status := 0
	if refused != nil {
		status = fault.Of(refused).Kind.Status()
	}
	return p.site.Show(c, site.Page{Title: t.Say("loop.proposals"), At: "/desk/proposals", Status: status}, views.Proposals(t, v))
}

var tones = map[State]ui.Tone{Proposed: ui.Info, Accepted: ui.Good, Declined: ui.Neutral}

// line is one proposal with its two presses.
func (p *pages) line(c *httpx.Ctx, x Proposal, name, place string, again bool, refused error) views.Proposal {
	t := c.T
	one := views.Proposal{Title: t.Say("loop.title."+string(x.Kind), "name", name, "place", place), Where: place + " · " + t.Moment(x.At),
		State: ui.State{Tone: tones[x.State], Word: t.Say("loop.state." + string(x.State))}, Outcome: x.Outcome}
	for _, e := range x.Evidence() {
		one.Evidence = append(one.Evidence, views.Evidence{Number: e.Number, Title: e.Title, Href: "/tickets/" + string(e.ID)})
	}
	if x.State != Proposed {
		return one
	}
	seen := []ui.Hidden{{Name: "version", Value: strconv.FormatInt(x.Version, 10)}}
	f := ui.FormData{ID: "accept-" + string(x.ID), Action: "/desk/proposals/" + string(x.ID) + "/accept", Hidden: seen, Submit: t.Say("loop.accept." + string(x.Kind)), Loose: true}
	if again {
		f.Errors = ui.ErrorsOf(t, refused)
	}
	if x.Kind == EquipmentGap {
		f.Fields = []ui.Field{{Kind: ui.Select, Name: "device", Label: t.Say("loop.device"), Value: c.FormValue("device"), Options: p.Gaps.Devices(t), Required: true,
			Attrs: templ.Attributes{"id": "f-device-" + string(x.ID)}}}
	}
	one.Accept = &f
	one.Decline = &ui.Action{Label: t.Say("loop.decline"), Post: true, Href: "/desk/proposals/" + string(x.ID) + "/decline", Hidden: seen}
	return one
}

func (p *pages) accept(c *httpx.Ctx) error {
	id, err := ident.Parse(c.Params("id"))
	if err != nil {
		return err
	}
	x, err := p.Accept(c.Std(), c.Who, id, c.Version(), c.FormValue("device"))
	switch {
	case fault.Is(err, fault.Invalid):
		return p.show(c, Proposed, string(id), err)
	case err != nil:
		return err
	}
	site.Flash(c, ui.Good, c.T.Say("loop.accepted."+string(x.Kind)))
	return c.See("/desk/proposals")
}

func (p *pages) decline(c *httpx.Ctx) error {
	id, err := ident.Parse(c.Params("id"))
	if err != nil {
		return err
	}
	if _, err := p.Decline(c.Std(), c.Who, id, c.Version()); err != nil {
		return err
	}
	site.Flash(c, ui.Good, c.T.Say("loop.declined"))
	return c.See("/desk/proposals")
}

// panel says on a ticket which machine opened it, and lets it be declined.
func (p *pages) panel(c *httpx.Ctx, d helpdesk.Detail) (templ.Component, error) {
	if !d.Supports || d.Source != "rule" {
		return nil, nil
	}
	h, err := p.signalOf(c.Std(), d.ID)
	if err != nil || h == nil {
		return nil, err
	}
	t := c.T
	why := t.Say("loop.why", "signal", i18n.Key("loop.signal."+string(h.Kind)), "thing", h.Subject, "since", h.Since)
	if h.EndedAt != nil {
		why += " " + t.Say("loop.why.ended", "at", *h.EndedAt)
	}
	var dismiss *ui.Action
	if d.Phase != helpdesk.Done {
		dismiss = &ui.Action{Label: t.Say("loop.dismiss"), Post: true, Href: "/tickets/" + string(d.ID) + "/dismiss",
			Hidden: []ui.Hidden{{Name: "version", Value: strconv.FormatInt(d.Version, 10)}}}
	}
	return views.Panel(t, why, dismiss), nil
}

func (p *pages) dismiss(c *httpx.Ctx) error {
	id, err := ident.Parse(c.Params("id"))
	if err != nil {
		return err
	}
	x, err := p.Dismiss(c.Std(), c.Who, id, c.Version())
	if err != nil {
		return err
	}
	site.Flash(c, ui.Good, c.T.Say("loop.dismiss.done", "number", x.Number()))
	return c.See("/tickets/" + string(id))
}

func (p *pages) rules(c *httpx.Ctx) error { return p.showRules(c, "", nil) }

func (p *pages) showRules(c *httpx.Ctx, form SignalKind, refused error) error {
	all, err := p.Rules(c.Std(), c.Who)
	if err != nil {
		return err
	}
	t := c.T
	v := views.RulesView{Head: ui.HeaderData{Title: t.Say("loop.rules"), Lead: t.Say("loop.rules.lead")}}
	for _, r := range all {
		level := func(name string, n int) ui.Field {
			f := ui.Field{Kind: ui.Select, Name: name, Label: t.Say("helpdesk.new." + name), Value: strconv.Itoa(n), Attrs: templ.Attributes{"id": "f-" + name + "-" + string(r.Kind)}}
			for i := helpdesk.Least; i <= helpdesk.Most; i++ {
				f.Options = append(f.Options, ui.Option{Value: strconv.Itoa(i), Label: t.Say("helpdesk." + name + "." + strconv.Itoa(i))})
			}
			return f
		}
		active := ui.Field{Kind: ui.Check, Name: "active", Label: t.Say("loop.rule.active"), Attrs: templ.Attributes{"id": "f-active-" + string(r.Kind)}}
		if r.Active {
			active.Value = "1"
		}
		service := ui.Field{Kind: ui.Select, Name: "service", Label: t.Say("helpdesk.new.service"), Value: string(r.Service), Attrs: templ.Attributes{"id": "f-service-" + string(r.Kind)}}
		for _, one := range helpdesk.Categories {
			service.Options = append(service.Options, ui.Option{Value: string(one), Label: t.Say("helpdesk.service." + string(one))})
		}
		f := ui.FormData{Action: "/desk/signals", Submit: t.Say("loop.rule.save"), Fields: []ui.Field{active, service, level("impact", r.Impact), level("urgency", r.Urgency)},
			Hidden: []ui.Hidden{{Name: "kind", Value: string(r.Kind)}, {Name: "version", Value: strconv.FormatInt(r.Version, 10)}}}
		if r.Kind == form {
			f.Errors = ui.ErrorsOf(t, refused)
		}
		v.Cards = append(v.Cards, ui.CardData{Title: t.Say("loop.signal." + string(r.Kind)), Note: t.Say("loop.signal.note." + string(r.Kind))})
		v.Forms = append(v.Forms, f)
	}
	status := 0
	if refused != nil {
		status = fault.Of(refused).Kind.Status()
	}
	return p.site.Show(c, site.Page{Title: t.Say("loop.rules"), At: "/desk/signals", Status: status}, views.Rules(t, v))
}

func (p *pages) saveRule(c *httpx.Ctx) error {
	impact, _ := strconv.Atoi(c.FormValue("impact")) // what is no number is no level, and SaveRule says so
	urgency, _ := strconv.Atoi(c.FormValue("urgency"))
	r := Rule{Kind: SignalKind(c.FormValue("kind")), Active: c.FormValue("active") != "", Service: helpdesk.Category(c.FormValue("service")), Impact: impact, Urgency: urgency, Version: c.Version()}
	err := p.SaveRule(c.Std(), c.Who, r)
	switch k := fault.Of(err); {
	case err == nil:
	case k.Kind == fault.Invalid || k.Kind == fault.Conflict:
		return p.showRules(c, r.Kind, err)
	default:
		return err
	}
	site.Flash(c, ui.Good, c.T.Say("loop.rule.saved"))
	return c.See("/desk/signals")
}

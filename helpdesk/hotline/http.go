package hotline

import (
	"net/url"
	"slices"

	"github.com/a-h/templ"

	"lotrinh/helpdesk"
	"lotrinh/helpdesk/hotline/views"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
)

// home is the address of the hotline's first page.
const home = "/desk/hotline"

// pages are the hotline on the site.
type pages struct {
	*Service
	site *site.Site
}

// Routes declares the pages of the hotline and the door of exchanges.
func (s *Service) Routes(r *httpx.Router, on *site.Site) {
	p := &pages{s, on}
	r.Page("GET", home, p.journal)
	r.Page("POST", home+"/seat", p.sit)
	r.Page("GET", home+"/callbacks", p.callbacks)
	r.Page("POST", home+"/callbacks/:id/take", p.takeTask)
	r.Page("POST", home+"/callbacks/:id/done", p.finish)
	r.Page("GET", home+"/calls/:id", p.call)
	r.Page("GET", home+"/calls/:id/card", p.card)
	r.Page("POST", home+"/calls/:id/note", p.note)
	r.Page("POST", home+"/calls/:id/link", p.link)
	r.Page("POST", home+"/calls/:id/assign", p.assign)
	r.Page("GET", home+"/calls/:id/ticket", p.newTicket)
	r.Page("POST", home+"/calls/:id/ticket", p.makeTicket)
	r.Page("GET", home+"/hours", p.hours)
	r.Page("GET", home+"/pbx", p.exchanges)
	r.Page("POST", home+"/pbx", p.makePBX)
	r.Page("POST", home+"/pbx/:id/revoke", p.revoke)
	r.Page("POST", home+"/blocks", p.block)
	r.Page("POST", home+"/blocks/lift", p.unblock)
	r.Page("GET", "/hotline/log", p.log)
	r.Page("POST", "/hotline/log", p.keep)
	s.api(r)
}

func encoded(form map[string][]string) string { return url.Values(form).Encode() }

// Count is what waits beside the hotline's entry of the navigation.
func (s *Service) Count(c *httpx.Ctx) (int64, bool) {
	n, late, err := s.Waits(c.Std(), c.Who)
	if err != nil {
		return 0, false
	}
	return n, late
}

// shown answers with a page; a form that was refused comes back with its faults.
func (p *pages) shown(c *httpx.Ctx, title string, refused error, body func(ui.Errors) (templ.Component, error)) error {
	status := 0
	if refused != nil {
		f := fault.Of(refused)
		if f.Kind != fault.Invalid && f.Kind != fault.Conflict {
			return refused
		}
		status = f.Kind.Status()
	}
	part, err := body(ui.ErrorsOf(c.T, refused))
	if err != nil {
		return err
	}
	at := home
	if path := c.Path(); path == "/hotline/log" || path == home+"/pbx" {
		at = path
	}
	return p.site.Show(c, site.Page{Title: title, At: at, Status: status}, part)
}

func (p *pages) journal(c *httpx.Ctx) error { return p.showJournal(c, nil) }

func (p *pages) showJournal(c *httpx.Ctx, refused error) error {
	f, q := Filter{View: View(c.Query("view")), Number: c.Query("number")}, url.Values{}
	if !slices.Contains(Views, f.View) {
		f.View = ViewAll
	}
	q.Set("view", string(f.View))
	if f.Number != "" {
		q.Set("number", f.Number)
	}
	rows, err := p.Journal(c.Std(), c.Who, f, page.Read(c.Query("after"), c.Query("limit")))
	if err != nil {
		return err
	}
	return p.shown(c, c.T.Say("hotline.title"), refused, func(e ui.Errors) (templ.Component, error) {
		v, err := p.journalView(c, f, q, rows, e)
		return views.List(c.T, v), err
	})
}

func (p *pages) sit(c *httpx.Ctx) error {
	if err := p.Sit(c.Std(), c.Who, c.FormValue("extension"), c.FormValue("queues")); err != nil {
		return p.showJournal(c, err)
	}
	site.Flash(c, ui.Good, c.T.Say("hotline.seat.done"))
	return c.See(home)
}

func (p *pages) callbacks(c *httpx.Ctx) error {
	state := Waiting
	if c.Query("state") == Done {
		state = Done
	}
	rows, err := p.Callbacks(c.Std(), c.Who, state, page.Read(c.Query("after"), c.Query("limit")))
	if err != nil {
		return err
	}
	return p.shown(c, c.T.Say("hotline.callbacks"), nil, func(ui.Errors) (templ.Component, error) {
		v, err := p.callbacksView(c, state, rows)
		return views.List(c.T, v), err
	})
}

func (p *pages) takeTask(c *httpx.Ctx) error {
	id, err := ident.Parse(c.Params("id"))
	if err != nil {
		return err
	}
	if err := p.TakeTask(c.Std(), c.Who, id); err != nil {
		return err
	}
	site.Flash(c, ui.Good, c.T.Say("hotline.callback.taken"))
	return c.See(httpx.Local(c.FormValue("next"), home+"/callbacks"))
}

func (p *pages) finish(c *httpx.Ctx) error {
	id, err := ident.Parse(c.Params("id"))
	if err != nil {
		return err
	}
	if err := p.Finish(c.Std(), c.Who, id, c.FormValue("settled")); err != nil {
		call, perr := ident.Parse(c.FormValue("call"))
		if perr != nil {
			return err
		}
		return p.showCall(c, call, attempt{"task", err})
	}
	site.Flash(c, ui.Good, c.T.Say("hotline.callback.finished"))
	return c.See(home + "/callbacks")
}

// attempt is a form of a call's page that was refused.
type attempt struct {
	form string
	err  error
}

func (p *pages) call(c *httpx.Ctx) error {
	id, err := ident.Parse(c.Params("id"))
	if err != nil {
		return err
	}
	return p.showCall(c, id, attempt{})
}

func (p *pages) showCall(c *httpx.Ctx, id ident.ID, a attempt) error {
	call, err := p.one(c.Std(), p.DB.Read(), c.Who, id)
	if err != nil {
		return err
	}
	if err := p.auditCalls(c.Std(), c.Who, []Call{call}); err != nil {
		return err
	}
	return p.shown(c, c.T.Say("hotline.call.title"), a.err, func(e ui.Errors) (templ.Component, error) {
		v, err := p.callView(c, call, a, e)
		return views.Call(c.T, v), err
	})
}

// card is the part of a page that shows a call which comes in; 204 when it is not for
// this reader.
func (p *pages) card(c *httpx.Ctx) error {
	id, err := ident.Parse(c.Params("id"))
	if err != nil {
		return err
	}
	call, err := p.one(c.Std(), p.DB.Read(), c.Who, id)
	if err != nil {
		return err
	}
	seat, err := p.SeatOf(c.Std(), c.Who)
	if err != nil {
		return err
	}
	mine := call.Agent == c.Who.ID
	if call.State == Missed || call.State == Rejected || call.Ticket != "" && call.Direction == In || !mine && (call.State == Ended || call.Agent != "" || !seat.Hears(call.Queue)) {
		return c.SendStatus(204)
	}
	if err := p.auditCalls(c.Std(), c.Who, []Call{call}); err != nil {
		return err
	}
	v, err := p.cardView(c, call)
	if err != nil {
		return err
	}
	return p.site.ShowPart(c, views.Card(c.T, v))
}

// did answers a form of a call's page.
func (p *pages) did(c *httpx.Ctx, form string, do func(ident.ID) (next, done string, err error)) error {
	id, err := ident.Parse(c.Params("id"))
	if err != nil {
		return err
	}
	next, done, err := do(id)
	if err != nil {
		return p.showCall(c, id, attempt{form, err})
	}
	if c.Fragment() {
		return c.SendStatus(204)
	}
	site.Flash(c, ui.Good, c.T.Say(done))
	return c.See(next)
}

func (p *pages) note(c *httpx.Ctx) error {
	return p.did(c, "note", func(id ident.ID) (string, string, error) {
		_, err := p.Note(c.Std(), c.Who, id, c.FormValue("note"))
		return callPage(id), "hotline.note.kept", err
	})
}

func (p *pages) link(c *httpx.Ctx) error {
	return p.did(c, "link", func(id ident.ID) (string, string, error) {
		ticket, err := ident.Parse(c.FormValue("ticket"))
		if err != nil {
			return "", "", err
		}
		_, err = p.Link(c.Std(), c.Who, id, ticket)
		return "/tickets/" + string(ticket), "hotline.call.linked", err
	})
}

func (p *pages) assign(c *httpx.Ctx) error {
	return p.did(c, "assign", func(id ident.ID) (string, string, error) {
		person, err := ident.Parse(c.FormValue("person"))
		if err != nil {
			return "", "", err
		}
		_, err = p.Assign(c.Std(), c.Who, id, person)
		return callPage(id), "hotline.call.assigned", err
	})
}

func callPage(id ident.ID) string { return home + "/calls/" + string(id) }

func (p *pages) newTicket(c *httpx.Ctx) error {
	id, err := ident.Parse(c.Params("id"))
	if err != nil {
		return err
	}
	call, err := p.one(c.Std(), p.DB.Read(), c.Who, id)
	if err != nil {
		return err
	}
	if call.Ticket != "" {
		return c.See("/tickets/" + string(call.Ticket))
	}
	if err := p.auditCalls(c.Std(), c.Who, []Call{call}); err != nil {
		return err
	}
	f, err := p.filled(c, call)
	if err != nil {
		return err
	}
	return p.showTicketForm(c, call, f, nil)
}

func (p *pages) makeTicket(c *httpx.Ctx) error {
	id, err := ident.Parse(c.Params("id"))
	if err != nil {
		return err
	}
	call, err := p.one(c.Std(), p.DB.Read(), c.Who, id)
	if err != nil {
		return err
	}
	f := readAsked(c)
	in, err := p.asked(c, call, f)
	if err != nil {
		return p.showTicketForm(c, call, f, err)
	}
	t, err := p.MakeTicket(c.Std(), c.Who, id, in)
	if err != nil {
		return p.showTicketForm(c, call, f, err)
	}
	site.Flash(c, ui.Good, c.T.Say("hotline.ticket.made", "number", t.Number()))
	return c.See("/tickets/" + string(t.ID))
}

func (p *pages) exchanges(c *httpx.Ctx) error { return p.showPBX(c, "", attempt{}) }

func (p *pages) makePBX(c *httpx.Ctx) error {
	secret, _, err := p.MakePBX(c.Std(), c.Who, c.FormValue("name"), c.FormValue("caller_id"))
	return p.showPBX(c, secret, attempt{"pbx", err})
}

func (p *pages) revoke(c *httpx.Ctx) error {
	id, err := ident.Parse(c.Params("id"))
	if err != nil {
		return err
	}
	if err := p.RevokePBX(c.Std(), c.Who, id); err != nil {
		return err
	}
	site.Flash(c, ui.Good, c.T.Say("hotline.pbx.revoked"))
	return c.See(home + "/pbx")
}

func (p *pages) block(c *httpx.Ctx) error {
	if err := p.Block(c.Std(), c.Who, c.FormValue("number"), c.FormValue("reason")); err != nil {
		return p.showPBX(c, "", attempt{"block", err})
	}
	site.Flash(c, ui.Good, c.T.Say("hotline.block.done"))
	return c.See(home + "/pbx")
}

func (p *pages) unblock(c *httpx.Ctx) error {
	if err := p.Unblock(c.Std(), c.Who, c.FormValue("number")); err != nil {
		return err
	}
	site.Flash(c, ui.Good, c.T.Say("hotline.block.lifted"))
	return c.See(home + "/pbx")
}

func (p *pages) log(c *httpx.Ctx) error { return p.showLog(c, Logged{Unit: c.Who.Home}, nil) }

func (p *pages) keep(c *httpx.Ctx) error {
	l := Logged{Unit: c.FormValue("unit"), Caller: c.FormValue("caller"), Matter: c.FormValue("matter"), Outcome: c.FormValue("outcome")}
	if _, err := p.Log(c.Std(), c.Who, l); err != nil {
		return p.showLog(c, l, err)
	}
	site.Flash(c, ui.Good, c.T.Say("hotline.log.kept"))
	return c.See("/hotline/log")
}

func (p *pages) showLog(c *httpx.Ctx, l Logged, refused error) error {
	rows, err := p.Logs(c.Std(), c.Who, page.Read(c.Query("after"), c.Query("limit")))
	if err != nil {
		return err
	}
	return p.shown(c, c.T.Say("hotline.log.title"), refused, func(e ui.Errors) (templ.Component, error) {
		v, err := p.logView(c, l, rows, e)
		return views.List(c.T, v), err
	})
}

// mayManage tells whether the reader sees to the exchanges.
func mayManage(c *httpx.Ctx) bool { return c.Who.May(helpdesk.Manage) }

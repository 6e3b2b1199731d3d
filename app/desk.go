package app

import (
	"slices"

	"lotrinh/helpdesk"
	"lotrinh/helpdesk/knowledge"
	"lotrinh/helpdesk/mail"
	"lotrinh/helpdesk/tier"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/deadline"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/outbox"
	"lotrinh/internal/kit/search"
	"lotrinh/internal/kit/worktime/calstore"
)

// desk is the help desk and the rooms around it. Each room stands on the help desk;
// they meet only here.
type desk struct {
	*helpdesk.Service
	Knowledge *knowledge.Service
	Mail      *mail.Service
	Tier      *tier.Service
}

// openDesk builds the help desk, then its rooms.
func (h *House) openDesk() *desk {
	d := &desk{Service: helpdesk.New(helpdesk.Deps{
		DB: h.DB, Business: h.Business, Calendars: h.Calendars, Calendar: calstore.Office,
		Units: h.Units, People: deskPeople{h.People}, Files: h.Files, Assets: deskAssets{h.Inventory},
		Fresh: deadline.Stored(h.Calendars), Ladder: ladder{h.People},
	})}
	d.Knowledge = knowledge.New(knowledge.Deps{DB: h.DB, Business: h.Business, People: h.People, Files: h.Files, BaseURL: h.Config.BaseURL})
	d.Hint(d.Knowledge.Hint)
	d.Mail = mail.New(mail.Deps{DB: h.DB, Business: h.Business, Machine: h.Machine, Log: h.Log, Desk: d.Service, Files: h.Files, Words: h.Words,
		Passwords: mail.ReadPasswords(h.Config.MailPasswords), From: h.Config.MailFrom, Host: h.Config.host(), Actor: h.People.ActorOf, Taken: h.metrics.letter})
	d.Remark(d.Mail.Remark)
	h.metrics.gauge("lotrinh_mail_fetch_age_seconds", "Seconds since the mailbox that waits longest was read.", d.Mail.FetchAge)
	h.metrics.gauge("lotrinh_mail_quarantined", "Mail that waits for a person, at most 100.", d.Mail.Held)
	d.Tier = tier.New(tier.Deps{DB: h.DB, Business: h.Business, Calendars: h.Calendars, Units: h.Units, People: deskPeople{h.People}, Files: h.Files, Desk: d.Service})
	return d
}

// handlers are what the help desk and its rooms learn from events.
func (d *desk) handlers() []outbox.Handler {
	return slices.Concat(d.Handlers(), d.Tier.Handlers(), d.Mail.Handlers())
}

// deskRoutes declares the routes of the help desk and its rooms.
func (a *App) deskRoutes(r *httpx.Router) {
	a.Desk.Routes(r, a.Site)
	a.Desk.Knowledge.Routes(r, a.Site)
	a.Desk.Mail.Routes(r, a.Site)
	a.counted("/desk/mail", a.Desk.Mail.Count)
	a.Desk.Tier.Routes(r, a.Site)
	a.Desk.Panel(a.Desk.Knowledge.Panel(a.Site))
}

// scopes are what the reader may find of the help desk and its rooms.
func (d *desk) scopes(who access.Actor) []search.Scope {
	return append(d.SearchScopes(who), d.Knowledge.SearchScopes(who)...)
}

// hitPage is where a hit of the index leads.
func hitPage(h search.Hit) string {
	if knowledge.Area(h) {
		return knowledge.HitPath(h)
	}
	return "/tickets/" + h.Subject
}

// listens tells whose pages are told what happens now: those who answer calls.
func (a *App) listens(who access.Actor) bool { return who.May(helpdesk.Work) }

package app

import (
	"slices"

	"lotrinh/helpdesk"
	"lotrinh/helpdesk/incident"
	"lotrinh/helpdesk/knowledge"
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
	Incidents *incident.Service
}

// openDesk builds the help desk, then its rooms.
func (h *House) openDesk() *desk {
	d := &desk{Service: helpdesk.New(helpdesk.Deps{
		DB: h.DB, Business: h.Business, Calendars: h.Calendars, Calendar: calstore.Office,
		Units: h.Units, People: deskPeople{h.People}, Files: h.Files,
		Fresh: deadline.Stored(h.Calendars), Ladder: ladder{h.People},
	})}
	d.Knowledge = knowledge.New(knowledge.Deps{DB: h.DB, Business: h.Business, People: h.People, Files: h.Files, BaseURL: h.Config.BaseURL})
	d.Incidents = incident.New(incident.Deps{DB: h.DB, Business: h.Business, Desk: d.Service, Units: h.Units, People: h.People, Jobs: h.Jobs})
	d.Incidents.Join()
	d.Hint(d.Incidents.Hint)
	d.Hint(d.Knowledge.Hint)
	d.Panel(d.Incidents.Panel)
	return d
}

// handlers are what the help desk and its rooms learn from events.
func (d *desk) handlers() []outbox.Handler { return append(d.Handlers(), d.Incidents.Handlers()...) }

// deskRoutes declares the routes of the help desk and its rooms.
func (a *App) deskRoutes(r *httpx.Router) {
	a.Desk.Routes(r, a.Site)
	a.Desk.Knowledge.Routes(r, a.Site)
	a.Desk.Panel(a.Desk.Knowledge.Panel(a.Site))
	a.Desk.Incidents.Routes(r, a.Site)
	a.Site.Banner = a.Desk.Incidents.Banners
}

// scopes are what the reader may find of the help desk and its rooms.
func (d *desk) scopes(who access.Actor) []search.Scope {
	return slices.Concat(d.SearchScopes(who), d.Knowledge.SearchScopes(who), d.Incidents.SearchScopes(who))
}

// hitPage is where a hit of the index leads.
func hitPage(h search.Hit) string {
	if knowledge.Area(h) {
		return knowledge.HitPath(h)
	}
	if path, ok := incident.HitPath(h); ok {
		return path
	}
	return "/tickets/" + h.Subject
}

// listens tells whose pages are told what happens now: those who answer calls.
func (a *App) listens(who access.Actor) bool { return who.May(helpdesk.Work) }

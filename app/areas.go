package app

import (
	"context"

	"lotrinh/helpdesk"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/deadline"
	"lotrinh/internal/kit/outbox"
	"lotrinh/internal/kit/search"
	"lotrinh/internal/kit/worktime/calstore"
	"lotrinh/internal/org"
)

// areas builds the areas and the bridges between them.
func (h *House) areas(_ context.Context) error {
	h.Desk = helpdesk.New(helpdesk.Deps{DB: h.DB, Business: h.Business, Calendars: h.Calendars, Calendar: calstore.Office,
		Units: h.Units, People: deskPeople{h.People}, Files: h.Files})
	h.Events = outbox.NewDispatcher(h.DB, h.Machine, h.Log, append(h.handlers(), deadline.Handler())...)
	return nil
}

// handlers are who learns from events.
func (h *House) handlers() []outbox.Handler { return h.Desk.Handlers() }

// waiting is what each area asks of a person today, in the order of the home page.
func (h *House) waiting() []waits { return []waits{h.Desk.Todo} }

// standing is how each area's work stands.
func (h *House) standing() []stands { return []stands{h.Desk.Standing} }

// searchable is what a person may find of each kind in the index.
func (h *House) searchable(who access.Actor) []search.Scope { return h.Desk.SearchScopes(who) }

// hitPage is where a hit of the index leads.
func hitPage(h search.Hit) string {
	if h.Area == "helpdesk" {
		return "/tickets/" + h.Subject
	}
	return "/" + h.Kind + "s/" + h.Subject
}

// unitPage is where a unit leads for this reader.
func (h *House) unitPage(_ access.Actor, u org.Unit) string { return "/rollout/units/" + u.Code }

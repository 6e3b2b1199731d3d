package demo

import (
	"context"
	"time"

	"lotrinh/helpdesk"
	"lotrinh/helpdesk/incident"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
)

// incident plays a step of an incident's life, opens a known error, or plans work. The
// units of a declaration are the keys of the tickets that told of it; the note of a
// closing is what happened, its reason the cause, its step what is changed.
func (h House) incident(ctx context.Context, who access.Actor, a act) error {
	id, service := h.incidents[a.Key], helpdesk.Category(a.Kind)
	var err error
	switch a.Act {
	case "incident.declare":
		d := incident.Draft{Title: a.Title, Service: service, Known: a.Note, Advice: a.Step, Everywhere: true, Big: a.Impact == helpdesk.Most}
		for _, key := range a.Units {
			d.Tickets = append(d.Tickets, h.tickets[key].ID)
		}
		var i incident.Incident
		i, err = h.Incidents.Declare(ctx, who, d)
		h.incidents[a.Key] = i.ID
	case "incident.tell":
		_, err = h.Incidents.Tell(ctx, who, id, 0, a.Note)
	case "incident.resolve":
		_, err = h.Incidents.Resolve(ctx, who, id, 0, a.Note)
	case "incident.close":
		if _, err = h.Incidents.KeepNote(ctx, who, id, incident.Note{Happened: a.Note, Cause: a.Reason, Change: a.Step}); err == nil {
			_, err = h.Incidents.Close(ctx, who, id, 0)
		}
	case "problem":
		_, err = h.Incidents.OpenProblem(ctx, who, incident.ProblemText{Title: a.Title, Service: service, Cause: a.Note, Workaround: a.Step, State: incident.Known})
	case "maintenance":
		var from, until time.Time
		if from, err = time.ParseInLocation("2006-01-02T15:04", a.To, clock.City); err != nil {
			return err
		}
		if until, err = time.ParseInLocation("2006-01-02T15:04", a.Until, clock.City); err != nil {
			return err
		}
		_, err = h.Incidents.PlanMaintenance(ctx, who, incident.MaintenanceText{Title: a.Title, Body: a.Note, Service: service, From: from, Until: until, Everywhere: true})
	}
	return err
}

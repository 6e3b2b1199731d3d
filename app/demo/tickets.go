package demo

import (
	"context"

	"lotrinh/helpdesk"
	"lotrinh/internal/kit/access"
)

// ticket plays a step of a ticket's life; Key names it among the acts.
func (h House) ticket(ctx context.Context, who access.Actor, a act) error {
	if a.Act == "ticket.open" {
		t, err := h.Desk.Open(ctx, who, helpdesk.Draft{
			Unit: who.Home, Title: a.Title, Body: a.Note, Service: helpdesk.Category(a.Kind), Impact: a.Impact, Urgency: a.Urgency, Source: "web",
		})
		h.tickets[a.Key] = t
		return err
	}
	t := h.tickets[a.Key]
	words := helpdesk.Words{Version: t.Version, Body: a.Note}
	var err error
	switch a.Act {
	case "ticket.take":
		t, err = h.Desk.Take(ctx, who, t.ID, t.Version)
	case "ticket.reply":
		t, err = h.Desk.Reply(ctx, who, t.ID, words)
	case "ticket.hold":
		t, err = h.Desk.Hold(ctx, who, t.ID, helpdesk.Requester, words)
	case "ticket.resolve":
		t, err = h.Desk.Resolve(ctx, who, t.ID, words)
	}
	h.tickets[a.Key] = t
	return err
}

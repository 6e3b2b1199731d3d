package demo

import (
	"context"
	"strings"

	"lotrinh/helpdesk"
	"lotrinh/internal/kit/access"
)

// ticket plays a step of a ticket's life; Key names it among the acts.
func (h House) ticket(ctx context.Context, who access.Actor, a act) error {
	if a.Act == "ticket.service" {
		return h.service(ctx, who, a)
	}
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
	case "ticket.close":
		t, err = h.Desk.Close(ctx, who, t.ID, t.Version, "")
	case "ticket.tag":
		t, err = h.Desk.SetTags(ctx, who, t.ID, t.Version, strings.Split(a.Note, ","))
	case "ticket.spend":
		t, err = h.Desk.Spend(ctx, who, t.ID, int64(a.Quantity), a.Note)
	case "ticket.check":
		t, err = h.Desk.Tick(ctx, who, t.ID, a.Quantity, true)
	case "ticket.link":
		t, err = h.Desk.Link(ctx, who, t.ID, h.tickets[a.To].ID, helpdesk.Relates, a.Note)
	}
	h.tickets[a.Key] = t
	return err
}

// service gives a service its checklist, a line each of Note, and a question of its own.
func (h House) service(ctx context.Context, who access.Actor, a act) error {
	cat, err := h.Desk.Catalogue(ctx)
	if err != nil {
		return err
	}
	o, _ := cat.Offer(helpdesk.Category(a.Kind))
	o.NameVI = a.Title
	for line := range strings.Lines(a.Note) {
		o.Checklist = append(o.Checklist, helpdesk.Item{Label: strings.TrimSpace(line)})
	}
	o.Fields = append(o.Fields, helpdesk.FieldDef{Label: a.Reason, Kind: helpdesk.FieldText})
	_, err = h.Desk.SaveOffer(ctx, who, o)
	return err
}

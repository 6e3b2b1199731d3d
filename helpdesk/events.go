package helpdesk

import (
	"time"

	"lotrinh/internal/kit/ident"
)

// Happened is the body of every event of a ticket: how it stands after what the
// topic says. It holds keys and no personal values.
type Happened struct {
	topic      string
	Ticket     ident.ID   `json:"ticket"`
	Number     string     `json:"number"`
	Unit       string     `json:"unit"`
	Service    Category   `json:"service"`
	Priority   int        `json:"priority"`
	State      State      `json:"state"`
	WaitsFor   Party      `json:"waits_for,omitempty"`
	Group      Group      `json:"group"`
	Owner      ident.ID   `json:"owner,omitempty"`
	Requester  ident.ID   `json:"requester"`
	By         ident.ID   `json:"by"`
	At         time.Time  `json:"at"`
	AnswerDue  *time.Time `json:"answer_due,omitempty"`
	ResolveDue *time.Time `json:"resolve_due,omitempty"`
	Channel    Channel    `json:"channel"`
	Incident   ident.ID   `json:"incident,omitempty"`
	Message    ident.ID   `json:"message,omitempty"` // the public message that was said
	Late       bool       `json:"late"`              // past its next due moment when it happened
}

// Topic is the event's name.
func (h Happened) Topic() string { return h.topic }

// Subject is the ticket.
func (h Happened) Subject() string { return string(h.Ticket) }

func (a *action) happened(topic string) Happened {
	t := a.t
	late := t.Late(a.now) || t.State == Resolved && t.ResolveDue != nil && t.ResolveDue.Before(a.now)
	said := ident.ID("")
	for _, m := range a.messages {
		if !m.Internal {
			said = m.ID
		}
	}
	return Happened{topic: topic, Ticket: t.ID, Number: t.Number(), Unit: t.Unit, Service: t.Service, Priority: t.Priority,
		State: t.State, WaitsFor: t.WaitsFor, Group: t.Group, Owner: t.Owner, Requester: t.Requester, By: a.who.ID, At: a.now,
		AnswerDue: t.AnswerDue, ResolveDue: t.ResolveDue,
		Channel: t.Channel, Incident: t.Incident, Message: said, Late: late}
}

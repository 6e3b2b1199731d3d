package helpdesk

import (
	"cmp"
	"context"
	"slices"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/files"
	"lotrinh/internal/kit/ident"
)

// Split makes a message of a ticket into a ticket of its own, tied to the first one.
// It is asked for by whoever wrote the message, or by the requester when the support
// side did; the message stays where it is. Title may be empty: the first one's.
func (s *Service) Split(ctx context.Context, who access.Actor, id, message ident.ID, title string) (Ticket, error) {
	if err := who.Need(Work); err != nil {
		return Ticket{}, err
	}
	attached, err := s.Files.Of(ctx, area, string(message))
	if err != nil {
		return Ticket{}, err
	}
	return s.in(ctx, func(ctx context.Context, tx *db.Tx, r Ready) (Ticket, error) {
		from, err := counterpart(ctx, tx, who, id)
		if err != nil {
			return from, err
		}
		var m Message
		if err := tx.NewSelect().Model(&m).Where("tm.id = ?", message).Where("tm.ticket = ?", id).Scan(ctx); err != nil {
			return from, db.Sorted(err)
		}
		d := from.like()
		d.Body = m.Body
		if title = tidy(title); title != "" {
			d.Title = title
		}
		if !m.FromAgent {
			d.Requester = m.Author
		}
		for _, f := range attached[string(message)] {
			d.Files = append(d.Files, files.Blob{Hash: f.Hash, Thumb: f.Thumb, Name: f.Name, Type: f.Type, Size: f.Size})
		}
		d.author = m.Author
		if err := d.check(r.cat); err != nil {
			return from, err
		}
		t, err := s.open(ctx, tx, r, who, d)
		if err != nil {
			return t, err
		}
		if _, err := s.actIn(ctx, tx, r, who, t.ID, 0, func(ctx context.Context, a *action) error {
			return a.link(ctx, from, SplitOf, "")
		}); err != nil {
			return t, err
		}
		_, err = s.actIn(ctx, tx, r, who, id, 0, func(_ context.Context, a *action) error {
			a.step(ActSplit, string(t.ID), true)
			a.quiet = true
			a.trail("helpdesk.ticket.split", map[string][2]any{"ticket": {nil, t.ID}, "message": {nil, message}})
			return nil
		})
		return t, err
	})
}

// like is a draft of a further ticket about the same.
func (t Ticket) like() Draft {
	return Draft{Unit: t.Unit, Requester: t.Requester, Title: t.Title, Service: t.Service, Impact: t.Impact, Urgency: t.Urgency,
		Kind: t.Kind, Channel: t.Channel, Asset: t.Asset, Dossier: t.Dossier, Source: t.Source, likewise: true}
}

// followUp is what a requester's word on a closed ticket becomes by the policy of its
// group: the ticket is reopened, or a new one is made and tied to it. It is the
// ticket that holds the word.
func (s *Service) followUp(ctx context.Context, tx *db.Tx, r Ready, who access.Actor, closed Ticket, w Words) (Ticket, error) {
	team, known := r.cat.Team(closed.Group)
	if !known {
		team = Team{FollowUp: FollowReopens, FollowUpDays: shippedDays}
	}
	mine := closed.Requester == who.ID || who.IsSystem()
	if mine && team.FollowUp == FollowReopens && !s.tooLate(closed, team) {
		w.Version = 0
		return s.ReopenIn(ctx, tx, r, who, closed.ID, w)
	}
	d := closed.like()
	d.Body, d.Files, d.Requester = w.Body, w.Files, cmp.Or(w.Author, who.ID)
	if err := d.check(r.cat); err != nil {
		return Ticket{}, err
	}
	t, err := s.open(ctx, tx, r, who, d)
	if err != nil {
		return t, err
	}
	_, err = s.actIn(ctx, tx, r, access.System(area), t.ID, 0, func(ctx context.Context, a *action) error {
		return a.link(ctx, closed, Follows, "")
	})
	if err != nil {
		return t, err
	}
	_, err = s.actIn(ctx, tx, r, access.System(area), closed.ID, 0, func(_ context.Context, a *action) error {
		a.step(ActFollowed, string(t.ID), false)
		return nil
	})
	return t, err
}

// tooLate tells whether a closed ticket is no longer reopened.
func (s *Service) tooLate(t Ticket, team Team) bool {
	return t.ClosedAt == nil || s.Business.Now().After(t.ClosedAt.AddDate(0, 0, team.FollowUpDays))
}

// reopens tells whether a word on the closed ticket would reopen it.
func (s *Service) reopens(c *Catalogue, t Ticket) bool {
	team, known := c.Team(t.Group)
	return known && team.FollowUp == FollowReopens && !s.tooLate(t, team)
}

// Kinds are the kinds of tickets, in the order of forms.
var Kinds = []Kind{Fault, Request, Question}

func knownKind(k Kind) bool { return slices.Contains(Kinds, k) }

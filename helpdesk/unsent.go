package helpdesk

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/fold"
	"lotrinh/internal/kit/ident"
)

// Box is where somebody types on a ticket's page.
type Box string

// The boxes whose text is kept until it is sent.
const (
	BoxReply Box = "reply"
	BoxNote  Box = "note"
)

// Unsent is text that somebody has typed and not sent: one per person, ticket and box.
// Only its writer ever sees it.
type Unsent struct {
	bun.BaseModel `bun:"table:desk_unsent,alias:un"`
	Account       ident.ID  `bun:"account,pk"`
	Ticket        ident.ID  `bun:"ticket,pk"`
	Box           Box       `bun:"box,pk"`
	Body          string    `bun:"body"`
	At            time.Time `bun:"at"`
}

// KeepUnsent keeps what the actor has typed so far; an empty text forgets it.
func (s *Service) KeepUnsent(ctx context.Context, who access.Actor, id ident.ID, box Box, body string) (time.Time, error) {
	now := s.Business.Now()
	if box != BoxReply && box != BoxNote {
		return now, fault.New(fault.Missing, "fault.missing")
	}
	t, err := s.one(ctx, s.DB.Read(), who, id)
	if err != nil {
		return now, err
	}
	if t.Requester != who.ID && !t.supports(who) || box == BoxNote && !t.supports(who) {
		return now, fault.New(fault.Denied, "fault.denied")
	}
	body = fold.NFC(body)
	if utf8.RuneCountInString(body) > longestBody {
		var k fault.Check
		k.Need(false, "body", "helpdesk.form.body_long", "max", longestBody)
		return now, k.Err()
	}
	return now, s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		if strings.TrimSpace(body) == "" {
			return forgetUnsent(ctx, tx, who, id, box)
		}
		u := Unsent{Account: who.ID, Ticket: id, Box: box, Body: body, At: now}
		_, err := tx.NewInsert().Model(&u).On("CONFLICT (account, ticket, box) DO UPDATE").Set("body = excluded.body").Set("at = excluded.at").Exec(ctx)
		return db.Sorted(err)
	})
}

func forgetUnsent(ctx context.Context, tx *db.Tx, who access.Actor, id ident.ID, boxes ...Box) error {
	_, err := tx.NewDelete().Model((*Unsent)(nil)).Where("account = ?", who.ID).Where("ticket = ?", id).Where("box IN (?)", bun.List(boxes)).Exec(ctx)
	return db.Sorted(err)
}

// unsentOf is what the actor has typed on a ticket and not sent, by box.
func (s *Service) unsentOf(ctx context.Context, who access.Actor, id ident.ID) (map[Box]Unsent, error) {
	var rows []Unsent
	err := s.DB.Read().NewSelect().Model(&rows).Where("un.account = ?", who.ID).Where("un.ticket = ?", id).Scan(ctx)
	all := map[Box]Unsent{}
	for _, u := range rows {
		all[u.Box] = u
	}
	return all, db.Sorted(err)
}

// sentNow forgets the texts that this action sends, in its own transaction.
func (a *action) sentNow(ctx context.Context) error {
	var boxes []Box
	for _, m := range a.messages {
		switch {
		case m.Author != a.who.ID || a.before.ID == "":
		case m.Internal:
			boxes = append(boxes, BoxNote)
		default:
			boxes = append(boxes, BoxReply)
		}
	}
	if len(boxes) == 0 {
		return nil
	}
	return forgetUnsent(ctx, a.tx, a.who, a.t.ID, boxes...)
}

// keepUnsentFor is how long a text that nobody came back to is kept.
const keepUnsentFor = 30 * 24 * time.Hour

// ForgetOld forgets texts that nobody came back to and people who have left. A chore runs it.
func (s *Service) ForgetOld(ctx context.Context) error {
	now := s.Business.Now()
	return s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		if _, err := tx.NewDelete().Model((*Unsent)(nil)).Where("at < ?", now.Add(-keepUnsentFor)).Exec(ctx); err != nil {
			return db.Sorted(err)
		}
		_, err := tx.NewDelete().Model((*Presence)(nil)).Where("until < ?", now).Exec(ctx)
		return db.Sorted(err)
	})
}

package helpdesk

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/ident"
)

// stays is how long somebody counts as being on a ticket without a sign of life: three
// of the page's heart-beats.
const stays = 45 * time.Second

// Presence is somebody of the support side who has a ticket open.
type Presence struct {
	bun.BaseModel `bun:"table:desk_presence,alias:pr"`
	Ticket        ident.ID  `bun:"ticket,pk"`
	Account       ident.ID  `bun:"account,pk"`
	Name          string    `bun:"name"`
	Writing       bool      `bun:"writing"` // has text in a box
	Until         time.Time `bun:"until"`
}

// Here says that the actor has the ticket open, and tells who else has: those who
// write first. Only the support side is seen, and only by the support side.
func (s *Service) Here(ctx context.Context, who access.Actor, id ident.ID, writing bool) ([]Presence, error) {
	t, err := s.one(ctx, s.DB.Read(), who, id)
	if err != nil {
		return nil, err
	}
	if !t.supports(who) {
		return nil, fault.New(fault.Denied, "helpdesk.ticket.support_only")
	}
	return s.here(ctx, who, id, writing)
}

// here is Here for a ticket that the actor is known to support.
func (s *Service) here(ctx context.Context, who access.Actor, id ident.ID, writing bool) ([]Presence, error) {
	now := s.Business.Now()
	var others []Presence
	err := s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		others = nil
		me := Presence{Ticket: id, Account: who.ID, Name: who.Name, Writing: writing, Until: now.Add(stays)}
		_, err := tx.NewInsert().Model(&me).On("CONFLICT (ticket, account) DO UPDATE").
			Set("name = excluded.name").Set("writing = excluded.writing").Set("until = excluded.until").Exec(ctx)
		if err != nil {
			return db.Sorted(err)
		}
		err = tx.NewSelect().Model(&others).Where("pr.ticket = ?", id).Where("pr.account <> ?", who.ID).Where("pr.until > ?", now).
			Order("pr.writing DESC", "pr.name").Limit(20).Scan(ctx)
		return db.Sorted(err)
	})
	return others, err
}

// Leave takes the actor off a ticket at once, as when its page is closed.
func (s *Service) Leave(ctx context.Context, who access.Actor, id ident.ID) error {
	if err := signedIn(who); err != nil {
		return err
	}
	return s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.NewDelete().Model((*Presence)(nil)).Where("ticket = ?", id).Where("account = ?", who.ID).Exec(ctx)
		return db.Sorted(err)
	})
}

package helpdesk

import (
	"context"

	"lotrinh/internal/kit/db"
	"lotrinh/internal/org"
)

// Ready is what acting on tickets needs to know before a transaction begins, so that
// nothing is read inside that need not be.
type Ready struct {
	cals calendars
	tree *org.Tree
	cat  *Catalogue
}

// Ready gets ready to act. The rooms around the help desk call it before their own
// transaction and pass it to the …In use cases.
func (s *Service) Ready(ctx context.Context) (Ready, error) {
	cals, err := s.calendar(ctx)
	if err != nil {
		return Ready{}, err
	}
	tree, err := s.Units.Tree(ctx, s.Business.Now())
	if err != nil {
		return Ready{}, err
	}
	cat, err := s.Catalogue(ctx)
	return Ready{cals, tree, cat}, err
}

// Reopens tells whether a requester's word on the closed ticket would reopen it, by the
// policy of its group; else it makes a new one.
func (s *Service) Reopens(r Ready, t Ticket) bool { return t.State == Closed && s.reopens(r.cat, t) }

// in runs one use case in a transaction of its own.
func (s *Service) in(ctx context.Context, do func(context.Context, *db.Tx, Ready) (Ticket, error)) (Ticket, error) {
	r, err := s.Ready(ctx)
	if err != nil {
		return Ticket{}, err
	}
	var t Ticket
	err = s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		t, err = do(ctx, tx, r)
		return err
	})
	return t, err
}

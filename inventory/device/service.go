package device

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/org"
	"lotrinh/inventory"
)

// Units finds the units in force at a moment; org.Units is one.
type Units interface {
	Tree(ctx context.Context, at time.Time) (*org.Tree, error)
}

// Bodies finds the bodies of sections by their hashes; one that is kept no more is
// absent. The intake keeps them, each once, with the messages that brought them.
type Bodies interface {
	Bodies(ctx context.Context, q bun.IDB, hashes []string) (map[string][]byte, error)
}

// Deps is what this room stands on.
type Deps struct {
	DB       *db.DB
	Business clock.Clock
	Units    Units
	Stock    *inventory.Service
	// Bodies may be nil: then sections are known by their hashes alone.
	Bodies Bodies
}

// Service keeps devices. It is the inventory's Keeper.
type Service struct {
	Deps
	// MessagePath is where the message is shown that a fact came from; empty when it
	// is none of an agent's, nil when nobody shows messages.
	MessagePath func(f inventory.Fact) string
}

// New is the room over its neighbours. It follows what is judged.
func New(d Deps) *Service {
	s := &Service{Deps: d}
	d.Stock.OnJudged(s.compare)
	return s
}

// bodies asks for the bodies of sections. Without a keeper of bodies there are none.
func (s *Service) bodies(ctx context.Context, q bun.IDB, hashes []string) (map[string][]byte, error) {
	if s.Bodies == nil || len(hashes) == 0 {
		return nil, nil
	}
	return s.Bodies.Bodies(ctx, q, hashes)
}

var _ inventory.Keeper = (*Service)(nil)

// insert writes rows of one table.
func insert[T any](ctx context.Context, tx *db.Tx, rows ...T) error {
	if len(rows) == 0 {
		return nil
	}
	_, err := tx.NewInsert().Model(&rows).Exec(ctx)
	return db.Sorted(err)
}

// byID is a device, whoever asks: callers ask for the right.
func byID(ctx context.Context, q bun.IDB, id ident.ID, more ...func(*bun.SelectQuery) *bun.SelectQuery) (Device, error) {
	var d Device
	err := q.NewSelect().Model(&d).Where("d.id = ?", id).Apply(more...).Scan(ctx)
	return d, db.Sorted(err)
}

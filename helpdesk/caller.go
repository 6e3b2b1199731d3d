package helpdesk

import (
	"context"
	"io"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/ident"
)

// ByID is a ticket that the actor may see.
func (s *Service) ByID(ctx context.Context, who access.Actor, id ident.ID) (Ticket, error) {
	return s.one(ctx, s.DB.Read(), who, id)
}

// OpenOf are the tickets that are not done, of these requesters, or of a unit when
// nobody is named, the newest first, within the actor's reach: what somebody who
// calls may be calling about.
func (s *Service) OpenOf(ctx context.Context, who access.Actor, requesters []ident.ID, unit string, limit int) ([]Ticket, error) {
	if err := s.reads(who); err != nil {
		return nil, err
	}
	var rows []Ticket
	q := s.DB.Read().NewSelect().Model(&rows).Apply(within(who)).Where("ti.phase IN (?)", bun.List([]Phase{InWork, Waiting}))
	switch {
	case len(requesters) > 0:
		q = q.Where("ti.requester IN (?)", bun.List(requesters))
	case unit != "":
		q = q.Where("ti.unit = ?", unit)
	default:
		return nil, nil
	}
	err := q.Order("ti.seq DESC").Limit(int64(limit)).Scan(ctx)
	return rows, db.Sorted(err)
}

// Surge is a service about which many asked of late: perhaps one cause hits them all.
type Surge struct {
	Service Category `bun:"service"`
	N       int64    `bun:"n"`
	Units   int64    `bun:"units"`
	Seq     int64    `bun:"seq"` // of the newest ticket
}

// Surges are the services with at least so many tickets opened since a moment, within
// the actor's reach. Keys of tickets are ordered by time, so only the latest are read.
func (s *Service) Surges(ctx context.Context, who access.Actor, since time.Time, least int) ([]Surge, error) {
	if err := s.reads(who); err != nil {
		return nil, err
	}
	var rows []Surge
	err := s.DB.Read().NewSelect().TableExpr("ticket AS ti").ColumnExpr("ti.service, count(*) AS n, count(DISTINCT ti.unit) AS units, max(ti.seq) AS seq").
		Where("ti.id >= ?", firstKey(since)).Apply(within(who)).GroupExpr("ti.service").Having("count(*) >= ?", least).OrderExpr("n DESC, ti.service").Scan(ctx, &rows)
	return rows, db.Sorted(err)
}

// zeros is a source of no randomness at all.
type zeros struct{}

func (zeros) Read(b []byte) (int, error) {
	clear(b)
	return len(b), nil
}

var _ io.Reader = zeros{}

// firstKey is no larger than any key made at or after a moment.
func firstKey(t time.Time) ident.ID { return ident.NewMaker(zeros{}).New(t.Truncate(time.Millisecond)) }

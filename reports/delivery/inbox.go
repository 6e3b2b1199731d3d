package delivery

import (
	"context"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/page"
	"lotrinh/reports"
)

// own narrows to what was delivered to somebody on the site and still lies in their reach.
func own(who access.Actor) func(*bun.SelectQuery) *bun.SelectQuery {
	return func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("rd.channel = ?", Inbox).Where("rd.account = ?", who.ID).Apply(who.Within(reports.Read, "rd.cut"))
	}
}

// Unread are the newest reports delivered to somebody that nobody has opened, as many as
// one page shows.
func (s *Service) Unread(ctx context.Context, who access.Actor) ([]Row, error) {
	if err := who.Need(reports.Read); err != nil {
		return nil, err
	}
	var rows []Row
	err := s.DB.Read().NewSelect().Model(&rows).Apply(own(who)).Where("rd.read_at IS NULL").Order("rd.id DESC").Limit(page.Default).Scan(ctx)
	return rows, db.Sorted(err)
}

// ReadBefore is a page of the reports that somebody has opened, the newest first.
func (s *Service) ReadBefore(ctx context.Context, who access.Actor, r page.Request) (page.Page[Row], error) {
	if err := who.Need(reports.Read); err != nil {
		return page.Page[Row]{}, err
	}
	var rows []Row
	err := s.DB.Read().NewSelect().Model(&rows).Apply(own(who)).Where("rd.read_at IS NOT NULL").Apply(r.On("rd.id")).Scan(ctx)
	return page.Cut(r, rows, func(r Row) []string { return []string{string(r.ID)} }), db.Sorted(err)
}

// mostCounted is where the count of unread reports stops.
const mostCounted = 100

// CountUnread is how many reports wait for somebody, at most 100.
func (s *Service) CountUnread(ctx context.Context, who access.Actor) (int64, error) {
	var n int64
	first := s.DB.Read().NewSelect().Model((*Row)(nil)).ColumnExpr("1").Apply(own(who)).Where("rd.read_at IS NULL").Limit(mostCounted)
	err := s.DB.Read().NewSelect().ColumnExpr("count(*)").TableExpr("(?) AS first", first).Scan(ctx, &n)
	return n, db.Sorted(err)
}

// MarkRead notes that somebody has opened the report of a run, all its editions.
func (s *Service) MarkRead(ctx context.Context, who access.Actor, run ident.ID) error {
	var waits []ident.ID
	q := s.DB.Read().NewSelect().Model((*Row)(nil)).Column("id").Where("rd.channel = ?", Inbox).Where("rd.account = ?", who.ID).Where("rd.run = ?", run).Where("rd.read_at IS NULL")
	if err := q.Scan(ctx, &waits); err != nil || len(waits) == 0 {
		return db.Sorted(err)
	}
	return s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.NewUpdate().Model((*Row)(nil)).Set("read_at = ?", s.Machine.Now()).Where("id IN (?)", bun.List(waits)).Where("read_at IS NULL").Exec(ctx)
		return db.Sorted(err)
	})
}

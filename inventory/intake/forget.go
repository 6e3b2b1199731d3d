package intake

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
)

// How long the log is kept.
const (
	keepRefused = 90 * 24 * time.Hour // refused messages
	keepEvery   = 92 * 24 * time.Hour // every kept message; after that one a month and sender
	keepMonths  = 25                  // the monthly ones; the last of a sender stays for good
	sweepBatch  = 500                 // rows of one operation
	settled     = 24 * time.Hour      // a section younger than that is not looked at
)

// Forget thins the log out and drops the sections that nothing points to any more. A
// chore runs it.
func (s *Service) Forget(ctx context.Context) (int64, error) {
	now := s.Business.Now()
	oldest := now.In(clock.City).AddDate(0, -keepMonths, 0).Format("2006-01")
	total := int64(0)
	for _, one := range []func(*bun.SelectQuery) *bun.SelectQuery{
		func(q *bun.SelectQuery) *bun.SelectQuery {
			return q.Where("am.result = ?", Refused).Where("am.at < ?", now.Add(-keepRefused))
		},
		func(q *bun.SelectQuery) *bun.SelectQuery {
			return q.Where("am.result = ?", Kept).Where("am.at < ?", now.Add(-keepEvery)).
				Where("EXISTS (SELECT 1 FROM agent_message n WHERE n.sender = am.sender AND n.month = am.month AND n.id > am.id AND n.result = ?)", Kept)
		},
		func(q *bun.SelectQuery) *bun.SelectQuery {
			return q.Where("am.result = ?", Kept).Where("am.at < ?", now.Add(-keepEvery)).Where("am.month < ?", oldest).
				Where("NOT EXISTS (SELECT 1 FROM agent_sender x WHERE x.id = am.sender AND x.message = am.id)")
		},
	} {
		n, err := s.drop(ctx, one)
		total += n
		if err != nil {
			return total, err
		}
	}
	err := s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.NewDelete().Model((*Refusal)(nil)).Where("last_at < ?", now.Add(-keepRefusals)).Exec(ctx)
		return db.Sorted(err)
	})
	if err != nil || total == 0 {
		return total, err
	}
	return total, s.dropSections(ctx, now)
}

// drop deletes the messages that a query finds, some at a time.
func (s *Service) drop(ctx context.Context, of func(*bun.SelectQuery) *bun.SelectQuery) (int64, error) {
	total := int64(0)
	for {
		n := int64(0)
		err := s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
			ids := tx.NewSelect().Model((*Message)(nil)).Column("am.id").Apply(of).Limit(sweepBatch)
			res, err := tx.NewDelete().Model((*Message)(nil)).Where("id IN (?)", ids).Exec(ctx)
			if err != nil {
				return db.Sorted(err)
			}
			n, err = res.RowsAffected()
			return db.Sorted(err)
		})
		total += n
		if err != nil || n < sweepBatch {
			return total, err
		}
	}
}

// dropSections deletes the sections that no message names. What arrives meanwhile is
// looked at again under the lock of the section.
func (s *Service) dropSections(ctx context.Context, now time.Time) error {
	used := map[int64]bool{}
	if err := s.name(ctx, s.DB.Read(), used, time.Time{}); err != nil {
		return err
	}
	var all []int64
	err := s.DB.Read().NewSelect().Model((*stored)(nil)).Column("se.id").Where("se.at < ?", now.Add(-settled)).Order("se.id").Scan(ctx, &all)
	if err != nil {
		return db.Sorted(err)
	}
	var lost []int64
	for _, id := range all {
		if !used[id] {
			lost = append(lost, id)
		}
	}
	for len(lost) > 0 {
		some := lost[:min(len(lost), sweepBatch)]
		lost = lost[len(some):]
		err := s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error { return s.dropSome(ctx, tx, some, now) })
		if err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) dropSome(ctx context.Context, tx *db.Tx, some []int64, now time.Time) error {
	var held []int64
	q := tx.NewSelect().Model((*stored)(nil)).Column("se.id").Where("se.id IN (?)", bun.List(some))
	if !tx.SQLite() {
		q = q.For("UPDATE SKIP LOCKED")
	}
	if err := q.Scan(ctx, &held); err != nil {
		return db.Sorted(err)
	}
	lately := map[int64]bool{}
	if err := s.name(ctx, tx, lately, now.Add(-time.Hour)); err != nil {
		return err
	}
	var gone []int64
	for _, id := range held {
		if !lately[id] {
			gone = append(gone, id)
		}
	}
	if len(gone) == 0 {
		return nil
	}
	_, err := tx.NewDelete().Model((*stored)(nil)).Where("id IN (?)", bun.List(gone)).Exec(ctx)
	return db.Sorted(err)
}

// name marks the sections that kept messages since a moment name.
func (s *Service) name(ctx context.Context, q bun.IDB, used map[int64]bool, since time.Time) error {
	rows, err := q.NewSelect().Model((*Message)(nil)).Column("am.sections").Where("am.result = ?", Kept).Where("am.at >= ?", since).Rows(ctx)
	if err != nil {
		return db.Sorted(err)
	}
	for rows.Next() {
		var m Message
		if err := rows.Scan(&m.Sections); err != nil {
			return db.Sorted(err)
		}
		ids, err := m.numbers()
		if err != nil {
			return err
		}
		for _, id := range ids {
			used[id] = true
		}
	}
	if err := rows.Err(); err != nil {
		return db.Sorted(err)
	}
	return db.Sorted(rows.Close())
}

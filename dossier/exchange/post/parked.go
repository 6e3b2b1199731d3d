package post

import (
	"context"
	"errors"
	"time"

	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/wire"
)

var zero time.Time

// drain applies what was parked about a subject and whose turn has come.
func (s *Service) drain(ctx context.Context, source, subject string) error {
	for {
		more, err := s.next(ctx, source, subject, nil)
		if f := (*fault.Error)(nil); errors.As(err, &f) && f.Kind != fault.Internal && f.Kind != fault.Unavailable {
			more, err = s.next(ctx, source, subject, f)
		}
		if err != nil || !more {
			return err
		}
	}
}

// next applies one parked message; refused is why it could not be done the first time.
func (s *Service) next(ctx context.Context, source, subject string, refused *fault.Error) (more bool, err error) {
	err = s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		more = false
		last, err := s.turn(ctx, tx, source, subject)
		if err != nil {
			return err
		}
		var rows []In
		if err := tx.NewSelect().Model(&rows).Where("xi.source = ?", source).Where("xi.subject = ?", subject).Where("xi.state = ?", Parked).
			Order("xi.seq").Limit(1).Scan(ctx); err != nil {
			return db.Sorted(err)
		}
		if len(rows) == 0 || rows[0].Seq > last+1 {
			return nil
		}
		more = true
		e, err := wire.Read([]byte(rows[0].Body))
		if err != nil {
			return fault.Because(fault.Internal, "fault.internal", err)
		}
		if err := s.place(ctx, tx, &rows[0], e, refused); err != nil {
			return err
		}
		if rows[0].State == "" {
			rows[0].State, rows[0].Problem = Refused, "exchange.data_broken"
		}
		return s.keep(ctx, tx, rows[0])
	})
	return more, err
}

// Unpark applies what was parked and whose turn came while nobody looked: after a crash
// between a message and the one that waited for it.
func (s *Service) Unpark(ctx context.Context) error {
	var rows []struct{ Source, Subject string }
	err := s.DB.Read().NewRaw("SELECT DISTINCT i.source, i.subject FROM exchange_inbox AS i JOIN exchange_turn AS t ON t.source = i.source AND t.subject = i.subject"+
		" WHERE i.state = 'parked' AND i.seq <= t.last + 1 LIMIT 200").Scan(ctx, &rows)
	if err != nil {
		return db.Sorted(err)
	}
	for _, r := range rows {
		if err := s.drain(ctx, r.Source, r.Subject); err != nil {
			return err
		}
	}
	return nil
}

// reread applies a quarantined or refused message again, after the house has learned its
// version or the reason is gone. What it would do twice is up to its handler, as ever.
func (s *Service) reread(ctx context.Context, tx *db.Tx, id ident.ID) (In, error) {
	var row In
	if err := tx.NewSelect().Model(&row).Where("xi.id = ?", id).Apply(db.ForUpdate(tx)).Scan(ctx); err != nil {
		return row, db.Sorted(err)
	}
	if row.State != Quarantined && row.State != Refused {
		return row, fault.New(fault.Conflict, "fault.changed_meanwhile")
	}
	e, err := wire.Read([]byte(row.Body))
	if err != nil {
		return row, fault.Because(fault.Internal, "fault.internal", err)
	}
	if err := wire.Check(e); err != nil {
		return row, fault.Because(fault.Conflict, "exchange.still_unknown", err)
	}
	row.State, row.Problem = Applied, ""
	if err := s.apply(ctx, tx, &row, e); err != nil {
		return row, err
	}
	return row, s.keep(ctx, tx, row)
}

// Alarm tells of messages whose next answer is overdue, each once. It tells how many.
func (s *Service) Alarm(ctx context.Context) (int, error) {
	var rows []Message
	err := s.DB.Read().NewSelect().Model(&rows).Where("xm.expect_by <= ?", s.Business.Now()).Where("xm.expect_by IS NOT NULL AND NOT xm.alarmed").
		Order("xm.expect_by").Limit(200).Scan(ctx)
	if err != nil {
		return 0, db.Sorted(err)
	}
	told := 0
	for _, m := range rows {
		err := s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
			res, err := tx.NewUpdate().Model((*Message)(nil)).Set("alarmed = TRUE").Where("id = ?", m.ID).Where("NOT alarmed").Where("expect_by <= ?", s.Business.Now()).Exec(ctx)
			if err != nil {
				return db.Sorted(err)
			}
			if n, err := res.RowsAffected(); err != nil || n == 0 || s.Failed == nil {
				return db.Sorted(err)
			}
			return s.Failed(ctx, tx, m)
		})
		if err != nil {
			return told, err
		}
		told++
	}
	return told, nil
}

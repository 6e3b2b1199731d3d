package reports

import (
	"context"

	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/outbox"
	"lotrinh/internal/kit/worktime/calstore"
)

// Handlers are what the reports learn from events.
func (s *Service) Handlers() []outbox.Handler {
	return []outbox.Handler{{Name: "reports.slots", Topic: calstore.Changed{}.Topic(), Do: func(ctx context.Context, tx *db.Tx, _ outbox.Event) error {
		return s.reslot(ctx, tx)
	}}}
}

// reslot moves the next run of every schedule that looks at days off to where the
// calendar of now puts it.
func (s *Service) reslot(ctx context.Context, tx *db.Tx) error {
	var all []Schedule
	err := tx.NewSelect().Model(&all).Where("rs.enabled").Where("rs.shift <> '' OR rs.skip_holidays").Order("rs.id").Scan(ctx)
	if err != nil || len(all) == 0 {
		return db.Sorted(err)
	}
	timings, err := s.timings(ctx, all)
	if err != nil {
		return err
	}
	for i, sc := range all {
		spec, err := sc.parsed()
		if err != nil {
			return err
		}
		next := timings[i].next(sc, spec, sc.NextNominal)
		if next.At.Equal(sc.NextRun) && next.Nominal.Equal(sc.NextNominal) {
			continue
		}
		_, err = tx.NewRaw("UPDATE report_schedule SET next_run = ?, next_nominal = ? WHERE id = ? AND next_nominal = ? AND version = ?",
			next.At, next.Nominal, sc.ID, sc.NextNominal, sc.Version).Exec(ctx)
		if err != nil {
			return db.Sorted(err)
		}
	}
	return nil
}

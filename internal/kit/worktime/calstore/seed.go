package calstore

import (
	"context"
	_ "embed"
	"encoding/json"
	"slices"
	"time"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/outbox"
	"lotrinh/internal/kit/trail"
	"lotrinh/internal/kit/worktime"
)

// FirstYear is the first year that the product needs: Plan 198 begins in 2016.
const FirstYear = 2016

// The titles that the two calendars start with.
//
//go:embed data/calendars.json
var titleFile []byte

// Seed lays down the calendars and years that are missing: the office week, the
// week that never closes, the published years, and drawn years up to the one after
// business time. It changes nothing that is there, and may run at every start.
func (s *Store) Seed(ctx context.Context, business time.Time) error {
	var titles map[string]string
	if err := json.Unmarshal(titleFile, &titles); err != nil {
		return fault.Because(fault.Internal, "fault.internal", err)
	}
	return s.db.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		always := worktime.Week{}
		for d := range always {
			always[d] = []worktime.Span{{From: 0, To: worktime.Midnight}}
		}
		for _, c := range []Calendar{
			{Name: Office, Title: titles[Office], Zone: clock.City.String(), Week: worktime.Office(), Holidays: true},
			{Name: Always, Title: titles[Always], Zone: clock.City.String(), Week: always},
		} {
			row, err := c.row(s.clock.Now())
			if err != nil {
				return err
			}
			if _, err := tx.NewInsert().Model(&row).On("CONFLICT DO NOTHING").Exec(ctx); err != nil {
				return db.Sorted(err)
			}
		}
		_, err := s.draw(ctx, tx, business)
		return err
	})
}

// Draw adds the years that are missing up to the one after business time and tells
// which; a daily job runs it, so that the next year is always there in time.
func (s *Store) Draw(ctx context.Context, business time.Time) (added []int, err error) {
	err = s.db.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		added, err = s.draw(ctx, tx, business)
		return err
	})
	return added, err
}

func (s *Store) draw(ctx context.Context, tx *db.Tx, business time.Time) (added []int, err error) {
	var have []int
	if err := tx.NewSelect().Model((*yearRow)(nil)).Column("year").Scan(ctx, &have); err != nil {
		return nil, db.Sorted(err)
	}
	shipped := worktime.PublishedYears()
	last := business.In(clock.City).Year() + 1
	for _, y := range shipped {
		last = max(last, y.Year+1)
	}
	for year := FirstYear; year <= last; year++ {
		if slices.Contains(have, year) {
			continue
		}
		y, ok := worktime.ExpectedYear(year)
		if i := slices.IndexFunc(shipped, func(p worktime.Year) bool { return p.Year == year }); i >= 0 {
			y, ok = shipped[i], true
		}
		if !ok {
			continue
		}
		if err := s.insertYear(ctx, tx, y, access.System("worktime")); err != nil {
			return nil, err
		}
		added = append(added, year)
	}
	return added, nil
}

// insertYear adds a year that nobody has yet, and says so to those who wait for it.
func (s *Store) insertYear(ctx context.Context, tx *db.Tx, y worktime.Year, who access.Actor) error {
	raw, err := json.Marshal(y)
	if err != nil {
		return fault.Because(fault.Internal, "fault.internal", err)
	}
	now := s.clock.Now()
	row := yearRow{Year: y.Year, Status: string(y.Status), Days: string(raw), ChangedBy: string(who.ID), ChangedAt: now, Version: 1}
	if _, err := tx.NewInsert().Model(&row).Exec(ctx); err != nil {
		return db.Sorted(err)
	}
	tx.After(s.forget)
	err = trail.Write(ctx, tx, now, who, "worktime.year.added", yearID(y.Year), map[string][2]any{"status": {"", string(y.Status)}})
	if err != nil {
		return err
	}
	return outbox.Write(ctx, tx, now, Changed{Year: y.Year})
}

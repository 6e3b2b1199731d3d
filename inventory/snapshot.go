package inventory

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/inventory/readiness"
)

// Day is how a unit stood at the end of a day: a commune, or all communes of a district
// or of the city. Rows are never rewritten.
type Day struct {
	bun.BaseModel `bun:"table:readiness_day,alias:rd"`
	Unit          string    `bun:"unit,pk"`
	Day           string    `bun:"day,pk"` // 2016-11-10
	Met           int64     `bun:"met"`
	Waived        int64     `bun:"waived"`
	Unknown       int64     `bun:"unknown"`
	Unmet         int64     `bun:"unmet"`
	Assets        int64     `bun:"assets"`
	Gaps          int64     `bun:"gaps"`
	TakenAt       time.Time `bun:"taken_at"`
}

// Communes is how many communes were counted.
func (d Day) Communes() int64 { return d.Met + d.Waived + d.Unknown + d.Unmet }

func dayOfTally(unit, day string, y Tally, at time.Time) Day {
	return Day{Unit: unit, Day: day, Met: int64(y.Count[readiness.Met]), Waived: int64(y.Count[readiness.Waived]), Unknown: int64(y.Count[readiness.Unknown]),
		Unmet: int64(y.Count[readiness.Unmet]), Assets: y.Assets, Gaps: y.Gaps, TakenAt: at}
}

// KeepDay keeps how every commune, district and the city stood at the end of the last
// day that is over, unless it is kept. A chore calls it often; it tells how many rows it
// wrote. A day on which nothing ran stays without a row: nobody looked.
func (s *Service) KeepDay(ctx context.Context) (int, error) {
	now := s.clock.Now()
	today, _ := clock.Day(now)
	day := clock.Date(today.Add(-time.Second))
	tree, err := s.units.Tree(ctx, today.Add(-time.Second))
	if err != nil {
		return 0, err
	}
	roots := tree.Roots()
	if len(roots) == 0 {
		return 0, nil
	}
	var kept int
	if err := s.db.Read().NewRaw("SELECT COUNT(*) FROM readiness_day WHERE unit = ? AND day = ?", roots[0].Code, day).Scan(ctx, &kept); err != nil || kept > 0 {
		return 0, db.Sorted(err)
	}
	by, err := s.standing(ctx, access.System("inventory"), nil)
	if err != nil {
		return 0, err
	}
	roll := rollOf(tree, by, func(string) bool { return true })
	var rows []Day
	for _, u := range tree.Communes("") {
		var one Tally
		one.add(by[u.Code])
		rows = append(rows, dayOfTally(u.Code, day, one, now))
	}
	for _, d := range roll.Districts {
		rows = append(rows, dayOfTally(d.District.Code, day, d.Tally, now))
	}
	rows = append(rows, dayOfTally(roots[0].Code, day, roll.All, now))
	wrote := 0
	return wrote, s.db.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		for from := 0; from < len(rows); from += 500 {
			some := rows[from:min(from+500, len(rows))]
			res, err := tx.NewInsert().Model(&some).On("CONFLICT (unit, day) DO NOTHING").Exec(ctx)
			if err != nil {
				return db.Sorted(err)
			}
			n, err := res.RowsAffected()
			if err != nil {
				return db.Sorted(err)
			}
			wrote += int(n)
		}
		return nil
	})
}

// Days are the kept days of a unit since a day, oldest first. Who does not reach the
// whole unit sees none of them.
func (s *Service) Days(ctx context.Context, who access.Actor, unit, since string) ([]Day, error) {
	if err := who.NeedAt(Look, unit); err != nil {
		return nil, err
	}
	var rows []Day
	err := s.db.Read().NewSelect().Model(&rows).Where("rd.unit = ?", unit).Where("rd.day >= ?", since).Order("rd.day").Limit(1000).Scan(ctx)
	return rows, db.Sorted(err)
}

package inventory

import (
	"context"
	"slices"

	"lotrinh/internal/kit/db"
)

// batch is how many units one transaction judges.
const batch = 100

// Refresh judges the units whose answer time alone has changed by now. A chore
// calls it every minute; it tells how many answers moved.
func (s *Service) Refresh(ctx context.Context) (int, error) {
	var units []string
	err := s.db.Read().NewSelect().TableExpr("unit_readiness AS ur").Column("ur.unit").
		Where("ur.stale_at IS NOT NULL").Where("ur.stale_at <= ?", s.clock.Now()).Order("ur.unit").Scan(ctx, &units)
	if err != nil {
		return 0, db.Sorted(err)
	}
	return s.anew(ctx, units)
}

// Rebuild judges every unit of which anything is known and tells how many stored
// answers were not what they should be: none, unless a profile was published.
func (s *Service) Rebuild(ctx context.Context) (int, error) {
	units, err := s.judgeable(ctx)
	if err != nil {
		return 0, err
	}
	return s.anew(ctx, units)
}

// judgeable are the units of which anything is known.
func (s *Service) judgeable(ctx context.Context) ([]string, error) {
	var units []string
	err := s.db.Read().NewRaw("SELECT unit FROM unit_readiness UNION SELECT unit FROM asset UNION SELECT unit FROM gap "+
		"UNION SELECT unit FROM site_fact UNION SELECT unit FROM requirement_waiver ORDER BY 1").Scan(ctx, &units)
	return units, db.Sorted(err)
}

func (s *Service) anew(ctx context.Context, units []string) (int, error) {
	moved := 0
	for some := range slices.Chunk(units, batch) {
		var n int
		err := s.db.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
			var err error
			n, err = s.rejudge(ctx, tx, some)
			return err
		})
		if err != nil {
			return moved, err
		}
		moved += n
	}
	return moved, nil
}

// Prove compares every stored answer with what the stored facts say now, changes
// nothing, and names the units whose answer is wrong. Answers that time alone has
// overtaken wait for Refresh and are left out.
func (s *Service) Prove(ctx context.Context) (looked int, wrong []string, err error) {
	q := s.db.Read()
	now := s.clock.Now()
	for after := ""; ; {
		var rows []Readiness
		err := q.NewSelect().Model(&rows).Where("ur.unit > ?", after).Order("ur.unit").Limit(batch).Scan(ctx)
		if err != nil || len(rows) == 0 {
			return looked, wrong, db.Sorted(err)
		}
		var units []string
		for _, r := range rows {
			units = append(units, r.Unit)
		}
		fresh, err := s.compute(ctx, q, units, now)
		if err != nil {
			return looked, wrong, err
		}
		for _, r := range rows {
			if !r.StaleAt.IsZero() && !now.Before(r.StaleAt) {
				continue
			}
			if _, changed, err := fresh[r.Unit].row(r.Unit, r, now); err != nil || changed {
				wrong = append(wrong, r.Unit)
			}
		}
		looked += len(rows)
		after = units[len(units)-1]
	}
}

package dossier

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/ident"
)

// InForce is the version of a procedure on the day of a moment; Missing when the
// procedure is not offered then.
func (s *Service) InForce(ctx context.Context, procedure string, at time.Time) (Version, error) {
	return inForce(ctx, s.DB.Read(), procedure, at)
}

func inForce(ctx context.Context, q bun.IDB, procedure string, at time.Time) (Version, error) {
	var v Version
	err := q.NewSelect().Model(&v).Where("pv.procedure = ?", procedure).Where("pv.state = ?", Published).
		Where("pv.effective_from <= ?", clock.Date(at)).Order("pv.effective_from DESC").Limit(1).Scan(ctx)
	err = db.Sorted(err)
	if fault.Is(err, fault.Missing) {
		return v, fault.New(fault.Missing, "dossier.procedure.not_offered")
	}
	return v, err
}

// AllInForce are the versions of all procedures on the day of a moment, without their
// definitions: Definition reads those once.
func (s *Service) AllInForce(ctx context.Context, at time.Time) ([]Version, error) {
	day := clock.Date(at)
	newest := s.DB.Read().NewSelect().Model((*Version)(nil)).ModelTableExpr("procedure_version AS n").ColumnExpr("n.procedure, MAX(n.effective_from) AS effective_from").
		Where("n.state = ?", Published).Where("n.effective_from <= ?", day).GroupExpr("n.procedure")
	var all []Version
	err := s.DB.Read().NewSelect().Model(&all).ExcludeColumn("definition").Join("JOIN (?) AS n ON n.procedure = pv.procedure AND n.effective_from = pv.effective_from", newest).
		Where("pv.state = ?", Published).Order("pv.procedure").Scan(ctx)
	return all, db.Sorted(err)
}

// VersionsOf are the published versions of all procedures of a group, of any day: one
// query, and once in the life of each version one more for what it says.
func (s *Service) VersionsOf(ctx context.Context, q bun.IDB, group string) ([]ident.ID, error) {
	var ids, unread, out []ident.ID
	if err := q.NewSelect().Model((*Version)(nil)).Column("id").Where("pv.state = ?", Published).Scan(ctx, &ids); err != nil {
		return nil, db.Sorted(err)
	}
	for _, id := range ids {
		if _, ok := s.kept(id); !ok {
			unread = append(unread, id)
		}
	}
	if len(unread) > 0 {
		var rows []Version
		if err := q.NewSelect().Model(&rows).Where("pv.id IN (?)", bun.List(unread)).Scan(ctx); err != nil {
			return nil, db.Sorted(err)
		}
		for _, v := range rows {
			if _, err := s.read(v); err != nil {
				return nil, err
			}
		}
	}
	for _, id := range ids {
		if d, _ := s.kept(id); d.Group == group {
			out = append(out, id)
		}
	}
	return out, nil
}

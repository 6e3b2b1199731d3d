package inventory

import (
	"context"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
)

// GapCount is how many gaps of a unit are open, and how many of these are past their
// due moment.
type GapCount struct{ Open, Late int64 }

// GapCounts are the open gaps of every unit within reach that has any, in one query
// on the index of open gaps.
func (s *Service) GapCounts(ctx context.Context, who access.Actor) (map[string]GapCount, error) {
	if err := who.Need(Look); err != nil {
		return nil, err
	}
	var rows []struct {
		Unit       string
		Open, Late int64
	}
	err := openGaps(s.db.Read(), who).ColumnExpr("g.unit").ColumnExpr("count(*) AS open").
		ColumnExpr("sum(CASE WHEN g.due_at < ? THEN 1 ELSE 0 END) AS late", s.clock.Now()).GroupExpr("g.unit").Scan(ctx, &rows)
	if err != nil {
		return nil, db.Sorted(err)
	}
	out := make(map[string]GapCount, len(rows))
	for _, r := range rows {
		out[r.Unit] = GapCount{r.Open, r.Late}
	}
	return out, nil
}

// OldestGaps are the open gaps within reach that were reported first.
func (s *Service) OldestGaps(ctx context.Context, who access.Actor, limit int) ([]Gap, error) {
	if err := who.Need(Look); err != nil {
		return nil, err
	}
	var rows []Gap
	err := openGaps(s.db.Read(), who).ColumnExpr("g.*").Order("g.reported_at", "g.id").Limit(int64(limit)).Scan(ctx, &rows)
	return rows, db.Sorted(err)
}

func openGaps(from bun.IDB, who access.Actor) *bun.SelectQuery {
	return from.NewSelect().TableExpr("gap AS g").Where("g.open").Apply(who.Within(Look, "g.unit"))
}

// OpenGapsIn are how many gaps of units are open, by unit, in one query; permission is the
// caller's to ask.
func (s *Service) OpenGapsIn(ctx context.Context, q bun.IDB, units []string) (map[string]int64, error) {
	var rows []struct {
		Unit string
		N    int64
	}
	err := q.NewSelect().TableExpr("gap AS g").ColumnExpr("g.unit").ColumnExpr("count(*) AS n").Where("g.open").Where("g.unit IN (?)", bun.List(units)).GroupExpr("g.unit").Scan(ctx, &rows)
	out := make(map[string]int64, len(rows))
	for _, r := range rows {
		out[r.Unit] = r.N
	}
	return out, db.Sorted(err)
}

// GapByCode is the gap of a number, within the reader's reach.
func (s *Service) GapByCode(ctx context.Context, who access.Actor, code string) (Gap, error) {
	var g Gap
	if err := who.Need(Look); err != nil {
		return g, err
	}
	err := s.db.Read().NewSelect().Model(&g).Where("g.code = ?", code).Apply(who.Within(Look, "g.unit")).Scan(ctx)
	return g, db.Sorted(err)
}

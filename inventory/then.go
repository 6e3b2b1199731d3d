package inventory

import (
	"cmp"
	"context"
	"slices"
	"time"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/deadline"
)

// gapsAtOnce is how many clocks are asked for with one statement.
const gapsAtOnce = 500

// GapsAt are the gaps within reach that were open at a moment gone by, reported first standing
// first, each with the due moment that it had: told from when gaps were reported, ended and
// opened again. Everything else about them is as it is now.
func (s *Service) GapsAt(ctx context.Context, who access.Actor, at time.Time) ([]Gap, error) {
	if err := who.Need(Look); err != nil {
		return nil, err
	}
	var still, since []Gap
	err := openGaps(s.db.Read(), who).ColumnExpr("g.*").Scan(ctx, &still)
	if err != nil {
		return nil, db.Sorted(err)
	}
	err = s.db.Read().NewSelect().Model(&since).Where("NOT g.open").Where("g.moved_at > ?", at).Where("g.reported_at <= ?", at).Apply(who.Within(Look, "g.unit")).Scan(ctx)
	if err != nil {
		return nil, db.Sorted(err)
	}
	var all []Gap
	moved := since
	for _, g := range still {
		switch {
		case g.ReportedAt.After(at):
		case g.MovedAt.After(at):
			moved = append(moved, g)
		default:
			all = append(all, g)
		}
	}
	for some := range slices.Chunk(moved, gapsAtOnce) {
		subjects := make([]string, len(some))
		for i, g := range some {
			subjects[i] = string(g.ID)
		}
		clocks, err := deadline.Then(ctx, s.db.Read(), s.calendars, Area, subjects, at)
		if err != nil {
			return nil, err
		}
		for _, g := range some {
			ran := clocks[string(g.ID)]
			if len(ran) == 0 || ran[0].State != deadline.Running { // ended, and opened again since
				continue
			}
			g.Open = true
			g.due(ran[0].Due)
			all = append(all, g)
		}
	}
	slices.SortFunc(all, func(a, b Gap) int { return cmp.Or(a.ReportedAt.Compare(b.ReportedAt), cmp.Compare(a.ID, b.ID)) })
	return all, nil
}

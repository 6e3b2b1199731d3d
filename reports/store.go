package reports

import (
	"context"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/page"
)

// Schedules are the schedules within the reader's reach.
func (s *Service) Schedules(ctx context.Context, who access.Actor) ([]Schedule, error) {
	if err := who.Need(Read); err != nil {
		return nil, err
	}
	var rows []Schedule
	err := s.db.Read().NewSelect().Model(&rows).Apply(who.Within(Read, "rs.cut")).Order("rs.definition", "rs.cut", "rs.programme").Limit(page.Max).Scan(ctx)
	return rows, db.Sorted(err)
}

// Schedule is one schedule within the reader's reach.
func (s *Service) Schedule(ctx context.Context, who access.Actor, id ident.ID) (Schedule, error) {
	if err := who.Need(Read); err != nil {
		return Schedule{}, err
	}
	var sc Schedule
	err := s.db.Read().NewSelect().Model(&sc).Where("rs.id = ?", id).Apply(who.Within(Read, "rs.cut")).Scan(ctx)
	return sc, db.Sorted(err)
}

// Runs is a page of the runs within the reader's reach, newest first.
func (s *Service) Runs(ctx context.Context, who access.Actor, r page.Request) (page.Page[RunRow], error) {
	if err := who.Need(Read); err != nil {
		return page.Page[RunRow]{}, err
	}
	var rows []RunRow
	err := s.db.Read().NewSelect().Model(&rows).Apply(who.Within(Read, "rr.cut"), r.On("rr.id")).Scan(ctx)
	return page.Cut(r, rows, func(r RunRow) []string { return []string{string(r.ID)} }), db.Sorted(err)
}

// RunOf is one run within the reader's reach.
func (s *Service) RunOf(ctx context.Context, who access.Actor, id ident.ID) (RunRow, error) {
	if err := who.Need(Read); err != nil {
		return RunRow{}, err
	}
	var r RunRow
	err := s.db.Read().NewSelect().Model(&r).Where("rr.id = ?", id).Apply(who.Within(Read, "rr.cut")).Scan(ctx)
	return r, db.Sorted(err)
}

// SnapshotOf is the latest snapshot of a run within the reader's reach; Missing while
// there is none.
func (s *Service) SnapshotOf(ctx context.Context, who access.Actor, run ident.ID) (Snapshot, error) {
	return s.Edition(ctx, who, run, 0)
}

package reports

import (
	"cmp"
	"context"

	"lotrinh/internal/kit/worktime"
	"lotrinh/reports/period"
)

// Period is a span of the city's time, [From, Until), under the key that tells it
// from other periods of the same report.
type Period = period.Period

// Calendar is how a programme's time is cut into periods: by the profiles in force,
// its campaign beginning on the day on which the programme was decided.
func (s *Service) Calendar(ctx context.Context, programme string) (period.Calendar, error) {
	by, err := s.calendarsOf(ctx)
	if err != nil {
		return period.Calendar{}, err
	}
	return by(programme)
}

// calendarsOf reads once what every programme's calendar is made of.
func (s *Service) calendarsOf(ctx context.Context) (func(programme string) (period.Calendar, error), error) {
	profiles, err := s.profiles(ctx)
	if err != nil {
		return nil, err
	}
	all, err := s.near.Rollout.Programmes(ctx)
	if err != nil {
		return nil, err
	}
	return func(programme string) (period.Calendar, error) {
		campaign := ""
		for _, p := range all {
			if p.Code == programme {
				campaign = p.DecidedOn
			}
		}
		return period.New(profiles, campaign)
	}, nil
}

// timing is what decides when a schedule comes round and what it then reports.
type timing struct {
	kind period.Kind
	cal  period.Calendar
	work *worktime.Calendar // only where days are moved or left out
}

func (s *Service) timing(ctx context.Context, d Definition, programme string, withWork bool) (timing, error) {
	cal, err := s.Calendar(ctx, programme)
	if err != nil || !withWork {
		return timing{d.kind(), cal, nil}, err
	}
	work, err := s.near.Work.WorkDays(ctx)
	return timing{d.kind(), cal, work}, err
}

// timings are the timings of schedules in their order, read in a constant number of
// queries. A schedule of a report that is not offered any more is timed by weeks.
func (s *Service) timings(ctx context.Context, all []Schedule) ([]timing, error) {
	calendar, err := s.calendarsOf(ctx)
	if err != nil {
		return nil, err
	}
	defs, err := s.definitions(ctx)
	if err != nil {
		return nil, err
	}
	kinds := map[string]period.Kind{}
	for _, d := range defs {
		kinds[d.Key] = d.kind()
	}
	work, err := s.near.Work.WorkDays(ctx)
	if err != nil {
		return nil, err
	}
	list := make([]timing, len(all))
	for i, sc := range all {
		cal, err := calendar(sc.Programme)
		if err != nil {
			return nil, err
		}
		list[i] = timing{cmp.Or(kinds[sc.Definition], period.Week), cal, work}
	}
	return list, nil
}

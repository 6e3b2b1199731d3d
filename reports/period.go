package reports

import (
	"context"
	"time"

	"lotrinh/internal/kit/worktime"
	"lotrinh/reports/period"
)

// Period is a span of the city's time, [From, Until), under the key that tells it
// from other periods of the same report.
type Period = period.Period

// thisWeek is the running week up to a moment; the moment is part of its key.
func thisWeek(at time.Time) Period {
	p, _ := period.Calendar{}.Running(period.Week, at)
	return p
}

// Calendar is how a programme's time is cut into periods: by the profiles in force,
// its campaign beginning on the day on which the programme was decided.
func (s *Service) Calendar(ctx context.Context, programme string) (period.Calendar, error) {
	profiles, err := s.profiles(ctx)
	if err != nil {
		return period.Calendar{}, err
	}
	all, err := s.near.Rollout.Programmes(ctx)
	if err != nil {
		return period.Calendar{}, err
	}
	campaign := ""
	for _, p := range all {
		if p.Code == programme {
			campaign = p.DecidedOn
		}
	}
	return period.New(profiles, campaign)
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

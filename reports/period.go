package reports

import (
	"context"
	"fmt"
	"time"

	"lotrinh/internal/kit/clock"
	"lotrinh/reports/period"
)

// Period is a span of the city's time, [From, Until), under the key that tells it
// from other periods of the same report.
type Period = period.Period

// Calendar is how a programme's time is cut into periods.
func (s *Service) Calendar(context.Context, string) (period.Calendar, error) {
	return period.New(period.BuiltIn(), "")
}

// monday is the midnight that opens the week of t in the city.
func monday(t time.Time) time.Time {
	d := t.In(clock.City)
	back := (int(d.Weekday()) + 6) % 7
	return time.Date(d.Year(), d.Month(), d.Day()-back, 0, 0, 0, 0, clock.City).UTC()
}

// lastWeek is the last full week before a moment: 2016-W45.
func lastWeek(at time.Time) Period {
	until := monday(at)
	from := until.In(clock.City).AddDate(0, 0, -7).UTC()
	return Period{Key: week(from), From: from, Until: until}
}

// thisWeek is the running week up to a moment; the moment is part of its key.
func thisWeek(at time.Time) Period {
	from := monday(at)
	return Period{Key: week(from) + "@" + at.UTC().Format("20060102T150405.000000"), From: from, Until: at.UTC()}
}

func week(from time.Time) string {
	year, n := from.In(clock.City).ISOWeek()
	return fmt.Sprintf("%d-W%02d", year, n)
}

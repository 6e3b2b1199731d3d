package reports

import (
	"fmt"
	"time"

	"lotrinh/internal/kit/clock"
)

// Period is a span of the city's time, [From, Until), under the key that tells it
// from other periods of the same report.
type Period struct {
	Key   string    `json:"key"`
	From  time.Time `json:"from"`
	Until time.Time `json:"until"`
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

// LastDay is the last day that the period touches, as stored days are written.
func (p Period) LastDay() string { return clock.Date(p.Until.Add(-time.Microsecond)) }

// DayBefore is the day before the period.
func (p Period) DayBefore() string { return clock.Date(p.From.Add(-time.Microsecond)) }

// Whole tells whether the period is a full week rather than the running one so far.
func (p Period) Whole() bool { return p.Until.Equal(monday(p.Until)) && p.Until.After(p.From) }

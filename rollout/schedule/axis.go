package schedule

import (
	"time"

	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/worktime"
)

// longestAxis is how far ahead a plan may reach, in days.
const longestAxis = 500

// axis is the days of a plan: day 0 is its first. It ends where the calendars do.
type axis struct {
	first worktime.Day
	off   []bool
	works []int // works[d]: how many working days lie before day d
}

func newAxis(c *worktime.Calendar, from string) (axis, error) {
	first, err := worktime.ParseDay(from)
	if err != nil {
		return axis{}, fault.Because(fault.Invalid, "form.bad_day", err)
	}
	a := axis{first: first, works: []int{0}}
	for d := range longestAxis {
		works, known := c.WorksOn(first + worktime.Day(d))
		if !known {
			break
		}
		a.off = append(a.off, !works)
		n := a.works[d]
		if works {
			n++
		}
		a.works = append(a.works, n)
	}
	return a, nil
}

// days is the length of the axis.
func (a axis) days() int { return len(a.off) }

// at is a date as a day of the axis; an empty or strange one is none.
func (a axis) at(date string) (int, bool) {
	d, err := worktime.ParseDay(date)
	if date == "" || err != nil {
		return 0, false
	}
	return int(d - a.first), true
}

// date is a day of the axis as a date; it may lie before or behind the axis.
func (a axis) date(d int) string { return (a.first + worktime.Day(d)).String() }

// moment is when a day of the axis begins in the city.
func (a axis) moment(d int) time.Time {
	at, err := clock.ParseDate(a.date(d))
	if err != nil {
		return time.Time{}
	}
	return at
}

// inside keeps a day within the axis.
func (a axis) inside(d int) int { return max(0, min(d, a.days())) }

// worked is how many working days lie between two days; negative when the second is
// earlier.
func (a axis) worked(from, until int) int {
	return a.works[a.inside(until)] - a.works[a.inside(from)]
}

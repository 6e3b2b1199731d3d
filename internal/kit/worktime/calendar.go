package worktime

import (
	"slices"
	"strconv"
	"time"

	"lotrinh/internal/kit/fault"
)

// The years within which a calendar counts. Beyond them lies no dispute, and
// nanoseconds still fit.
const (
	FirstYear = 1900
	LastYear  = 2189
)

// Week is the ordinary hours of each day of the week, by time.Weekday.
type Week [7][]Span

// Special is a day with hours of its own: a make-up Saturday, a shortened day.
type Special struct {
	Hours []Span
	Name  string
}

// Calendar is when an office works. It does not change after it was made, and is
// safe for concurrent use.
type Calendar struct {
	zone   *time.Location
	week   Week
	off    map[Day]string
	extra  map[Day]Special
	years  map[int]Status // nil: every year is known
	weekly bool           // the ordinary week has working time at all
	first  Day            // first and last day with special hours
	last   Day
}

// Spec is what a calendar is made of. Where a day is both off and special, the
// special hours win: they are the later, more exact word about that day.
type Spec struct {
	Zone    *time.Location
	Week    Week
	Off     map[Day]string  // days off, with the name of the holiday where known
	Special map[Day]Special // no hours: off
	Years   map[int]Status  // the years that the calendar covers; nil: all years
}

// New makes a calendar, or says everything that is wrong with its hours.
func New(s Spec) (*Calendar, error) {
	var k fault.Check
	k.Need(s.Zone != nil, "timezone", "worktime.file.zone_needed")
	for d := range s.Week {
		checkSpans(&k, "week."+dayNames[d], s.Week[d])
	}
	for d, sp := range s.Special {
		checkSpans(&k, "special_days."+d.String(), sp.Hours)
	}
	if err := k.Err(); err != nil {
		return nil, err
	}
	return build(s), nil
}

func build(s Spec) *Calendar {
	c := &Calendar{zone: s.Zone, week: s.Week, off: s.Off, extra: s.Special, years: s.Years}
	for _, spans := range s.Week {
		c.weekly = c.weekly || len(spans) > 0
	}
	some := false
	for d, sp := range s.Special {
		if len(sp.Hours) == 0 {
			continue
		}
		if !some {
			c.first, c.last, some = d, d, true
		}
		c.first, c.last = min(c.first, d), max(c.last, d)
	}
	if !some {
		c.first, c.last = 1, 0
	}
	return c
}

func checkSpans(k *fault.Check, place string, spans []Span) {
	for i, s := range spans {
		at := place + "[" + strconv.Itoa(i) + "]"
		ok := s.From >= 0 && s.To <= Midnight && s.From < s.To
		k.Need(ok, at, "worktime.file.span_reversed", "from", s.From.String(), "to", s.To.String())
		if i > 0 {
			k.Need(!ok || spans[i-1].To <= s.From, at, "worktime.file.span_overlap",
				"from", s.From.String(), "before", spans[i-1].To.String())
		}
	}
}

// Zone is the calendar's time zone.
func (c *Calendar) Zone() *time.Location { return c.zone }

// Knows tells whether the calendar covers a year.
func (c *Calendar) Knows(year int) bool {
	if c.years == nil {
		return true
	}
	_, ok := c.years[year]
	return ok
}

// Hours are the working hours of a date; none on a day off.
func (c *Calendar) Hours(d Day) []Span {
	if sp, ok := c.extra[d]; ok {
		return sp.Hours
	}
	if _, ok := c.off[d]; ok {
		return nil
	}
	return c.week[d.Weekday()]
}

// WorksOn tells whether a date has working time; known is false where the
// calendar does not cover the year.
func (c *Calendar) WorksOn(d Day) (works, known bool) {
	return len(c.Hours(d)) > 0, c.Knows(d.Year())
}

// Holiday is the name of a day off or special day, empty for an ordinary one.
func (c *Calendar) Holiday(d Day) string {
	if sp, ok := c.extra[d]; ok {
		return sp.Name
	}
	return c.off[d]
}

// Today is the date that the calendar's zone shows at a moment.
func (c *Calendar) Today(t time.Time) Day { return DayOf(t.In(c.zone).Date()) }

// never tells whether no working time can follow day d in a direction.
func (c *Calendar) never(d Day, back bool) bool {
	if c.weekly {
		return false
	}
	return c.first > c.last || back && d < c.first || !back && d > c.last
}

// WithYears is the same ordinary week over other years.
func (c *Calendar) WithYears(years []Year) *Calendar { return Compose(c.zone, c.week, years) }

// Compose lays years over an ordinary week. Only the years given are known. A
// make-up day without hours of its own has those of the day that it makes up for.
func Compose(zone *time.Location, week Week, years []Year) *Calendar {
	s := Spec{Zone: zone, Week: week, Off: map[Day]string{}, Special: map[Day]Special{}, Years: map[int]Status{}}
	for _, y := range years {
		s.Years[y.Year] = y.Status
		for _, d := range y.Off {
			s.Off[d.Day] = d.Name
		}
		for _, m := range y.MakeUp {
			s.Special[m.Day] = Special{Hours: m.hours(week), Name: m.Name}
		}
	}
	return build(s)
}

func (m MakeUp) hours(week Week) []Span {
	if len(m.Hours) > 0 {
		return slices.Clone(m.Hours)
	}
	if m.For != 0 {
		return week[m.For.Weekday()]
	}
	return week[time.Monday]
}

package period

import (
	"embed"
	"slices"
	"strings"
	"time"

	"lotrinh/internal/kit/clock"
)

// Locale is the names of periods and of their kinds.
//
//go:embed locale
var Locale embed.FS

// Kind is a way to cut time.
type Kind string

// The kinds of periods. Month, Quarter, Half, Nine and Year follow the profile in
// force; the calendar kinds never do.
const (
	Day             Kind = "day"
	Week            Kind = "week"          // ISO: Monday to Sunday
	CampaignWeek    Kind = "campaign_week" // seven days, counted from the campaign's first day
	Month           Kind = "month"
	Quarter         Kind = "quarter"
	Half            Kind = "half_year"
	Nine            Kind = "nine_months"
	Year            Kind = "year"
	CalendarMonth   Kind = "calendar_month"
	CalendarQuarter Kind = "calendar_quarter"
	CalendarYear    Kind = "calendar_year"
)

// Kinds are all of them, shortest first.
var Kinds = []Kind{Day, Week, CampaignWeek, Month, CalendarMonth, Quarter, CalendarQuarter, Half, Nine, Year, CalendarYear}

// Known tells whether the kind is one of Kinds.
func (k Kind) Known() bool { return slices.Contains(Kinds, k) }

// Period is a span of the city's time, [From, Until) in UTC, under the key that tells
// it from other periods of its kind.
type Period struct {
	Key   string    `json:"key"`
	From  time.Time `json:"from"`
	Until time.Time `json:"until"`
	Kind  Kind      `json:"kind,omitempty"` // absent in what was frozen when there were weeks only
}

// LastDay is the last day that the period touches, written 2016-11-13.
func (p Period) LastDay() string { return clock.Date(p.Until.Add(-time.Microsecond)) }

// DayBefore is the day before the period, written 2016-11-06.
func (p Period) DayBefore() string { return clock.Date(p.From.Add(-time.Microsecond)) }

// Whole tells whether the period is complete rather than the running one so far.
func (p Period) Whole() bool { return !strings.Contains(p.Key, "@") && p.Until.After(p.From) }

// Holds tells whether a moment lies in the period.
func (p Period) Holds(at time.Time) bool { return !at.Before(p.From) && at.Before(p.Until) }

// kind is the period's kind; periods frozen without one are weeks.
func (p Period) kind() Kind {
	if p.Kind == "" {
		return Week
	}
	return p.Kind
}

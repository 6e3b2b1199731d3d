// Package calstore keeps the calendars: the ordinary week of each, and the days off
// of each year, which all calendars share that observe public holidays. A year is
// published (it shipped so), expected (drawn from the statutory rule) or confirmed
// by an administrator, who may edit it. Whoever counts asks Calendar, which is
// remembered until somebody changes something.
package calstore

import (
	"embed"

	"lotrinh/internal/kit/access"
)

// Locale is what the package says, in every language.
//
//go:embed locale
var Locale embed.FS

// The rights of this package.
const (
	Look access.Perm = "worktime.look"
	Edit access.Perm = "worktime.edit"
)

// Office is the calendar that everybody has unless told otherwise; Always never
// closes and has no holidays.
const (
	Office = "office"
	Always = "always"
)

// WarnDays is how long before its first day an expected year is warned of.
const WarnDays = 60

// Changed says that moments counted by some calendar may move: Calendar, or every
// calendar with holidays when it is empty.
type Changed struct {
	Calendar string `json:"calendar,omitempty"`
	Year     int    `json:"year,omitempty"`
}

// Topic is the event's name.
func (Changed) Topic() string { return "worktime.calendar.changed" }

// Subject is the calendar, so that its changes stay in order.
func (c Changed) Subject() string { return "calendar:" + c.Calendar }

package office

import (
	"strconv"
	"time"

	"lotrinh/dossier/procedure"
	"lotrinh/dossier/term"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/worktime"
)

type (
	definition = procedure.Definition
	document   = procedure.Document
)

// present is the state of a document that is there.
const (
	present = "present"
	missing = "missing"
)

// termWords are a rule in words, as the receipt says it.
func termWords(t i18n.T, r term.Rule) string {
	days := strconv.Itoa(r.Days)
	switch {
	case r.Kind == term.SameDay:
		return t.Say("office.term.same_day")
	case r.Kind == term.CalendarDays:
		return t.Say("office.term.calendar_days", "n", days)
	case r.Extra > 0:
		return t.Say("office.term.extra", "n", days, "more", strconv.Itoa(r.Extra))
	case r.Total > 0:
		return t.Say("office.term.total", "n", days, "total", strconv.Itoa(r.Total))
	}
	return t.Say("office.term.working_days", "n", days)
}

// nthAfter is the nth working day behind a day.
func nthAfter(cal *worktime.Calendar, day worktime.Day, n int) (worktime.Day, bool) {
	for n > 0 {
		day++
		works, known := cal.WorksOn(day)
		if !known {
			return 0, false
		}
		if works {
			n--
		}
	}
	return day, true
}

// closing is when a working day closes; false for a day that is none.
func closing(cal *worktime.Calendar, day worktime.Day) (time.Time, bool) {
	spans := cal.Hours(day)
	if len(spans) == 0 {
		return time.Time{}, false
	}
	y, m, d := day.Date()
	return time.Date(y, m, d, 0, int(spans[len(spans)-1].To), 0, 0, clock.City).UTC(), true
}

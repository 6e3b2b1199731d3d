package deadline

import (
	"time"

	"lotrinh/internal/kit/worktime"
)

// Count is when a budget that starts at a moment is used up, and the sum behind it.
func Count(cal *worktime.Calendar, start time.Time, budget int64, kind Kind, pauses ...worktime.Pause) (worktime.Due, error) {
	switch kind {
	case Days:
		return cal.AddDays(start, int(budget), pauses...)
	case EndOfDay:
		due, err := cal.AddDays(start, int(budget), pauses...)
		if err != nil || !due.Known() {
			return due, err
		}
		return closing(cal, due), nil
	}
	return cal.AddMinutes(start, budget, pauses...)
}

// closing moves a due moment on to the end of the working day that it lies on.
func closing(cal *worktime.Calendar, due worktime.Due) worktime.Due {
	day := cal.Today(due.At)
	spans := cal.Hours(day)
	if len(spans) == 0 {
		day = cal.Today(due.At.Add(-time.Nanosecond)) // a closing at 24:00
		spans = cal.Hours(day)
	}
	if len(spans) == 0 {
		return due
	}
	y, m, d := day.Date()
	end := time.Date(y, m, d, 0, int(spans[len(spans)-1].To), 0, 0, cal.Zone())
	if end.After(due.At) {
		due.At = end
		due.Steps = append(due.Steps, worktime.Step{Key: "deadline.step.end_of_day", Args: []any{"at", worktime.Moment{Time: end}}})
	}
	return due
}

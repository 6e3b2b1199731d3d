package reports

import (
	"time"

	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/cronspec"
	"lotrinh/internal/kit/worktime"
)

// Shift says what becomes of a run that would fall on a day off.
type Shift string

// The shifts: stay, the next working day, the working day before; always at the same hour.
const (
	Stay     Shift = ""
	Next     Shift = "next"
	Previous Shift = "previous"
)

// Shifts are all of them.
var Shifts = []Shift{Stay, Next, Previous}

// Slot is one moment of a schedule with what becomes of it.
type Slot struct {
	Nominal time.Time // what the expression says
	At      time.Time // when it runs: the nominal moment unless a day off moved it
	Period  Period    // what it reports; no key where there is none yet
	Holiday string    // the day off's name when it has one
	Missing int       // the year that has no calendar, so that nothing was moved
	Skipped bool      // a public holiday, and the schedule leaves these out
}

// Runs tells whether the slot makes a report at all.
func (s Slot) Runs() bool { return !s.Skipped && s.Period.Key != "" }

// Moved tells whether the slot runs at another moment than the expression says.
func (s Slot) Moved() bool { return !s.At.Equal(s.Nominal) }

// mostShift is the most days that a run is moved; no row of days off is longer.
const mostShift = 30

// slot is what becomes of a nominal moment. The period is that of the nominal moment,
// however far the run is moved: a daily sheet of Saturday that is made on Monday tells of
// Friday. A report is never made before its period is over: where the working day before
// lies too early, the next one is taken.
func (t timing) slot(s Schedule, nominal time.Time) Slot {
	v := Slot{Nominal: nominal, At: nominal}
	v.Period, _ = t.cal.Last(t.kind, nominal)
	if s.Shift == Stay && !s.SkipHolidays {
		return v
	}
	day := t.work.Today(nominal)
	works, known := t.work.WorksOn(day)
	if !known {
		v.Missing = day.Year()
		return v
	}
	if works {
		return v
	}
	v.Holiday = t.work.Holiday(day)
	if s.SkipHolidays && v.Holiday != "" {
		v.Skipped = true
		return v
	}
	if s.Shift == Previous {
		if at, ok := t.toward(nominal, -1, &v); ok && !at.Before(v.Period.Until) {
			v.At = at
			return v
		}
	}
	if s.Shift != Stay {
		if at, ok := t.toward(nominal, 1, &v); ok {
			v.At = at
		}
	}
	return v
}

// toward is the same hour on the nearest working day in a direction; false, with the
// year noted, where the calendar ends before one.
func (t timing) toward(nominal time.Time, step int, v *Slot) (time.Time, bool) {
	day := t.work.Today(nominal)
	for n := 1; n <= mostShift; n++ {
		day += worktime.Day(step)
		works, known := t.work.WorksOn(day)
		if !known {
			v.Missing = day.Year()
			return nominal, false
		}
		if works {
			return nominal.In(clock.City).AddDate(0, 0, n*step).UTC(), true
		}
	}
	return nominal, false
}

// mostLooked is how many moments in a row may make no report before one is not looked
// for any further: more than a year of days.
const mostLooked = 400

// next is the first slot that runs, from a nominal moment on, that moment included.
func (t timing) next(s Schedule, spec cronspec.Spec, nominal time.Time) Slot {
	v := t.slot(s, nominal)
	for range mostLooked {
		if v.Runs() {
			break
		}
		v = t.slot(s, spec.Next(v.Nominal))
	}
	return v
}

// preview is the next slots after a moment, with those that are left out; as many run
// as are wanted, unless none comes.
func (t timing) preview(s Schedule, spec cronspec.Spec, now time.Time, runs int) []Slot {
	var all []Slot
	for at := spec.Next(now); runs > 0 && len(all) < mostLooked; at = spec.Next(at) {
		v := t.slot(s, at)
		if v.Runs() {
			runs--
		}
		all = append(all, v)
	}
	return all
}

// dues are the slots of a schedule that have come by now, one a period, the latest as
// far as catch-up goes: one of the present and so many missed. The second value is the
// next slot to come.
func (t timing) dues(s Schedule, spec cronspec.Spec, now time.Time) ([]Slot, Slot) {
	most := int(s.CatchUp) + 1
	first := s.NextNominal
	if oldest := t.earliest(now, most); first.Before(oldest) {
		first = spec.Next(oldest.Add(-time.Microsecond))
	}
	var come []Slot
	v := t.next(s, spec, first)
	for ; v.Runs() && !v.At.After(now); v = t.next(s, spec, spec.Next(v.Nominal)) {
		if len(come) == 0 || come[len(come)-1].Period.Key != v.Period.Key {
			come = append(come, v)
		}
	}
	return come[max(0, len(come)-most):], v
}

// earliest is the first moment whose period is among the last so many.
func (t timing) earliest(now time.Time, periods int) time.Time {
	p, ok := t.cal.Last(t.kind, now)
	if !ok {
		return now
	}
	for range periods - 1 {
		before, ok := t.cal.Before(p)
		if !ok {
			break
		}
		p = before
	}
	return p.Until
}

package worktime

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"lotrinh/internal/kit/fault"
)

// Pause is an interval [From, To) during which working time does not count.
type Pause struct{ From, To time.Time }

// Due is the answer to "when": a moment, or the year whose calendar is missing.
type Due struct {
	At       time.Time // in the calendar's zone; zero while a year is missing
	Missing  int       // the year without calendar that the count ran into, else 0
	Expected int       // the first year passed whose calendar is only expected, else 0
	Steps    []Step
}

// Known tells whether the moment could be counted.
func (d Due) Known() bool { return d.Missing == 0 }

// Worked is the answer to "how long".
type Worked struct {
	Time     time.Duration // negative when the end lies before the start
	Missing  int
	Expected int
	Steps    []Step
}

// Known tells whether the time could be counted.
func (w Worked) Known() bool { return w.Missing == 0 }

const maxMinutes = (LastYear - FirstYear + 1) * 366 * 24 * 60

// AddMinutes is the moment by which n working minutes have passed since from. A
// negative n counts back.
func (c *Calendar) AddMinutes(from time.Time, n int64, pauses ...Pause) (Due, error) {
	return c.minutes(from, n, n < 0, pauses)
}

// BackMinutes is the latest moment from which n working minutes pass until from.
func (c *Calendar) BackMinutes(from time.Time, n int64, pauses ...Pause) (Due, error) {
	return c.minutes(from, -n, n >= 0, pauses)
}

func (c *Calendar) minutes(from time.Time, n int64, back bool, pauses []Pause) (Due, error) {
	if n > maxMinutes || n < -maxMinutes {
		return Due{}, fault.New(fault.Invalid, "worktime.too_much")
	}
	return c.Add(from, time.Duration(n)*time.Minute, back, pauses...)
}

// Add is AddMinutes to the nanosecond. The sign of d is ignored; back says where.
func (c *Calendar) Add(from time.Time, d time.Duration, back bool, pauses ...Pause) (Due, error) {
	t, cut, err := c.inputs(from, pauses)
	if err != nil {
		return Due{}, err
	}
	tr := &trace{c: c, pauses: pauses}
	tr.start(t, d.Abs(), back)
	at, missing, err := c.run(t, int64(d.Abs()), back, cut, tr)
	if err != nil {
		return Due{}, err
	}
	return tr.due(at, missing, back), nil
}

// run moves t by an amount of running time.
func (c *Calendar) run(t, need int64, back bool, pauses []piece, tr *trace) (at int64, missing int, err error) {
	w := &walker{c: c}
	if need == 0 && (w.runs(t, pauses) || w.runs(t-1, pauses)) {
		return t, 0, nil
	}
	missing, err = c.walk(t, back, pauses, func(ch chunk, parts []part) bool {
		for i, p := range parts {
			if p.paused {
				continue
			}
			size := p.b - p.a
			if need > size {
				need -= size
				continue
			}
			if at = p.a + need; back {
				at = p.b - need
			}
			tr.day(ch, parts[:i+1], at, back)
			return false
		}
		edge := ch.b
		if back {
			edge = ch.a
		}
		tr.day(ch, parts, edge, back)
		return true
	})
	return at, missing, err
}

// Between is the working time from one moment to another, exactly.
func (c *Calendar) Between(from, to time.Time, pauses ...Pause) (Worked, error) {
	if to.Before(from) {
		w, err := c.Between(to, from, pauses...)
		w.Time = -w.Time
		return w, err
	}
	t, cut, err := c.inputs(from, pauses)
	if err != nil {
		return Worked{}, err
	}
	end, _, err := c.inputs(to, nil)
	if err != nil {
		return Worked{}, err
	}
	tr := &trace{c: c, pauses: pauses}
	tr.between(t, end)
	sum, missing, err := c.measure(t, end, cut, tr, false)
	if err != nil {
		return Worked{}, err
	}
	return tr.worked(time.Duration(sum), missing), nil
}

// measure sums the working time in [t, end): what runs, or what is paused.
func (c *Calendar) measure(t, end int64, pauses []piece, tr *trace, paused bool) (sum int64, missing int, err error) {
	if t >= end {
		return 0, 0, nil
	}
	missing, err = c.walk(t, false, pauses, func(ch chunk, parts []part) bool {
		for i := range parts {
			if parts[i].a >= end {
				parts = parts[:i]
				break
			}
			parts[i].b = min(parts[i].b, end)
			if parts[i].paused == paused {
				sum += parts[i].b - parts[i].a
			}
		}
		tr.day(ch, parts, min(ch.b, end), false)
		return ch.b < end
	})
	if fault.HasKey(err, "worktime.never_opens") {
		err = nil // nothing more can be worked: that is an exact answer
	}
	return sum, missing, err
}

// NextOpen is t itself when it is working time, else the next opening.
func (c *Calendar) NextOpen(t time.Time) (Due, error) { return c.nearest(t, false) }

// PrevOpen is t itself when it is working time or a closing, else the last closing.
func (c *Calendar) PrevOpen(t time.Time) (Due, error) { return c.nearest(t, true) }

func (c *Calendar) nearest(from time.Time, back bool) (Due, error) {
	t, _, err := c.inputs(from, nil)
	if err != nil {
		return Due{}, err
	}
	tr := &trace{c: c}
	at, missing, err := c.open(t, back, tr)
	if err != nil {
		return Due{}, err
	}
	return tr.due(at, missing, back), nil
}

// open is the nearest moment of working time in one direction.
func (c *Calendar) open(t int64, back bool, tr *trace) (at int64, missing int, err error) {
	missing, err = c.walk(t, back, nil, func(ch chunk, parts []part) bool {
		if len(parts) == 0 {
			tr.day(ch, parts, 0, back)
			return true
		}
		if at = parts[0].a; back {
			at = parts[0].b
		}
		return false
	})
	return at, missing, err
}

// IsOpen tells whether t is working time; known is false where the calendar does
// not cover the year.
func (c *Calendar) IsOpen(t time.Time) (open, known bool) {
	if !within(t) {
		return false, false
	}
	w := walker{c: c}
	ns := t.UnixNano()
	return w.runs(ns, nil), c.Knows(w.yearOf(w.at(ns).day))
}

func within(t time.Time) bool {
	y := t.UTC().Year()
	return y >= FirstYear && y <= LastYear
}

// inputs checks a moment and sorts and merges the pauses.
func (c *Calendar) inputs(from time.Time, pauses []Pause) (int64, []piece, error) {
	if !within(from) {
		return 0, nil, fault.New(fault.Invalid, "worktime.too_far", "first", yearText(FirstYear), "last", yearText(LastYear))
	}
	var cut []piece
	for _, p := range pauses {
		if !within(p.From) || !within(p.To) {
			return 0, nil, fault.New(fault.Invalid, "worktime.too_far", "first", yearText(FirstYear), "last", yearText(LastYear))
		}
		if p.To.Before(p.From) {
			return 0, nil, fault.New(fault.Invalid, "worktime.pause_reversed", "from", p.From, "to", p.To)
		}
		if p.From.Before(p.To) {
			cut = append(cut, piece{p.From.UnixNano(), p.To.UnixNano()})
		}
	}
	return from.UnixNano(), merge(cut), nil
}

// merge sorts pieces and joins those that overlap or touch.
func merge(all []piece) []piece {
	slices.SortFunc(all, func(x, y piece) int { return cmp.Compare(x.a, y.a) })
	out := all[:0]
	for _, p := range all {
		if n := len(out); n > 0 && p.a <= out[n-1].b {
			out[n-1].b = max(out[n-1].b, p.b)
			continue
		}
		out = append(out, p)
	}
	return out
}

func yearText(y int) string { return strconv.Itoa(y) }

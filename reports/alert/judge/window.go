package judge

import (
	"time"

	"lotrinh/internal/kit/clock"
	"lotrinh/reports/metric"
)

// Span is over which days a flow is summed, up to the day that is judged.
type Span string

// The spans. Levels and figures are those of the day itself whatever the span.
const (
	LastDays Span = "days"  // so many days, the day included
	Week     Span = "week"  // the ISO week so far
	Month    Span = "month" // the calendar month so far
)

// Window is a span with its number of days.
type Window struct {
	Span Span
	Days int
}

// first is the first day of the window that ends on a day.
func (w Window) first(day time.Time) time.Time {
	switch w.Span {
	case Week:
		return day.AddDate(0, 0, -(int(day.In(clock.City).Weekday())+6)%7)
	case Month:
		return day.AddDate(0, 0, 1-day.In(clock.City).Day())
	}
	return day.AddDate(0, 0, 1-max(1, w.Days))
}

// Weeks is how many weeks back the past reaches that a value is compared with.
const Weeks = 4

// fresh is how many days old a level may be that still counts as standing.
const fresh = 3

// Lookback is how many days before a day must be known to judge it.
func (w Window) Lookback(past bool) int {
	n := fresh
	switch w.Span {
	case LastDays:
		n = max(n, w.Days)
	case Week:
		n = 7
	case Month:
		n = 31
	}
	if past {
		n += 7 * Weeks
	}
	return n
}

// History is what is known of one unit, by metric and day ("2016-11-10").
type History map[metric.Key]map[string]int64

// Learn puts the lines of one unit into a history; rates come as their parts.
func (h History) Learn(l metric.Line) {
	if h[l.Metric] == nil {
		h[l.Metric] = map[string]int64{}
	}
	for _, m := range l.Marks {
		if m.Value.Known {
			h[l.Metric][m.Day] = m.Value.N
		}
	}
}

// Read is a metric of the window that ends on a day; with past its change against the
// mean of the same window one to four weeks before, as a share of that mean.
func (h History) Read(m metric.Metric, w Window, past bool, day time.Time) Reading {
	x := h.one(m, w, day)
	if !past || !x.Known {
		return x
	}
	sum, n := 0.0, 0
	for i := 1; i <= Weeks; i++ {
		if p := h.one(m, w, day.AddDate(0, 0, -7*i)); p.Known {
			sum, n = sum+p.Value, n+1
		}
	}
	if n < Weeks || sum == 0 {
		return Reading{}
	}
	mean := sum / Weeks
	return Reading{Value: (x.Value - mean) / mean, Of: x.Of, Known: true}
}

// one is the metric of one window. What it rests on is the denominator of a rate, else
// the count itself.
func (h History) one(m metric.Metric, w Window, day time.Time) Reading {
	if m.Kind == metric.Rate {
		num, ok1 := h.count(m.Num, w, day)
		den, ok2 := h.count(m.Den, w, day)
		if !ok1 || !ok2 || den == 0 {
			return Reading{}
		}
		return Reading{Value: float64(num) / float64(den), Of: den, Known: true}
	}
	n, ok := h.count(m.Key, w, day)
	v, known := metric.Value{N: n, Known: ok}.Number(m)
	return Reading{Value: v, Of: n, Known: known}
}

func (h History) count(k metric.Key, w Window, day time.Time) (sum int64, known bool) {
	m, ok := metric.Find(k)
	if !ok {
		return 0, false
	}
	days := h[k]
	if m.Kind != metric.Flow {
		for i := range fresh {
			if n, told := days[clock.Date(day.AddDate(0, 0, -i))]; told {
				return n, true
			}
		}
		return 0, false
	}
	for at := w.first(day); !at.After(day); at = at.AddDate(0, 0, 1) {
		if n, told := days[clock.Date(at)]; told {
			sum, known = sum+n, true
		}
	}
	return sum, known
}

// Count is how many alerts a rule would have raised on these days, each judged once.
func (h History) Count(r Rule, m metric.Metric, w Window, past bool, from time.Time, days int) int {
	r.Hold = 1
	var s State
	n := 0
	for i := range days {
		var e Event
		if s, e = Step(r, s, h.Read(m, w, past, from.AddDate(0, 0, i))); e == Opened {
			n++
		}
	}
	return n
}

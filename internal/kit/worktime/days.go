package worktime

import (
	"time"

	"lotrinh/internal/kit/fault"
)

const maxDays = (LastYear - FirstYear + 1) * 366

// AddDays is the same time of day on the nth working day that follows. A negative n
// counts back.
//
// A moment outside working time first moves to the next opening, and that day is
// not counted: what arrives on a Saturday counts as having arrived on Monday
// morning. Where the day reached has other hours, the same rule holds: before its
// opening gives the opening, in its break or after its closing gives the next
// opening; a closing itself stays. Pauses then add the working time that lies in
// them between start and due moment.
func (c *Calendar) AddDays(from time.Time, n int, pauses ...Pause) (Due, error) {
	return c.days(from, n, n < 0, pauses)
}

// BackDays is the same time of day on the nth working day before. It mirrors
// AddDays: outside working time it moves to the last closing.
func (c *Calendar) BackDays(from time.Time, n int, pauses ...Pause) (Due, error) {
	return c.days(from, -n, n >= 0, pauses)
}

func (c *Calendar) days(from time.Time, n int, back bool, pauses []Pause) (Due, error) {
	n = max(n, -n)
	if n > maxDays || n < 0 {
		return Due{}, fault.New(fault.Invalid, "worktime.too_much")
	}
	t, cut, err := c.inputs(from, pauses)
	if err != nil {
		return Due{}, err
	}
	tr := &trace{c: c, pauses: pauses}
	tr.startDays(t, n, back)
	at, missing, err := c.sameTime(t, n, back, tr)
	if err == nil && missing == 0 && len(cut) > 0 {
		at, missing, err = c.stretch(t, at, back, cut, tr)
	}
	if err != nil {
		return Due{}, err
	}
	return tr.due(at, missing, back), nil
}

// sameTime moves t by n working days.
func (c *Calendar) sameTime(t int64, n int, back bool, tr *trace) (at int64, missing int, err error) {
	w := &walker{c: c}
	if !w.runs(t, nil) && !w.runs(t-1, nil) {
		if t, missing, err = c.open(t, back, tr); missing != 0 || err != nil {
			return 0, missing, err
		}
		tr.moved(t, back)
	}
	if n == 0 {
		return t, 0, nil
	}
	day, tod := w.place(t)
	step := Day(1)
	if back {
		step = -1
	}
	for left := n; left > 0; {
		day += step
		if missing, err = w.missing(day, back); missing != 0 || err != nil {
			return 0, missing, err
		}
		works := len(w.day(day)) > 0
		if works {
			left--
		}
		tr.whole(day, works, n-left)
	}
	return c.settle(w, day, tod, back, tr)
}

// place is the working day that a moment belongs to and the time of day on it. A
// closing belongs to the day that closes, so that it may read 24:00.
func (w *walker) place(t int64) (Day, int64) {
	if w.runs(t, nil) {
		ch := w.at(t)
		return ch.day, t + ch.off - int64(ch.day)*dayNs
	}
	ch := w.at(t - 1)
	return ch.day, t + ch.off - int64(ch.day)*dayNs
}

// settle finds the moment of a time of day on a working day, or the nearest one.
func (c *Calendar) settle(w *walker, day Day, tod int64, back bool, tr *trace) (at int64, missing int, err error) {
	u := w.instant(day, tod)
	open := w.day(day)
	for _, p := range open {
		if u >= p.a && u <= p.b {
			return u, 0, nil
		}
	}
	tr.unfit(u, day)
	if back {
		for i := len(open) - 1; i >= 0; i-- {
			if open[i].b < u {
				return open[i].b, 0, nil
			}
		}
		return c.open(min(u, open[0].a), true, tr)
	}
	for _, p := range open {
		if p.a > u {
			return p.a, 0, nil
		}
	}
	return c.open(max(u, open[len(open)-1].b), false, tr)
}

// stretch moves a due moment by the working time that pauses took from it.
func (c *Calendar) stretch(from, due int64, back bool, cut []piece, tr *trace) (at int64, missing int, err error) {
	lost, missing, err := c.measure(min(from, due), max(from, due), cut, nil, true)
	if lost == 0 || missing != 0 || err != nil {
		return due, missing, err
	}
	tr.lost(due, time.Duration(lost), back)
	return c.run(due, lost, back, cut, tr)
}

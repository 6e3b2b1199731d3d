package worktime

import (
	"slices"
	"time"

	"lotrinh/internal/kit/fault"
)

// piece is the instants [a, b) in nanoseconds of Unix time.
type piece struct{ a, b int64 }

// part is a piece of working time, running or paused.
type part struct {
	piece
	paused bool
}

// chunk is a stretch of instants that read one date under one offset from UTC, with
// the working time inside it. A day on which clocks change is two chunks.
type chunk struct {
	day  Day
	a, b int64
	off  int64
	open []piece
}

const dayNs = int64(24 * time.Hour)

// Instants outside of these are never asked for; they stand for "always was so".
var (
	earliest = time.Date(FirstYear-1, 1, 1, 0, 0, 0, 0, time.UTC).UnixNano()
	latest   = time.Date(LastYear+2, 1, 1, 0, 0, 0, 0, time.UTC).UnixNano()
)

// walker turns instants into chunks; it remembers the offset in force.
type walker struct {
	c         *Calendar
	a, b, off int64
	buf       []piece
	year      int
	ya, yb    Day // the days [ya, yb) of year
}

func (w *walker) seek(t int64) {
	if t >= w.a && t < w.b {
		return
	}
	at := time.Unix(0, t).In(w.c.zone)
	from, until := at.ZoneBounds()
	_, off := at.Zone()
	w.a, w.b, w.off = earliest, latest, int64(off)*int64(time.Second)
	if !from.IsZero() && from.Year() >= FirstYear {
		w.a = from.UnixNano()
	}
	if !until.IsZero() && until.Year() <= LastYear {
		w.b = until.UnixNano()
	}
	// Beyond the tables of a zone (2037) the bounds come from a rule, and on the last
	// day of a leap year, when no zone changes its clocks, ZoneBounds ends before the
	// moment it was asked about.
	if w.a > t || w.b <= t {
		w.a, w.b = t-int64(time.Hour), t+int64(time.Hour)
	}
}

// at is the chunk that holds t. Its open pieces are good until the next call.
func (w *walker) at(t int64) chunk {
	w.seek(t)
	day := floorDiv(t+w.off, dayNs)
	start := day*dayNs - w.off
	ch := chunk{day: Day(day), a: max(w.a, start), b: min(w.b, start+dayNs), off: w.off}
	w.buf = w.buf[:0]
	for _, s := range w.c.Hours(ch.day) {
		p := piece{start + int64(s.From)*int64(time.Minute), start + int64(s.To)*int64(time.Minute)}
		p.a, p.b = max(p.a, ch.a), min(p.b, ch.b)
		if p.a < p.b {
			w.buf = append(w.buf, p)
		}
	}
	ch.open = w.buf
	return ch
}

// yearOf is the year of a date, without taking it apart every time.
func (w *walker) yearOf(d Day) int {
	if d < w.ya || d >= w.yb {
		w.year = d.Year()
		w.ya, w.yb = DayOf(w.year, 1, 1), DayOf(w.year+1, 1, 1)
	}
	return w.year
}

// day is all working time of a date, in order, adjoining intervals as one.
func (w *walker) day(d Day) []piece {
	var all []piece
	start := int64(d) * dayNs
	for t := start - 16*int64(time.Hour); t < start+40*int64(time.Hour); t = w.b {
		w.seek(t)
		if start-w.off < w.b && start+dayNs-w.off > w.a {
			all = append(all, w.at(max(w.a, start-w.off)).open...)
		}
	}
	return merge(all)
}

// instant is the first moment at which the wall clock has reached a time of day of
// a date; tod may be 24:00.
func (w *walker) instant(d Day, tod int64) int64 {
	wall := int64(d)*dayNs + tod
	for t := wall - 16*int64(time.Hour); ; t = w.b {
		w.seek(t)
		if wall-w.off < w.b {
			return max(w.a, wall-w.off)
		}
	}
}

// missing tells what stops counting at a date: a year without calendar, an office
// that never opens again, the edge of what is counted.
func (w *walker) missing(d Day, back bool) (year int, err error) {
	year = w.yearOf(d)
	switch {
	case year < FirstYear || year > LastYear:
		return 0, fault.New(fault.Invalid, "worktime.too_far", "first", yearText(FirstYear), "last", yearText(LastYear))
	case !w.c.Knows(year):
		return year, nil
	case w.c.never(d, back):
		return 0, fault.New(fault.Invalid, "worktime.never_opens")
	}
	return 0, nil
}

// walk visits chunk after chunk from t on, with the parts of working time that lie
// on the side of t where it goes, nearest first, until visit says stop.
func (c *Calendar) walk(t int64, back bool, pauses []piece, visit func(ch chunk, parts []part) bool) (missing int, err error) {
	w := walker{c: c}
	var parts []part
	for {
		at := t
		if back {
			at--
		}
		ch := w.at(at)
		if missing, err = w.missing(ch.day, back); missing != 0 || err != nil {
			return missing, err
		}
		parts = parts[:0]
		for _, p := range ch.open {
			if back {
				p.b = min(p.b, t)
			} else {
				p.a = max(p.a, t)
			}
			if p.a < p.b {
				parts = split(parts, p, pauses)
			}
		}
		if back {
			slices.Reverse(parts)
		}
		if !visit(ch, parts) {
			return 0, nil
		}
		t = ch.b
		if back {
			t = ch.a
		}
	}
}

// split cuts a piece at the pauses, which are sorted and apart.
func split(parts []part, p piece, pauses []piece) []part {
	i, _ := slices.BinarySearchFunc(pauses, p.a, func(q piece, a int64) int {
		if q.b <= a {
			return -1
		}
		return 1
	})
	for ; i < len(pauses) && pauses[i].a < p.b; i++ {
		q := pauses[i]
		if p.a < q.a {
			parts = append(parts, part{piece{p.a, q.a}, false})
		}
		parts = append(parts, part{piece{max(p.a, q.a), min(p.b, q.b)}, true})
		if p.a = q.b; p.a >= p.b {
			return parts
		}
	}
	return append(parts, part{p, false})
}

// runs tells whether the working time of t is known, there, and not paused.
func (w *walker) runs(t int64, pauses []piece) bool {
	ch := w.at(t)
	if !w.c.Knows(w.yearOf(ch.day)) {
		return false
	}
	for _, p := range ch.open {
		if t >= p.a && t < p.b {
			return !slices.ContainsFunc(pauses, func(q piece) bool { return t >= q.a && t < q.b })
		}
	}
	return false
}

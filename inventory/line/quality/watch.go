package quality

import "time"

// Fails is how many probes in a row must fail before a line is down.
const Fails = 3

// Watch is what is remembered of a line from one probe to the next.
type Watch struct {
	Fails int       // in a row
	Since time.Time // the first of them
}

// Turn is what a probe changed.
type Turn int

// What a probe can change.
const (
	Same Turn = iota
	Fell      // the line is down, since Watch.Since
	Rose      // it answers again
)

// Down tells whether the line is down.
func (w Watch) Down() bool { return w.Fails >= Fails }

// See takes in the next probe. A line is down from the first failure of the row, and
// only once the row is long enough.
func (w Watch) See(at time.Time, answered bool) (Watch, Turn) {
	switch {
	case answered && w.Down():
		return Watch{}, Rose
	case answered:
		return Watch{}, Same
	case w.Fails == 0:
		w.Since = at
	}
	w.Fails++
	if w.Fails == Fails {
		return w, Fell
	}
	return w, Same
}

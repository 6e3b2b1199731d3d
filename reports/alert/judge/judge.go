package judge

import "lotrinh/internal/kit/fault"

// Rule is when a number is out of bounds. Threshold and Clear are in the number's unit:
// a share of one for rates and for changes against the past.
type Rule struct {
	Below     bool // out of bounds below the threshold, else above it
	Threshold float64
	Clear     float64 // where the alert is over: at or within it
	Hold      int     // checks in a row; 0 is 1
	MinOf     int64   // the least denominator of a rate, or total of a flow, that counts
}

// Check refuses a rule whose thresholds contradict each other.
func (r Rule) Check() error {
	var k fault.Check
	k.Need(r.Below && r.Clear >= r.Threshold || !r.Below && r.Clear <= r.Threshold, "clear", "alert.form.clear")
	k.Need(r.Hold >= 0 && r.Hold <= 288, "hold", "alert.form.hold")
	k.Need(r.MinOf >= 0, "min_of", "alert.form.min_of")
	return k.Err()
}

// Reading is a value as it is now. Of is what it rests on.
type Reading struct {
	Value float64
	Of    int64
	Known bool
}

// State is what is remembered of one rule and unit between two checks.
type State struct {
	Open bool
	Hits int     // checks in a row towards the next change
	Peak float64 // the worst value while open
}

// Event is what a check brought about.
type Event string

// The events.
const (
	Nothing Event = ""
	Opened  Event = "opened"
	Closed  Event = "closed"
)

// Step is one check.
func Step(r Rule, s State, x Reading) (State, Event) {
	if !x.Known || x.Of < r.MinOf {
		s.Hits = 0
		return s, Nothing
	}
	if s.Open && r.worse(x.Value, s.Peak) {
		s.Peak = x.Value
	}
	if s.Open && !r.cleared(x.Value) || !s.Open && !r.worse(x.Value, r.Threshold) {
		s.Hits = 0
		return s, Nothing
	}
	if s.Hits++; s.Hits < r.Hold {
		return s, Nothing
	}
	if s.Open {
		return State{}, Closed
	}
	return State{Open: true, Peak: x.Value}, Opened
}

// worse tells whether a value is further out than another.
func (r Rule) worse(v, than float64) bool {
	if r.Below {
		return v < than
	}
	return v > than
}

// cleared tells whether a value is back within the clear threshold.
func (r Rule) cleared(v float64) bool {
	if r.Below {
		return v >= r.Clear
	}
	return v <= r.Clear
}

package measure

import (
	"slices"
	"strings"
)

// Forever is the end of a stretch that still lasts: the day after the last one that anybody
// will ask for.
const Forever = "9999-12-31"

// stretch is a value that held from a day until before another.
type stretch struct {
	since, until string
	n            int64
}

// put says what the value was on a day, given the stretches around it, in order: those that
// touch the day or its neighbours. known false says that nobody knows. next is the day
// after; last says that no later day was told, so that what begins on the day lasts.
func put(old []stretch, day, next string, n int64, known, last bool) []stretch {
	var out []stretch
	for _, s := range old {
		if s.until <= day || s.since > day {
			out = append(out, s)
			continue
		}
		if s.since < day {
			out = append(out, stretch{s.since, day, s.n})
		}
		if !last && next < s.until {
			out = append(out, stretch{next, s.until, s.n})
		}
	}
	if known {
		until := next
		if last {
			until = Forever
		}
		out = append(out, stretch{day, until, n})
	}
	slices.SortFunc(out, func(a, b stretch) int { return strings.Compare(a.since, b.since) })
	joined := out[:0]
	for _, s := range out {
		if i := len(joined) - 1; i >= 0 && joined[i].until == s.since && joined[i].n == s.n {
			joined[i].until = s.until
			continue
		}
		joined = append(joined, s)
	}
	return joined
}

// on is the value of stretches on a day.
func on(all []stretch, day string) (int64, bool) {
	for _, s := range all {
		if s.since <= day && day < s.until {
			return s.n, true
		}
	}
	return 0, false
}

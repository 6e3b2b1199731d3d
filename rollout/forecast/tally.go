package forecast

import (
	"math"
	"math/rand/v2"
	"slices"
)

// tally collects paths.
type tally struct {
	ends []int     // in how many days each path was done
	by   [][]int16 // by[i][d]: how many path i had done by day d+1
	size int       // of the work
	bare bool      // only the ends are kept
}

// add plays one more path.
func (t *tally) add(p pace, rng *rand.Rand, free int, held []int) {
	t.size = free + len(held)
	if t.bare {
		t.ends = append(t.ends, p.path(rng, free, held, nil))
		return
	}
	by, last := []int16{}, int16(0)
	t.ends = append(t.ends, p.path(rng, free, held, func(day, done int) {
		for len(by) < day-1 {
			by = append(by, last)
		}
		last = int16(min(done, math.MaxInt16))
		by = append(by, last)
	}))
	t.by = append(t.by, by)
}

// finish is the percentiles of the ends: the first day by which at least that share of
// the paths was done.
func (t *tally) finish() Finish {
	sorted := slices.Sorted(slices.Values(t.ends))
	return Finish{P50: part(sorted, 50), P85: part(sorted, 85), P95: part(sorted, 95)}
}

// part is the smallest value that at least so many of a hundred do not exceed.
func part(sorted []int, percent int) int {
	i := (len(sorted)*percent+99)/100 - 1
	return sorted[max(0, min(i, len(sorted)-1))]
}

// cone is what will be done by the end of each day until the P95.
func (t *tally) cone() []Point {
	if t.bare || t.size == 0 {
		return nil
	}
	last := min(t.finish().P95, farthest)
	points := make([]Point, 0, last)
	day := make([]int, len(t.by))
	for d := range last {
		for i, by := range t.by {
			switch {
			case d < len(by):
				day[i] = int(by[d])
			case len(by) > 0:
				day[i] = int(by[len(by)-1])
			}
		}
		slices.Sort(day)
		points = append(points, Point{Low: part(day, 15), Mid: part(day, 50), High: part(day, 85)})
	}
	return points
}

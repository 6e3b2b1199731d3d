package hold

import (
	"math"
	"math/rand/v2"
	"slices"
)

// Rounds is how many waves of each kind a simulation plays unless told.
const Rounds = 2000

// Rates are what a simulation says of a limit.
type Rates struct {
	Limit  float64 // of the cumulative sum
	Whole  float64 // of the whole wave
	False  float64 // share of healthy waves that would be held
	Caught float64 // share of waves with Surge times the tickets that would be held
	After  float64 // working days until those are, on average
	Twice  float64 // share caught of waves with twice the tickets
	Rounds int
}

// Limits are the limits that were chosen.
func (r Rates) Limits() Limits { return Limits{Score: r.Limit, Whole: r.Whole} }

// Simulate chooses the limits for a wave of these days (their tickets do not matter) and
// says how good it is: each round learns a curve from waves drawn like the earlier ones,
// and then watches waves that are healthy, and ones that are not.
func Simulate(p Params, c Curve, earlier []Wave, days []Day, rounds int, seed uint64) Rates {
	if rounds <= 0 {
		rounds = Rounds
	}
	rng := rand.New(rand.NewPCG(seed, 0x401d))
	blank := make([]Wave, len(earlier))
	for i, w := range earlier {
		blank[i] = Wave{Days: slices.Clone(w.Days)}
	}
	days = slices.Clone(days)
	learned := make([]Curve, 0, rounds)
	healthy := make([]Step, 0, rounds)
	for range rounds {
		for _, w := range blank {
			c.play(rng, w.Days, 1)
		}
		l, ok := Learn(blank, len(c.Rate))
		if !ok {
			l = c
		}
		learned = append(learned, l)
		c.play(rng, days, 1)
		healthy = append(healthy, peak(Watch(p, l, days, days)))
	}
	chosen, reached := limits(healthy, p.False)
	r := Rates{Limit: chosen.Score, Whole: chosen.Whole, False: float64(reached) / float64(rounds), Rounds: rounds}
	for _, l := range learned {
		c.play(rng, days, p.Surge)
		if at := Over(Watch(p, l, days, days), chosen); at >= 0 {
			r.Caught++
			r.After += float64(at + 1)
		}
		c.play(rng, days, 2)
		if Over(Watch(p, l, days, days), chosen) >= 0 {
			r.Twice += 1 / float64(rounds)
		}
	}
	r.After /= max(r.Caught, 1)
	r.Caught /= float64(rounds)
	return r
}

// play draws the tickets of a wave from the curve times a factor.
func (c Curve) play(rng *rand.Rand, days []Day, factor float64) {
	if c.Spread > 0 {
		s := math.Sqrt(math.Log1p(c.Spread * c.Spread))
		factor *= math.Exp(s*rng.NormFloat64() - s*s/2)
	}
	for i := range days {
		mu := c.Expected(days[i]) * factor
		for s := range days[i].Tickets {
			days[i].Tickets[s] = poisson(rng, mu*c.Share[s])
		}
	}
}

// peak is the highest that both scores came.
func peak(steps []Step) Step {
	var most Step
	for _, s := range steps {
		most.Score, most.Whole = max(most.Score, s.Score), max(most.Whole, s.Whole)
	}
	return most
}

// late is the part of the false holds that the cumulative sum may cause; the rest is the
// whole wave's. Most waves gone bad are so from the first day on.
const late = 0.35

// limits are the lowest that together at most a share of the healthy waves reach, and how
// many those are. Waves that reach both count once, so each gets a little more than its
// part: how much is found by halving.
func limits(peaks []Step, share float64) (l Limits, reached int) {
	scores, wholes := make([]float64, len(peaks)), make([]float64, len(peaks))
	for i, p := range peaks {
		scores[i], wholes[i] = p.Score, p.Whole
	}
	slices.Sort(scores)
	slices.Sort(wholes)
	low, high := 0.0, 2.0
	for range 20 {
		mid := (low + high) / 2
		try, n := Limits{limit(scores, share*mid*late), limit(wholes, share*mid*(1-late))}, 0
		for _, p := range peaks {
			if try.Reached(p) {
				n++
			}
		}
		if n > int(share*float64(len(peaks))) {
			high = mid
			continue
		}
		l, reached, low = try, n, mid
	}
	return l, reached
}

// limit is the lowest that at most a share of the sorted peaks reach, and above nothing.
func limit(sorted []float64, share float64) float64 {
	i := len(sorted) - 1 - int(share*float64(len(sorted)))
	return math.Nextafter(max(sorted[max(i, 0)], 0.1), math.Inf(1))
}

// poisson is a random count; a great mean by its normal likeness.
func poisson(rng *rand.Rand, mean float64) int {
	if mean > 200 {
		return max(0, int(math.Round(mean+math.Sqrt(mean)*rng.NormFloat64())))
	}
	n := 0
	for sum := rng.ExpFloat64(); sum < mean; sum += rng.ExpFloat64() {
		n++
	}
	return n
}

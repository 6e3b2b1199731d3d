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
	Limit  float64
	False  float64 // share of healthy waves that would be held
	Caught float64 // share of waves with Surge times the tickets that would be held
	After  float64 // working days until those are, on average
	Twice  float64 // share caught of waves with twice the tickets
	Rounds int
}

// Simulate chooses the limit for a wave of these days (their tickets do not matter) and
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
	healthy := make([]float64, 0, rounds)
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
		healthy = append(healthy, peak(Watch(p, l, days)))
	}
	r := Rates{Limit: limit(healthy, p.False), Rounds: rounds}
	for _, v := range healthy {
		if v >= r.Limit {
			r.False += 1 / float64(rounds)
		}
	}
	for _, l := range learned {
		c.play(rng, days, p.Surge)
		if at := Over(Watch(p, l, days), r.Limit); at >= 0 {
			r.Caught++
			r.After += float64(at + 1)
		}
		c.play(rng, days, 2)
		if Over(Watch(p, l, days), r.Limit) >= 0 {
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

func peak(steps []Step) float64 {
	most := 0.0
	for _, s := range steps {
		most = max(most, s.Score)
	}
	return most
}

// limit is the lowest that at most a share of the peaks reach, and above nothing.
func limit(peaks []float64, share float64) float64 {
	sorted := slices.Sorted(slices.Values(peaks))
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

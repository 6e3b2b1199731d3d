package hold

import (
	"math"
	"slices"
)

// Severities is how many priorities tickets have: 1, the most pressing, to 4.
const Severities = 4

// Counts are tickets by priority.
type Counts [Severities]int

// Sum is all of them.
func (c Counts) Sum() int {
	n := 0
	for _, v := range c {
		n += v
	}
	return n
}

// Day is a working day of a wave: Ages[d] communes were on their d-th working day since
// they went live (0 is the first), and these tickets came from them.
type Day struct {
	Ages    []int
	Tickets Counts
}

// Wave is communes that went live, at once or one after the other.
type Wave struct{ Days []Day }

// AtOnce is the days of a wave whose communes all go live on one day.
func AtOnce(communes, days int) []Day {
	all := make([]Day, days)
	for d := range all {
		all[d].Ages = make([]int, d+1)
		all[d].Ages[d] = communes
	}
	return all
}

// Curve is what a healthy wave brings: Rate[d] tickets a commune on its d-th working
// day, the last value from there on, of which Share are of each priority. Spread is by
// how much whole waves differ beyond chance, as a part of their size.
type Curve struct {
	Rate   []float64
	Share  [Severities]float64
	Spread float64
}

// At is the tickets a commune on a day since it went live.
func (c Curve) At(age int) float64 {
	if len(c.Rate) == 0 {
		return 0
	}
	return c.Rate[min(age, len(c.Rate)-1)]
}

// Expected is the tickets of a day.
func (c Curve) Expected(d Day) float64 {
	mu := 0.0
	for age, n := range d.Ages {
		if n > 0 {
			mu += float64(n) * c.At(age)
		}
	}
	return mu
}

// LeastTickets is from how many tickets of earlier waves on a curve is learned.
const LeastTickets = 30

// halvings are the working days in which the extra tickets of a go-live may halve.
var halvings = []float64{1, 2, 3, 4, 6, 9, 14}

// latestPeak is the last day since going live on which tickets may be at their most.
const latestPeak = 2

// Learn is the curve of earlier waves over the first so many working days: a level that
// stays, and an excess that halves again and again from its peak on; days before the
// peak are as they were. ok is false below LeastTickets.
func Learn(waves []Wave, days int) (c Curve, ok bool) {
	var all []Day
	total, by := 0, [Severities]float64{}
	for _, w := range waves {
		for _, d := range w.Days {
			all = append(all, d)
			total += d.Tickets.Sum()
			for s, n := range d.Tickets {
				by[s] += float64(n)
			}
		}
	}
	if total < LeastTickets || days < 1 {
		return Curve{}, false
	}
	for s := range by {
		c.Share[s] = (by[s] + 0.5) / (float64(total) + Severities*0.5)
	}
	best := math.Inf(-1)
	for peak := range min(latestPeak+1, days) {
		for _, half := range halvings {
			rate, fits := fitted(all, shape(peak, half, days))
			if fits -= float64(peak); fits > best { // each day before the peak is one more thing to know
				best, c.Rate = fits, rate
			}
		}
	}
	c.Spread = c.spread(waves)
	return c, true
}

// shape is what the curve is a sum of, by day: the level, the excess, and each day
// before the peak.
func shape(peak int, half float64, days int) [][]float64 {
	parts := make([][]float64, 2+peak)
	for k := range parts {
		parts[k] = make([]float64, days)
	}
	for d := range days {
		if d < peak {
			parts[2+d][d] = 1
			continue
		}
		parts[0][d], parts[1][d] = 1, math.Exp2(-float64(d-peak)/half)
	}
	return parts
}

// fitted is the sum of parts that makes the tickets seen most likely (expectation and
// maximization in turn), and the logarithm of how likely that is.
func fitted(all []Day, parts [][]float64) (rate []float64, fits float64) {
	of := make([]float64, len(all)*len(parts)) // of[t*len(parts)+k]: part k on day t
	sums := make([]float64, len(parts))
	seen := make([]float64, len(all))
	for t, d := range all {
		seen[t] = float64(d.Tickets.Sum())
		for k, p := range parts {
			v := 0.0
			for age, n := range d.Ages {
				if n > 0 {
					v += float64(n) * p[min(age, len(p)-1)]
				}
			}
			of[t*len(parts)+k] = v
			sums[k] += v
		}
	}
	theta := make([]float64, len(parts))
	for k := range theta {
		theta[k] = 1
	}
	next := make([]float64, len(parts))
	for round := range 40 {
		clear(next)
		fits = 0
		for t := range all {
			row, mu := of[t*len(parts):(t+1)*len(parts)], 1e-9
			for k, v := range row {
				mu += theta[k] * v
			}
			if round == 39 {
				fits += seen[t]*math.Log(mu) - mu
			}
			for k, v := range row {
				next[k] += seen[t] * v / mu
			}
		}
		for k := range theta {
			if sums[k] > 0 && round < 39 {
				theta[k] *= next[k] / sums[k]
			}
		}
	}
	rate = make([]float64, len(parts[0]))
	for k, p := range parts {
		for d := range rate {
			rate[d] += theta[k] * p[d]
		}
	}
	return rate, fits
}

// spread is by how much waves differ beyond chance: nothing unless a test of dispersion
// says so at 5 %.
func (c Curve) spread(waves []Wave) float64 {
	chi, df, sizes := 0.0, -1.0, []float64{}
	for _, w := range waves {
		mu, seen := 0.0, 0.0
		for _, d := range w.Days {
			mu += c.Expected(d)
			seen += float64(d.Tickets.Sum())
		}
		if mu >= 5 {
			chi += (seen - mu) * (seen - mu) / mu
			df++
			sizes = append(sizes, mu)
		}
	}
	if df < 1 {
		return 0
	}
	z := (math.Cbrt(chi/df) - (1 - 2/(9*df))) / math.Sqrt(2/(9*df)) // Wilson and Hilferty
	if z < 1.645 {
		return 0
	}
	mean := 0.0
	for _, m := range sizes {
		mean += m / float64(len(sizes))
	}
	return min(math.Sqrt(max(0, chi/df-1)/mean), 1)
}

// Same tells whether two curves are the same.
func (c Curve) Same(o Curve) bool {
	return slices.Equal(c.Rate, o.Rate) && c.Share == o.Share && c.Spread == o.Spread
}

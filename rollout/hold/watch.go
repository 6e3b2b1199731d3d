package hold

import (
	"math"
	"slices"
)

// Params are what a watch looks for.
type Params struct {
	Surge   float64             // how many times the curve is a wave gone bad: above 1
	Weights [Severities]float64 // of a ticket by its priority
	Days    int                 // so many working days a wave is watched
	False   float64             // at most this share of healthy waves may be held
}

// Usual is what is looked for unless somebody decides otherwise.
func Usual() Params {
	return Params{Surge: 1.5, Weights: [Severities]float64{1.5, 1.25, 1, 0.75}, Days: 10, False: 0.013}
}

// Sound tells whether a watch can look for this.
func (p Params) Sound() bool {
	heavy := 0.0
	for _, w := range p.Weights {
		if !(w >= 0 && w <= 10) {
			return false
		}
		heavy = max(heavy, w)
	}
	return p.Surge > 1 && p.Surge <= 10 && heavy > 0 && p.Days >= 1 && p.Days <= 60 && p.False > 0 && p.False < 1
}

// Step is a day of a watch: two charts of the same tickets. Neither score is negative.
type Step struct {
	Expected float64 // tickets that the curve expects
	Seen     int
	Score    float64 // the cumulative sum at the end of the day: quick where a surge begins late
	Whole    float64 // by how much all tickets since the first day are too many: quick where it was there at once
}

// early is by how much the whole wave's limit is higher on early days than on late ones,
// as a power of the part of the wave that is over (Wang and Tsiatis: 0 keeps one limit
// for all days, 0.5 keeps all for the last day).
const early = 0.25

// Watch runs over the days of a wave so far; plan is all its days (their tickets do not
// matter).
func Watch(p Params, c Curve, days, plan []Day) []Step {
	weight, square, all := 0.0, 0.0, 0.0
	for s, w := range p.Weights {
		weight += w * c.Share[s]
		square += w * w * c.Share[s]
	}
	for _, d := range plan {
		all += c.Expected(d)
	}
	steps := make([]Step, len(days))
	score, over, mean := 0.0, 0.0, 0.0
	for i, d := range days {
		mu := c.Expected(d)
		score = max(0, score+p.says(c, mu, d.Tickets))
		mean += mu
		for s, n := range d.Tickets {
			over += p.Weights[s] * float64(n)
		}
		over -= mu * weight
		steps[i] = Step{Expected: mu, Seen: d.Tickets.Sum(), Score: score}
		if mean > 0 && over > 0 {
			steps[i].Whole = over / math.Sqrt(mean*square) * math.Pow(mean/max(all, mean), early)
		}
	}
	return steps
}

// says is what a day speaks for a surge: the logarithm of how much likelier it is with
// it than without, each priority weighed.
func (p Params) says(c Curve, mu float64, seen Counts) float64 {
	log, sum := math.Log(p.Surge), 0.0
	for s, n := range seen {
		sum += p.Weights[s] * (float64(n)*log - mu*c.Share[s]*(p.Surge-1))
	}
	return sum
}

// Limits are what the two scores of a watch must stay below; nothing is over a limit of 0.
type Limits struct{ Score, Whole float64 }

// Reached tells whether one of the scores reaches its limit.
func (l Limits) Reached(s Step) bool {
	return l.Score > 0 && s.Score >= l.Score || l.Whole > 0 && s.Whole >= l.Whole
}

// Over is the first day on which a limit is reached, or -1.
func Over(steps []Step, l Limits) int { return slices.IndexFunc(steps, l.Reached) }

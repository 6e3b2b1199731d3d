package hold

import "math"

// Params are what a watch looks for.
type Params struct {
	Surge   float64             // how many times the curve is a wave gone bad: above 1
	Weights [Severities]float64 // of a ticket by its priority
	Days    int                 // so many working days a wave is watched
	False   float64             // at most this share of healthy waves may be held
}

// Usual is what is looked for unless somebody decides otherwise.
func Usual() Params {
	return Params{Surge: 1.5, Weights: [Severities]float64{1.5, 1.25, 1, 0.75}, Days: 10, False: 0.015}
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

// Step is a day of a watch.
type Step struct {
	Expected float64 // tickets that the curve expects
	Seen     int
	Score    float64 // the cumulative sum at the end of the day
}

// Watch runs over the days of a wave.
func Watch(p Params, c Curve, days []Day) []Step {
	steps := make([]Step, len(days))
	score := 0.0
	for i, d := range days {
		mu := c.Expected(d)
		score = max(0, score+p.says(c, mu, d.Tickets))
		steps[i] = Step{Expected: mu, Seen: d.Tickets.Sum(), Score: score}
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

// Over is the first day on which the score reaches the limit, or -1.
func Over(steps []Step, limit float64) int {
	for i, s := range steps {
		if s.Score >= limit && s.Score > 0 {
			return i
		}
	}
	return -1
}

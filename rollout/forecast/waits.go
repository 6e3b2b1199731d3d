package forecast

import (
	"math"
	"math/rand/v2"
)

// fits is how many times the spells are drawn again to see how uncertain their fit is.
const fits = 100

// wait is a log-normal of how long a commune stays blocked, in working days.
type wait struct{ mu, sigma float64 }

// waitsOf are fits to the spells drawn again and again, nil when too few of them ended.
func waitsOf(spells []Spell, rng *rand.Rand) []wait {
	ended := 0
	for _, s := range spells {
		if !s.Open {
			ended++
		}
	}
	if ended < LeastSpells {
		return nil
	}
	first := fit(spells, nil)
	waits := make([]wait, 0, fits)
	weight := make([]float64, len(spells))
	// Few spells know little of their spread: a draw of a chi-square widens it.
	for range fits {
		for i := range weight { // a Bayesian bootstrap: no draw is without ended spells
			weight[i] = rng.ExpFloat64()
		}
		w := fit(spells, weight)
		df, chi := float64(ended-1), 0.0
		for range ended - 1 {
			z := rng.NormFloat64()
			chi += z * z
		}
		w.sigma = math.Sqrt((w.sigma*w.sigma + first.sigma*first.sigma) / 2 * df / max(chi, df/4))
		waits = append(waits, w)
	}
	return waits
}

// fit is the log-normal that explains spells best, those that still last included
// (expectation and maximization in turn, from the ended ones).
func fit(spells []Spell, weight []float64) wait {
	w := wait{mu: 1.5, sigma: 1}
	for range 30 {
		var n, sum, square float64
		for i, s := range spells {
			k := 1.0
			if weight != nil {
				k = weight[i]
			}
			y := math.Log(max(s.Days, 0.5))
			first, second := y, y*y
			if s.Open {
				first, second = w.beyond(y)
			}
			n, sum, square = n+k, sum+k*first, square+k*second
		}
		mu := sum / n
		next := wait{mu: mu, sigma: math.Sqrt(min(max(square/n-mu*mu, 0.04), 4))}
		settled := math.Abs(next.mu-w.mu)+math.Abs(next.sigma-w.sigma) < 1e-4
		w = next
		if settled {
			break
		}
	}
	return w
}

// beyond is the mean and the mean square of the logarithm, given that it exceeds y.
func (w wait) beyond(y float64) (first, second float64) {
	a := (y - w.mu) / w.sigma
	tail := above(a)
	if tail < 1e-12 {
		return y, y * y
	}
	ratio := math.Exp(-a*a/2) / math.Sqrt(2*math.Pi) / tail
	first = w.mu + w.sigma*ratio
	return first, w.mu*w.mu + 2*w.mu*w.sigma*ratio + w.sigma*w.sigma*(1+a*ratio)
}

// left is for how many more working days a commune blocked for age days stays so.
func (w wait) left(rng *rand.Rand, age float64) int {
	tail := above((math.Log(max(age, 0.5)) - w.mu) / w.sigma)
	u := tail * (1 - rng.Float64()) // in (0, tail]
	if u < 1e-300 {
		return Beyond
	}
	z := math.Sqrt2 * math.Erfcinv(2*u)
	days := math.Exp(w.mu+w.sigma*z) - age
	return int(math.Ceil(min(max(days, 0), Beyond)))
}

// above is how likely a standard normal exceeds a.
func above(a float64) float64 { return math.Erfc(a/math.Sqrt2) / 2 }

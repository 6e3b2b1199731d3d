package forecast

import (
	"math"
	"math/rand/v2"
	"slices"
)

// Trial generates rollouts whose end is known, to see how often a forecast comes true.
// On each working day a Poisson number of communes may be finished whose logarithmic
// rate swings as an autoregression of the first order; some communes are blocked for a
// log-normal time.
type Trial struct {
	Communes int
	Rate     float64 // communes a working day, on average
	Swing    float64 // standard deviation of the logarithm of the rate
	Memory   float64 // of the swing from day to day, 0 to 1
	At       float64 // share done when the forecast is made
	// Of the communes, Blocked (a share) are blocked from a day of the first Spread
	// working days on, for a time with this median (working days) and spread of logarithms.
	Blocked, Median, Sigma float64
	Spread                 int
}

// Case is one generated rollout at the moment of its forecast, and what came of it.
type Case struct {
	Input
	Truth int // working days from that moment until all was done
}

// Case generates the rollout of a seed.
func (t Trial) Case(seed uint64) Case {
	rng := rand.New(rand.NewPCG(seed, 0x7e57))
	n := int(math.Round(t.Blocked * float64(t.Communes)))
	from, until := make([]int, n), make([]float64, n)
	for i := range n {
		from[i] = rng.IntN(max(t.Spread, 1))
		until[i] = float64(from[i]) + math.Exp(math.Log(t.Median)+t.Sigma*rng.NormFloat64())
	}
	z := t.Swing * rng.NormFloat64()
	c := Case{Input: Input{Seed: seed, NoCone: true}}
	open, done, made, released := t.Communes-n, 0, false, make([]bool, n)
	for day := 1; done < t.Communes && day < 20*farthest; day++ {
		for i := range n {
			if !released[i] && until[i] < float64(day) {
				released[i], open = true, open+1
			}
		}
		k := min(poisson(rng, t.Rate*math.Exp(z-t.Swing*t.Swing/2)), open)
		open, done = open-k, done+k
		z = t.Memory*z + t.Swing*math.Sqrt(1-t.Memory*t.Memory)*rng.NormFloat64()
		if made {
			c.Truth++
			continue
		}
		c.Done = append(c.Done, k)
		if float64(done) >= t.At*float64(t.Communes) && len(c.Done) >= Least {
			made = true
			t.look(&c, day, done, from, until)
		}
	}
	return c
}

// look is what is known at the end of a day.
func (t Trial) look(c *Case, day, done int, from []int, until []float64) {
	for i := range from {
		switch {
		case until[i] < float64(day):
			c.Spells = append(c.Spells, Spell{Days: math.Ceil(until[i]) - float64(from[i])})
		default: // blocked now, or announced to be
			age := float64(max(day-from[i], 0))
			c.Blocked = append(c.Blocked, age)
			c.Spells = append(c.Spells, Spell{Days: age, Open: true})
		}
	}
	c.Free = t.Communes - done - len(c.Blocked)
}

// Coverage is how often forecasts came true: the shares of cases done by the P50, P85
// and P95, and how many cases were forecast at all.
type Coverage struct {
	Cases, Silent int
	P50, P85, P95 float64
	Wide          float64 // mean working days between P50 and P85
	Mean          float64 // mean working days that were left
}

// Cover forecasts so many generated rollouts and says how often the days came true.
func (t Trial) Cover(cases int, seed uint64, say func(Input) (Finish, bool)) Coverage {
	var v Coverage
	for i := range cases {
		c := t.Case(seed + uint64(i))
		if c.Truth == 0 {
			continue
		}
		f, ok := say(c.Input)
		if !ok {
			v.Silent++
			continue
		}
		v.Cases++
		for _, one := range []struct {
			day int
			sum *float64
		}{{f.P50, &v.P50}, {f.P85, &v.P85}, {f.P95, &v.P95}} {
			if c.Truth <= one.day {
				*one.sum++
			}
		}
		v.Wide += float64(f.P85 - f.P50)
		v.Mean += float64(c.Truth)
	}
	if n := float64(v.Cases); n > 0 {
		v.P50, v.P85, v.P95, v.Wide, v.Mean = v.P50/n, v.P85/n, v.P95/n, v.Wide/n, v.Mean/n
	}
	return v
}

// Ours is what this package says of an input.
func Ours(in Input) (Finish, bool) {
	r := Make(in)
	return r.All, r.Why == ""
}

// Recipe is what the usual recipe says, to compare: single days are drawn from all that
// were, and a blocked commune is one like the others.
func Recipe(in Input) (Finish, bool) {
	if len(in.Done) == 0 || slices.Max(in.Done) == 0 {
		return Finish{}, false
	}
	rng := rand.New(rand.NewPCG(in.Seed, 0x0ec1))
	ends := make([]int, 0, Rounds)
	for range Rounds {
		left, day := in.Free+len(in.Blocked), 0
		for left > 0 && day <= farthest {
			left -= in.Done[rng.IntN(len(in.Done))]
			day++
		}
		ends = append(ends, day)
	}
	slices.Sort(ends)
	return Finish{P50: part(ends, 50), P85: part(ends, 85), P95: part(ends, 95)}, true
}

func poisson(rng *rand.Rand, mean float64) int {
	n := 0
	for sum := rng.ExpFloat64(); sum < mean; sum += rng.ExpFloat64() {
		n++
	}
	return n
}

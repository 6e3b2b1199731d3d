package hold

import (
	"math"
	"math/rand/v2"
)

// Trial generates waves from a curve that is known, to see how often a watch that has
// to learn it holds a healthy wave and catches a bad one.
type Trial struct {
	Communes int     // of each wave
	Usual    float64 // tickets a day of a wave long after it went live
	Rise     float64 // so many times as many on the first day
	Half     float64 // working days in which the excess halves
	Earlier  int     // waves the curve is learned from
	Surge    float64 // of the bad wave
	From     int     // its days before this one are healthy; 0: none is
	Spread   float64 // by how much whole waves differ beyond chance
	Share    [Severities]float64
}

// Outcome is how a watch did over many trials.
type Outcome struct {
	Trials        int
	False, Caught float64
	After         float64 // working days until a bad wave was caught, on average
	Limit, Whole  float64 // of the two scores, on average
}

// Run plays so many rollouts: earlier waves, a curve learned from them, a limit chosen
// by a simulation of its own, and then a healthy and a bad wave.
func (t Trial) Run(p Params, trials, rounds int, seed uint64) Outcome {
	truth := Curve{Share: t.Share, Spread: t.Spread}
	for d := range p.Days {
		truth.Rate = append(truth.Rate, t.Usual/float64(t.Communes)*math.Max(1, t.Rise*math.Exp2(-float64(d)/t.Half)))
	}
	o := Outcome{Trials: trials}
	for i := range trials {
		rng := rand.New(rand.NewPCG(seed+uint64(i), 0x7e57))
		earlier := make([]Wave, t.Earlier)
		for j := range earlier {
			earlier[j].Days = AtOnce(t.Communes, p.Days)
			truth.play(rng, earlier[j].Days, 1)
		}
		c, ok := Learn(earlier, p.Days)
		if !ok {
			continue
		}
		days := AtOnce(t.Communes, p.Days)
		r := Simulate(p, c, earlier, days, rounds, seed+uint64(i))
		o.Limit += r.Limit / float64(trials)
		o.Whole += r.Whole / float64(trials)
		truth.play(rng, days, 1)
		if Over(Watch(p, c, days, days), r.Limits()) >= 0 {
			o.False += 1 / float64(trials)
		}
		truth.play(rng, days[:t.From], 1)
		truth.play(rng, days[t.From:], t.Surge)
		if at := Over(Watch(p, c, days, days), r.Limits()); at >= 0 {
			o.Caught++
			o.After += float64(at + 1)
		}
	}
	o.After /= max(o.Caught, 1)
	o.Caught /= float64(trials)
	return o
}

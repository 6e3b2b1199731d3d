package hold

import (
	"math"
	"math/rand/v2"
	"testing"
)

var mix = [Severities]float64{0.1, 0.25, 0.5, 0.15}

// healthy is a curve of a go-live: four times the usual on the first day, half of the
// excess gone every four days.
func healthy(usual float64, days int) Curve {
	c := Curve{Share: mix}
	for d := range days {
		c.Rate = append(c.Rate, usual*(1+3*math.Exp2(-float64(d)/4)))
	}
	return c
}

func played(c Curve, communes, days int, factor float64, seed uint64) []Day {
	all := AtOnce(communes, days)
	c.play(rand.New(rand.NewPCG(seed, 1)), all, factor)
	return all
}

func TestTheCurveIsLearnedFromEarlierWaves(t *testing.T) {
	truth := healthy(0.5, 10)
	var waves []Wave
	for i := range 3 {
		waves = append(waves, Wave{played(truth, 100, 10, 1, uint64(i))})
	}
	c, ok := Learn(waves, 10)
	if !ok || c.Spread != 0 {
		t.Fatalf("learned: %v, %+v", ok, c)
	}
	for d, want := range truth.Rate {
		if got := c.At(d); math.Abs(got-want) > 0.12*want {
			t.Errorf("day %d: %.3f tickets a commune, not %.3f", d, got, want)
		}
	}
	for s, want := range mix {
		if math.Abs(c.Share[s]-want) > 0.03 {
			t.Errorf("priority %d: %.3f", s+1, c.Share[s])
		}
	}
	if _, ok := Learn([]Wave{{AtOnce(10, 10)}}, 10); ok {
		t.Error("learned from no tickets")
	}
}

func TestWavesThatWentLiveInPartsTeachTheSameCurve(t *testing.T) {
	truth := healthy(0.5, 10)
	staggered := make([]Day, 12)
	for i := range staggered {
		staggered[i].Ages = make([]int, i+1)
		staggered[i].Ages[i] = 200
		if i >= 2 {
			staggered[i].Ages[i-2] = 200
		}
	}
	truth.play(rand.New(rand.NewPCG(3, 3)), staggered, 1)
	c, ok := Learn([]Wave{{staggered}}, 10)
	if !ok {
		t.Fatal("nothing learned")
	}
	for d, want := range truth.Rate {
		if got := c.At(d); math.Abs(got-want) > 0.2*want {
			t.Errorf("day %d: %.3f, not %.3f", d, got, want)
		}
	}
}

func TestWavesThatDifferBeyondChanceWidenWhatIsHealthy(t *testing.T) {
	truth := healthy(0.5, 10)
	var waves []Wave
	for i, factor := range []float64{0.6, 1, 1.5} {
		waves = append(waves, Wave{played(truth, 100, 10, factor, uint64(i))})
	}
	c, _ := Learn(waves, 10)
	if c.Spread < 0.2 || c.Spread > 0.8 {
		t.Fatalf("waves at 0.6, 1 and 1.5 of the curve: spread %.2f", c.Spread)
	}
	same := c
	same.Spread = 0
	wide := Simulate(Usual(), c, waves, AtOnce(100, 10), 200, 1)
	narrow := Simulate(Usual(), same, waves, AtOnce(100, 10), 200, 1)
	if wide.Limit <= narrow.Limit || wide.Whole <= narrow.Whole {
		t.Errorf("limits %+v where waves differ, %+v where they do not", wide.Limits(), narrow.Limits())
	}
}

func TestASurgeIsOverAndAHealthyGoLiveIsNot(t *testing.T) {
	c := healthy(0.25, 10)
	days := AtOnce(24, 10)
	for i := range days {
		for s := range days[i].Tickets {
			days[i].Tickets[s] = int(math.Round(c.Expected(days[i]) * c.Share[s]))
		}
	}
	if at := Over(Watch(Usual(), c, days, days), Limits{5, 2.5}); at >= 0 {
		t.Errorf("exactly the curve is over on day %d", at)
	}
	for i := range days {
		for s := range days[i].Tickets {
			days[i].Tickets[s] *= 3
		}
	}
	if at := Over(Watch(Usual(), c, days, days), Limits{5, 2.5}); at < 0 || at > 1 {
		t.Errorf("three times the curve is over on day %d", at)
	}
}

// What is published at full size by bench -scale forecast, here over fewer trials.
func TestTheLimitsHoldFewHealthyWavesAndCatchMostSurges(t *testing.T) {
	p := Usual()
	p.False = 0.02 // so few rounds tell no finer
	wave := Trial{Communes: 24, Usual: 4, Rise: 4, Half: 4, Earlier: 3, Surge: 1.5, Share: mix}
	if o := wave.Run(p, 60, 60, 1); o.False > 0.07 || o.Caught < 0.75 {
		t.Errorf("%+v", o)
	}
	wave.Surge, wave.From = 2, 4
	if o := wave.Run(p, 20, 60, 2); o.Caught < 0.6 {
		t.Errorf("a surge that begins on the fifth day: %+v", o)
	}
}

func TestLimitsAreReachedByNoMoreThanTheirShare(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 4))
	peaks := make([]Step, 1000)
	for i := range peaks {
		x := rng.ExpFloat64()
		peaks[i] = Step{Score: x + rng.ExpFloat64(), Whole: x + rng.ExpFloat64()/2}
	}
	for _, share := range []float64{0, 0.005, 0.017, 0.1} {
		l, n := limits(peaks, share)
		over := 0
		for _, p := range peaks {
			if l.Reached(p) {
				over++
			}
		}
		if over != n || over > int(share*1000) || share > 0.01 && over < int(share*800) {
			t.Errorf("at most %.1f %%: %d of 1000 reach %+v, %d said", share*100, over, l, n)
		}
	}
}

func TestWhatAlwaysHoldsOfAWatch(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		c := healthy(rng.Float64()*2, 1+rng.IntN(20))
		days := AtOnce(1+rng.IntN(60), 1+rng.IntN(20))
		calm := Watch(Usual(), c, days, days)
		if Over(calm, Limits{0.01, 0.01}) >= 0 {
			t.Fatal("a wave without tickets is over")
		}
		c.play(rng, days, rng.Float64()*3)
		steps := Watch(Usual(), c, days, days)
		at := rng.IntN(len(days))
		days[at].Tickets[rng.IntN(Severities)]++
		for i, more := range Watch(Usual(), c, days, days) {
			if steps[i].Score < 0 || more.Score < steps[i].Score || steps[i].Whole < 0 || more.Whole < steps[i].Whole {
				t.Fatalf("day %d: %+v, with one more ticket %+v", i, steps[i], more)
			}
		}
	}
}

func FuzzLearnAndWatch(f *testing.F) {
	f.Add([]byte{40, 30, 20, 10, 9, 8, 7, 9}, 24, 10)
	f.Add([]byte{0, 0, 0, 200}, 1, 3)
	f.Add([]byte{9, 60, 30, 20}, 400, 60)
	f.Fuzz(func(t *testing.T, tickets []byte, communes, horizon int) {
		communes, horizon = 1+abs(communes)%500, 1+abs(horizon)%60
		if len(tickets) > 100 {
			return
		}
		days := AtOnce(communes, len(tickets))
		for i, n := range tickets {
			days[i].Tickets[i%Severities] = int(n)
		}
		c, ok := Learn([]Wave{{days}}, horizon)
		if !ok {
			return
		}
		share := 0.0
		for _, s := range c.Share {
			share += s
		}
		if math.Abs(share-1) > 1e-9 {
			t.Fatalf("shares sum to %v", share)
		}
		for _, r := range c.Rate {
			if !(r >= 0) || math.IsInf(r, 0) {
				t.Fatalf("rate %v", c.Rate)
			}
		}
		for _, s := range Watch(Usual(), c, days, days) {
			if !(s.Score >= 0) || math.IsInf(s.Score, 0) || !(s.Whole >= 0) || math.IsInf(s.Whole, 0) {
				t.Fatalf("score %v", s)
			}
		}
	})
}

func abs(n int) int {
	if n < 0 {
		return -(n + 1)
	}
	return n
}

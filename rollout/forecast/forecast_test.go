package forecast

import (
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
)

func steady(days, n int) []int {
	done := make([]int, days)
	for i := range done {
		done[i] = n
	}
	return done
}

func TestASteadyPaceEndsWhenItSays(t *testing.T) {
	r := Make(Input{Done: steady(15, 4), Free: 40, Seed: 1})
	if r.Why != "" || r.All.P50 < 10 || r.All.P50 > 11 || r.All.P85 < r.All.P50 {
		t.Fatalf("40 communes at 4 a day: %+v", r.All)
	}
	if len(r.Cone) != r.All.P95 || r.Cone[r.All.P85-1].Low != 40 {
		t.Errorf("by the P85 at least 85 %% of the paths have done all: %+v", r.Cone)
	}
}

func TestTooLittleIsSaidToBeTooLittle(t *testing.T) {
	for _, c := range []struct {
		in        Input
		all, free Why
	}{
		{Input{Done: steady(6, 4), Free: 10}, TooFew, TooFew},
		{Input{Done: steady(7, 4), Free: 10}, "", ""},
		{Input{Done: append(steady(20, 4), steady(15, 0)...), Free: 10}, Standstill, Standstill},
		{Input{Done: steady(10, 4), Free: 10, Blocked: []float64{3}, Spells: []Spell{{3, true}, {4, false}, {5, false}, {2, false}, {2, false}}}, Unseen, ""},
		{Input{Done: steady(10, 4), Free: 10, Blocked: []float64{3}, Spells: []Spell{{3, true}, {4, false}, {5, false}, {2, false}, {2, false}, {6, false}}}, "", ""},
		{Input{}, "", ""}, // nothing left: done
	} {
		if r := Make(c.in); r.Why != c.all || r.FreeWhy != c.free {
			t.Errorf("%+v: %q, %q", c.in, r.Why, r.FreeWhy)
		}
	}
}

func TestABlockedCommuneIsWaitedFor(t *testing.T) {
	var spells []Spell
	for i := range 20 {
		spells = append(spells, Spell{Days: 20 + float64(i)})
	}
	in := Input{Done: steady(15, 4), Free: 8, Blocked: []float64{1, 2}, Spells: append(spells, Spell{1, true}, Spell{2, true})}
	r := Make(in)
	if r.Free.P95 > 6 || r.All.P50 < 20 {
		t.Errorf("free %+v, with those blocked %+v", r.Free, r.All)
	}
	in.Spells = nil
	for range 10 {
		in.Spells = append(in.Spells, Spell{Days: 1}, Spell{Days: 2})
	}
	if quick := Make(in); quick.All.P85 >= r.All.P50 {
		t.Errorf("communes that are free after a day or two: %+v", quick.All)
	}
}

func TestTheSameSeedSaysTheSame(t *testing.T) {
	c := Trial{Communes: 60, Rate: 3, Swing: 0.4, Memory: 0.5, At: 0.5, Blocked: 0.2, Median: 6, Sigma: 0.6, Spread: 10}.Case(7)
	c.NoCone = false
	before := c.Input
	before.Done, before.Blocked = slices.Clone(c.Done), slices.Clone(c.Blocked)
	if a, b := Make(c.Input), Make(c.Input); !reflect.DeepEqual(a, b) {
		t.Error("one input and seed, two answers")
	}
	if !slices.Equal(before.Done, c.Done) || !slices.Equal(before.Blocked, c.Blocked) {
		t.Error("the input was changed")
	}
}

// What is published at full size by bench -scale forecast, here over fewer cases.
func TestEightyFivePercentComesTrueAboutAsOften(t *testing.T) {
	v := Trial{Communes: 139, Rate: 4, Swing: 0.5, Memory: 0.6, At: 0.4}
	ours, recipe := v.Cover(200, 1, Ours), v.Cover(200, 1, Recipe)
	if ours.P85 < 0.79 || ours.P85 > 0.93 || ours.Cases != 200 {
		t.Errorf("ours: %+v", ours)
	}
	if recipe.P85 > ours.P85-0.05 {
		t.Errorf("the usual recipe is no worse: %+v beside %+v", recipe, ours)
	}
	v.Blocked, v.Median, v.Sigma, v.Spread, v.At = 0.12, 10, 0.8, 10, 0.7
	held, blind := v.Cover(200, 1, Ours), v.Cover(200, 1, Recipe)
	if held.P85 < 0.76 || blind.P85 > 0.5 {
		t.Errorf("with blocked communes: %+v, the recipe %+v", held, blind)
	}
}

// check is what always holds of an answer.
func check(t *testing.T, in Input) {
	t.Helper()
	r := Make(in)
	for _, f := range []Finish{r.Free, r.All} {
		if f.P50 > f.P85 || f.P85 > f.P95 || f.P95 > Beyond || f.P50 < 0 {
			t.Fatalf("%+v: %+v", in, f)
		}
	}
	left := in.Free + len(in.Blocked)
	if r.Why == "" && (r.All.P50 == 0) != (left == 0) {
		t.Fatalf("%d left: %+v", left, r.All)
	}
	if r.Why == "" && (r.All.P95 < r.Free.P50) {
		t.Fatalf("more work ends sooner: %+v", r)
	}
	last := Point{}
	for _, p := range r.Cone {
		if p.Low > p.Mid || p.Mid > p.High || p.High > left || p.Low < last.Low || p.Mid < last.Mid || p.High < last.High {
			t.Fatalf("%+v: the cone goes back: %+v after %+v", in, p, last)
		}
		last = p
	}
	more := in
	more.Free += 30
	if m := Make(more); r.FreeWhy == "" && m.FreeWhy == "" && m.Free.P95 < r.Free.P50 {
		t.Fatalf("thirty more communes and sooner: %+v, %+v", r.Free, m.Free)
	}
}

func anyInput(rng *rand.Rand) Input {
	in := Input{Free: rng.IntN(200), Seed: rng.Uint64(), Rounds: 60}
	for range rng.IntN(30) {
		in.Done = append(in.Done, rng.IntN(1+rng.IntN(12)))
	}
	for range rng.IntN(8) {
		in.Blocked = append(in.Blocked, float64(rng.IntN(60)))
		in.Spells = append(in.Spells, Spell{in.Blocked[len(in.Blocked)-1], true})
	}
	for range rng.IntN(20) {
		in.Spells = append(in.Spells, Spell{Days: float64(rng.IntN(90))})
	}
	return in
}

func TestWhatAlwaysHoldsOfAForecast(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	for range 300 {
		check(t, anyInput(rng))
	}
}

func FuzzForecast(f *testing.F) {
	for seed := range uint64(4) {
		f.Add(seed, 10, []byte{1, 2, 3, 0, 4, 5, 6, 1, 1}, []byte{1, 9, 30})
	}
	f.Fuzz(func(t *testing.T, seed uint64, free int, done, spells []byte) {
		in := Input{Free: max(0, free%500), Seed: seed, Rounds: 20}
		for _, d := range done {
			in.Done = append(in.Done, int(d))
		}
		for i, s := range spells {
			open := i%3 == 0
			in.Spells = append(in.Spells, Spell{float64(s), open})
			if open && len(in.Blocked) < 100 {
				in.Blocked = append(in.Blocked, float64(s))
			}
		}
		check(t, in)
	})
}

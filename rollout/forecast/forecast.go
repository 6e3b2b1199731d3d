package forecast

import (
	"math"
	"math/rand/v2"
	"slices"
)

// The parameters of the method. They are part of what a stored forecast means: whoever
// changes one changes Method with it.
const (
	Method      = "blocks-1" // name of the method and its parameters
	Window      = 15         // so many working days are looked back on
	Block       = 5          // working days that are drawn together
	Least       = 7          // below so many working days nothing is said
	LeastSpells = 5          // ended spells without which nothing is said of blocked communes
	Rounds      = 2000       // paths that are drawn
	// widen is by how much the uncertainty of the mean, estimated from three blocks, is
	// widened: so few blocks see too little of a slow swing. Chosen by simulation.
	widen = 1.4
	// farthest is after how many working days a path is given up: it is later than any
	// calendar knows.
	farthest = 500
)

// Spell is how long a commune was blocked, in working days. Open: it still is.
type Spell struct {
	Days float64
	Open bool
}

// Input is what a forecast is made from.
type Input struct {
	Done    []int     // finished on each past working day, oldest first, from the first day of work on
	Free    int       // communes left that nothing blocks
	Blocked []float64 // communes left that are blocked: for how many working days each has been
	Spells  []Spell   // how long communes were blocked, those of Blocked among them
	Seed    uint64    // of the paths
	Rounds  int       // paths; 0: Rounds
	NoCone  bool      // only the finishes are asked for
}

// Why tells why a forecast says nothing; empty when it says something.
type Why string

// What keeps a forecast from being made.
const (
	TooFew     Why = "too_few_days" // fewer than Least working days of history
	Standstill Why = "standstill"   // nothing was finished in the days looked back on
	Unseen     Why = "unseen"       // blocked communes, and too few spells that ended
)

// Finish is in how many working days all is done: 1 is the first working day ahead, 0
// that nothing is left. A value of Beyond is later than the method looks.
type Finish struct{ P50, P85, P95 int }

// Beyond is a finish later than the method looks.
const Beyond = farthest + 1

// Point is how many more communes will be done by the end of a working day ahead: at
// least Low with 85 %, Mid with 50 %, and High with 15 %.
type Point struct{ Low, Mid, High int }

// Result is what may be said. Why is empty when All was computed; FreeWhy when Free,
// the finish without the blocked communes, was.
type Result struct {
	Why, FreeWhy Why
	All, Free    Finish
	Cone         []Point // of All, or of Free where All says nothing; a day each, until the P95
}

// Make is the forecast of an input. It does not change the input.
func Make(in Input) Result {
	rounds := in.Rounds
	if rounds <= 0 {
		rounds = Rounds
	}
	rng := rand.New(rand.NewPCG(in.Seed, 0x10f7))
	p, why := paceOf(in.Done)
	if why != "" && in.Free+len(in.Blocked) > 0 {
		return Result{Why: why, FreeWhy: why}
	}
	var r Result
	free := tally{ends: make([]int, 0, rounds), bare: in.NoCone}
	for range rounds {
		free.add(p, rng, in.Free, nil)
	}
	r.Free, r.Cone = free.finish(), free.cone()
	if len(in.Blocked) == 0 {
		r.All = r.Free
		return r
	}
	waits := waitsOf(in.Spells, rng)
	if waits == nil {
		r.Why = Unseen
		return r
	}
	all := tally{ends: make([]int, 0, rounds), bare: in.NoCone}
	held := make([]int, len(in.Blocked))
	for i := range rounds {
		w := waits[i%len(waits)]
		for j, age := range in.Blocked {
			held[j] = w.left(rng, age)
		}
		slices.Sort(held)
		all.add(p, rng, in.Free, held)
	}
	r.All, r.Cone = all.finish(), all.cone()
	return r
}

// pace is what the past days say of the days to come.
type pace struct {
	days []int
	mean float64
	cv   float64 // of the mean: its uncertainty as a part of it
}

func paceOf(done []int) (pace, Why) {
	if len(done) < Least {
		return pace{}, TooFew
	}
	days := done[max(0, len(done)-Window):]
	n := float64(len(days))
	sum := 0
	for _, d := range days {
		sum += d
	}
	if sum <= 0 {
		return pace{}, Standstill
	}
	p := pace{days: days, mean: float64(sum) / n}
	// The variance of the mean, from sums of overlapping blocks: what single days would
	// say misses that a bad day comes with others. It is never less than that of counts.
	ss, blocks := 0.0, len(days)-Block+1
	for i := range blocks {
		b := 0
		for _, d := range days[i : i+Block] {
			b += d
		}
		dev := float64(b)/Block - p.mean
		ss += dev * dev
	}
	v := ss / float64(blocks) * Block / (n - Block)
	p.cv = widen * math.Sqrt(max(v, p.mean/n)) / p.mean
	return p, ""
}

// path plays the days to come once: it tells each day by the end of which more are done,
// and how many then, and answers in how many days all are. held are the working days
// until each blocked commune is free, rising.
func (p pace) path(rng *rand.Rand, free int, held []int, tell func(day, done int)) int {
	left, open := free+len(held), free
	level := p.level(rng)
	done, day, carry, at := 0, 0, 0.0, 0
	for left > 0 {
		day++
		if open == 0 && held[0] >= day { // nothing to do until one is free
			day, carry = held[0]+1, 0
		}
		if day > farthest {
			return Beyond
		}
		for len(held) > 0 && held[0] < day {
			open, held = open+1, held[1:]
		}
		if at++; day%Block == 1 || at >= len(p.days) {
			at = rng.IntN(len(p.days) - Block + 1)
		}
		could := float64(p.days[at])*level + carry
		n := min(int(could), open)
		carry = min(could-float64(n), 1)
		open, done, left = open-n, done+n, left-n
		if n > 0 && tell != nil {
			tell(day, done)
		}
	}
	return day
}

// level is by how much the true mean may differ from the one seen.
func (p pace) level(rng *rand.Rand) float64 {
	s := math.Sqrt(math.Log1p(p.cv * p.cv))
	return math.Exp(s*rng.NormFloat64() - s*s/2)
}

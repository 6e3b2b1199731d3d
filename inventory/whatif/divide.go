package whatif

import (
	"cmp"
	"slices"
	"time"

	"lotrinh/inventory/readiness"
)

// tableLimit is how many cells the exact division of several lots may have: communes
// times everything that may be used up.
const tableLimit = 24 << 20

// Outcome is what becomes of one commune.
type Outcome struct {
	Unit   string
	Gets   []int // of each lot: given to those that become ready, wanted by the others
	Before readiness.Result
	After  readiness.Result // with what it gets; of those out of reach, with everything
}

// Answer is what becomes of all.
type Answer struct {
	Ready   []Outcome // become ready
	Wanting []Outcome // would, but there is not enough for all
	Beyond  []Outcome // no number of such items makes them ready; After says what is missing
	Blind   []string  // nothing is recorded of these: they are left out
	Already int       // are ready as they are
	Left    []int     // of each lot
	AtMost  int       // no division makes more ready
}

// Exact tells whether no division makes more communes ready.
func (a Answer) Exact() bool { return a.AtMost == len(a.Ready) }

// Give divides lots among communes so that as many as possible become ready.
func Give(units []Unit, lots []Lot, at time.Time) Answer {
	have := make(vector, len(lots))
	for i, l := range lots {
		have[i] = l.Count
	}
	var a Answer
	var open []claim
	whole := true
	for _, u := range units {
		before := readiness.Judge(u.Case, at)
		if Ready(before.Verdict) {
			a.Already++
			continue
		}
		if u.blind() {
			a.Blind = append(a.Blind, u.Code)
			continue
		}
		c := claim{unit: u, before: before}
		most := u.useful(lots, before)
		full := u.with(lots, most, at)
		if !Ready(full.Verdict) {
			a.Beyond = append(a.Beyond, Outcome{Unit: u.Code, Gets: make([]int, len(lots)), Before: before, After: full})
			continue
		}
		var all bool
		c.ways, all = u.part(func(kind string) bool { return slices.ContainsFunc(lots, func(l Lot) bool { return l.Kind == kind }) }).needs(lots, most, at)
		whole = whole && all
		open = append(open, c)
	}
	chosen, bound := divide(open, have)
	if !whole { // a commune may have a cheaper way that was not tried
		bound = len(open)
	}
	a.AtMost, a.Left = bound, have
	for i, c := range open {
		way := chosen[i]
		if way < 0 {
			v := c.smallest()
			a.Wanting = append(a.Wanting, Outcome{c.unit.Code, v, c.before, c.unit.with(lots, v, at)})
			continue
		}
		v := c.ways[way]
		for k, n := range v {
			a.Left[k] -= n
		}
		a.Ready = append(a.Ready, Outcome{c.unit.Code, v, c.before, c.unit.with(lots, v, at)})
	}
	return a
}

// claim is a commune with the ways to make it ready.
type claim struct {
	unit   Unit
	before readiness.Result
	ways   []vector
}

func (c claim) smallest() vector {
	return slices.MinFunc(c.ways, func(a, b vector) int { return cmp.Compare(a.sum(), b.sum()) })
}

// divide says for every claim which of its ways is taken, -1 for none, and how many
// claims any division could satisfy at most.
func divide(claims []claim, have vector) ([]int, int) {
	if len(have) == 1 {
		return byWeight(claims, have, []float64{1})
	}
	cells := max(1, len(claims))
	for _, n := range reach(claims, have) {
		if cells *= n + 1; cells > tableLimit {
			return weighed(claims, have)
		}
	}
	return table(claims, reach(claims, have))
}

// reach is how many of each lot could be used up: no more than all ask for together.
func reach(claims []claim, have vector) vector {
	out := make(vector, len(have))
	for _, c := range claims {
		for i := range have {
			n := 0
			for _, w := range c.ways {
				n = max(n, w[i])
			}
			out[i] = min(have[i], out[i]+n)
		}
	}
	return out
}

// table tries everything that may be used up, claim by claim: cell (used) holds how
// many claims can be satisfied with exactly that.
func table(claims []claim, have vector) ([]int, int) {
	step := make([]int, len(have)) // how far apart two cells are that differ by one item of a lot
	size := 1
	for i := len(have) - 1; i >= 0; i-- {
		step[i] = size
		size *= have[i] + 1
	}
	best := make([]int32, size)
	for i := range best {
		best[i] = -1
	}
	best[0] = 0
	taken := make([][]int8, len(claims))
	free := make(vector, len(have))
	for n, c := range claims {
		taken[n] = make([]int8, size)
		for cell := size - 1; cell >= 0; cell-- { // downwards: nothing is used twice
			for i := range have {
				free[i] = cell / step[i] % (have[i] + 1)
			}
			for w, way := range c.ways {
				if !way.within(free) {
					continue
				}
				from := cell
				for i, x := range way {
					from -= x * step[i]
				}
				if best[from] >= 0 && best[from]+1 > best[cell] {
					best[cell] = best[from] + 1
					taken[n][cell] = int8(w + 1)
				}
			}
		}
	}
	cell := bestCell(best, step, have)
	return readBack(claims, taken, cell, step), int(best[cell])
}

// bestCell is the cell with the most claims, of these the one with the fewest items.
func bestCell(best []int32, step []int, have vector) int {
	at, items := 0, 0
	for cell, n := range best {
		sum := 0
		for i := range have {
			sum += cell / step[i] % (have[i] + 1)
		}
		if n > best[at] || n == best[at] && sum < items {
			at, items = cell, sum
		}
	}
	return at
}

// readBack walks from a cell to the empty one: which way of each claim led there.
func readBack(claims []claim, taken [][]int8, cell int, step []int) []int {
	out := make([]int, len(claims))
	for n := len(claims) - 1; n >= 0; n-- {
		w := int(taken[n][cell]) - 1
		out[n] = w
		if w < 0 {
			continue
		}
		for i, x := range claims[n].ways[w] {
			cell -= x * step[i]
		}
	}
	return out
}

// byWeight takes the lightest ways first, as long as there is enough. The bound is
// how many would fit if only the weight counted; with one lot both are the same.
func byWeight(claims []claim, have vector, weight []float64) ([]int, int) {
	weigh := func(v vector) float64 {
		sum := 0.0
		for i, n := range v {
			sum += float64(n) * weight[i]
		}
		return sum
	}
	type pick struct {
		claim, way int
		weight     float64
	}
	order := func(a, b pick) int { return cmp.Compare(a.weight, b.weight) }
	var all, lightest []pick
	for n, c := range claims {
		first := len(all)
		for w, v := range c.ways {
			all = append(all, pick{n, w, weigh(v)})
		}
		lightest = append(lightest, slices.MinFunc(all[first:], order))
	}
	slices.SortStableFunc(all, order)
	slices.SortStableFunc(lightest, order)
	out := make([]int, len(claims))
	for i := range out {
		out[i] = -1
	}
	left := slices.Clone(have)
	for _, p := range all {
		v := claims[p.claim].ways[p.way]
		if out[p.claim] >= 0 || !v.within(left) {
			continue
		}
		out[p.claim] = p.way
		for i, n := range v {
			left[i] -= n
		}
	}
	bound, room := 0, weigh(have)*(1+1e-9)
	for _, p := range lightest {
		if room -= p.weight; room < 0 {
			break
		}
		bound++
	}
	return out, bound
}

// rounds is how often the weights are moved towards what is scarce.
const rounds = 40

// weighed is the division of lots that are too many for a table: the best of several
// weightings, each of which also gives a bound. What ran out weighs more next time.
func weighed(claims []claim, have vector) ([]int, int) {
	weight := make([]float64, len(have))
	for i, n := range have {
		weight[i] = 1 / float64(max(1, n))
	}
	var best []int
	most, bound := -1, len(claims)
	for range rounds {
		got, b := byWeight(claims, have, weight)
		bound = min(bound, b)
		used := make(vector, len(have))
		n := 0
		for i, w := range got {
			if w < 0 {
				continue
			}
			n++
			for k, x := range claims[i].ways[w] {
				used[k] += x
			}
		}
		if n > most {
			best, most = got, n
		}
		if most == bound {
			break
		}
		for i := range weight {
			weight[i] *= 0.7 + 0.6*float64(used[i])/float64(max(1, have[i]))
		}
	}
	return best, bound
}

package whatif

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"time"

	"lotrinh/inventory/readiness"
)

// Given is the code of what a commune has only in the supposition; reasons name it.
const Given = "+"

// PerUnit is how many items of one lot a commune is given at most.
const PerUnit = 100

// Item is equipment that nobody has yet: its kind and what will be known of it.
type Item struct {
	Kind  string
	Facts map[string]string // value by name of fact, as stored
}

// Lot is a number of equal items.
type Lot struct {
	Item
	Count int
}

// Unit is a commune as it stands: everything that is known of it and asked of it.
type Unit struct {
	Code string
	readiness.Case
}

// Ready tells whether an answer is what communes are made for: everything that must
// be is there, or excused.
func Ready(v readiness.Verdict) bool { return v == readiness.Met || v == readiness.Waived }

// blind tells whether nothing was ever recorded of a commune: nobody knows what it has,
// so nobody knows what it lacks.
func (u Unit) blind() bool { return len(u.Assets)+len(u.Gaps) == 0 }

// asset is an item as the judge will know it, once it was delivered and looked at.
func (it Item) asset(id string, at time.Time) readiness.Asset {
	a := readiness.Asset{ID: id, Code: id, Name: id, Kind: it.Kind, State: "in_use"}
	for _, name := range slices.Sorted(maps.Keys(it.Facts)) {
		if name != readiness.Present {
			a.Facts = append(a.Facts, readiness.Fact{Name: name, Value: it.Facts[name], Source: readiness.Seen, At: at})
		}
	}
	a.Facts = append(a.Facts, readiness.Fact{Name: readiness.Present, Value: "yes", Source: readiness.Seen, At: at})
	return a
}

// given is the answer for a commune that gets some items.
func (u Unit) given(items []Item, at time.Time) readiness.Result {
	c := u.Case
	c.Assets = slices.Clone(u.Assets)
	had := map[string]int64{}
	for _, it := range items {
		var lines []readiness.Line
		for _, p := range u.Profiles {
			lines = append(lines, slices.DeleteFunc(slices.Clone(p.Lines), func(l readiness.Line) bool { return l.Kind != it.Kind })...)
		}
		c.Assets = append(c.Assets, placed(it.asset(Given, at), spec(lines, nil)))
		had[it.Kind]++
	}
	c.Gaps = left(u.Gaps, had, 0)
	return readiness.Judge(c, at)
}

// left are the reports that so many items of each kind leave open, the smallest being
// answered first. Items that were repaired or changed answer what was reported broken
// or too weak, and not what is missing; reports of another sort are no lack of equipment
// and stay.
func left(gaps []readiness.Gap, had map[string]int64, mended int64) []readiness.Gap {
	if len(gaps) == 0 {
		return nil
	}
	order := slices.Clone(gaps)
	slices.SortStableFunc(order, func(a, b readiness.Gap) int {
		if x, y := a.Kind == "missing", b.Kind == "missing"; x != y {
			if x {
				return -1
			}
			return 1
		}
		return cmp.Compare(a.Count, b.Count)
	})
	rest := maps.Clone(had)
	var out []readiness.Gap
	for _, g := range order {
		old := int64(0) // what is mended answers it
		if g.Kind != "missing" {
			old = min(mended, g.Count)
		}
		if g.Kind == "other" || rest[g.What] < g.Count-old {
			out = append(out, g)
			continue
		}
		rest[g.What] -= g.Count - old
		mended -= old
	}
	return out
}

// vector is how many items of each lot are given.
type vector []int

func (v vector) sum() int {
	n := 0
	for _, x := range v {
		n += x
	}
	return n
}

func (v vector) within(most vector) bool {
	for i, x := range v {
		if x > most[i] {
			return false
		}
	}
	return true
}

// with is the answer for a commune that gets so many of each lot.
func (u Unit) with(lots []Lot, v vector, at time.Time) readiness.Result {
	var items []Item
	for i, n := range v {
		for range n {
			items = append(items, lots[i].Item)
		}
	}
	return u.given(items, at)
}

// boxLimit is how many vectors are tried for one commune at most, and wayLimit how many
// of them are kept.
const (
	boxLimit = 512
	wayLimit = math.MaxInt8
)

// useful is how many items of each lot can be of use, however many there are: one for
// each place that must be filled and for each reported lack.
func (u Unit) useful(lots []Lot, now readiness.Result) vector {
	out := make(vector, len(lots))
	for i, l := range lots {
		n := int64(0)
		for _, line := range now.Lines {
			if line.Kind == l.Kind && line.Must {
				n += max(0, line.Want)
			}
		}
		for _, g := range u.Gaps {
			if g.What == l.Kind {
				n += max(0, g.Count)
			}
		}
		out[i] = int(min(n, PerUnit))
	}
	return out
}

// part is a commune with nothing but some kinds of equipment, and only what must be.
// Every line asks for one kind, so a commune is ready when it is for each part of it.
func (u Unit) part(of func(kind string) bool) Unit {
	c := readiness.Case{Site: u.Site, Waivers: u.Waivers}
	for _, p := range u.Profiles {
		p.Lines = slices.DeleteFunc(slices.Clone(p.Lines), func(l readiness.Line) bool { return !l.Must || !of(l.Kind) })
		c.Profiles = append(c.Profiles, p)
	}
	c.Assets = slices.DeleteFunc(slices.Clone(u.Assets), func(a readiness.Asset) bool { return !of(a.Kind) })
	c.Gaps = slices.DeleteFunc(slices.Clone(u.Gaps), func(g readiness.Gap) bool { return !of(g.What) })
	return Unit{u.Code, c}
}

// needs are the smallest vectors that make a commune ready, which most does: none of
// them can lose an item. All is false when there may be more.
func (u Unit) needs(lots []Lot, most vector, at time.Time) (out []vector, all bool) {
	ready := func(v vector) bool { return Ready(u.with(lots, v, at).Verdict) }
	low, high := make(vector, len(most)), slices.Clone(most)
	for i := range most {
		low[i] = fewest(most[i], func(n int) bool {
			v := slices.Clone(most)
			v[i] = n
			return ready(v)
		})
	}
	if ready(low) {
		return []vector{low}, true
	}
	for i := range most {
		v := slices.Clone(low)
		if v[i] = most[i]; ready(v) {
			high[i] = fewest(most[i], func(n int) bool {
				v[i] = n
				return ready(v)
			})
		}
	}
	return walk(low, high, ready)
}

// fewest is the smallest n up to most that will do; most is known to do. Small numbers
// are what communes need, so it doubles before it halves.
func fewest(most int, do func(n int) bool) int {
	if most == 0 || do(0) {
		return 0
	}
	no, yes := 0, 1
	for yes < most && !do(yes) {
		no, yes = yes, yes*2
	}
	yes = min(yes, most)
	for yes-no > 1 {
		if mid := no + (yes-no)/2; do(mid) {
			yes = mid
		} else {
			no = mid
		}
	}
	return yes
}

// walk finds the smallest vectors of a box. They are looked at by their sum, so that
// one above a vector that was found is never tried.
func walk(low, high vector, ready func(vector) bool) (out []vector, all bool) {
	tried := 0
	above := func(v vector) bool {
		return slices.ContainsFunc(out, func(o vector) bool { return o.within(v) })
	}
	for total := low.sum(); total <= high.sum(); total++ {
		open := false
		for v := range ofSum(low, high, total) {
			if above(v) {
				continue
			}
			open = true
			if tried++; tried > boxLimit {
				return out, false
			}
			if !ready(v) {
				continue
			}
			if len(out) == wayLimit {
				return out, false
			}
			out = append(out, slices.Clone(v))
		}
		if !open {
			break
		}
	}
	return out, true
}

// ofSum yields the vectors of a box with this sum, in order. The vector is the walk's own.
func ofSum(low, high vector, total int) func(yield func(vector) bool) {
	return func(yield func(vector) bool) {
		v := slices.Clone(low)
		rest := total - low.sum()
		var place func(i, rest int) bool
		place = func(i, rest int) bool {
			if i == len(v)-1 {
				if v[i] = low[i] + rest; v[i] > high[i] {
					return true
				}
				return yield(v)
			}
			for n := 0; n <= min(rest, high[i]-low[i]); n++ {
				v[i] = low[i] + n
				if !place(i+1, rest-n) {
					return false
				}
			}
			return true
		}
		place(0, rest)
	}
}

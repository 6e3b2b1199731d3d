package readiness

import "slices"

// demand is how many assets a line asks for, and which may fill its places.
type demand struct {
	want int64
	can  []bool // by asset
}

// fill gives assets to demands, each asset to one: as many places in all as possible,
// and of those in the order in which the demands stand. It answers by asset which
// demand it fills, -1 for none.
func fill(all []demand, assets int) []int {
	owner := make([]int, assets)
	for i := range owner {
		owner[i] = -1
	}
	seen := make([]bool, assets)
	var take func(d int) bool
	take = func(d int) bool {
		for a, can := range all[d].can {
			if !can || seen[a] {
				continue
			}
			seen[a] = true
			if owner[a] < 0 || owner[a] != d && take(owner[a]) {
				owner[a] = d
				return true
			}
		}
		return false
	}
	for d := range all {
		for n := int64(0); n < all[d].want; n++ {
			clear(seen)
			if !take(d) {
				break
			}
		}
	}
	return owner
}

// strictest is the order in which lines are given assets: what must be there first,
// then the line that the fewest assets could fill, then the one that asks for more.
func strictest(lines []*weighed) []*weighed {
	out := slices.Clone(lines)
	slices.SortStableFunc(out, func(a, b *weighed) int {
		if a.line.Must != b.line.Must {
			if a.line.Must {
				return -1
			}
			return 1
		}
		if n := a.eligible() - b.eligible(); n != 0 {
			return n
		}
		if n := len(b.line.Predicates) - len(a.line.Predicates); n != 0 {
			return n
		}
		return compare(a.line.Code, b.line.Code)
	})
	return out
}

func compare(a, b string) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

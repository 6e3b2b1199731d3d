package whatif

import (
	"math/rand/v2"
	"testing"
)

// mostOf tries every division: the most claims, and the fewest items for that many.
func mostOf(claims []claim, left vector) (count, items int) {
	if len(claims) == 0 {
		return 0, 0
	}
	count, items = mostOf(claims[1:], left)
	for _, w := range claims[0].ways {
		if !w.within(left) {
			continue
		}
		rest := make(vector, len(left))
		for i := range left {
			rest[i] = left[i] - w[i]
		}
		n, k := mostOf(claims[1:], rest)
		if n, k = n+1, k+w.sum(); n > count || n == count && k < items {
			count, items = n, k
		}
	}
	return count, items
}

func someClaims(r *rand.Rand, lots int) ([]claim, vector) {
	have := make(vector, lots)
	for i := range have {
		have[i] = r.IntN(7)
	}
	claims := make([]claim, r.IntN(7))
	for i := range claims {
		for range 1 + r.IntN(3) {
			v := make(vector, lots)
			for k := range v {
				v[k] = r.IntN(4)
			}
			if v.sum() == 0 {
				v[0] = 1
			}
			claims[i].ways = append(claims[i].ways, v)
		}
	}
	return claims, have
}

// fits says how many claims a division satisfies and how many items it takes; the
// test fails when it takes more than there is.
func fits(t *testing.T, claims []claim, have vector, chosen []int) (count, items int) {
	t.Helper()
	used := make(vector, len(have))
	for i, w := range chosen {
		if w < 0 {
			continue
		}
		count++
		for k, n := range claims[i].ways[w] {
			used[k] += n
		}
	}
	if !used.within(have) {
		t.Fatalf("takes %v of %v", used, have)
	}
	return count, used.sum()
}

func TestTheTableMakesTheMostReadyWithTheFewestItems(t *testing.T) {
	r := rand.New(rand.NewPCG(198, 57))
	for range 3_000 {
		claims, have := someClaims(r, 1+r.IntN(3))
		chosen, bound := divide(claims, have)
		count, items := fits(t, claims, have, chosen)
		want, fewest := mostOf(claims, have)
		if count != want || bound != want || items != fewest {
			t.Fatalf("%d claims with %d items (bound %d), want %d with %d: %+v of %v", count, items, bound, want, fewest, claims, have)
		}
	}
}

func TestWeightingStaysBetweenWhatItFindsAndItsBound(t *testing.T) {
	r := rand.New(rand.NewPCG(198, 58))
	best, all := 0, 0
	for range 3_000 {
		claims, have := someClaims(r, 2+r.IntN(3))
		chosen, bound := weighed(claims, have)
		count, _ := fits(t, claims, have, chosen)
		want, _ := mostOf(claims, have)
		if count > want || bound < want {
			t.Fatalf("%d to %d, but %d is the most: %+v of %v", count, bound, want, claims, have)
		}
		best, all = best+count, all+want
	}
	if best*100 < all*95 {
		t.Errorf("weighting makes %d of %d ready, less than 95 %%", best, all)
	}
}

func FuzzDivide(f *testing.F) {
	f.Add([]byte{2, 5, 3, 1, 0, 2, 1, 3, 3, 0})
	f.Add([]byte{1, 9, 4, 4, 4})
	f.Add([]byte{3, 1, 1, 1, 0, 0, 1, 0, 1, 0, 1, 0, 0})
	f.Fuzz(func(t *testing.T, raw []byte) {
		next := func(below int) int {
			if len(raw) == 0 {
				return 0
			}
			n := int(raw[0]) % below
			raw = raw[1:]
			return n
		}
		have := make(vector, 1+next(3))
		for i := range have {
			have[i] = next(9)
		}
		var claims []claim
		for len(raw) > 0 && len(claims) < 6 {
			v := make(vector, len(have))
			for i := range v {
				v[i] = next(5)
			}
			if v.sum() == 0 {
				v[0] = 1
			}
			if len(claims) > 0 && next(3) == 0 {
				last := &claims[len(claims)-1]
				last.ways = append(last.ways, v)
				continue
			}
			claims = append(claims, claim{ways: []vector{v}})
		}
		want, fewest := mostOf(claims, have)
		chosen, bound := divide(claims, have)
		if count, items := fits(t, claims, have, chosen); count != want || bound != want || items != fewest {
			t.Errorf("%d with %d (bound %d), want %d with %d", count, items, bound, want, fewest)
		}
		chosen, bound = weighed(claims, have)
		if count, _ := fits(t, claims, have, chosen); count > want || bound < want {
			t.Errorf("weighting: %d to %d, but %d is the most", count, bound, want)
		}
	})
}

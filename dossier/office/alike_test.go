package office

import (
	"strings"
	"testing"
)

// TestNoLikeNameIsLeftOutByItsLength holds the lengths that are read from the index against the rule itself.
func TestNoLikeNameIsLeftOutByItsLength(t *testing.T) {
	for a := 1; a <= 60; a++ {
		shortest, longest := lengths(a)
		for b := 1; b <= 90; b++ {
			like := nameAlike(strings.Repeat("a", a), strings.Repeat("a", b))
			if read := b >= shortest && b <= longest; like != read {
				t.Fatalf("%d letters beside %d: alike %t, read %t", b, a, like, read)
			}
		}
	}
}

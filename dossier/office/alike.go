package office

import (
	"encoding/json"
	"strings"
)

// nameAlike tells whether two folded names may be one person's: the same words in any
// order, or as many letters wrong as typing and dialect explain, one in five.
func nameAlike(a, b string) bool {
	if a == "" || b == "" {
		return false
	}
	if a == b || sameWords(a, b) {
		return true
	}
	x, y := []rune(a), []rune(b)
	most := wrong(max(len(x), len(y)))
	if len(x)-len(y) > most || len(y)-len(x) > most {
		return false
	}
	return edits(x, y, most) <= most
}

// wrong is how many letters of a name of this length may be wrong.
func wrong(length int) int { return length / 5 }

// lengths are the shortest and the longest name that may be like one of this length.
func lengths(of int) (shortest, longest int) {
	for longest = of; longest+1-of <= wrong(longest+1); longest++ {
	}
	return of - wrong(of), longest
}

func sameWords(a, b string) bool {
	x, y := strings.Fields(a), strings.Fields(b)
	if len(x) != len(y) || len(x) < 2 {
		return false
	}
	count := map[string]int{}
	for i := range x {
		count[x[i]]++
		count[y[i]]--
	}
	for _, n := range count {
		if n != 0 {
			return false
		}
	}
	return true
}

// edits is the number of letters to add, leave out, change or swap with the next one, to
// make one text from another; more than most is most+1.
func edits(a, b []rune, most int) int {
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		least := i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
			least = min(least, row[j])
		}
		if least > most {
			return most + 1
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}

// answer is the first of the named answers that is there, from the JSON of a form.
func answer(raw string, keys ...string) string {
	var all map[string]any
	if json.Unmarshal([]byte(raw), &all) != nil {
		return ""
	}
	for _, k := range keys {
		if v, ok := all[k].(string); ok && v != "" {
			return v
		}
	}
	return ""
}

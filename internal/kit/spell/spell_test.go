package spell

import (
	"strings"
	"testing"
)

func TestNumbersAsTheyAreSaid(t *testing.T) {
	for n, want := range map[int]string{0: "không", 4: "bốn", 5: "năm", 10: "mười", 11: "mười một", 14: "mười bốn", 15: "mười lăm", 20: "hai mươi", 21: "hai mươi mốt", 24: "hai mươi tư", 25: "hai mươi lăm",
		100: "một trăm", 101: "một trăm linh một", 105: "một trăm linh năm", 110: "một trăm mười", 999: "chín trăm chín mươi chín", 1000: "một nghìn", 1005: "một nghìn không trăm linh năm",
		1945: "một nghìn chín trăm bốn mươi lăm", 1990: "một nghìn chín trăm chín mươi", 2000: "hai nghìn", 2016: "hai nghìn không trăm mười sáu", 9999: "chín nghìn chín trăm chín mươi chín", -1: "", 10000: ""} {
		if got := Number(n); got != want {
			t.Errorf("%d is %q, want %q", n, got, want)
		}
	}
	if Month(4) != "tư" || Month(1) != "một" || Month(11) != "mười một" {
		t.Error(Month(4), Month(1), Month(11))
	}
}

// No two numbers are written alike, and none holds an empty word.
func TestEveryNumberHasItsOwnWords(t *testing.T) {
	seen := map[string]int{}
	for n := range Most + 1 {
		w := Number(n)
		if w == "" || strings.Contains(w, "  ") || strings.TrimSpace(w) != w {
			t.Fatalf("%d is %q", n, w)
		}
		if old, there := seen[w]; there {
			t.Fatalf("%d and %d are both %q", old, n, w)
		}
		seen[w] = n
	}
}

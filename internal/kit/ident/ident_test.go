package ident

import (
	"slices"
	"testing"
	"time"

	"lotrinh/internal/kit/fault"
)

func TestKeysAreOrderedByTheirMoment(t *testing.T) {
	at := time.Date(2016, 11, 10, 1, 0, 0, 0, time.UTC)
	var keys []ID
	for i := range 3000 {
		keys = append(keys, New(at.Add(time.Duration(i/100)*time.Millisecond)))
	}
	if !slices.IsSorted(keys) {
		t.Fatal("keys made one after the other are out of order")
	}
	slices.Sort(keys)
	if len(slices.Compact(keys)) != 3000 {
		t.Fatal("a key came twice")
	}
}

func TestParseAnswersMissingForNonsense(t *testing.T) {
	good := New(time.Unix(0, 0))
	if got, err := Parse(string(good)); err != nil || got != good {
		t.Fatalf("Parse(%q) = %q, %v", good, got, err)
	}
	for _, s := range []string{"", "1", "../etc", string(good) + "0", string(good[:35]) + "G"} {
		if _, err := Parse(s); !fault.Is(err, fault.Missing) {
			t.Errorf("Parse(%q): %v, want Missing", s, err)
		}
	}
}

func TestAKeyTellsWhenItWasMade(t *testing.T) {
	at := time.Date(2016, 11, 10, 2, 0, 0, 123_000_000, time.UTC)
	if got, ok := New(at).Made(); !ok || !got.Equal(at) {
		t.Errorf("%v %v", got, ok)
	}
	if _, ok := ID("x").Made(); ok {
		t.Error("nonsense has a moment")
	}
}

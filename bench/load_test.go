package main

import (
	"errors"
	"testing"
	"time"
)

func TestSummaryCountsEveryRequestOnce(t *testing.T) {
	var slow []time.Duration
	for i := 1; i <= 100; i++ {
		slow = append(slow, time.Duration(i)*time.Millisecond)
	}
	r := summary("x", 2, []tally{
		{took: slow[:50], bytes: 10, wall: time.Second},
		{took: slow[50:], bytes: 20, wall: 2 * time.Second, failed: 3, err: errors.New("no")},
	})
	if r.Count != 100 || r.Failed != 3 || r.Bytes != 30 || r.Err == nil || r.PerSecond() != 50 {
		t.Errorf("summary is %+v", r)
	}
	if r.P50 != 51*time.Millisecond || r.P95 != 96*time.Millisecond || r.P99 != 100*time.Millisecond {
		t.Errorf("percentiles are %v %v %v", r.P50, r.P95, r.P99)
	}
}

func TestNothingMeasuredIsZeroNotNaN(t *testing.T) {
	if r := summary("x", 1, []tally{{}}); r.PerSecond() != 0 || r.P99 != 0 {
		t.Errorf("summary is %+v", r)
	}
}

func TestAnInventoryIsAsLargeAsARealOneAndLikeNoOther(t *testing.T) {
	all := []post{{"00556", "018"}, {"00376", "016"}}
	seen := map[string]bool{}
	for machine := range 3 {
		for month := range 2 {
			l, err := letters(all, map[string]string{"018": "a", "016": "b"}, machine, month)
			if err != nil {
				t.Fatal(err)
			}
			if plain, wire := l.size>>10, len(l.body)>>10; plain < 380 || plain > 400 || wire < 26 || wire > 32 {
				t.Errorf("%d KB plain, %d KB on the wire", plain, wire)
			}
			if seen[string(l.body)] || l.from != []string{"a", "b"}[machine%2] {
				t.Errorf("machine %d in month %d", machine, month)
			}
			seen[string(l.body)] = true
		}
	}
}

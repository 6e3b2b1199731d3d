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

package schedule

import (
	"math"
	"slices"
	"testing"
)

func TestEarnedScheduleFollowsLipke(t *testing.T) {
	plan := []int{1, 1, 2, 2, 2, 3, 5, 5} // 2, 5, 6, 6, 8 by the ends of days 1 to 5
	for _, c := range []struct {
		done, at int
		want     float64
	}{{0, 2, 0}, {1, 1, 0.5}, {2, 1, 1}, {3, 2, 1 + 1.0/3}, {5, 2, 2}, {6, 3, 4}, {7, 4, 4.5}, {8, 9, 5}, {99, 9, 5}} {
		if e := EarnedSchedule(plan, c.done, c.at); math.Abs(e.Schedule-c.want) > 1e-9 || e.At != c.at {
			t.Errorf("%d done: %+v, want %v", c.done, e, c.want)
		}
	}
	e := EarnedSchedule(plan, 5, 4)
	if i, ok := e.Index(); !ok || i != 0.5 {
		t.Errorf("SPI(t) %v", i)
	}
	if whole, ok := e.Forecast(5); !ok || whole != 10 {
		t.Errorf("at half the pace five days take %v", whole)
	}
	if _, ok := (Earned{}).Index(); ok {
		t.Error("there is an index before the first day")
	}
	if _, ok := EarnedSchedule(plan, 0, 3).Forecast(5); ok {
		t.Error("there is a forecast while nothing is done")
	}
}

func TestWorkOnTimeHasIndexOneAndMoreDoneIsNeverLess(t *testing.T) {
	plan := []int{2, 4, 4, 7, 9, 9, 9, 12}
	for at := 1; at <= 12; at++ {
		done := 0
		for _, end := range plan {
			if end <= at {
				done++
			}
		}
		if i, _ := EarnedSchedule(plan, done, at).Index(); i < 1-1e-9 {
			t.Errorf("day %d, all that was planned is done: %v", at, i)
		}
	}
	last := -1.0
	for done := range len(plan) + 1 {
		e := EarnedSchedule(slices.Clone(plan), done, 5)
		if e.Schedule < last {
			t.Errorf("%d done earns %v, less than before", done, e.Schedule)
		}
		last = e.Schedule
	}
}

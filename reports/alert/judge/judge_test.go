package judge

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"lotrinh/internal/kit/clock"
	"lotrinh/reports/metric"
)

var lateShare = Rule{Threshold: 0.05, Clear: 0.04, MinOf: 20}

func TestAnAlertOpensOnceAndIsOverBelowTheClearThreshold(t *testing.T) {
	var s State
	for i, c := range []struct {
		v    float64
		of   int64
		want Event
	}{{0.05, 100, Nothing}, {0.051, 100, Opened}, {0.20, 100, Nothing}, {0.045, 100, Nothing}, {0.06, 100, Nothing}, {0.01, 19, Nothing}, {0.04, 100, Closed},
		{0.9, 19, Nothing}, {0.045, 100, Nothing}, {0.06, 20, Opened}} {
		var e Event
		if s, e = Step(lateShare, s, Reading{c.v, c.of, true}); e != c.want {
			t.Errorf("check %d: %q, want %q", i, e, c.want)
		}
		if i == 4 && s.Peak != 0.20 {
			t.Errorf("peak %v", s.Peak)
		}
	}
}

func TestARuleThatHoldsWaitsForChecksInARow(t *testing.T) {
	r := Rule{Threshold: 10, Clear: 10, Hold: 3}
	var s State
	got := ""
	for _, v := range []float64{11, 12, 9, 11, 11, 11, 8, 8, 11, 8, 8, 8} {
		var e Event
		s, e = Step(r, s, Reading{Value: v, Known: true})
		switch e {
		case Opened:
			got += "O"
		case Closed:
			got += "C"
		default:
			got += "."
		}
	}
	if got != ".....O.....C" {
		t.Error(got)
	}
	if _, e := Step(r, State{Hits: 2}, Reading{}); e != Nothing {
		t.Error("the unknown opened an alert")
	}
}

// holds checks what must hold of any series: events alternate, an opening is beyond the
// threshold and a closing within the clear one, and the state says what the events said.
func holds(t *testing.T, r Rule, values []float64) {
	t.Helper()
	var s State
	open := false
	for i, v := range values {
		x := Reading{Value: v, Of: int64(i % 40), Known: !math.IsNaN(v)}
		next, e := Step(r, s, x)
		switch e {
		case Opened:
			if open || !x.Known || x.Of < r.MinOf || !r.worse(v, r.Threshold) {
				t.Fatalf("%+v opened at %d with %v", r, i, v)
			}
			open = true
		case Closed:
			if !open || !x.Known || x.Of < r.MinOf || !r.cleared(v) || r.worse(v, r.Threshold) {
				t.Fatalf("%+v closed at %d with %v", r, i, v)
			}
			open = false
		}
		if next.Open != open || open && r.worse(r.Threshold, next.Peak) {
			t.Fatalf("%+v: state %+v after %q", r, next, e)
		}
		s = next
	}
}

func TestOpeningsAndClosingsAlternateWhateverHappens(t *testing.T) {
	dice := rand.New(rand.NewPCG(7, 198))
	for range 2000 {
		r := Rule{Below: dice.IntN(2) == 0, Threshold: dice.Float64(), Hold: dice.IntN(4), MinOf: int64(dice.IntN(30))}
		r.Clear = r.Threshold - dice.Float64()/3
		if r.Below {
			r.Clear = r.Threshold + dice.Float64()/3
		}
		if err := r.Check(); err != nil {
			t.Fatal(err)
		}
		values := make([]float64, 60)
		for i := range values {
			if values[i] = dice.Float64() * 1.2; dice.IntN(9) == 0 {
				values[i] = math.NaN()
			}
		}
		holds(t, r, values)
	}
}

func FuzzAnAlertNeverOpensTwice(f *testing.F) {
	f.Add([]byte{1, 200, 3, 90, 90}, uint8(100), uint8(80), uint8(2), false)
	f.Add([]byte{0, 255, 0, 255}, uint8(5), uint8(9), uint8(0), true)
	f.Add([]byte{}, uint8(0), uint8(0), uint8(1), false)
	f.Fuzz(func(t *testing.T, raw []byte, threshold, clear, hold uint8, below bool) {
		r := Rule{Below: below, Threshold: float64(threshold), Clear: float64(clear), Hold: int(hold % 10)}
		if r.Check() != nil {
			return
		}
		values := make([]float64, len(raw))
		for i, b := range raw {
			values[i] = float64(b)
		}
		holds(t, r, values)
	})
}

// told is a history in which a flow or level had these values on the days up to a day.
func told(until time.Time, all map[metric.Key][]int64) History {
	h := History{}
	for k, values := range all {
		l := metric.Line{Metric: k}
		for i, n := range values {
			l.Marks = append(l.Marks, metric.Mark{Day: clock.Date(until.AddDate(0, 0, i-len(values)+1)), Value: metric.Value{N: n, Known: true}})
		}
		h.Learn(l)
	}
	return h
}

func TestWindowsSumFlowsAndTakeLevelsAsTheyStand(t *testing.T) {
	day, err := clock.ParseDate("2016-11-10") // a Thursday
	if err != nil {
		t.Fatal(err)
	}
	h := told(day, map[metric.Key][]int64{"dossiers.finished": {10, 10, 10, 10, 20, 20}, "dossiers.finished_late": {9, 0, 0, 0, 1, 3}, "tickets.open": {7, 9}, "tickets.opened": {100, 1, 2, 3, 4}})
	find := func(k metric.Key) metric.Metric {
		m, ok := metric.Find(k)
		if !ok {
			t.Fatal(k)
		}
		return m
	}
	for _, c := range []struct {
		key  metric.Key
		w    Window
		want float64
	}{{"dossiers.late_share", Window{LastDays, 2}, 0.1}, {"tickets.open", Window{Month, 0}, 9}, {"tickets.opened", Window{Week, 0}, 10}, {"tickets.opened", Window{Month, 0}, 110}, {"tickets.opened", Window{LastDays, 1}, 4}} {
		if x := h.Read(find(c.key), c.w, false, day); !x.Known || math.Abs(x.Value-c.want) > 1e-9 {
			t.Errorf("%s %v: %+v, want %v", c.key, c.w, x, c.want)
		}
	}
	if x := h.Read(find("gaps.open"), Window{LastDays, 1}, false, day); x.Known {
		t.Errorf("what nobody told is known: %+v", x)
	}
	flow := make([]int64, 36)
	for i := range flow {
		flow[i] = 10
	}
	flow[35] = 13
	h = told(day, map[metric.Key][]int64{"tickets.opened": flow})
	if x := h.Read(find("tickets.opened"), Window{LastDays, 1}, true, day); !x.Known || math.Abs(x.Value-0.3) > 1e-9 {
		t.Errorf("against the four Thursdays before: %+v", x)
	}
	if x := h.Read(find("tickets.opened"), Window{LastDays, 7}, true, day.AddDate(0, 0, -8)); x.Known {
		t.Errorf("too little past: %+v", x)
	}
	if n := h.Count(Rule{Threshold: 0.2, Clear: 0.2}, find("tickets.opened"), Window{LastDays, 1}, true, day.AddDate(0, 0, -6), 7); n != 1 {
		t.Errorf("%d alerts", n)
	}
}

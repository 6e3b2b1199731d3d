package quality

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/worktime"
)

// monday is 07/11/2016 00:00 in the city.
var monday = time.Date(2016, 11, 7, 0, 0, 0, 0, clock.City)

var cal = worktime.Vietnam(2016, 2017)

func at(day, hour, minute int) time.Time {
	return monday.AddDate(0, 0, day).Add(time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute)
}

func probe(when time.Time, rtt float64) Measurement {
	return Measurement{At: when, Requests: []Sample{{RTT: rtt, Lost: rtt < 0}}}
}

func TestAPercentileIsOneOfTheValuesAndRises(t *testing.T) {
	r := rand.New(rand.NewPCG(198, 2016))
	for range 500 {
		values := make([]float64, 1+r.IntN(60))
		for i := range values {
			values[i] = math.Round(r.Float64()*1000) / 10
		}
		slices.Sort(values)
		last := math.Inf(-1)
		for part := 0.0; part <= 1; part += 0.05 {
			v := Percentile(values, part)
			reach := 0
			for _, x := range values {
				if x <= v {
					reach++
				}
			}
			switch {
			case !slices.Contains(values, v):
				t.Fatalf("%v of %v is %v, none of them", part, values, v)
			case v < last:
				t.Fatalf("%v of %v falls", part, values)
			case float64(reach) < part*float64(len(values)):
				t.Fatalf("%v of %v is %v, and only %d are within", part, values, v, reach)
			}
			last = v
		}
	}
	if !math.IsNaN(Percentile(nil, 0.5)) {
		t.Fatal("a percentile of nothing")
	}
}

// TestOnlyWorkingHoursCount adds noise at night, at noon, on Sundays and in outages:
// nothing may move. It also shuffles.
func TestOnlyWorkingHoursCount(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 100 {
		var in, noise []Measurement
		out := []Span{{From: at(1, 9, 0), Until: at(1, 10, 0)}}
		for day := range 12 {
			for range 2 + r.IntN(6) {
				when := at(day, r.IntN(24), r.IntN(60))
				m := probe(when, float64(r.IntN(400)))
				if r.IntN(10) == 0 {
					m = probe(when, -1)
				}
				open, _ := cal.IsOpen(when)
				if open && !out[0].Holds(when) {
					in = append(in, m)
				} else {
					noise = append(noise, m)
				}
			}
		}
		want := ByDay(cal, in, nil)
		full := len(in)
		for _, m := range noise {
			if open, _ := cal.IsOpen(m.At); open {
				full++ // in the outage: seen, and no more
			}
		}
		all := append(slices.Clone(in), noise...)
		r.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		got := ByDay(cal, all, out)
		if seen := Sum(got).Seen; seen != full {
			t.Fatalf("%d seen, not %d", seen, full)
		}
		got = slices.DeleteFunc(got, func(d Day) bool { return d.Runs == 0 })
		if len(want) != len(got) {
			t.Fatalf("%d days, not %d", len(got), len(want))
		}
		var flat []float64
		for i := range got {
			if got[i].Date != want[i].Date || got[i].Runs != want[i].Runs || got[i].Lost != want[i].Lost || !slices.Equal(got[i].RTTs, want[i].RTTs) {
				t.Fatalf("%+v, not %+v", got[i], want[i])
			}
			flat = append(flat, got[i].RTTs...)
		}
		slices.Sort(flat)
		f := Sum(got)
		if f.P95 != nil && (*f.P95 != Percentile(flat, 0.95) || *f.P50 > *f.P95) {
			t.Fatalf("p50 %v, p95 %v of %v", *f.P50, *f.P95, flat)
		}
	}
}

func TestTooLittleIsUnknown(t *testing.T) {
	speed := 1.2
	run := func(day, n int) []Measurement {
		var all []Measurement
		for i := range n {
			all = append(all, Measurement{At: at(day, 8, 2*i), Requests: []Sample{{RTT: 40}}, Down: &speed, Up: &speed})
		}
		return all
	}
	for _, c := range []struct {
		name  string
		all   []Measurement
		known bool
	}{
		{"nothing", nil, false},
		{"many on two days", slices.Concat(run(0, 30), run(1, 30)), false},
		{"19 on three days", slices.Concat(run(0, 7), run(1, 6), run(2, 6)), false},
		{"20 on three days", slices.Concat(run(0, 7), run(1, 7), run(2, 6)), true},
		{"20 on three days, one of them a Sunday", slices.Concat(run(0, 7), run(1, 7), run(6, 6)), false},
	} {
		f := Sum(ByDay(cal, c.all, nil))
		if (f.P95 != nil) != c.known || (f.Down != nil) != c.known || (f.Loss != nil) != c.known {
			t.Errorf("%s: %+v", c.name, f)
		}
		if c.known && (*f.Down != speed || *f.P50 != 40 || *f.Loss != 0) {
			t.Errorf("%s: %v Mbps, %v ms, %v %%", c.name, *f.Down, *f.P50, *f.Loss)
		}
	}
}

// TestAvailabilityIsWhatCountingMinutesGives compares with a count of minutes.
func TestAvailabilityIsWhatCountingMinutesGives(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 60 {
		from := at(r.IntN(3), r.IntN(24), r.IntN(60))
		until := from.Add(time.Duration(60+r.IntN(6*24*60)) * time.Minute)
		var outages []Span
		for range r.IntN(4) {
			a := from.Add(time.Duration(r.IntN(5*24*60)-600) * time.Minute)
			s := Span{From: a, Until: a.Add(time.Duration(1+r.IntN(600)) * time.Minute)}
			if r.IntN(6) == 0 {
				s.Until = time.Time{}
			}
			outages = append(outages, s)
		}
		var all, up int
		for m := from; m.Before(until); m = m.Add(time.Minute) {
			if open, _ := cal.IsOpen(m); !open {
				continue
			}
			all++
			if !slices.ContainsFunc(outages, func(s Span) bool { return s.Holds(m) }) {
				up++
			}
		}
		got, known := Availability(cal, from, until, outages)
		if known != (all > 0) {
			t.Fatalf("known %v with %d minutes", known, all)
		}
		if known && math.Abs(got-float64(up)/float64(all)*100) > 1e-9 {
			t.Fatalf("%v %% of %s to %s, counted %d of %d", got, from, until, up, all)
		}
	}
	if _, known := Availability(cal, at(0, 9, 0).AddDate(5, 0, 0), at(0, 17, 0).AddDate(5, 0, 0), nil); known {
		t.Fatal("a year without a calendar was counted")
	}
}

func TestALineIsDownFromTheFirstFailure(t *testing.T) {
	var w Watch
	var turn Turn
	for i, step := range []struct {
		answers bool
		want    Turn
	}{{true, Same}, {false, Same}, {true, Same}, {false, Same}, {false, Same}, {false, Fell}, {false, Same}, {true, Rose}, {false, Same}} {
		w, turn = w.See(at(0, 8, 5*i), step.answers)
		if turn != step.want {
			t.Fatalf("probe %d: turn %v, not %v", i, turn, step.want)
		}
		if turn == Fell && !w.Since.Equal(at(0, 8, 15)) {
			t.Fatalf("down since %s", w.Since)
		}
	}
}

func FuzzPack(f *testing.F) {
	f.Add("305:12.5 605:-")
	f.Add("0:0 3599:60000 3600:1 -1:2 7:NaN 8:x 9")
	f.Add("")
	hour := monday.Add(8 * time.Hour)
	f.Fuzz(func(t *testing.T, text string) {
		once := Unpack(hour, text)
		again := Unpack(hour, Pack(hour, once))
		if len(once) != len(again) {
			t.Fatalf("%d samples became %d", len(once), len(again))
		}
		for _, s := range again {
			if s.At.Before(hour) || !s.At.Before(hour.Add(time.Hour)) {
				t.Fatalf("%s is outside its hour", s.At)
			}
		}
	})
}

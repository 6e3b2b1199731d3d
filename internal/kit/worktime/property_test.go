package worktime

import (
	"math/rand/v2"
	"testing"
	"time"
)

var zones = []string{"Asia/Ho_Chi_Minh", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/St_Johns", "Africa/Casablanca"}

func eachRandom(t *testing.T, f func(t *testing.T, r *rand.Rand, c *Calendar, from time.Time)) {
	t.Helper()
	r := rand.New(rand.NewPCG(26, 10))
	for _, zone := range zones {
		loc, err := time.LoadLocation(zone)
		if err != nil {
			t.Fatal(err)
		}
		for range 60 {
			from := randomStart(r, loc).Add(time.Duration(r.Int64N(int64(time.Minute))))
			f(t, r, randomCalendar(t, r, loc), from)
		}
	}
}

func must(t *testing.T) func(Due, error) time.Time {
	return func(d Due, err error) time.Time {
		t.Helper()
		if err != nil || !d.Known() {
			t.Fatal(d.Missing, err)
		}
		return d.At
	}
}

func TestWhatWasAddedLiesBetween(t *testing.T) {
	eachRandom(t, func(t *testing.T, r *rand.Rand, c *Calendar, from time.Time) {
		n := time.Duration(r.Int64N(int64(200 * time.Hour)))
		p := Pause{from.Add(time.Duration(r.Int64N(int64(50 * time.Hour)))), from.Add(50*time.Hour + time.Duration(r.Int64N(int64(50*time.Hour))))}
		due, err := c.Add(from, n, false, p)
		at := must(t)(due, err)
		if w, err := c.Between(from, at, p); err != nil || w.Time != n {
			t.Errorf("%s: between %s and %s lie %s, want %s (%v)", c.zone, from, at, w.Time, n, err)
		}
		checkSum(t, due, n)
		if back := must(t)(c.Add(at, n, true, p)); n > 0 {
			if w, err := c.Between(from, back, p); err != nil || w.Time != 0 {
				t.Errorf("%s: %s + %s - %s = %s", c.zone, from, n, n, back)
			}
		}
	})
}

func TestLaterNeverComesEarlier(t *testing.T) {
	eachRandom(t, func(t *testing.T, r *rand.Rand, c *Calendar, from time.Time) {
		n, d := r.Int64N(5000), r.IntN(40)
		later := from.Add(time.Duration(r.Int64N(int64(100 * time.Hour))))
		get := must(t)
		for _, pair := range [][2]time.Time{
			{get(c.AddMinutes(from, n)), get(c.AddMinutes(from, n+r.Int64N(300)))},
			{get(c.AddMinutes(from, n)), get(c.AddMinutes(later, n))},
			{get(c.AddDays(from, d)), get(c.AddDays(from, d+1))},
			{get(c.BackMinutes(from, n+r.Int64N(300))), get(c.BackMinutes(from, n))},
			{get(c.BackDays(from, d+1)), get(c.BackDays(from, d))},
			{from, get(c.AddDays(from, d))},
			{get(c.BackDays(from, d)), from},
		} {
			if pair[1].Before(pair[0]) {
				t.Errorf("%s: %s is before %s (from %s, later %s, %d min, %d days)", c.zone, pair[1], pair[0], from, later, n, d)
			}
		}
	})
}

// In an ordinary office what arrives later is never due earlier, whatever the day.
func TestLaterArrivalIsNeverDueEarlier(t *testing.T) {
	c := Vietnam(2016, 2027)
	r := rand.New(rand.NewPCG(1, 11))
	for range 3000 {
		from := time.Date(2016, 1, 5, 0, r.IntN(10*365*1440), 0, 0, time.UTC)
		later, n := from.Add(time.Duration(r.IntN(6*1440))*time.Minute), r.IntN(30)
		a, b := must(t)(c.AddDays(from, n)), must(t)(c.AddDays(later, n))
		if b.Before(a) {
			t.Errorf("%d days: from %s due %s, from %s due %s", n, from.In(c.zone), a, later.In(c.zone), b)
		}
		if open, _ := c.IsOpen(a.Add(-1)); !open {
			if open, _ = c.IsOpen(a); !open {
				t.Errorf("%d days from %s is due outside hours: %s", n, from.In(c.zone), a)
			}
		}
	}
}

func BenchmarkAddMinutes(b *testing.B) {
	c := Vietnam(2016, 2027)
	from := time.Date(2016, 11, 10, 2, 0, 0, 0, time.UTC)
	for b.Loop() {
		if _, err := c.AddMinutes(from, 960); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkAddACentury(b *testing.B) {
	zone, err := time.LoadLocation("America/New_York")
	if err != nil {
		b.Fatal(err)
	}
	c, err := New(Spec{Zone: zone, Week: Office()})
	if err != nil {
		b.Fatal(err)
	}
	from := time.Date(2016, 11, 10, 2, 0, 0, 0, time.UTC)
	for b.Loop() {
		if _, err := c.AddMinutes(from, 100*260*480); err != nil {
			b.Fatal(err)
		}
	}
}

// Beyond 2037 a zone's changes of clocks come from a rule; the last day of a leap
// year is where its bounds are wrong.
func TestFarAheadInZonesThatChangeClocks(t *testing.T) {
	for _, zone := range append(zones, "Australia/Sydney") {
		loc, err := time.LoadLocation(zone)
		if err != nil {
			t.Fatal(err)
		}
		var week Week
		for d := range week {
			week[d] = []Span{{8 * 60, 12 * 60}, {13 * 60, 17 * 60}}
		}
		c, err := New(Spec{Zone: loc, Week: week})
		if err != nil {
			t.Fatal(err)
		}
		from := time.Date(2016, 1, 1, 9, 0, 0, 0, loc)
		for _, years := range []int{24, 25, 80, 150} {
			until := time.Date(2016+years, 1, 1, 9, 0, 0, 0, loc)
			n := int64(until.Sub(from).Hours()/24+0.5) * 480
			if at := must(t)(c.AddMinutes(from, n)); !at.Equal(time.Date(2015+years, 12, 31, 17, 0, 0, 0, loc)) && !at.Equal(until) {
				t.Errorf("%s: %d years later is %s, want %s", zone, years, at, until)
			}
			if at := must(t)(c.BackMinutes(until, n)); !at.Equal(from) {
				t.Errorf("%s: %d years before is %s", zone, years, at)
			}
		}
		for d := DayOf(2037, 1, 1); d < DayOf(2049, 1, 1); d++ {
			y, m, day := d.Date()
			open, known := c.IsOpen(time.Date(y, m, day, 10, 0, 0, 0, loc))
			shut, _ := c.IsOpen(time.Date(y, m, day, 20, 0, 0, 0, loc))
			if !open || !known || shut {
				t.Fatalf("%s: %s at 10:00 open %v, at 20:00 open %v", zone, d, open, shut)
			}
		}
	}
}

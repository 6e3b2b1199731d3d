package period

import (
	"math/rand/v2"
	"testing"
	"time"
)

// tiled are the kinds whose periods hold every moment.
var tiled = []Kind{Day, Week, Month, Quarter, Half, Year, CalendarMonth, CalendarQuarter, CalendarYear}

// check says what is wrong with the periods around a moment.
func check(t *testing.T, c Calendar, at time.Time) {
	t.Helper()
	for _, k := range Kinds {
		p, ok := c.At(k, at)
		if !ok {
			if k != Nine && k != CampaignWeek {
				t.Fatalf("no %s holds %v", k, at)
			}
			continue
		}
		if !p.Holds(at) || !p.Until.After(p.From) || !p.Whole() {
			t.Fatalf("%s %s is %v to %v, asked for %v", k, p.Key, p.From, p.Until, at)
		}
		for _, inside := range []time.Time{p.From, p.Until.Add(-time.Microsecond)} {
			if q, _ := c.At(k, inside); q != p {
				t.Fatalf("%s: %v is of %s, not of %s", k, inside, q.Key, p.Key)
			}
		}
		if last, ok := c.Last(k, p.Until); !ok || last != p {
			t.Fatalf("%s: at its end the last whole one is %s, not %s", k, last.Key, p.Key)
		}
		next, _ := c.After(p)
		if back, ok := c.Before(next); !ok || back != p {
			t.Fatalf("%s: before %s lies %s, not %s", k, next.Key, back.Key, p.Key)
		}
		if k == Nine {
			continue
		}
		if !next.From.Equal(p.Until) || next.Key == p.Key {
			t.Fatalf("%s %s ends %v, %s begins %v", k, p.Key, p.Until, next.Key, next.From)
		}
	}
	nested(t, c, at)
}

// nested says whether the longer kinds are made of the shorter ones.
func nested(t *testing.T, c Calendar, at time.Time) {
	t.Helper()
	for _, pair := range [][2]Kind{{Month, Quarter}, {Quarter, Half}, {Half, Year}, {CalendarMonth, CalendarQuarter}, {CalendarQuarter, CalendarYear}, {Day, Month}, {Day, Week}} {
		small, _ := c.At(pair[0], at)
		big, _ := c.At(pair[1], at)
		if small.From.Before(big.From) || small.Until.After(big.Until) {
			t.Fatalf("%s is not inside %s", small.Key, big.Key)
		}
	}
	year, _ := c.At(Year, at)
	if nine, ok := c.At(Nine, at); ok {
		if third, _ := c.At(Quarter, nine.Until.Add(-time.Microsecond)); !nine.From.Equal(year.From) || !nine.Until.Equal(third.Until) {
			t.Fatalf("%s is not three quarters of %s", nine.Key, year.Key)
		}
	} else if fourth, _ := c.At(Quarter, at); !fourth.Until.Equal(year.Until) {
		t.Fatalf("%v is in no nine months and not in the last quarter", at)
	}
}

// some are the built-in profiles and a few random ones.
func some(r *rand.Rand) []Profile {
	all := BuiltIn()
	for range r.IntN(4) {
		day := date(1980+r.IntN(60), time.Month(1+r.IntN(12)), 1+r.IntN(28))
		all = append(all, Profile{From: day.Format(time.DateOnly), OpensOn: 1 + r.IntN(LastOpening)})
	}
	return all
}

func TestPeriodsTileTimeUnderAnyProfiles(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 9))
	for range 400 {
		c := calendar(t, some(r), "2016-10-26")
		for range 10 {
			at := date(1976, 1, 1).Add(time.Duration(r.Int64N(80*365*24*3600)) * time.Second)
			check(t, c, at)
		}
		for _, start := range c.starts[1:] {
			for _, by := range []time.Duration{-time.Microsecond, 0, 24 * time.Hour, 31 * 24 * time.Hour} {
				check(t, c, start.Add(by))
			}
		}
	}
}

func TestEveryMomentIsInExactlyOneOfAWalk(t *testing.T) {
	c := calendar(t, BuiltIn(), "")
	for _, k := range tiled {
		p, _ := c.At(k, moment(t, "2015-01-01"))
		keys := map[string]bool{}
		for range 200 {
			if keys[p.Key] {
				t.Fatalf("%s comes twice", p.Key)
			}
			keys[p.Key] = true
			p, _ = c.After(p)
		}
	}
}

func FuzzAMomentBelongsToOnePeriod(f *testing.F) {
	f.Add(int64(1479142800_000000), int64(1552323600), uint8(15)) // 00:00 on 15/11/2016
	f.Add(int64(1479142799_999999), int64(0), uint8(1))
	f.Add(int64(1552582800_000000), int64(1552323600), uint8(28)) // 00:00 on 15/3/2019
	f.Fuzz(func(t *testing.T, micros, start int64, opens uint8) {
		const century = 100 * 365 * 24 * 3600 // 1976 to 2076
		low := date(1976, 1, 1)
		at := low.Add(time.Duration(abs(micros)%(century*1_000_000)) * time.Microsecond)
		from := low.Add(time.Duration(abs(start)%century) * time.Second)
		profiles := append(BuiltIn(), Profile{From: from.Format(time.DateOnly), OpensOn: 1 + int(opens)%LastOpening})
		check(t, calendar(t, profiles, "2016-10-26"), at)
	})
}

func abs(n int64) int64 { return max(n, -(n + 1)) }

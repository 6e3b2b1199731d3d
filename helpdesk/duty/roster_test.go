package duty

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"lotrinh/helpdesk"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/worktime"
)

// city is a moment of November 2016; the 10th is a Thursday.
func city(day, hour, minute int) time.Time {
	return time.Date(2016, 11, day, hour, minute, 0, 0, clock.City).UTC()
}

// weekdays works from Monday to Friday.
func weekdays(d worktime.Day) bool {
	return d.Weekday() != time.Saturday && d.Weekday() != time.Sunday
}

func shift(who ident.ID, day time.Weekday, from, to int) Shift {
	return Shift{Group: helpdesk.Desk, Account: who, Weekday: day, From: worktime.Minute(from * 60), To: worktime.Minute(to * 60)}
}

func TestWhoIsOnDuty(t *testing.T) {
	r := Roster{
		Shifts: []Shift{shift("an", time.Thursday, 8, 12), shift("an", time.Thursday, 13, 17), shift("binh", time.Thursday, 8, 17), shift("an", time.Saturday, 8, 12),
			{Group: helpdesk.Infra, Account: "dung", Weekday: time.Thursday, From: 0, To: 1440}},
		Exceptions: []Exception{{Group: helpdesk.Desk, Account: "binh", Day: "2016-11-17"}, {Group: helpdesk.Desk, Account: "chi", Day: "2016-11-12", Works: true, From: 480, To: 720}},
		Absences:   []Absence{{Account: "an", StandIn: "binh", From: city(17, 0, 0), Until: city(18, 0, 0)}},
	}
	for _, one := range []struct {
		name string
		at   time.Time
		want []ident.ID
	}{
		{"in the morning", city(10, 9, 0), []ident.ID{"an", "binh"}},
		{"at noon one has a break", city(10, 12, 0), []ident.ID{"binh"}},
		{"a shift ends when it ends", city(10, 17, 0), nil},
		{"before work", city(10, 7, 59), nil},
		{"another day", city(11, 9, 0), nil},
		{"the pattern does not hold on a day off, an exception does", city(12, 9, 0), []ident.ID{"chi"}},
		{"one away, one excepted", city(17, 9, 0), nil},
	} {
		if got := r.On(helpdesk.Desk, one.at, weekdays); !slices.Equal(got, one.want) {
			t.Errorf("%s: %v, want %v", one.name, got, one.want)
		}
	}
}

func TestWhoGetsTheNextTicket(t *testing.T) {
	on := []ident.ID{"an", "binh", "chi"}
	load := map[ident.ID]int64{"an": 7, "binh": 2, "chi": 2}
	for _, one := range []struct {
		name     string
		mode     Mode
		last     ident.ID
		district ident.ID
		want     ident.ID
	}{
		{"by hand", ByHand, "", "", ""},
		{"the first in turn", RoundRobin, "", "", "an"},
		{"the next in turn", RoundRobin, "an", "", "binh"},
		{"the turn begins again", RoundRobin, "chi", "", "an"},
		{"whoever was last has left", RoundRobin, "bao", "", "binh"},
		{"the least work", ByLoad, "", "", "binh"},
		{"equally little: in turn", ByLoad, "binh", "", "chi"},
		{"the district's own", ByDistrict, "", "an", "an"},
		{"the district's own is not on duty", ByDistrict, "", "dung", "binh"},
	} {
		if got := Choose(one.mode, on, load, one.last, one.district); got != one.want {
			t.Errorf("%s: %q, want %q", one.name, got, one.want)
		}
	}
	if got := Choose(RoundRobin, nil, nil, "", ""); got != "" {
		t.Errorf("nobody on duty: %q", got)
	}
}

// By load, nobody ends up with more than one ticket's weight above another.
func TestLoadIsShared(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for range 200 {
		var on []ident.ID
		for i := range 1 + random.IntN(6) {
			on = append(on, ident.ID(rune('a'+i)))
		}
		load, last := map[ident.ID]int64{}, ident.ID("")
		for range 60 {
			last = Choose(ByLoad, on, load, last, "")
			load[last] += weights[1+random.IntN(4)]
		}
		low, high := load[on[0]], load[on[0]]
		for _, who := range on {
			low, high = min(low, load[who]), max(high, load[who])
		}
		if high-low > weights[1] {
			t.Fatalf("%v", load)
		}
	}
}

// In turn, everybody gets the same number, one more at most.
func TestTurnsAreEqual(t *testing.T) {
	for n := 1; n < 7; n++ {
		var on []ident.ID
		for i := range n {
			on = append(on, ident.ID(rune('a'+i)))
		}
		got, last := map[ident.ID]int{}, ident.ID("")
		for range 25 {
			last = Choose(RoundRobin, on, nil, last, "")
			got[last]++
		}
		for _, who := range on {
			if got[who] < 25/n || got[who] > 25/n+1 {
				t.Errorf("%d people: %v", n, got)
			}
		}
	}
}

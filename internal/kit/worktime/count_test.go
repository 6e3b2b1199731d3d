package worktime

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/i18n"
)

const hanoi2017 = `{"timezone":"Asia/Ho_Chi_Minh","week":{"mon":[["08:00","12:00"],["13:30","17:30"]],
"tue":[["08:00","12:00"],["13:30","17:30"]],"wed":[["08:00","12:00"],["13:30","17:30"]],
"thu":[["08:00","12:00"],["13:30","17:30"]],"fri":[["08:00","12:00"],["13:30","17:30"]]},
"days_off":["2017-01-02","2017-01-26","2017-01-27","2017-01-30","2017-01-31","2017-02-01","2017-04-06","2017-05-01","2017-05-02","2025-04-30","2025-05-01","2025-05-02"],
"special_days":{"2025-04-26":[["08:00","12:00"]]}}`

func calendar(t testing.TB, text string) *Calendar {
	t.Helper()
	c, err := ReadFile(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func at(t testing.TB, s string) time.Time {
	t.Helper()
	if len(s) == len("2006-01-02 15:04") {
		s = strings.Replace(s, " ", "T", 1) + ":00+07:00"
	}
	v, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func pauses(t testing.TB, list []string) (all []Pause) {
	for _, p := range list {
		from, to, _ := strings.Cut(p, "/")
		all = append(all, Pause{at(t, from), at(t, to)})
	}
	return all
}

func TestMinutesInHanoi(t *testing.T) {
	c := calendar(t, hanoi2017)
	for _, tc := range []struct {
		name, from string
		n          int64
		pauses     []string
		back       bool
		want       string
	}{
		{name: "within the morning", from: "2016-11-10 08:00", n: 90, want: "2016-11-10 09:30"},
		{name: "over lunch", from: "2016-11-10 11:45", n: 30, want: "2016-11-10 13:45"},
		{name: "lunch closing itself", from: "2016-11-10 11:30", n: 30, want: "2016-11-10 12:00"},
		{name: "closing itself, not the next morning", from: "2016-11-10 16:30", n: 60, want: "2016-11-10 17:30"},
		{name: "one minute past closing", from: "2016-11-10 16:30", n: 61, want: "2016-11-11 08:01"},
		{name: "from the closing", from: "2016-11-10 17:30", n: 1, want: "2016-11-11 08:01"},
		{name: "from lunch", from: "2016-11-10 12:20", n: 10, want: "2016-11-10 13:40"},
		{name: "from Saturday", from: "2016-11-12 10:00", n: 60, want: "2016-11-14 09:00"},
		{name: "nothing, in hours", from: "2016-11-10 09:00", n: 0, want: "2016-11-10 09:00"},
		{name: "nothing, at closing", from: "2016-11-10 17:30", n: 0, want: "2016-11-10 17:30"},
		{name: "nothing, at night", from: "2016-11-10 20:00", n: 0, want: "2016-11-11 08:00"},
		{name: "over Tết 2017", from: "2017-01-25 16:00", n: 960, want: "2017-02-03 16:00"},
		{name: "to the second", from: "2016-11-10T11:59:30.5+07:00", n: 1, want: "2016-11-10T13:30:30.5+07:00"},
		{name: "make-up Saturday", from: "2025-04-25 16:30", n: 120, want: "2025-04-26 09:00"},
		{name: "past the make-up Saturday", from: "2025-04-26 11:00", n: 90, want: "2025-04-28 08:30"},
		{name: "over 30/4", from: "2025-04-29 17:00", n: 60, want: "2025-05-05 08:30"},
		{name: "paused over lunch", from: "2016-11-10 11:00", n: 60, pauses: []string{"2016-11-10 11:30/2016-11-10 14:00"}, want: "2016-11-10 14:30"},
		{name: "pause at night costs nothing", from: "2016-11-10 16:00", n: 120, pauses: []string{"2016-11-10 17:30/2016-11-11 08:00"}, want: "2016-11-11 08:30"},
		{name: "overlapping pauses count once", from: "2016-11-10 08:00", n: 60,
			pauses: []string{"2016-11-10 08:30/2016-11-10 09:30", "2016-11-10 09:00/2016-11-10 10:00", "2016-11-10 09:10/2016-11-10 09:20"}, want: "2016-11-10 10:30"},
		{name: "pause over the start", from: "2016-11-10 09:00", n: 60, pauses: []string{"2016-11-10 07:00/2016-11-10 09:30"}, want: "2016-11-10 10:30"},
		{name: "pause that starts when it is due", from: "2016-11-10 09:00", n: 60, pauses: []string{"2016-11-10 10:00/2016-11-10 11:00"}, want: "2016-11-10 10:00"},
		{name: "empty pause", from: "2016-11-10 09:00", n: 60, pauses: []string{"2016-11-10 09:30/2016-11-10 09:30"}, want: "2016-11-10 10:00"},
		{name: "back over lunch", from: "2016-11-10 13:45", n: 30, back: true, want: "2016-11-10 11:45"},
		{name: "back to the opening itself", from: "2016-11-10 09:00", n: 60, back: true, want: "2016-11-10 08:00"},
		{name: "back past the opening", from: "2016-11-10 09:00", n: 61, back: true, want: "2016-11-09 17:29"},
		{name: "back, nothing, at night", from: "2016-11-10 20:00", n: 0, back: true, want: "2016-11-10 17:30"},
		{name: "back, nothing, at the opening", from: "2016-11-10 08:00", n: 0, back: true, want: "2016-11-10 08:00"},
		{name: "back over Tết", from: "2017-02-02 08:30", n: 60, back: true, want: "2017-01-25 17:00"},
		{name: "back with a pause", from: "2016-11-10 10:00", n: 60, back: true, pauses: []string{"2016-11-10 09:00/2016-11-10 09:30"}, want: "2016-11-10 08:30"},
		{name: "back with a pause over the start", from: "2016-11-10 10:00", n: 60, back: true, pauses: []string{"2016-11-10 09:30/2016-11-10 11:00"}, want: "2016-11-10 08:30"},
	} {
		add := c.AddMinutes
		if tc.back {
			add = c.BackMinutes
		}
		got, err := add(at(t, tc.from), tc.n, pauses(t, tc.pauses)...)
		if err != nil || !got.At.Equal(at(t, tc.want)) {
			t.Errorf("%s: %v (%v), want %s", tc.name, got.At, err, tc.want)
		}
	}
}

func TestDaysInHanoi(t *testing.T) {
	c := calendar(t, hanoi2017)
	for _, tc := range []struct {
		name, from string
		n          int
		pauses     []string
		back       bool
		want       string
	}{
		{name: "same time next day", from: "2016-11-10 09:15", n: 1, want: "2016-11-11 09:15"},
		{name: "over the weekend", from: "2016-11-10 09:15", n: 2, want: "2016-11-14 09:15"},
		{name: "before opening", from: "2016-11-10 06:00", n: 1, want: "2016-11-11 08:00"},
		{name: "after closing", from: "2016-11-10 20:00", n: 1, want: "2016-11-14 08:00"},
		{name: "from Saturday: Monday is the day that does not count", from: "2016-11-12 10:00", n: 1, want: "2016-11-15 08:00"},
		{name: "in the lunch break", from: "2016-11-10 12:15", n: 1, want: "2016-11-11 13:30"},
		{name: "at the closing", from: "2016-11-10 17:30", n: 1, want: "2016-11-11 17:30"},
		{name: "at the lunch closing", from: "2016-11-10 12:00", n: 1, want: "2016-11-11 12:00"},
		{name: "none, at night", from: "2016-11-10 20:00", n: 0, want: "2016-11-11 08:00"},
		{name: "over Tết 2017", from: "2017-01-25 09:00", n: 3, want: "2017-02-06 09:00"},
		{name: "on the short Saturday", from: "2025-04-25 10:00", n: 1, want: "2025-04-26 10:00"},
		{name: "after the short Saturday has closed", from: "2025-04-25 15:00", n: 1, want: "2025-04-28 08:00"},
		{name: "the short Saturday is a working day", from: "2025-04-25 15:00", n: 2, want: "2025-04-28 15:00"},
		{name: "a paused day", from: "2016-11-07 09:00", n: 3, pauses: []string{"2016-11-08 10:00/2016-11-09 10:00"}, want: "2016-11-11 09:00"},
		{name: "paused over the due moment", from: "2016-11-07 09:00", n: 1, pauses: []string{"2016-11-08 08:30/2016-11-08 10:00"}, want: "2016-11-08 10:30"},
		{name: "paused from the due moment on", from: "2016-11-07 09:00", n: 1, pauses: []string{"2016-11-08 09:00/2016-11-08 10:00"}, want: "2016-11-08 09:00"},
		{name: "paused on the weekend", from: "2016-11-11 09:00", n: 1, pauses: []string{"2016-11-12 00:00/2016-11-14 08:00"}, want: "2016-11-14 09:00"},
		{name: "back over the weekend", from: "2016-11-14 09:00", n: 1, back: true, want: "2016-11-11 09:00"},
		{name: "back from the night", from: "2016-11-14 20:00", n: 1, back: true, want: "2016-11-11 17:30"},
		{name: "back from lunch", from: "2016-11-15 12:15", n: 1, back: true, want: "2016-11-14 12:00"},
		{name: "back from Sunday", from: "2016-11-13 12:15", n: 1, back: true, want: "2016-11-10 17:30"},
		{name: "back to the short Saturday", from: "2025-04-28 15:00", n: 1, back: true, want: "2025-04-26 12:00"},
		{name: "back over a pause", from: "2016-11-11 09:00", n: 1, back: true, pauses: []string{"2016-11-10 16:30/2016-11-11 08:30"}, want: "2016-11-09 17:00"},
	} {
		add := c.AddDays
		if tc.back {
			add = c.BackDays
		}
		got, err := add(at(t, tc.from), tc.n, pauses(t, tc.pauses)...)
		if err != nil || !got.At.Equal(at(t, tc.want)) {
			t.Errorf("%s: %v (%v), want %s", tc.name, got.At, err, tc.want)
		}
	}
}

func TestNearestOpening(t *testing.T) {
	c := calendar(t, hanoi2017)
	for _, tc := range []struct{ at, next, prev string }{
		{"2016-11-10 09:00", "2016-11-10 09:00", "2016-11-10 09:00"},
		{"2016-11-10 08:00", "2016-11-10 08:00", "2016-11-09 17:30"},
		{"2016-11-10 12:00", "2016-11-10 13:30", "2016-11-10 12:00"},
		{"2016-11-12 12:00", "2016-11-14 08:00", "2016-11-11 17:30"},
	} {
		next, err := c.NextOpen(at(t, tc.at))
		if err != nil || !next.At.Equal(at(t, tc.next)) {
			t.Errorf("next after %s: %v %v", tc.at, next.At, err)
		}
		prev, err := c.PrevOpen(at(t, tc.at))
		if err != nil || !prev.At.Equal(at(t, tc.prev)) {
			t.Errorf("previous before %s: %v %v", tc.at, prev.At, err)
		}
	}
	if open, known := c.IsOpen(at(t, "2016-11-10 12:00")); open || !known {
		t.Error("open at the closing moment")
	}
	if open, _ := c.IsOpen(at(t, "2016-11-10 08:00")); !open {
		t.Error("shut at the opening moment")
	}
}

func TestAYearWithoutCalendarIsAnAnswer(t *testing.T) {
	c := calendar(t, strings.TrimSuffix(hanoi2017, "}")+`,"years":[2016,2017]}`)
	due, err := c.AddMinutes(at(t, "2017-12-29 17:00"), 30)
	if err != nil || !due.At.Equal(at(t, "2017-12-29 17:30")) {
		t.Errorf("inside the year: %v %v", due.At, err)
	}
	for name, f := range map[string]func() (Due, error){
		"minutes": func() (Due, error) { return c.AddMinutes(at(t, "2017-12-29 17:00"), 31) },
		"days":    func() (Due, error) { return c.AddDays(at(t, "2017-12-29 17:00"), 1) },
		"pause": func() (Due, error) {
			return c.AddDays(at(t, "2017-12-28 17:00"), 1, pauses(t, []string{"2017-12-29 08:00/2017-12-29 16:59"})...)
		},
		"next open": func() (Due, error) { return c.NextOpen(at(t, "2017-12-30 17:00")) },
	} {
		due, err := f()
		if err != nil || due.Known() || due.Missing != 2018 || !due.At.IsZero() {
			t.Errorf("%s: %+v %v", name, due, err)
		}
		if last := due.Steps[len(due.Steps)-1]; last.Key != "worktime.step.missing" {
			t.Errorf("%s: last step is %s", name, last.Key)
		}
	}
	if due, _ := c.BackMinutes(at(t, "2016-01-01 08:00"), 1); due.Missing != 2015 {
		t.Errorf("back: %+v", due)
	}
	if w, _ := c.Between(at(t, "2017-12-29 08:00"), at(t, "2018-01-02 08:00")); w.Missing != 2018 || w.Time != 0 {
		t.Errorf("between: %+v", w)
	}
	if w, _ := c.Between(at(t, "2017-12-29 08:00"), at(t, "2018-01-01 00:00")); w.Missing != 0 || w.Time != 8*time.Hour {
		t.Errorf("between, to midnight of the last day: %+v", w)
	}
	if _, known := c.IsOpen(at(t, "2018-01-02 09:00")); known {
		t.Error("a year without calendar is known")
	}
}

func TestAnOfficeThatNeverOpens(t *testing.T) {
	for _, text := range []string{
		`{"timezone":"UTC","week":{}}`,
		`{"timezone":"UTC","week":{"mon":[]},"special_days":{"2017-01-02":[["08:00","09:00"]]}}`,
	} {
		c := calendar(t, text)
		if _, err := c.AddMinutes(at(t, "2017-01-01 00:00"), 61); !fault.HasKey(err, "worktime.never_opens") {
			t.Errorf("minutes: %v", err)
		}
		if _, err := c.AddDays(at(t, "2017-01-01 00:00"), 2); !fault.HasKey(err, "worktime.never_opens") {
			t.Errorf("days: %v", err)
		}
		if _, err := c.BackDays(at(t, "2017-01-01 00:00"), 2); !fault.HasKey(err, "worktime.never_opens") {
			t.Errorf("days back: %v", err)
		}
		if w, err := c.Between(at(t, "2010-01-01 00:00"), at(t, "2030-01-01 00:00")); err != nil || w.Time > time.Hour {
			t.Errorf("between: %v %v", w.Time, err)
		}
	}
	c := calendar(t, hanoi2017)
	for _, f := range []func() (Due, error){
		func() (Due, error) { return c.AddMinutes(at(t, "2017-01-01 00:00"), 1<<62) },
		func() (Due, error) { return c.AddMinutes(at(t, "2017-01-01 00:00"), maxMinutes) },
		func() (Due, error) { return c.AddDays(at(t, "2017-01-01 00:00"), -1<<63) },
		func() (Due, error) { return c.AddDays(at(t, "2017-01-01 00:00"), maxDays) },
		func() (Due, error) { return c.NextOpen(time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)) },
		func() (Due, error) {
			return c.AddDays(at(t, "2017-01-01 00:00"), 1, Pause{at(t, "2017-01-02 00:00"), at(t, "2017-01-01 00:00")})
		},
	} {
		if due, err := f(); !fault.Is(err, fault.Invalid) {
			t.Errorf("let in: %v %v", due.At, err)
		}
	}
}

// TestAgainstAClockMinuteByMinute compares every operation with a count that asks
// the wall clock of every single minute.
func TestAgainstAClockMinuteByMinute(t *testing.T) {
	seed := rand.New(rand.NewPCG(198, 2016))
	for _, zone := range []string{"Asia/Ho_Chi_Minh", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/St_Johns", "Pacific/Apia"} {
		loc, err := time.LoadLocation(zone)
		if err != nil {
			t.Fatal(err)
		}
		for range 40 {
			c := randomCalendar(t, seed, loc)
			from := randomStart(seed, loc)
			o := newOracle(c, from, seed)
			o.check(t, seed)
		}
	}
}

func randomCalendar(t *testing.T, r *rand.Rand, loc *time.Location) *Calendar {
	t.Helper()
	spans := func() (all []Span) {
		cuts := make([]Minute, 2*r.IntN(4))
		for i := range cuts {
			cuts[i] = Minute(r.IntN(49) * 30)
		}
		slices.Sort(cuts)
		for i := 0; i+1 < len(cuts); i += 2 {
			if cuts[i] < cuts[i+1] {
				all = append(all, Span{cuts[i], cuts[i+1]})
			}
		}
		return all
	}
	s := Spec{Zone: loc, Off: map[Day]string{}, Special: map[Day]Special{}}
	for d := range s.Week {
		s.Week[d] = spans()
	}
	s.Week[r.IntN(7)] = []Span{{0, Midnight}}
	for _, y := range []int{2006, 2011} {
		for range 40 {
			s.Off[DayOf(y, 1, 1+r.IntN(365))] = "lễ"
			s.Special[DayOf(y, 1, 1+r.IntN(365))] = Special{Hours: spans(), Name: "riêng"}
		}
	}
	c, err := New(s)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// randomStart lies near a change of clocks more often than not.
func randomStart(r *rand.Rand, loc *time.Location) time.Time {
	base := time.Date([]int{2006, 2011}[r.IntN(2)], 1, 10+r.IntN(320), 0, r.IntN(1440), 0, 0, time.UTC)
	if _, until := base.In(loc).ZoneBounds(); !until.IsZero() && until.Year() < 2013 && r.IntN(4) > 0 {
		base = until.Add(-time.Duration(r.IntN(5*1440)) * time.Minute)
	}
	return base
}

const oracleMinutes = 20 * 1440

// oracle knows of each minute around a start whether it runs.
type oracle struct {
	c      *Calendar
	from   time.Time
	open   []bool // minute i begins at from + (i - oracleMinutes)
	runs   []bool
	pauses []Pause
}

func newOracle(c *Calendar, from time.Time, r *rand.Rand) *oracle {
	o := &oracle{c: c, from: from, open: make([]bool, 2*oracleMinutes), runs: make([]bool, 2*oracleMinutes)}
	for range r.IntN(4) {
		a := from.Add(time.Duration(r.IntN(3*1440)-1440) * time.Minute)
		o.pauses = append(o.pauses, Pause{a, a.Add(time.Duration(r.IntN(2000)) * time.Minute)})
	}
	for i := range o.open {
		at := o.at(i)
		wall := at.In(c.zone)
		m := Minute(wall.Hour()*60 + wall.Minute())
		o.open[i] = slices.ContainsFunc(c.Hours(DayOf(wall.Date())), func(s Span) bool { return m >= s.From && m < s.To })
		o.runs[i] = o.open[i] && !slices.ContainsFunc(o.pauses, func(p Pause) bool { return !at.Before(p.From) && at.Before(p.To) })
	}
	return o
}

func (o *oracle) at(i int) time.Time { return o.from.Add(time.Duration(i-oracleMinutes) * time.Minute) }

func (o *oracle) check(t *testing.T, r *rand.Rand) {
	t.Helper()
	n := r.IntN(2500)
	got, err := o.c.AddMinutes(o.from, int64(n), o.pauses...)
	if want, ok := o.add(n); ok && (err != nil || !got.At.Equal(want)) {
		t.Errorf("%s: %s + %d min = %s (%v), want %s; pauses %v", o.c.zone, o.from, n, got.At.UTC(), err, want.UTC(), o.pauses)
	}
	checkSum(t, got, time.Duration(n)*time.Minute)
	got, err = o.c.BackMinutes(o.from, int64(n), o.pauses...)
	if want, ok := o.back(n); ok && (err != nil || !got.At.Equal(want)) {
		t.Errorf("%s: %s - %d min = %s (%v), want %s; pauses %v", o.c.zone, o.from, n, got.At.UTC(), err, want.UTC(), o.pauses)
	}
	checkSum(t, got, time.Duration(n)*time.Minute)
	w, err := o.c.Between(o.from, o.from.Add(time.Duration(n)*time.Minute), o.pauses...)
	sum := 0
	for i := range n {
		if o.runs[oracleMinutes+i] {
			sum++
		}
	}
	if err != nil || w.Time != time.Duration(sum)*time.Minute {
		t.Errorf("%s: between %s and %d min later is %s (%v), want %d min", o.c.zone, o.from, n, w.Time, err, sum)
	}
	if open, _ := o.c.IsOpen(o.from); open != o.open[oracleMinutes] {
		t.Errorf("%s: open at %s is %v", o.c.zone, o.from, open)
	}
}

func (o *oracle) add(n int) (time.Time, bool) {
	if n == 0 && (o.runs[oracleMinutes] || o.runs[oracleMinutes-1]) {
		return o.from, true
	}
	for i := oracleMinutes; i < len(o.runs); i++ {
		if !o.runs[i] {
			continue
		}
		if n == 0 {
			return o.at(i), true
		}
		if n--; n == 0 {
			return o.at(i + 1), true
		}
	}
	return time.Time{}, false
}

func (o *oracle) back(n int) (time.Time, bool) {
	if n == 0 && (o.runs[oracleMinutes] || o.runs[oracleMinutes-1]) {
		return o.from, true
	}
	for i := oracleMinutes - 1; i >= 0; i-- {
		if !o.runs[i] {
			continue
		}
		if n == 0 {
			return o.at(i + 1), true
		}
		if n--; n == 0 {
			return o.at(i), true
		}
	}
	return time.Time{}, false
}

// checkSum holds an explanation to its result: what the steps counted is what was added.
func checkSum(t *testing.T, d Due, want time.Duration) {
	t.Helper()
	var sum time.Duration
	for _, s := range d.Steps {
		sum += s.Time
	}
	if d.Known() && sum != want {
		t.Errorf("steps sum to %s, want %s: %v", sum, want, d.Steps)
	}
}

func words(t testing.TB) *i18n.Catalog {
	t.Helper()
	c, err := i18n.Load(Locale)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

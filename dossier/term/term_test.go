package term

import (
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"

	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/worktime"
)

var office = worktime.Vietnam(2016, 2019)

// on reads "2016-11-10 15:00:01" on the wall clock of Hanoi; "" is no moment.
func on(t testing.TB, s string) time.Time {
	t.Helper()
	if s == "" {
		return time.Time{}
	}
	if len(s) == len("2006-01-02 15:04") {
		s += ":00"
	}
	at, err := time.ParseInLocation(time.DateTime, s, clock.City)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// spans reads "sent/replied; sent/replied".
func spans(t testing.TB, s string) []Span {
	t.Helper()
	var all []Span
	for one := range strings.SplitSeq(s, ";") {
		if from, until, ok := strings.Cut(strings.TrimSpace(one), "/"); ok {
			all = append(all, Span{on(t, from), on(t, until)})
		}
	}
	return all
}

var (
	sameDay     = Rule{Kind: SameDay}
	three       = Rule{Kind: WorkingDays, Days: 3}
	recognition = Rule{Kind: WorkingDays, Days: 3, Extra: 5}      // Law 60/2014 art. 25: three, five more with verification
	change      = Rule{Kind: WorkingDays, Days: 3, Extra: 3}      // art. 28
	marriage    = Rule{Kind: SameDay, Total: 5}                   // art. 18: at once, five in all
	death       = Rule{Kind: SameDay, Total: 3}                   // art. 34: at once, three with verification
	marital     = Rule{Kind: WorkingDays, Days: 3, OnReply: true} // Decree 123/2015 art. 22
	foreign     = Rule{Kind: WorkingDays, Days: 5, Total: 10}     // Decree 120/2025
	five        = Rule{Kind: WorkingDays, Days: 5}
	two         = Rule{Kind: WorkingDays, Days: 2}  // end of guardianship
	link        = Rule{Kind: WorkingDays, Days: 20} // interlinked of 2015
	seven       = Rule{Kind: CalendarDays, Days: 7}
	fifteen     = Rule{Kind: CalendarDays, Days: 15}
	shifting    = Rule{Kind: WorkingDays, Days: 3, Shifts: true}
)

// Every due day was counted by hand on the calendars of 2016 to 2018: 10/11/2016 is a
// Thursday; Tết 2017 is off from Thursday 26/1 to Wednesday 1/2.
func TestDueDaysCountedByHand(t *testing.T) {
	for _, c := range []struct {
		rule     string
		r        Rule
		accepted string
		restart  string
		verified string
		want     string
	}{
		{"R3 at three o'clock sharp it is today", sameDay, "2016-11-10 15:00:00", "", "", "2016-11-10"},
		{"R3 a second later it is tomorrow", sameDay, "2016-11-10 15:00:01", "", "", "2016-11-11"},
		{"R3 late on Friday it is Monday", sameDay, "2016-11-11 16:00", "", "", "2016-11-14"},
		{"R3 with another cut", Rule{Kind: SameDay, Cut: "11:30"}, "2016-11-10 11:31", "", "", "2016-11-11"},
		{"R4 on a Saturday it counts as Monday", sameDay, "2016-11-12 10:00", "", "", "2016-11-14"},
		{"R4 on Saturday, three days", three, "2016-11-12 10:00", "", "", "2016-11-17"},
		{"R4 on a day of Tết", sameDay, "2017-01-27 09:00", "", "", "2017-02-02"},
		{"R5 the day of acceptance is not counted", three, "2016-11-10 08:00", "", "", "2016-11-15"},
		{"R5 two days before a weekend", two, "2016-11-10 08:00", "", "", "2016-11-14"},
		{"R5 over Tết 2017", three, "2017-01-25 09:00", "", "", "2017-02-06"},
		{"R5 into Tết 2017", three, "2017-01-24 09:00", "", "", "2017-02-03"},
		{"R5 over the end of the year", three, "2016-12-29 09:00", "", "", "2017-01-04"},
		{"R5 twenty days", link, "2016-11-10 09:00", "", "", "2016-12-08"},
		{"R6 seven days end on Thursday", seven, "2016-11-10 09:00", "", "", "2016-11-17"},
		{"R6 fifteen days end on Friday", fifteen, "2016-11-10 09:00", "", "", "2016-11-25"},
		{"R6 the end on Saturday moves to Monday", seven, "2016-11-05 09:00", "", "", "2016-11-14"},
		{"R6 the end in Tết moves behind it", seven, "2017-01-20 09:00", "", "", "2017-02-02"},
		{"R7 recognition without verification", recognition, "2016-11-10 09:00", "", "", "2016-11-15"},
		{"R7 recognition, five more", recognition, "2016-11-10 09:00", "", "2016-11-11 09:00/2016-11-14 09:00", "2016-11-22"},
		{"R7 change, three more", change, "2016-11-10 09:00", "", "2016-11-11 09:00/2016-11-14 09:00", "2016-11-18"},
		{"R7 marriage at once", marriage, "2016-11-10 09:00", "", "", "2016-11-10"},
		{"R7 marriage, five in all", marriage, "2016-11-10 09:00", "", "2016-11-10 10:00/2016-11-14 09:00", "2016-11-17"},
		{"R7 marriage after three o'clock, five in all", marriage, "2016-11-10 15:30", "", "2016-11-11 10:00/2016-11-14 09:00", "2016-11-17"},
		{"R7 death, three in all", death, "2016-11-10 09:00", "", "2016-11-10 10:00/2016-11-11 09:00", "2016-11-15"},
		{"R7 foreign, ten in all", foreign, "2016-11-10 09:00", "", "2016-11-10 10:00/2016-11-11 09:00", "2016-11-24"},
		{"R8 two days between sending and reply", three, "2016-11-07 09:00", "", "2016-11-08 09:00/2016-11-10 09:00", "2016-11-14"},
		{"R8 sent and replied on one day", three, "2016-11-07 09:00", "", "2016-11-08 09:00/2016-11-08 16:00", "2016-11-10"},
		{"R8 over a weekend", three, "2016-11-10 09:00", "", "2016-11-11 09:00/2016-11-15 09:00", "2016-11-17"},
		{"R8 sent on Saturday", three, "2016-11-10 09:00", "", "2016-11-12 09:00/2016-11-15 09:00", "2016-11-17"},
		{"R8 the reply on Saturday", three, "2016-11-10 09:00", "", "2016-11-11 09:00/2016-11-12 09:00", "2016-11-15"},
		{"R8 two letters one behind the other", five, "2016-11-07 09:00", "", "2016-11-08 09:00/2016-11-09 09:00; 2016-11-10 09:00/2016-11-11 09:00", "2016-11-16"},
		{"R8 letters that overlap count once", five, "2016-11-07 09:00", "", "2016-11-08 09:00/2016-11-10 09:00; 2016-11-09 09:00/2016-11-11 09:00", "2016-11-17"},
		{"R8 a letter inside another", five, "2016-11-07 09:00", "", "2016-11-08 09:00/2016-11-11 09:00; 2016-11-09 09:00/2016-11-10 09:00", "2016-11-17"},
		{"R8 sent on the last day", three, "2016-11-07 09:00", "", "2016-11-10 09:00/2016-11-14 09:00", "2016-11-14"},
		{"R8 a birth that waits", sameDay, "2016-11-10 09:00", "", "2016-11-10 10:00/2016-11-14 09:00", "2016-11-14"},
		{"R8 calendar days, overlapping", seven, "2016-11-10 09:00", "", "2016-11-11 09:00/2016-11-14 09:00; 2016-11-13 09:00/2016-11-15 09:00", "2016-11-21"},
		{"R8 over Tết", three, "2017-01-24 09:00", "", "2017-01-25 09:00/2017-02-02 09:00", "2017-02-06"},
		{"R9 a completion starts from zero", three, "2016-11-07 09:00", "2016-11-16 10:00", "", "2016-11-21"},
		{"R9 a letter before the completion counts no more", three, "2016-11-07 09:00", "2016-11-16 10:00", "2016-11-08 09:00/2016-11-10 09:00", "2016-11-21"},
		{"R9 completed after three o'clock, at once", sameDay, "2016-11-07 09:00", "2016-11-16 15:01", "", "2016-11-17"},
		{"R9 completed on Saturday", sameDay, "2016-11-07 09:00", "2016-11-12 09:00", "", "2016-11-14"},
		{"R10 on the day of the reply", marital, "2016-11-10 09:00", "", "2016-11-11 09:00/2016-11-21 15:30", "2016-11-21"},
		{"R10 on the day of the last reply", marital, "2016-11-10 09:00", "", "2016-11-11 09:00/2016-11-14 09:00; 2016-11-11 09:00/2016-11-18 09:00", "2016-11-18"},
		{"R10 the reply on Saturday", marital, "2016-11-10 09:00", "", "2016-11-11 09:00/2016-11-19 09:00", "2016-11-21"},
		{"R10 without letters", marital, "2016-11-10 09:00", "", "", "2016-11-15"},
		{"R11 three o'clock does not shift days", three, "2016-11-10 16:59", "", "", "2016-11-15"},
		{"R11 where a province says that it does", shifting, "2016-11-10 16:59", "", "", "2016-11-16"},
	} {
		h := History{Accepted: on(t, c.accepted), Restarted: on(t, c.restart), Verifications: spans(t, c.verified)}
		due, err := Of(office, c.r, h)
		if err != nil || due.At.Format(time.DateOnly) != c.want || due.Standing || due.Missing != 0 {
			t.Errorf("%s: %v, not %s (%v)", c.rule, due.At, c.want, err)
			continue
		}
		if hours := office.Hours(office.Today(due.At)); len(hours) == 0 || due.At.Hour()*60+due.At.Minute() != int(hours[len(hours)-1].To) {
			t.Errorf("%s: %v is no closing of a working day", c.rule, due.At)
		}
	}
}

func TestR1TheCitysClockCounts(t *testing.T) {
	utc := on(t, "2016-11-10 07:30").UTC() // 00:30 in London, Thursday in Hanoi
	if due, err := Of(office, sameDay, History{Accepted: utc}); err != nil || due.At.Format(time.DateOnly) != "2016-11-10" {
		t.Error(due.At, err)
	}
	late := time.Date(2016, 11, 10, 18, 0, 0, 0, time.UTC) // 01:00 on Friday in Hanoi
	if due, err := Of(office, sameDay, History{Accepted: late}); err != nil || due.At.Format(time.DateOnly) != "2016-11-11" {
		t.Error(due.At, err)
	}
}

func TestR2AMakeUpSaturdayIsAWorkingDay(t *testing.T) {
	cal := worktime.Vietnam(2024, 2025) // Saturday 4/5/2024 is worked for Monday 29/4
	for _, c := range []struct {
		r              Rule
		accepted, want string
	}{{sameDay, "2024-05-04 10:00", "2024-05-04"}, {three, "2024-05-03 10:00", "2024-05-07"}, {sameDay, "2024-05-03 15:30", "2024-05-04"}, {two, "2024-04-26 10:00", "2024-05-03"}} {
		if due, err := Of(cal, c.r, History{Accepted: on(t, c.accepted)}); err != nil || due.At.Format(time.DateOnly) != c.want {
			t.Errorf("%s: %v, not %s (%v)", c.accepted, due.At, c.want, err)
		}
	}
}

func TestR12TheDayOfAnApologyHolds(t *testing.T) {
	h := History{Accepted: on(t, "2016-11-10 09:00"), Reappointed: on(t, "2016-11-18 17:00"), Verifications: spans(t, "2016-11-11 09:00/2016-11-21 09:00")}
	if due, err := Of(office, three, h); err != nil || due.At.Format(time.DateOnly) != "2016-11-18" {
		t.Error(due.At, err)
	}
}

func TestTheClockStandsWhileItWaits(t *testing.T) {
	for _, h := range []History{
		{Accepted: on(t, "2016-11-10 09:00"), Stopped: on(t, "2016-11-11 09:00")},
		{Accepted: on(t, "2016-11-10 09:00"), Verifications: []Span{{From: on(t, "2016-11-11 09:00")}}},
		{Accepted: on(t, "2016-11-10 09:00"), Verifications: append(spans(t, "2016-11-10 10:00/2016-11-11 09:00"), Span{From: on(t, "2016-11-14 09:00")})},
	} {
		if due, err := Of(office, three, h); err != nil || !due.Standing || !due.At.IsZero() {
			t.Errorf("%+v: %+v %v", h, due, err)
		}
	}
	if due, err := Of(office, three, History{}); err != nil || due.Standing || !due.At.IsZero() {
		t.Error("what was not accepted is due")
	}
}

func TestAYearWithoutCalendarIsNamed(t *testing.T) {
	for _, r := range []Rule{sameDay, three, seven, link} {
		due, err := Of(worktime.Vietnam(2016, 2016), r, History{Accepted: on(t, "2031-12-30 09:00")})
		if err != nil || due.Missing != 2031 || !due.At.IsZero() {
			t.Errorf("%+v: %+v %v", r, due, err)
		}
	}
}

func TestADueDayExplainsItself(t *testing.T) {
	words, err := i18n.Load(Locale, worktime.Locale)
	if err != nil {
		t.Fatal(err)
	}
	due, err := Of(office, three, History{Accepted: on(t, "2016-11-07 09:00"), Verifications: spans(t, "2016-11-08 09:00/2016-11-10 09:00")})
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Join(worktime.Explain(words.In(i18n.VI), due.Steps), "\n")
	for _, want := range []string{"Tiếp nhận lúc", "Xác minh từ", "Cộng 3 ngày làm việc", "Không tính 2 ngày làm việc", "Hạn trả"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in:\n%s", want, text)
		}
	}
}

func TestRulesThatCannotBe(t *testing.T) {
	for _, r := range []Rule{{}, {Kind: "weeks", Days: 1}, {Kind: WorkingDays}, {Kind: SameDay, Days: 1}, {Kind: WorkingDays, Days: -1}, {Kind: WorkingDays, Days: 400}, {Kind: WorkingDays, Days: 3, Extra: 2, Total: 5},
		{Kind: WorkingDays, Days: 5, Total: 3}, {Kind: SameDay, Cut: "25:00"}, {Kind: WorkingDays, Days: 3, Extra: -1}} {
		if r.Check() == nil {
			t.Errorf("%+v was taken", r)
		}
	}
	for _, r := range []Rule{sameDay, three, recognition, marriage, death, marital, foreign, link, seven, shifting} {
		if err := r.Check(); err != nil {
			t.Errorf("%+v: %v", r, err)
		}
	}
}

var rules = []Rule{sameDay, three, recognition, change, marriage, death, marital, foreign, five, link, seven, fifteen, shifting}

// random is a history between 2016 and 2018.
func random(r *rand.Rand) (Rule, History) {
	base := time.Date(2016, 1, 4, 0, 0, 0, 0, clock.City)
	minutes := func(n int) time.Duration { return time.Duration(r.IntN(n)) * time.Minute }
	h := History{Accepted: base.Add(minutes(700 * 1440))}
	at := h.Accepted
	for range r.IntN(4) {
		at = at.Add(minutes(5 * 1440))
		h.Verifications = append(h.Verifications, Span{at, at.Add(minutes(20 * 1440))})
	}
	if r.IntN(4) == 0 {
		h.Restarted = h.Accepted.Add(minutes(30 * 1440))
	}
	return rules[r.IntN(len(rules))], h
}

func must(t *testing.T, r Rule, h History) Due {
	t.Helper()
	due, err := Of(office, r, h)
	if err != nil || due.At.IsZero() {
		t.Fatalf("%+v %+v: %+v %v", r, h, due, err)
	}
	return due
}

func TestWhatAlwaysHoldsOfDueMoments(t *testing.T) {
	source := rand.New(rand.NewPCG(2016, 11))
	for range 4000 {
		r, h := random(source)
		due := must(t, r, h)
		if again := must(t, r, h); !reflect.DeepEqual(due, again) {
			t.Fatalf("computed again: %v, then %v", due.At, again.At)
		}
		works, _ := office.WorksOn(office.Today(due.At))
		if !works || due.At.Before(h.Accepted) && office.Today(due.At) < office.Today(h.Accepted) {
			t.Fatalf("%+v %+v: due %v", r, h, due.At)
		}
		later := h
		later.Verifications, later.Restarted = nil, time.Time{}
		plain := must(t, r, later)
		later.Accepted = h.Accepted.Add(time.Duration(source.IntN(5000)) * time.Minute)
		if must(t, r, later).At.Before(plain.At) {
			t.Fatalf("%+v: accepted later at %v, due earlier", r, later.Accepted)
		}
		if h.Restarted.IsZero() && !r.OnReply && due.At.Before(plain.At) {
			t.Fatalf("%+v %+v: a verification shortened %v to %v", r, h, plain.At, due.At)
		}
		shuffled := h
		shuffled.Verifications = append([]Span{}, h.Verifications...)
		source.Shuffle(len(shuffled.Verifications), func(i, j int) {
			shuffled.Verifications[i], shuffled.Verifications[j] = shuffled.Verifications[j], shuffled.Verifications[i]
		})
		if got := must(t, r, shuffled); !got.At.Equal(due.At) {
			t.Fatalf("%+v: the order of letters moves %v to %v", h, due.At, got.At)
		}
	}
}

func TestALaterReplyIsNeverDueEarlier(t *testing.T) {
	source := rand.New(rand.NewPCG(7, 7))
	for range 2000 {
		r, h := random(source)
		h.Restarted = time.Time{}
		if len(h.Verifications) == 0 {
			continue
		}
		due := must(t, r, h)
		more := h
		more.Verifications = append([]Span{}, h.Verifications...)
		i := source.IntN(len(more.Verifications))
		more.Verifications[i].Until = more.Verifications[i].Until.Add(time.Duration(source.IntN(10*1440)) * time.Minute)
		if got := must(t, r, more); got.At.Before(due.At) {
			t.Fatalf("%+v %+v: %v, then %v", r, more, due.At, got.At)
		}
	}
}

func FuzzDue(f *testing.F) {
	f.Add(int64(1478746800), int64(3600), int64(86400), 3, 0, 0, byte(0), true)
	f.Add(int64(1485306000), int64(0), int64(700000), 0, 0, 5, byte(1), false)
	f.Add(int64(-1), int64(-5), int64(5), 366, 366, 0, byte(2), true)
	f.Fuzz(func(t *testing.T, accepted, sent, took int64, days, extra, total int, kind byte, reply bool) {
		r := Rule{Kind: []Kind{SameDay, WorkingDays, CalendarDays}[kind%3], Days: days, Extra: extra, Total: total, OnReply: reply}
		if r.Check() != nil {
			return
		}
		bound := int64(400 * 86400)
		at := time.Unix(1451865600+(accepted%bound+bound)%bound, 0)
		from := at.Add(time.Duration((sent%bound+bound)%bound) * time.Second)
		h := History{Accepted: at, Verifications: []Span{{from, from.Add(time.Duration((took%bound+bound)%bound) * time.Second)}}}
		due, err := Of(office, r, h)
		if err != nil {
			t.Fatal(err)
		}
		if (due.At.IsZero()) != (due.Missing != 0) {
			t.Fatalf("%+v", due)
		}
		if !due.At.IsZero() && office.Today(due.At) < office.Today(at) {
			t.Fatalf("due %v before %v", due.At, at)
		}
	})
}

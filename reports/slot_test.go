package reports

import (
	"testing"
	"time"

	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/cronspec"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/worktime"
	"lotrinh/reports/period"
)

func timed(t *testing.T, kind period.Kind, opensOn int) timing {
	t.Helper()
	cal, err := period.New([]period.Profile{{From: "2010-01-01", OpensOn: opensOn}}, "2016-10-26")
	if err != nil {
		t.Fatal(err)
	}
	return timing{kind, cal, worktime.Compose(clock.City, worktime.Office(), worktime.PublishedYears())}
}

func cron(t *testing.T, text string) cronspec.Spec {
	t.Helper()
	spec, err := cronspec.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return spec
}

func TestARunOnADayOffIsMovedAsTheScheduleSays(t *testing.T) {
	for _, one := range []struct {
		name    string
		kind    period.Kind
		s       Schedule
		nominal time.Time
		at      time.Time
		key     string
	}{
		{"a working day stays", period.Week, Schedule{Shift: Next}, hanoi(2016, 11, 14, 7, 30), hanoi(2016, 11, 14, 7, 30), "2016-W45"},
		{"no shift stays on Sunday", period.Day, Schedule{}, hanoi(2016, 11, 13, 7, 0), hanoi(2016, 11, 13, 7, 0), "2016-11-12"},
		{"Sunday to Monday, the day's own sheet", period.Day, Schedule{Shift: Next}, hanoi(2016, 11, 13, 7, 0), hanoi(2016, 11, 14, 7, 0), "2016-11-12"},
		{"Monday 2 January 2017, a substitute day off, to Tuesday", period.Week, Schedule{Shift: Next}, hanoi(2017, 1, 2, 7, 30), hanoi(2017, 1, 3, 7, 30), "2016-W52"},
		{"the Monday of Tết to the first working day", period.Week, Schedule{Shift: Next}, hanoi(2017, 1, 30, 7, 30), hanoi(2017, 2, 2, 7, 30), "2017-W04"},
		{"the working day before, where the period is over by then", period.Month, Schedule{Shift: Previous}, hanoi(2016, 11, 20, 8, 0), hanoi(2016, 11, 18, 8, 0), "2016-11/nd09"},
		{"never before the period is over: the next one instead", period.Month, Schedule{Shift: Previous}, hanoi(2017, 1, 15, 8, 0), hanoi(2017, 1, 16, 8, 0), "2017-01/nd09"},
		{"a weekend is no holiday", period.Day, Schedule{SkipHolidays: true}, hanoi(2016, 11, 13, 7, 0), hanoi(2016, 11, 13, 7, 0), "2016-11-12"},
	} {
		v := timed(t, one.kind, 15).slot(one.s, one.nominal.UTC())
		if !v.Runs() || !v.At.Equal(one.at) || v.Period.Key != one.key || v.Missing != 0 || v.Moved() == one.at.Equal(one.nominal) {
			t.Errorf("%s: %+v", one.name, v)
		}
	}
	v := timed(t, period.Week, 15).slot(Schedule{Shift: Next, SkipHolidays: true}, hanoi(2017, 1, 30, 7, 30).UTC())
	if v.Runs() || !v.Skipped || v.Holiday == "" {
		t.Errorf("a holiday is not left out: %+v", v)
	}
}

func TestAYearWithoutACalendarMovesNothingAndSaysSo(t *testing.T) {
	tm := timed(t, period.Day, 15)
	v := tm.slot(Schedule{Shift: Next}, hanoi(2090, 1, 1, 7, 0).UTC())
	if v.Moved() || v.Missing != 2090 || !v.Runs() {
		t.Errorf("%+v", v)
	}
	tm.work = worktime.Compose(clock.City, worktime.Office(), []worktime.Year{{Year: 2016}})
	v = tm.slot(Schedule{Shift: Next}, hanoi(2016, 12, 31, 7, 0).UTC()) // a Saturday; 2017 is not known
	if v.Moved() || v.Missing != 2017 {
		t.Errorf("%+v", v)
	}
}

func TestEveryPeriodIsReportedOnceWhateverTheShift(t *testing.T) {
	for _, one := range []struct {
		kind period.Kind
		spec string
	}{{period.Day, "0 7 * * *"}, {period.Week, "30 7 * * 1"}, {period.Month, "0 8 15 * *"}, {period.CampaignWeek, "0 8 * * 3"}, {period.Quarter, "0 8 15 3,6,9,12 *"}} {
		for _, shift := range Shifts {
			tm, spec := timed(t, one.kind, 15), cron(t, one.spec)
			s := Schedule{Shift: shift, CatchUp: mostCatchUp, NextNominal: spec.Next(hanoi(2016, 11, 10, 8, 0))}
			seen, last := map[string]bool{}, time.Time{}
			for now := hanoi(2016, 11, 10, 8, 0); now.Before(hanoi(2018, 3, 1, 0, 0)); now = now.Add(11 * time.Hour) {
				come, next := tm.dues(s, spec, now.UTC())
				for _, v := range come {
					if seen[v.Period.Key] || v.At.After(now) || v.At.Before(v.Period.Until) || v.At.Before(last) {
						t.Fatalf("%s %s: %+v at %v", one.kind, shift, v, now)
					}
					seen[v.Period.Key], last = true, v.At
				}
				if !next.At.After(now) {
					t.Fatalf("%s %s: the next run %v is not after %v", one.kind, shift, next.At, now)
				}
				s.NextNominal = next.Nominal
			}
			p, _ := tm.cal.Last(one.kind, spec.Next(hanoi(2016, 11, 10, 8, 0)))
			for ; p.Until.Before(hanoi(2018, 2, 1, 0, 0)); p, _ = tm.cal.After(p) {
				if !seen[p.Key] {
					t.Fatalf("%s %s: %s was never reported", one.kind, shift, p.Key)
				}
			}
		}
	}
}

func TestAScheduleOfMonthsClosesWithTheFactsOfTheFourteenth(t *testing.T) {
	tm, spec := timed(t, period.Month, 15), cron(t, "30 7 15 * *")
	s := Schedule{NextNominal: spec.Next(hanoi(2016, 11, 10, 8, 0))}
	come, next := tm.dues(s, spec, hanoi(2016, 11, 15, 7, 30).UTC())
	if len(come) != 1 || come[0].Period.Key != "2016-11/nd09" || !come[0].Period.Until.Equal(hanoi(2016, 11, 15, 0, 0)) || !come[0].Period.From.Equal(hanoi(2016, 10, 15, 0, 0)) {
		t.Fatalf("%+v", come)
	}
	if !next.At.Equal(hanoi(2016, 12, 15, 7, 30)) || next.Period.Key != "2016-12/nd09" {
		t.Errorf("then %+v", next)
	}
}

func TestTheZoneOfAnExpression(t *testing.T) {
	spec, err := cronspec.ParseIn("30 0 * * 1", "UTC")
	if err != nil {
		t.Fatal(err)
	}
	if at := spec.Next(hanoi(2016, 11, 10, 8, 0)); !at.Equal(hanoi(2016, 11, 14, 7, 30)) {
		t.Errorf("00:30 UTC is %v", at)
	}
	for _, bad := range []string{"", "Local", "Hanoi", "../etc/passwd"} {
		if _, err := cronspec.ParseIn("30 0 * * 1", bad); !fault.HasKey(err, "cronspec.bad_zone") {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func TestThePreviewSaysWhatIsMovedAndLeftOut(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		h.at.Set(hanoi(2016, 12, 26, 8, 0))
		f := ScheduleForm{Definition: Weekly, Programme: "KH198", Cut: city, Spec: "30 7 * * 1", Shift: Next, CatchUp: "8"}
		said := func() []string {
			all, err := h.Preview(t.Context(), f)
			if err != nil {
				t.Fatal(err)
			}
			var lines []string
			for _, v := range all {
				lines = append(lines, longMoment(h.words.In(i18n.VI), v.At)+": "+v.say(h.words.In(i18n.VI)))
			}
			return lines
		}
		moved := said()
		if len(moved) != 10 || moved[0] != "Thứ Ba, 03/01/2017 07:30: tuần 52 năm 2016 (26/12/2016 – 01/01/2017); dời từ thứ Hai, 02/01/2017 vì là Nghỉ bù Tết Dương lịch (CN 1/1)" {
			t.Errorf("%q", moved)
		}
		f.SkipHolidays = true
		left := said()
		if left[0] != "Thứ Hai, 02/01/2017 07:30: không lập: Nghỉ bù Tết Dương lịch (CN 1/1)" || len(left) < 12 {
			t.Errorf("%q", left)
		}
		if w := f.words(h.words.In(i18n.VI)); w != "thứ Hai hằng tuần lúc 07:30; gặp ngày nghỉ thì dời sang ngày làm việc kế tiếp; không lập vào ngày lễ, tết" {
			t.Errorf("%q", w)
		}
	})
}

package period

import (
	"testing"
	"time"

	"lotrinh/internal/kit"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/i18n"
)

// moment reads a moment of the city, to the microsecond where it is given.
func moment(t testing.TB, s string) time.Time {
	t.Helper()
	for _, form := range []string{"2006-01-02 15:04:05.000000", "2006-01-02 15:04:05", "2006-01-02 15:04", "2006-01-02"} {
		if at, err := time.ParseInLocation(form, s, clock.City); err == nil {
			return at.UTC()
		}
	}
	t.Fatalf("%q is no moment", s)
	return time.Time{}
}

func calendar(t testing.TB, profiles []Profile, campaign string) Calendar {
	t.Helper()
	c, err := New(profiles, campaign)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// routine is a city that has closed its months on the 14th since long ago.
var routine = []Profile{{From: "2010-01-01", OpensOn: 15}}

func TestAFactBelongsToThePeriodOfItsMoment(t *testing.T) {
	old, nd := calendar(t, BuiltIn(), "2016-10-26"), calendar(t, routine, "2016-10-26")
	for _, one := range []struct {
		c    Calendar
		kind Kind
		at   string
		want string
	}{
		{nd, Month, "2016-11-15 00:00", "2016-12/nd09"},
		{nd, Month, "2016-11-14 23:59:59", "2016-11/nd09"},
		{nd, Month, "2016-11-14 23:59:59.999999", "2016-11/nd09"},
		{nd, Month, "2016-10-15 00:00", "2016-11/nd09"},
		{nd, Month, "2016-12-14 23:59:59.999999", "2016-12/nd09"}, // year ends
		{nd, Year, "2016-12-14 23:59:59.999999", "2016/nd09"},
		{nd, Month, "2016-12-15 00:00", "2017-01/nd09"},
		{nd, Quarter, "2016-12-15 00:00", "2017-Q1/nd09"},
		{nd, Half, "2016-12-15 00:00", "2017-H1/nd09"},
		{nd, Nine, "2016-12-15 00:00", "2017-M9/nd09"},
		{nd, Year, "2016-12-15 00:00", "2017/nd09"},
		{nd, Quarter, "2016-12-14 23:59:59", "2016-Q4/nd09"},
		{nd, Half, "2017-06-14 23:59:59", "2017-H1/nd09"},
		{nd, Half, "2017-06-15 00:00", "2017-H2/nd09"},
		{nd, Nine, "2017-09-14 23:59:59.999999", "2017-M9/nd09"},
		{nd, Nine, "2017-09-15 00:00", ""},
		{nd, CalendarMonth, "2016-11-15 00:00", "2016-11"},
		{nd, CalendarQuarter, "2016-12-31 23:59:59.999999", "2016-Q4"},
		{nd, CalendarYear, "2017-01-01 00:00", "2017"},
		{nd, Month, "2017-01-28 00:00", "2017-02/nd09"}, // the first day of Tết Đinh Dậu
		{nd, Week, "2017-01-28 12:00", "2017-W04"},
		{nd, Month, "2018-02-15 00:00", "2018-03/nd09"}, // Tết Mậu Tuất's eve opens March
		{nd, Week, "2016-01-03 23:59:59.999999", "2015-W53"},
		{nd, Week, "2016-01-04 00:00", "2016-W01"},
		{nd, Week, "2017-01-01 23:59:59", "2016-W52"},
		{nd, Day, "2016-11-14 23:59:59.999999", "2016-11-14"},
		{nd, CampaignWeek, "2016-10-26 00:00", "2016-10-26/C01"},
		{nd, CampaignWeek, "2016-11-09 00:00", "2016-10-26/C03"},
		{nd, CampaignWeek, "2016-10-25 23:59:59.999999", ""},
		{old, CampaignWeek, "2016-11-08 23:59:59.999999", "2016-10-26/C02"},
		// The old practice, and the switch to Decree 09 on 12/3/2019.
		{old, Month, "2016-11-15 00:00", "2016-11/cal"},
		{old, Month, "2016-12-01 00:00", "2016-12/cal"},
		{old, Year, "2016-12-31 23:59:59.999999", "2016/cal"},
		{old, Month, "2019-02-28 23:59:59.999999", "2019-02/cal"},
		{old, Month, "2019-03-01 00:00", "2019-03/nd09"},
		{old, Month, "2019-03-14 23:59:59.999999", "2019-03/nd09"},
		{old, Month, "2019-03-15 00:00", "2019-04/nd09"},
		{old, Quarter, "2019-01-01 00:00", "2019-Q1/nd09"},
		{old, Quarter, "2019-03-15 00:00", "2019-Q2/nd09"},
		{old, Year, "2018-12-31 23:59:59.999999", "2018/cal"},
		{old, Year, "2019-01-01 00:00", "2019/nd09"},
		{old, Year, "2019-12-15 00:00", "2020/nd09"},
		{old, Month, "2026-11-15 00:00", "2026-12/nd09"},
		{old, Month, "2026-11-14 23:59:59", "2026-11/nd09"},
	} {
		at := moment(t, one.at)
		p, ok := one.c.At(one.kind, at)
		if ok != (one.want != "") || ok && p.Key != one.want {
			t.Errorf("%s of %s: %v %s, want %q", one.kind, one.at, ok, p.Key, one.want)
		}
	}
}

func TestTheMonthThatClosesTheOldPracticeIsShort(t *testing.T) {
	c := calendar(t, BuiltIn(), "")
	p, _ := c.At(Month, moment(t, "2019-03-10"))
	if !p.From.Equal(moment(t, "2019-03-01")) || !p.Until.Equal(moment(t, "2019-03-15")) {
		t.Errorf("March 2019 is %v to %v", p.From, p.Until)
	}
	y, _ := c.At(Year, moment(t, "2019-07-01"))
	if !y.From.Equal(moment(t, "2019-01-01")) || !y.Until.Equal(moment(t, "2019-12-15")) {
		t.Errorf("2019 is %v to %v", y.From, y.Until)
	}
	back := calendar(t, append(BuiltIn(), Profile{From: "2030-03-20", OpensOn: 1}), "")
	p, _ = back.At(Month, moment(t, "2030-03-25"))
	if p.Key != "2030-03/cal" || !p.From.Equal(moment(t, "2030-02-15")) || !p.Until.Equal(moment(t, "2030-04-01")) {
		t.Errorf("March 2030 is %s, %v to %v", p.Key, p.From, p.Until)
	}
}

func TestTheLastWholePeriodIsWholeAtItsEnd(t *testing.T) {
	c := calendar(t, routine, "2016-10-26")
	for _, one := range []struct {
		kind     Kind
		at, want string
	}{
		{Month, "2016-11-15 00:00", "2016-11/nd09"},
		{Month, "2016-11-14 23:59:59.999999", "2016-10/nd09"},
		{Week, "2016-11-14 07:30", "2016-W45"},
		{Week, "2016-11-14 00:00", "2016-W45"},
		{Week, "2016-11-13 23:59:59.999999", "2016-W44"},
		{Quarter, "2016-12-15 08:00", "2016-Q4/nd09"},
		{Nine, "2016-09-15 00:00", "2016-M9/nd09"},
		{Nine, "2016-12-31 00:00", "2016-M9/nd09"},
		{Nine, "2017-09-14 23:59:59", "2016-M9/nd09"},
		{Year, "2017-01-01 00:00", "2016/nd09"},
		{Day, "2017-01-01 00:00", "2016-12-31"},
		{CampaignWeek, "2016-11-02 00:00", "2016-10-26/C01"},
		{CampaignWeek, "2016-11-01 23:59:59", ""},
		{"moon", "2016-11-01", ""},
	} {
		p, ok := c.Last(one.kind, moment(t, one.at))
		if ok != (one.want != "") || ok && p.Key != one.want || ok && p.Until.After(moment(t, one.at)) {
			t.Errorf("the last %s before %s: %v %s, want %q", one.kind, one.at, ok, p.Key, one.want)
		}
	}
	if _, ok := calendar(t, nil, "").At(CampaignWeek, moment(t, "2016-11-01")); ok {
		t.Error("without a campaign there are weeks of it")
	}
}

func TestNeighboursAndTheYearBefore(t *testing.T) {
	c := calendar(t, routine, "2016-10-26")
	for _, one := range []struct {
		kind                     Kind
		at, before, after, yearB string
	}{
		{Month, "2017-01-01", "2016-12/nd09", "2017-02/nd09", "2016-01/nd09"},
		{Quarter, "2017-01-01", "2016-Q4/nd09", "2017-Q2/nd09", "2016-Q1/nd09"},
		{Half, "2017-01-01", "2016-H2/nd09", "2017-H2/nd09", "2016-H1/nd09"},
		{Nine, "2017-01-01", "2016-M9/nd09", "2018-M9/nd09", "2016-M9/nd09"},
		{Year, "2017-01-01", "2016/nd09", "2018/nd09", "2016/nd09"},
		{Week, "2016-01-02", "2015-W52", "2016-W01", ""},
		{Week, "2016-11-10", "2016-W44", "2016-W46", "2015-W45"},
		{Week, "2017-01-04", "2016-W52", "2017-W02", "2016-W01"},
		{Week, "2021-01-05", "2020-W53", "2021-W02", "2020-W01"},
		{Day, "2016-02-29", "2016-02-28", "2016-03-01", ""},
		{Day, "2017-02-28", "2017-02-27", "2017-03-01", "2016-02-28"},
		{CampaignWeek, "2016-10-27", "", "2016-10-26/C02", ""},
		{CampaignWeek, "2017-10-26", "2016-10-26/C52", "2016-10-26/C54", "2016-10-26/C01"},
		{CalendarMonth, "2016-03-31", "2016-02", "2016-04", "2015-03"},
	} {
		p, ok := c.At(one.kind, moment(t, one.at))
		if !ok {
			t.Fatalf("no %s of %s", one.kind, one.at)
		}
		for want, f := range map[*string]func(Period) (Period, bool){&one.before: c.Before, &one.after: c.After, &one.yearB: c.YearBefore} {
			if q, ok := f(p); ok != (*want != "") || ok && q.Key != *want {
				t.Errorf("beside %s: %v %s, want %q", p.Key, ok, q.Key, *want)
			}
		}
	}
}

func TestTheRunningPeriodIsComparedWithTheSameStretch(t *testing.T) {
	c := calendar(t, routine, "")
	p, ok := c.Running(Month, moment(t, "2016-11-10 10:00"))
	if !ok || p.Whole() || p.Key != "2016-11/nd09@20161110T030000.000000" || !p.Until.Equal(moment(t, "2016-11-10 10:00")) {
		t.Fatalf("running: %+v", p)
	}
	ago, ok := c.YearBefore(p)
	if !ok || ago.Whole() || !ago.From.Equal(moment(t, "2015-10-15")) || !ago.Until.Equal(moment(t, "2015-11-10 10:00")) {
		t.Errorf("a year before: %+v", ago)
	}
	if b, ok := c.Before(p); !ok || b.Key != "2016-10/nd09" || !b.Whole() {
		t.Errorf("before the running one: %+v", b)
	}
}

func TestBadProfilesAreRefused(t *testing.T) {
	for _, one := range []struct {
		profiles []Profile
		campaign string
	}{{[]Profile{{OpensOn: 0}}, ""}, {[]Profile{{OpensOn: 29}}, ""}, {[]Profile{{From: "2016-02-30", OpensOn: 1}}, ""}, {nil, "26/10/2016"}} {
		if _, err := New(one.profiles, one.campaign); !fault.Is(err, fault.Invalid) {
			t.Errorf("%+v: %v", one, err)
		}
	}
}

func TestPeriodsAreNamedInBothLanguages(t *testing.T) {
	words, err := i18n.Load(Locale, kit.Locale)
	if err != nil {
		t.Fatal(err)
	}
	c := calendar(t, routine, "2016-10-26")
	for kind, want := range map[Kind][3]string{
		Day:             {"ngày 10/11/2016", "10/11/2016", "10/11/2016"},
		Week:            {"tuần 45 năm 2016", "week 45 of 2016", "07/11/2016 – 13/11/2016"},
		CampaignWeek:    {"tuần thứ 3 của đợt triển khai", "week 3 of the campaign", "09/11/2016 – 15/11/2016"},
		Month:           {"tháng 11 năm 2016", "month 11 of 2016", "15/10/2016 – 14/11/2016"},
		Quarter:         {"quý IV năm 2016", "quarter IV of 2016", "15/09/2016 – 14/12/2016"},
		Half:            {"6 tháng cuối năm 2016", "second half of 2016", "15/06/2016 – 14/12/2016"},
		Year:            {"năm 2016", "2016", "15/12/2015 – 14/12/2016"},
		CalendarMonth:   {"tháng 11 năm 2016", "month 11 of 2016", "01/11/2016 – 30/11/2016"},
		CalendarQuarter: {"quý IV năm 2016", "quarter IV of 2016", "01/10/2016 – 31/12/2016"},
		CalendarYear:    {"năm 2016", "2016", "01/01/2016 – 31/12/2016"},
	} {
		p, _ := c.At(kind, moment(t, "2016-11-10 08:00"))
		vi, en := words.In(i18n.VI), words.In(i18n.EN)
		if got := [3]string{p.Label(vi), p.Label(en), p.Days(vi)}; got != want {
			t.Errorf("%s is %q", kind, got)
		}
	}
	p, _ := c.Running(Nine, moment(t, "2016-08-16 10:00"))
	if got := p.Label(words.In(i18n.VI)); got != "9 tháng đầu năm 2016, tính đến 16/08/2016 10:00" {
		t.Errorf("running: %q", got)
	}
	frozen := Period{Key: "2016-W45", From: moment(t, "2016-11-07"), Until: moment(t, "2016-11-14")}
	if got := frozen.Label(words.In(i18n.VI)); got != "tuần 45 năm 2016" {
		t.Errorf("a week frozen without its kind: %q", got)
	}
}

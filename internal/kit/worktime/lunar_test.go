package worktime

import "testing"

func TestTetOfKnownYears(t *testing.T) {
	for year, want := range map[int]string{
		1968: "1968-01-29", 1985: "1985-01-21", // a day, a month before the calendar of Beijing
		2000: "2000-02-05", 2001: "2001-01-24", 2002: "2002-02-12", 2003: "2003-02-01", 2004: "2004-01-22",
		2005: "2005-02-09", 2006: "2006-01-29", 2007: "2007-02-17", 2008: "2008-02-07", 2009: "2009-01-26",
		2010: "2010-02-14", 2011: "2011-02-03", 2012: "2012-01-23", 2013: "2013-02-10", 2014: "2014-01-31",
		2015: "2015-02-19", 2016: "2016-02-08", 2017: "2017-01-28", 2018: "2018-02-16", 2019: "2019-02-05",
		2020: "2020-01-25", 2021: "2021-02-12", 2022: "2022-02-01", 2023: "2023-01-22", 2024: "2024-02-10",
		2025: "2025-01-29", 2026: "2026-02-17", 2027: "2027-02-06", 2028: "2028-01-26", 2029: "2029-02-13",
		2030: "2030-02-02", // in Beijing a day later, as in 2007
	} {
		if got := lunarDay(year, 1, 1).String(); got != want {
			t.Errorf("Tết %d is %s, want %s", year, got, want)
		}
	}
}

func TestLeapMonths(t *testing.T) {
	leaps := map[int]int{2001: 4, 2004: 2, 2006: 7, 2009: 5, 2012: 4, 2014: 9, 2017: 6, 2020: 4, 2023: 2, 2025: 6, 2028: 5, 2031: 3}
	for year := 2000; year <= 2031; year++ {
		got := 0
		for m := 1; m < 12; m++ {
			if lunarDay(year, m+1, 1)-lunarDay(year, m, 1) > 31 {
				got = m
			}
		}
		if got != leaps[year] {
			t.Errorf("%d: leap month %d, want %d", year, got, leaps[year])
		}
	}
}

func TestTheKingsDay(t *testing.T) {
	for year, want := range map[int]string{2016: "2016-04-16", 2017: "2017-04-06", 2022: "2022-04-10", 2023: "2023-04-29", 2024: "2024-04-18", 2025: "2025-04-07", 2026: "2026-04-26"} {
		if got := lunarDay(year, 3, 10).String(); got != want {
			t.Errorf("Giỗ Tổ %d is %s, want %s", year, got, want)
		}
	}
}

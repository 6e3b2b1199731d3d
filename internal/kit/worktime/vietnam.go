package worktime

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"lotrinh/internal/kit/clock"
)

// Vietnam's days off as they were published, and the names of the holidays.
//
//go:embed data/vietnam.json
var vietnamFile []byte

type vietnamData struct {
	Names map[string]string `json:"names"`
	Years []Year            `json:"years"`
}

var vietnam = sync.OnceValue(func() vietnamData {
	var d vietnamData
	if err := json.Unmarshal(vietnamFile, &d); err != nil {
		panic(fmt.Errorf("worktime: the embedded years of Vietnam: %w", err)) // a broken build
	}
	return d
})

// PublishedYears are the years of Vietnam whose days off ship as published.
func PublishedYears() []Year { return slices.Clone(vietnam().Years) }

// The years that the statutory rule can draw: the Labour Code of 2012 was the
// first with today's holidays.
const (
	FirstDrawn = 2013
	LastDrawn  = LastYear
)

// ExpectedYear draws a year of Vietnam from the statutory rule (Labour Code 2019,
// article 112; 2012, article 115): 1/1; Tết, five days from the last of month 12 to
// the fourth of month 1; Giỗ Tổ, 10/3 of the lunar calendar; 30/4; 1/5; 2/9, since
// 2021 with the day before or after, whichever makes the longer rest. A holiday
// that falls on a Saturday or Sunday gives the next working day in lieu. What the
// government moves by decision cannot be drawn, so the year is Expected.
func ExpectedYear(year int) (Year, bool) {
	if year < FirstDrawn || year > LastDrawn {
		return Year{}, false
	}
	list := holidays(year)
	off := map[Day]string{}
	for _, h := range list {
		if _, twice := off[h.Day]; !twice {
			off[h.Day] = h.Name
		}
	}
	for _, h := range list {
		if off[h.Day] != h.Name || !weekend(h.Day) {
			continue
		}
		next := h.Day + 1
		for weekend(next) || off[next] != "" {
			next++
		}
		off[next] = strings.Replace(vietnam().Names["in_lieu"], "{name}", h.Name, 1)
	}
	y := Year{Year: year, Status: Expected}
	for d, name := range off {
		if !weekend(d) && d.Year() == year {
			y.Off = append(y.Off, DayOff{Day: d, Name: name})
		}
	}
	slices.SortFunc(y.Off, func(a, b DayOff) int { return int(a.Day - b.Day) })
	return y, true
}

func weekend(d Day) bool { return d.Weekday() == time.Saturday || d.Weekday() == time.Sunday }

// holidays are the holidays of a year in order, on whatever day of the week.
func holidays(year int) []DayOff {
	names := vietnam().Names
	numbered := func(key string, n int) string { return strings.Replace(names[key], "{n}", strconv.Itoa(n), 1) }
	tet := lunarDay(year, 1, 1)
	all := []DayOff{
		{DayOf(year, time.January, 1), names["new_year"]},
		{tet - 1, numbered("tet_eve", int(tet-lunarDay(year-1, 12, 1)))},
	}
	for n := range 4 {
		all = append(all, DayOff{tet + Day(n), numbered("tet", n+1)})
	}
	national := DayOf(year, time.September, 2)
	all = append(all, DayOff{lunarDay(year, 3, 10), names["kings"]},
		DayOff{DayOf(year, time.April, 30), names["liberation"]},
		DayOff{DayOf(year, time.May, 1), names["labour"]},
		DayOff{national, names["national"]})
	if year >= 2021 {
		next := national - 1
		switch national.Weekday() {
		case time.Monday, time.Thursday, time.Sunday:
			next = national + 1
		}
		all = append(all, DayOff{next, names["national_next"]})
	}
	slices.SortFunc(all, func(a, b DayOff) int { return int(a.Day - b.Day) })
	return all
}

// Vietnam is the office calendar of the years that ship, published and drawn:
// what a test or a tool without a store counts by.
func Vietnam(from, to int) *Calendar {
	years := PublishedYears()
	for y := from; y <= to; y++ {
		if slices.ContainsFunc(years, func(p Year) bool { return p.Year == y }) {
			continue
		}
		if drawn, ok := ExpectedYear(y); ok {
			years = append(years, drawn)
		}
	}
	return Compose(clock.City, Office(), years)
}

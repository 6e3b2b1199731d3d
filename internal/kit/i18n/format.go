package i18n

import (
	"strconv"
	"strings"
	"time"

	"lotrinh/internal/kit/clock"
)

// Int writes 12345 as 12.345 (vi) or 12,345 (en).
func (t T) Int(n int64) string {
	s := strconv.FormatInt(n, 10)
	return t.group(s)
}

// Decimal writes 1234.5 with so many places: 1.234,5 (vi) or 1,234.5 (en).
func (t T) Decimal(x float64, places int) string {
	whole, frac, has := strings.Cut(strconv.FormatFloat(x, 'f', places, 64), ".")
	if !has {
		return t.group(whole)
	}
	point := ","
	if t.Lang == EN {
		point = "."
	}
	return t.group(whole) + point + frac
}

// Percent writes 0.8333 as 83,3%.
func (t T) Percent(share float64) string { return t.Decimal(share*100, 1) + "%" }

func (t T) group(s string) string {
	sign := ""
	if strings.HasPrefix(s, "-") {
		sign, s = "-", s[1:]
	}
	sep := "."
	if t.Lang == EN {
		sep = ","
	}
	var parts []string
	for len(s) > 3 {
		parts = append([]string{s[len(s)-3:]}, parts...)
		s = s[:len(s)-3]
	}
	return sign + strings.Join(append([]string{s}, parts...), sep)
}

// Day writes a moment's date in the city: 10/11/2016.
func (t T) Day(at time.Time) string { return at.In(clock.City).Format("02/01/2006") }

// Moment writes a moment in the city to the minute: 10/11/2016 08:00.
func (t T) Moment(at time.Time) string { return at.In(clock.City).Format("02/01/2006 15:04") }

// Hour writes the time of day in the city: 08:00.
func (t T) Hour(at time.Time) string { return at.In(clock.City).Format("15:04") }

// Weekday writes the day of the week: thứ Hai, Monday.
func (t T) Weekday(at time.Time) string {
	return t.Say("weekday." + strconv.Itoa(int(at.In(clock.City).Weekday())))
}

// LongDay writes a moment's date as sentences do: thứ Năm, 10/11/2016.
func (t T) LongDay(at time.Time) string { return t.Weekday(at) + ", " + t.Day(at) }

// Figure is a number with the way it is written, for sentences that are kept and read later
// in another language: as a value inside them it is written as theirs does.
type Figure struct {
	Value  float64 `json:"v"`
	Places int     `json:"p,omitempty"` // of a Decimal
	Share  bool    `json:"s,omitempty"` // written as Percent
	Signed bool    `json:"g,omitempty"` // a plus before what is above zero
}

// Figure writes a number as it wants to be written.
func (t T) Figure(f Figure) string {
	said := t.Decimal(f.Value, f.Places)
	if f.Share {
		said = t.Percent(f.Value)
	}
	if f.Signed && f.Value > 0 {
		return "+" + said
	}
	return said
}

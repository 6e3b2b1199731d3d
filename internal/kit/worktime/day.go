package worktime

import (
	"encoding/json"
	"fmt"
	"time"
)

// Day is a date without a zone, as days since 1970-01-01.
type Day int32

// DayOf is the date of a year, month and day.
func DayOf(year int, month time.Month, day int) Day {
	return Day(floorDiv(time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix(), 86400))
}

// ParseDay reads 2016-11-10.
func ParseDay(s string) (Day, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return 0, err
	}
	return DayOf(t.Date()), nil
}

// Date is the year, month and day.
func (d Day) Date() (int, time.Month, int) { return d.midnight().Date() }

// Year is the year of the date.
func (d Day) Year() int { return d.midnight().Year() }

// Weekday is the day of the week.
func (d Day) Weekday() time.Weekday { return time.Weekday((int(d)%7 + 11) % 7) }

// String is the date as 2016-11-10.
func (d Day) String() string { return d.midnight().Format(time.DateOnly) }

func (d Day) midnight() time.Time { return time.Unix(int64(d)*86400, 0).UTC() }

// MarshalText writes the date as 2016-11-10.
func (d Day) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads 2016-11-10.
func (d *Day) UnmarshalText(b []byte) error {
	v, err := ParseDay(string(b))
	*d = v
	return err
}

// Minute is a time of day in minutes since midnight; 1440 is 24:00.
type Minute int

// Midnight is 24:00, the end of a day.
const Midnight Minute = 24 * 60

// ParseMinute reads exactly HH:MM, from 00:00 to 24:00.
func ParseMinute(s string) (Minute, error) {
	if len(s) != 5 || s[2] != ':' {
		return 0, fmt.Errorf("worktime: %q is not HH:MM", s)
	}
	for _, i := range []int{0, 1, 3, 4} {
		if s[i] < '0' || s[i] > '9' {
			return 0, fmt.Errorf("worktime: %q is not HH:MM", s)
		}
	}
	h, m := int(s[0]-'0')*10+int(s[1]-'0'), int(s[3]-'0')*10+int(s[4]-'0')
	if h > 24 || m > 59 || h == 24 && m > 0 {
		return 0, fmt.Errorf("worktime: %q is no time of day", s)
	}
	return Minute(h*60 + m), nil
}

// String is the time of day as 08:00.
func (m Minute) String() string { return fmt.Sprintf("%02d:%02d", int(m)/60, int(m)%60) }

// Span is an interval of working time within one day, [From, To).
type Span struct{ From, To Minute }

// MarshalJSON writes the interval as ["08:00","12:00"].
func (s Span) MarshalJSON() ([]byte, error) {
	return json.Marshal([2]string{s.From.String(), s.To.String()})
}

// UnmarshalJSON reads an interval from ["08:00","12:00"].
func (s *Span) UnmarshalJSON(b []byte) error {
	var pair [2]string
	if err := json.Unmarshal(b, &pair); err != nil {
		return err
	}
	var err error
	if s.From, err = ParseMinute(pair[0]); err != nil {
		return err
	}
	s.To, err = ParseMinute(pair[1])
	return err
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b != 0 && (a < 0) != (b < 0) {
		q--
	}
	return q
}

package form

import (
	"strconv"
	"strings"
	"time"
)

// ReadDate puts a date as it was typed (5/11/2016, 11/2016, 2016, 2016-11-05) into the
// form that is kept; ok is false for what is no date of the calendar.
func ReadDate(s string) (iso string, ok bool) {
	s = strings.TrimSpace(s)
	if isISO(s) {
		return s, true
	}
	p := strings.FieldsFunc(s, func(r rune) bool { return r == '/' || r == '.' || r == '-' || r == ' ' })
	n := make([]int, len(p))
	for i := range p {
		v, err := strconv.Atoi(p[i])
		if err != nil || len(p[i]) > 4 {
			return "", false
		}
		n[i] = v
	}
	switch len(n) {
	case 1:
		iso = pad(n[0], 4)
	case 2:
		iso = pad(n[1], 4) + "-" + pad(n[0], 2)
	case 3:
		iso = pad(n[2], 4) + "-" + pad(n[1], 2) + "-" + pad(n[0], 2)
	}
	return iso, isISO(iso)
}

func pad(n, width int) string {
	s := strconv.Itoa(n)
	return strings.Repeat("0", max(0, width-len(s))) + s
}

// isISO tells whether a date is whole or partial, of the calendar and of our times.
func isISO(s string) bool {
	t, ok := parseISO(s)
	return ok && t.Year() >= 1800 && t.Year() <= 2400
}

func parseISO(s string) (time.Time, bool) {
	layout := map[int]string{4: "2006", 7: "2006-01", 10: time.DateOnly}[len(s)]
	if layout == "" {
		return time.Time{}, false
	}
	t, err := time.Parse(layout, s)
	return t, err == nil
}

// dayOf is a whole date, or the first day of a partial one.
func dayOf(s string) (string, bool) {
	if !isISO(s) {
		return "", false
	}
	t, ok := parseISO(s)
	return t.Format(time.DateOnly), ok
}

// lastOf is a whole date, or the last day of a partial one.
func lastOf(s string) (string, bool) {
	t, ok := parseISO(s)
	if !ok || !isISO(s) {
		return "", false
	}
	switch len(s) {
	case 4:
		t = t.AddDate(1, 0, -1)
	case 7:
		t = t.AddDate(0, 1, -1)
	}
	return t.Format(time.DateOnly), true
}

// ShowDate writes a kept date for people: 05/11/2016, 11/2016, 2016.
func ShowDate(s string) string {
	t, ok := parseISO(s)
	if !ok {
		return s
	}
	return t.Format(map[int]string{4: "2006", 7: "01/2006", 10: "02/01/2006"}[len(s)])
}

// ageOn is the whole years of a person born on a date, on a day; of somebody of whom
// only the year is known, as if born on the first day of it.
func ageOn(born, day string) (int, bool) {
	b, ok := dayOf(born)
	d, known := dayOf(day)
	if !ok || !known {
		return 0, false
	}
	bt, _ := parseISO(b)
	dt, _ := parseISO(d)
	years := dt.Year() - bt.Year()
	if dt.Month() < bt.Month() || dt.Month() == bt.Month() && dt.Day() < bt.Day() {
		years--
	}
	return years, true
}

// daysBetween is how many days lie from one day to another.
func daysBetween(from, to string) int {
	a, _ := parseISO(from)
	b, _ := parseISO(to)
	return int(b.Sub(a) / (24 * time.Hour))
}

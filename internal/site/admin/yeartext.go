package admin

import (
	"fmt"
	"strings"

	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/worktime"
)

// A year is edited as text, one day a line, its parts between bars:
//
//	01/01/2027 | Tết Dương lịch
//	24/04/2027 | 30/04/2027 | 08:00-12:00, 13:30-17:30 | Làm bù
//
// A make-up day says which day it makes up for; its hours may be left empty, and are
// then those of that day.

func vnDay(d worktime.Day) string {
	if d == 0 {
		return ""
	}
	y, m, n := d.Date()
	return fmt.Sprintf("%02d/%02d/%d", n, int(m), y)
}

func readDay(s string) (worktime.Day, bool) {
	var n, m, y int
	if _, err := fmt.Sscanf(s, "%d/%d/%d", &n, &m, &y); err != nil {
		return 0, false
	}
	d, err := worktime.ParseDay(fmt.Sprintf("%04d-%02d-%02d", y, m, n))
	return d, err == nil
}

func offLines(off []worktime.DayOff) string {
	var b strings.Builder
	for _, d := range off {
		b.WriteString(vnDay(d.Day) + " | " + d.Name + "\n")
	}
	return b.String()
}

func makeUpLines(all []worktime.MakeUp) string {
	var b strings.Builder
	for _, m := range all {
		b.WriteString(vnDay(m.Day) + " | " + vnDay(m.For) + " | " + hours(m.Hours) + " | " + m.Name + "\n")
	}
	return b.String()
}

// lines splits a text into its lines that say something, each into its parts.
func lines(text string, parts int, field string, k *fault.Check) [][]string {
	var all [][]string
	for i, line := range strings.Split(text, "\n") {
		if strings.TrimSpace(line) == "" {
			continue
		}
		cells := strings.SplitN(line, "|", parts)
		if len(cells) != parts {
			k.Need(false, field, "admin.year.parts", "n", i+1, "parts", parts)
			continue
		}
		for j := range cells {
			cells[j] = strings.TrimSpace(cells[j])
		}
		all = append(all, cells)
	}
	return all
}

func readOff(text string, k *fault.Check) []worktime.DayOff {
	var off []worktime.DayOff
	for i, c := range lines(text, 2, "off", k) {
		d, ok := readDay(c[0])
		k.Need(ok, "off", "admin.year.bad_day", "n", i+1, "typed", c[0])
		off = append(off, worktime.DayOff{Day: d, Name: c[1]})
	}
	return off
}

func readMakeUp(text string, k *fault.Check) []worktime.MakeUp {
	var all []worktime.MakeUp
	for i, c := range lines(text, 4, "make_up", k) {
		m := worktime.MakeUp{Name: c[3]}
		var ok bool
		m.Day, ok = readDay(c[0])
		k.Need(ok, "make_up", "admin.year.bad_day", "n", i+1, "typed", c[0])
		if c[1] != "" {
			m.For, ok = readDay(c[1])
			k.Need(ok, "make_up", "admin.year.bad_day", "n", i+1, "typed", c[1])
		}
		for _, s := range strings.FieldsFunc(c[2], func(r rune) bool { return r == ',' || r == ';' }) {
			span, ok := readSpan(s)
			k.Need(ok, "make_up", "admin.year.bad_hours", "n", i+1, "typed", strings.TrimSpace(s))
			m.Hours = append(m.Hours, span)
		}
		all = append(all, m)
	}
	return all
}

func readSpan(s string) (worktime.Span, bool) {
	from, until, ok := strings.Cut(s, "-")
	a, aerr := worktime.ParseMinute(strings.TrimSpace(from))
	b, berr := worktime.ParseMinute(strings.TrimSpace(until))
	return worktime.Span{From: a, To: b}, ok && aerr == nil && berr == nil && a < b
}

package ics

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// parse is a strict reader of content lines: CRLF, 75 octets, whole characters on each
// line, names of letters, digits and dashes, balanced components. It gives each VEVENT as
// its properties, text unescaped.
func parse(raw []byte) (calendar map[string]string, events []map[string]string, err error) {
	if !bytes.HasSuffix(raw, []byte("\r\n")) || bytes.Contains(bytes.ReplaceAll(raw, []byte("\r\n"), nil), []byte("\n")) || bytes.Contains(bytes.ReplaceAll(raw, []byte("\r\n"), nil), []byte("\r")) {
		return nil, nil, fmt.Errorf("lines do not end in CRLF")
	}
	var lines []string
	for _, l := range strings.Split(strings.TrimSuffix(string(raw), "\r\n"), "\r\n") {
		switch {
		case len(l) > 75 || !utf8.ValidString(l):
			return nil, nil, fmt.Errorf("%d octets, or half a character: %q", len(l), l)
		case strings.HasPrefix(l, " ") && len(lines) > 0:
			lines[len(lines)-1] += l[1:]
		default:
			lines = append(lines, l)
		}
	}
	var stack []string
	calendar = map[string]string{}
	for _, l := range lines {
		name, value, ok := strings.Cut(l, ":")
		if bare, _, _ := strings.Cut(name, ";"); !ok || bare == "" || strings.Trim(bare, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") != "" {
			return nil, nil, fmt.Errorf("no content line: %q", l)
		}
		if value, err = unescape(value); err != nil {
			return nil, nil, err
		}
		switch {
		case name == "BEGIN":
			if stack = append(stack, value); value == "VEVENT" {
				events = append(events, map[string]string{})
			}
		case name == "END":
			if len(stack) == 0 || stack[len(stack)-1] != value {
				return nil, nil, fmt.Errorf("END of %s in %v", value, stack)
			}
			stack = stack[:len(stack)-1]
		case len(stack) == 1:
			calendar[name] = value
		case stack[len(stack)-1] == "VEVENT":
			e := events[len(events)-1]
			if _, twice := e[name]; twice {
				return nil, nil, fmt.Errorf("%s twice", name)
			}
			e[name] = value
		}
	}
	if len(stack) != 0 {
		return nil, nil, fmt.Errorf("%v is open", stack)
	}
	return calendar, events, nil
}

func unescape(s string) (string, error) {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' {
			b.WriteByte(s[i])
			continue
		}
		if i++; i == len(s) || !strings.ContainsRune(`\;,n`, rune(s[i])) {
			return "", fmt.Errorf("a lone backslash in %q", s)
		}
		if s[i] == 'n' {
			b.WriteByte('\n')
		} else {
			b.WriteByte(s[i])
		}
	}
	return b.String(), nil
}

var changed = time.Date(2016, 11, 10, 1, 2, 3, 0, time.UTC)

func TestACalendarIsReadAsItWasMeant(t *testing.T) {
	c := Calendar{Name: "Lịch của tôi; Lộ Trình", Events: []Event{
		{UID: "milestone-1@lotrinh", Sequence: 3, Changed: changed, Day: "2016-12-31", Title: "Sơ kết giai đoạn 1, báo cáo UBND Thành phố; họp tại trụ sở và nghe các quận, huyện, thị xã trình bày", Text: "Dòng một\r\nDòng hai \\ hết", URL: "https://example.vn/rollout?x=1,2;3"},
		{UID: "class-1@lotrinh", Changed: changed, At: time.Date(2016, 11, 14, 18, 30, 0, 0, time.UTC), Until: time.Date(2016, 11, 14, 20, 0, 0, 0, time.UTC), Title: "Tập huấn", Place: "Hội trường, tầng 2"},
		{UID: "wrong", Day: "31/12"},
	}}
	raw := c.Write()
	calendar, events, err := parse(raw)
	if err != nil || len(events) != 2 || calendar["X-WR-CALNAME"] != c.Name || calendar["VERSION"] != "2.0" {
		t.Fatalf("%v %v %v", err, calendar, events)
	}
	a, b := events[0], events[1]
	if a["SUMMARY"] != c.Events[0].Title || a["DESCRIPTION"] != "Dòng một\nDòng hai \\ hết" || a["DTSTART;VALUE=DATE"] != "20161231" || a["DTEND;VALUE=DATE"] != "20170101" || a["SEQUENCE"] != "3" ||
		a["DTSTAMP"] != "20161110T010203Z" || a["URL"] != "https://example.vn/rollout?x=1,2;3" {
		t.Errorf("%v", a)
	}
	if b["DTSTART;TZID=Asia/Ho_Chi_Minh"] != "20161115T013000" || b["DTEND;TZID=Asia/Ho_Chi_Minh"] != "20161115T030000" || b["LOCATION"] != "Hội trường, tầng 2" {
		t.Errorf("%v", b)
	}
	if !bytes.Equal(raw, c.Write()) {
		t.Error("the same events gave other bytes")
	}
}

func FuzzACalendarHoldsItsForm(f *testing.F) {
	f.Add("Sơ kết", "a,b;c\\d\ne", "x y")
	f.Add(strings.Repeat("ữ", 100), "BEGIN:VEVENT\r\nEND:VCALENDAR", "\x00\x7f\xff")
	f.Fuzz(func(t *testing.T, title, text, uid string) {
		_, events, err := parse(Calendar{Name: title, Events: []Event{{UID: uid, Changed: changed, Day: "2016-11-10", Title: title, Text: text, URL: text}}}.Write())
		if err != nil && !strings.Contains(err.Error(), "lone backslash") || err == nil && (len(events) != 1 || events[0]["DTSTART;VALUE=DATE"] != "20161110") {
			t.Errorf("%v %v", err, events)
		}
	})
}

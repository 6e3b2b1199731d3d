// Package ics writes calendars in the form of RFC 5545. It is pure.
//
// What always holds: lines end in CRLF and are folded at 75 octets, never inside a
// character; text is escaped; the same events give the same bytes.
package ics

import (
	"bytes"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"lotrinh/internal/kit/clock"
)

// Event is one entry: of a whole day, or at a moment.
type Event struct {
	UID      string // the same however often it is written
	Sequence int64  // grows when the event is changed
	Changed  time.Time
	Day      string    // "2016-11-14": of the whole day; or
	At       time.Time // a moment of the city's time, until
	Until    time.Time
	Title    string
	Text     string
	Place    string
	URL      string
}

// Calendar is a feed of events.
type Calendar struct {
	Name   string
	Events []Event
}

// zone is the city's time, which has no summer time.
const zone = "Asia/Ho_Chi_Minh"

// Write is the calendar as a file. An event without a readable day or moment is left out.
func (c Calendar) Write() []byte {
	var w writer
	w.line("BEGIN", "VCALENDAR")
	w.line("VERSION", "2.0")
	w.line("PRODID", "-//Lo Trinh//Lo Trinh//VI")
	w.line("CALSCALE", "GREGORIAN")
	w.line("METHOD", "PUBLISH")
	w.line("X-WR-CALNAME", escape(c.Name))
	w.line("X-WR-TIMEZONE", zone)
	w.line("REFRESH-INTERVAL;VALUE=DURATION", "PT1H")
	w.line("BEGIN", "VTIMEZONE")
	w.line("TZID", zone)
	w.line("BEGIN", "STANDARD")
	w.line("DTSTART", "19750613T000000")
	w.line("TZOFFSETFROM", "+0700")
	w.line("TZOFFSETTO", "+0700")
	w.line("TZNAME", "+07")
	w.line("END", "STANDARD")
	w.line("END", "VTIMEZONE")
	for _, e := range c.Events {
		w.event(e)
	}
	w.line("END", "VCALENDAR")
	return w.Bytes()
}

type writer struct{ bytes.Buffer }

const (
	dayForm    = "20060102"
	momentForm = "20060102T150405"
)

func (w *writer) event(e Event) {
	day, err := clock.ParseDate(e.Day)
	if err != nil && e.At.IsZero() {
		return
	}
	w.line("BEGIN", "VEVENT")
	w.line("UID", escape(e.UID))
	w.line("DTSTAMP", e.Changed.UTC().Format(momentForm+"Z"))
	w.line("SEQUENCE", strconv.FormatInt(e.Sequence, 10))
	if err == nil {
		w.line("DTSTART;VALUE=DATE", day.In(clock.City).Format(dayForm))
		w.line("DTEND;VALUE=DATE", day.In(clock.City).AddDate(0, 0, 1).Format(dayForm))
		w.line("TRANSP", "TRANSPARENT")
	} else {
		w.line("DTSTART;TZID="+zone, e.At.In(clock.City).Format(momentForm))
		if e.Until.After(e.At) {
			w.line("DTEND;TZID="+zone, e.Until.In(clock.City).Format(momentForm))
		}
	}
	w.line("SUMMARY", escape(e.Title))
	if e.Text != "" {
		w.line("DESCRIPTION", escape(e.Text))
	}
	if e.Place != "" {
		w.line("LOCATION", escape(e.Place))
	}
	if e.URL != "" {
		w.line("URL", plain(e.URL))
	}
	w.line("END", "VEVENT")
}

// widest is the most octets of a line, without its end.
const widest = 75

// line writes one content line, folded.
func (w *writer) line(name, value string) {
	rest, room := name+":"+value, widest
	for len(rest) > room {
		cut := room
		for cut > 1 && !utf8.RuneStart(rest[cut]) {
			cut--
		}
		w.WriteString(rest[:cut])
		w.WriteString("\r\n ")
		rest, room = rest[cut:], widest-1
	}
	w.WriteString(rest)
	w.WriteString("\r\n")
}

// escape is a text value: backslash, semicolon, comma and the ends of lines are escaped,
// other control characters and what is no UTF-8 are left out.
func escape(s string) string {
	s = strings.ReplaceAll(strings.ToValidUTF8(s, ""), "\r\n", "\n")
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == '\\' || r == ';' || r == ',':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r >= ' ' && r != 0x7f:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// plain is a value that is no text, such as an address: without control characters.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if r <= ' ' || r == 0x7f {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
}

package services

import (
	"unicode"
	"unicode/utf8"

	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/site/ui"
)

// dayWords writes a stored day as people do; an empty one stays empty.
func dayWords(t i18n.T, date string) string {
	d, err := clock.ParseDate(date)
	if date == "" || err != nil {
		return date
	}
	return t.Day(d)
}

var stepTone = map[Step]ui.Tone{Waiting: ui.Neutral, Submitted: ui.Prepare, Surveyed: ui.Prepare, Built: ui.Trial, Tested: ui.Trial, Live: ui.Official}

func stepWord(t i18n.T, s Step) string { return t.Say("services.step." + s.word()) }

func stepState(t i18n.T, s Step) ui.State { return ui.State{Tone: stepTone[s], Word: stepWord(t, s)} }

// say is what a service is called; a slot without a name says so.
func (i Item) say(t i18n.T) string {
	if i.Name != "" {
		return i.Name
	}
	return t.Say("services.unnamed", "code", i.Key)
}

// of writes x of N.
func of(t i18n.T, x, n int64) string { return t.Say("services.of", "x", x, "n", n) }

// capital writes a name as a title does: "Xã Đặng Xá".
func capital(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	if n == 0 {
		return s
	}
	return string(unicode.ToUpper(r)) + s[n:]
}

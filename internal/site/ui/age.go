package ui

import (
	"time"

	"lotrinh/internal/kit/i18n"
)

// Age says how old a measured value is: "cách đây 3 giờ". The zero time reads "chưa
// có số liệu", because a value without an age is not known.
func Age(t i18n.T, at, now time.Time) string {
	switch d := now.Sub(at); {
	case at.IsZero():
		return t.Say("ui.age.never")
	case d < time.Minute:
		return t.Say("ui.age.now")
	case d >= 24*time.Hour:
		return t.Say("ui.age.ago", "span", t.Say("ui.span.days", "d", int(d/(24*time.Hour))))
	default:
		return t.Say("ui.age.ago", "span", Span(t, d, 24*time.Hour))
	}
}

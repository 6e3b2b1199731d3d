package slip

import (
	"strings"
	"time"

	"lotrinh/internal/kit/i18n"
)

// InWords writes a whole number from 0 to 9999 as Vietnamese says it: 2016 is "hai
// nghìn không trăm mười sáu". Outside of that range it is empty.
func InWords(t i18n.T, n int) string {
	if n < 0 || n > 9999 {
		return ""
	}
	digit := strings.Fields(t.Say("slip.words.digits"))
	if len(digit) != 10 {
		return ""
	}
	w := worder{t, digit}
	if n < 10 {
		return digit[n]
	}
	return strings.Join(w.full(n), " ")
}

type worder struct {
	t     i18n.T
	digit []string
}

func (w worder) full(n int) []string {
	var out []string
	if n >= 1000 {
		out = append(out, w.digit[n/1000], w.t.Say("slip.words.thousand"))
		if n%1000 == 0 {
			return out
		}
	}
	if n >= 100 {
		out = append(out, w.digit[n/100%10], w.t.Say("slip.words.hundred"))
		if n%100 == 0 {
			return out
		}
	}
	return append(out, w.tens(n%100, n >= 100)...)
}

// tens are the last two digits; behind hundreds a lone digit is joined by "linh".
func (w worder) tens(n int, behind bool) []string {
	ten, one := n/10, n%10
	switch {
	case ten == 0 && behind:
		return []string{w.t.Say("slip.words.odd"), w.digit[one]}
	case ten == 0:
		return []string{w.digit[one]}
	}
	out := []string{w.t.Say("slip.words.ten")}
	if ten > 1 {
		out = []string{w.digit[ten], w.t.Say("slip.words.tens")}
	}
	switch {
	case one == 0:
	case one == 5:
		out = append(out, w.t.Say("slip.words.five"))
	case one == 1 && ten > 1:
		out = append(out, w.t.Say("slip.words.one"))
	case one == 4 && ten > 1:
		out = append(out, w.t.Say("slip.words.four"))
	default:
		out = append(out, w.digit[one])
	}
	return out
}

// DayInWords writes a day, "2006-01-02", in words as a certificate has it. What is no
// whole day, as a year alone, is empty.
func DayInWords(t i18n.T, day string) string {
	d, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return ""
	}
	return t.Say("slip.words.day", "day", InWords(t, d.Day()), "month", monthWord(t, int(d.Month())), "year", InWords(t, d.Year()))
}

// monthWord is a month's word; the fourth one has its own.
func monthWord(t i18n.T, m int) string {
	if m == 4 {
		return t.Say("slip.words.four")
	}
	return InWords(t, m)
}

package form

import (
	"strings"
	"time"
)

var digits = [...]string{"không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín"}

// DateInWords writes a date as a certificate does: "ngày năm, tháng mười một, năm hai
// nghìn không trăm mười sáu"; a partial date without what is not known. What is no date
// gives nothing.
func DateInWords(iso string) string {
	if !isISO(iso) {
		return ""
	}
	t, _ := parseISO(iso)
	var out []string
	if len(iso) == len(time.DateOnly) {
		out = append(out, "ngày "+NumberInWords(t.Day()))
	}
	if len(iso) > 4 {
		out = append(out, "tháng "+month(int(t.Month())))
	}
	return strings.Join(append(out, "năm "+NumberInWords(t.Year())), ", ")
}

// month is a month's name: the fourth is "tư".
func month(m int) string {
	if m == 4 {
		return "tư"
	}
	return NumberInWords(m)
}

// NumberInWords writes 0 … 9999 in Vietnamese; nothing outside of that.
func NumberInWords(n int) string {
	if n < 0 || n > 9999 {
		return ""
	}
	if n == 0 {
		return digits[0]
	}
	var out []string
	if n >= 1000 {
		out = append(out, digits[n/1000], "nghìn")
	}
	if n >= 100 && (n%1000 >= 100 || n > 1000 && n%1000 > 0) {
		out = append(out, digits[n/100%10], "trăm")
	}
	return strings.Join(append(out, tens(n%100, n >= 100)...), " ")
}

// tens are the last two digits; after says that hundreds stand before them.
func tens(n int, after bool) []string {
	ten, one := n/10, n%10
	switch {
	case n == 0:
		return nil
	case ten == 0 && after:
		return []string{"linh", digits[one]}
	case ten == 0:
		return []string{digits[one]}
	}
	out := []string{"mười"}
	if ten > 1 {
		out = []string{digits[ten], "mươi"}
	}
	switch {
	case one == 0:
		return out
	case one == 1 && ten > 1:
		return append(out, "mốt")
	case one == 4 && ten > 1:
		return append(out, "tư")
	case one == 5:
		return append(out, "lăm")
	}
	return append(out, digits[one])
}

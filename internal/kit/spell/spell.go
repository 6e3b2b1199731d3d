// Package spell writes numbers and days in Vietnamese words, as certificates and registers
// want them beside the figures. It is the one place that knows how: "tư" for a fourth month
// and behind tens, "mốt", "lăm", "linh", "không trăm". The words are the law's language
// whatever language a screen speaks.
package spell

import "strings"

// Most is the largest number that is written.
const Most = 9999

var digits = [...]string{"không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín"}

// Number writes 0 … Most: 2016 is "hai nghìn không trăm mười sáu". Outside of that range it
// is empty.
func Number(n int) string {
	if n < 0 || n > Most {
		return ""
	}
	if n < 10 {
		return digits[n]
	}
	var out []string
	if n >= 1000 {
		out = append(out, digits[n/1000], "nghìn")
	}
	if n >= 100 && n%1000 > 0 {
		out = append(out, digits[n/100%10], "trăm")
	}
	return strings.Join(append(out, tens(n%100, n >= 100)...), " ")
}

// tens are the last two digits; behind hundreds a lone digit is joined by "linh".
func tens(n int, behind bool) []string {
	ten, one := n/10, n%10
	switch {
	case n == 0:
		return nil
	case ten == 0 && behind:
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

// Month is the word of a month, 1 … 12; the fourth has one of its own.
func Month(m int) string {
	if m == 4 {
		return "tư"
	}
	return Number(m)
}

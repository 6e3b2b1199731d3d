// Package fold makes Vietnamese text comparable without marks: "Đặng Xá", its
// decomposed form and "dang xa" fold to the same letters, and so do the two ways of
// placing a tone ("hoà", "hóa"), since the marks go altogether.
package fold

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// NFC puts text that comes from outside into the composed form that we store.
func NFC(s string) string { return norm.NFC.String(s) }

// Key is s without marks, in lower case, with đ as d and runs of anything that is
// neither letter nor digit as one space. It is stored beside a name for search.
func Key(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	gap := false
	for _, r := range norm.NFKD.String(strings.ToValidUTF8(s, " ")) { // a broken byte would leave the letter behind it composed
		switch {
		case unicode.Is(unicode.Mn, r):
			continue
		case r == 'đ' || r == 'Đ':
			r = 'd'
		}
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			gap = b.Len() > 0
			continue
		}
		if gap {
			b.WriteByte(' ')
			gap = false
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

// Words are the separate words of Key(s).
func Words(s string) []string { return strings.Fields(Key(s)) }

package wire

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Fields are the values of a record by name, as two offices compare them. Names are those of
// the columns by which the ministry digitises registers: nksHoTen, nksNgaySinh.
type Fields map[string]string

// Normal are the fields as they are compared: composed, trimmed, names in capitals, dates as
// 2016-11-10. A field without a value is as one that is not there.
func (f Fields) Normal() Fields {
	out := Fields{}
	for name, v := range f {
		if v = normal(name, v); v != "" {
			out[name] = v
		}
	}
	return out
}

func normal(name, v string) string {
	v = strings.Join(strings.Fields(norm.NFC.String(v)), " ")
	switch {
	case strings.Contains(name, "Ngay"):
		for _, layout := range []string{time.DateOnly, "2/1/2006", "2-1-2006", "2.1.2006"} {
			if at, err := time.Parse(layout, v); err == nil {
				return at.Format(time.DateOnly)
			}
		}
	case strings.HasSuffix(name, "HoTen"):
		return tones(strings.ToUpper(v))
	}
	return tones(v)
}

// Hash is one line for all normalised fields: equal for records that say the same.
func (f Fields) Hash() string {
	raw, err := json.Marshal(f.Normal()) // keys in order
	if err != nil {
		return "" // a map of texts can always be written
	}
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:])
}

// Difference is one field of which two records say different things, as each wrote it.
type Difference struct {
	Name   string `json:"name"`
	Ours   string `json:"ours"`
	Theirs string `json:"theirs"`
}

// Compare lists the fields that differ after normalising, in order of name.
func Compare(ours, theirs Fields) []Difference {
	a, b := ours.Normal(), theirs.Normal()
	var out []Difference
	for name := range a {
		if a[name] != b[name] {
			out = append(out, Difference{name, ours[name], theirs[name]})
		}
	}
	for name := range b {
		if _, both := a[name]; !both {
			out = append(out, Difference{name, ours[name], theirs[name]})
		}
	}
	slices.SortFunc(out, func(x, y Difference) int { return strings.Compare(x.Name, y.Name) })
	return out
}

// tones puts the tone mark of oa, oe and uy at the end of a syllable on the first vowel, so
// that "Hoà" and "Hòa" are one name. The u of qu belongs to the consonant: "Quý" stays.
func tones(s string) string {
	letters := []rune(norm.NFD.String(s))
	for i := range letters {
		if i < 2 || i+1 < len(letters) && (unicode.IsLetter(letters[i+1]) || unicode.Is(unicode.Mn, letters[i+1])) || !isTone(letters[i]) {
			continue
		}
		last, first := unicode.ToLower(letters[i-1]), unicode.ToLower(letters[i-2])
		pair := first == 'o' && (last == 'a' || last == 'e') || first == 'u' && last == 'y'
		if first == 'u' && i >= 3 && unicode.ToLower(letters[i-3]) == 'q' {
			continue
		}
		if pair {
			letters[i], letters[i-1] = letters[i-1], letters[i]
		}
	}
	return norm.NFC.String(string(letters))
}

// isTone tells the five tone marks from the marks that make another letter.
func isTone(r rune) bool {
	return r == '\u0300' || r == '\u0301' || r == '\u0303' || r == '\u0309' || r == '\u0323'
}

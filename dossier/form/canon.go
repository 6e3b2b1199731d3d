package form

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"

	"lotrinh/internal/kit/fold"
	"lotrinh/internal/kit/phone"
)

// Pair is one answer in canonical form, under the name that other offices know.
type Pair struct {
	Name, Value string
}

// Canonical are the answers that count, in the order of the form: composed, spaces
// collapsed, tones placed one way, names in capitals, dates as 2016-11-05, codes and
// never labels. Blank answers are left out.
func Canonical(f Form, a Answers, ctx Context) []Pair {
	v := look(f, a, ctx)
	var out []Pair
	put := func(one Field, key, name string) {
		if s := canon(one.Kind, a[key]); s != "" {
			out = append(out, Pair{name, s})
		}
	}
	var field func(one Field, name string)
	field = func(one Field, name string) {
		if one.Kind == Repeat {
			row := 0
			for i := range RowsOf(one, a) {
				before := len(out)
				for _, sub := range one.Fields {
					if sub.Kind != Repeat {
						field(sub.row(one.Key, i), name+"."+strconv.Itoa(row)+"."+sub.name())
					}
				}
				if len(out) > before {
					row++
				}
			}
			return
		}
		put(one, one.Key, name)
		for _, p := range parts[one.Kind] {
			if p != "" && (p != "place" || a[one.Key+".unit"] == "") {
				put(one, one.Key+"."+p, name+"."+p)
			}
		}
		if one.Unknown {
			put(one, one.Key+"."+unknownPart, name+"."+unknownPart)
		}
	}
	for _, g := range f.Groups {
		for _, one := range g.Fields {
			if v.shown[one.Key] {
				field(one, one.name())
			}
		}
	}
	return out
}

func (f Field) name() string {
	if f.Column != "" {
		return f.Column
	}
	return f.Key
}

// Hash is the hash of the canonical answers, in hexadecimal. Equal content has an equal
// hash however it was spelled.
func Hash(f Form, a Answers, ctx Context) string {
	h := sha256.New()
	for _, p := range Canonical(f, a, ctx) {
		for _, s := range []string{p.Name, p.Value} {
			h.Write([]byte(strconv.Itoa(len(s)) + ":" + s))
		}
	}
	return hex.EncodeToString(h.Sum(nil))
}

func canon(k Kind, s string) string {
	s = strings.Join(strings.Fields(fold.NFC(s)), " ")
	switch k {
	case Name:
		return strings.ToUpper(Tones(s))
	case Phone:
		if n, ok := phone.Normal(s); ok {
			return n
		}
	case Date:
		if d, ok := ReadDate(s); ok {
			return d
		}
	}
	return Tones(s)
}

// toned are vowel pairs whose tone older spelling puts on the first letter.
var toned = strings.NewReplacer(pairsOfTones()...)

func pairsOfTones() []string {
	const tones = "\u0300\u0301\u0309\u0303\u0323"
	var out []string
	for _, pair := range []string{"oa", "oe", "uy", "Oa", "Oe", "Uy", "OA", "OE", "UY"} {
		for _, tone := range tones {
			out = append(out, fold.NFC(pair[:1]+string(tone)+pair[1:]), fold.NFC(pair+string(tone)))
		}
	}
	return out
}

// Tones places tones as the newer spelling does: "hòa" becomes "hoà", "thúy" "thuý".
func Tones(s string) string { return toned.Replace(s) }

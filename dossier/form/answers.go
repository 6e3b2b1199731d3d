package form

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/fold"
)

// Answers are what was answered, one text a key.
type Answers map[string]string

// What fits into answers.
const (
	MostAnswers = 2000
	MostBytes   = 256 << 10
	mostLetters = 4000 // of a Long
	fewLetters  = 200  // of anything else, unless its field says
)

// Door takes in what came from outside: composed (NFC), without control characters,
// spaces cut at both ends, empty answers left out. More than fits is TooLarge.
func Door(raw map[string]string) (Answers, error) {
	if len(raw) > MostAnswers {
		return nil, fault.New(fault.TooLarge, "answer.too_much")
	}
	out, size := Answers{}, 0
	for k, v := range raw {
		if size += len(k) + len(v); size > MostBytes {
			return nil, fault.New(fault.TooLarge, "answer.too_much")
		}
		if v = tidy(v); v != "" && k == tidy(k) {
			out[k] = v
		}
	}
	return out, nil
}

// tidy is a text as it is kept: composed, no control characters but line ends.
func tidy(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return r
		case r == '\t' || r == '\u00a0':
			return ' '
		case unicode.IsControl(r), r == '\ufeff', r == '\u200b':
			return -1
		}
		return r
	}, fold.NFC(strings.ToValidUTF8(s, "")))
	return strings.TrimSpace(s)
}

// Context is what the answers are judged against.
type Context struct {
	Accepted time.Time // the moment of acceptance; of now, before it
	Unit     string    // code of the unit that accepts
	// Place names a unit as it was on a day (2016-11-10): ok is false for a code that
	// no unit had. Nil takes every code.
	Place func(code, day string) (name string, ok bool)
	// District is the code of a unit's district, "" where there is none. Nil knows none.
	District func(code string) string
	// Province is the code, in personal numbers, of the province that registers; "001"
	// when empty.
	Province string
	Staff    bool // what only officers are asked counts too
}

// view is what conditions and rules see: the answers of fields that are shown.
type view struct {
	answers Answers
	shown   map[string]bool // by key of field, as asked; rows not apart
	form    Form
	on      string // the day of acceptance, 2016-11-10
	ctx     Context
}

// look walks the form once and finds what is shown.
func look(f Form, a Answers, ctx Context) *view {
	v := &view{answers: a, shown: map[string]bool{}, form: f, on: clock.Date(ctx.Accepted), ctx: ctx}
	for _, g := range f.Groups {
		if g.Staff && !ctx.Staff || !g.When.holds(v) {
			continue
		}
		for _, one := range g.Fields {
			if (!one.Staff || ctx.Staff) && one.When.holds(v) {
				v.shown[one.Key] = true
			}
		}
	}
	return v
}

// get is the answer of a key whose field is shown, or nothing.
func (v *view) get(key string) string {
	s, ok := v.answers[key]
	if !ok {
		return ""
	}
	if v.shown[key] {
		return s
	}
	for at := strings.LastIndexByte(key, '.'); at > 0; at = strings.LastIndexByte(key[:at], '.') {
		if v.shown[key[:at]] {
			return s
		}
	}
	return ""
}

// day is a date that is named: the acceptance, a field's answer, or itself.
func (v *view) day(name string) (string, bool) {
	if name == Accepted {
		return v.on, true
	}
	if d, ok := dayOf(name); ok {
		return d, true
	}
	return dayOf(v.get(name))
}

// Clean leaves only answers to what the form asks and shows; everything else goes. It is
// what happens to typed answers before they are judged and sent.
func Clean(f Form, a Answers, ctx Context) Answers {
	v := look(f, a, ctx)
	out := Answers{}
	for _, g := range f.Groups {
		for _, one := range g.Fields {
			if !v.shown[one.Key] {
				continue
			}
			for k, s := range a {
				if one.holds(k) && s != "" {
					out[k] = s
				}
			}
		}
	}
	return out
}

// Shown are the groups that ask something, each with the fields that are shown.
func Shown(f Form, a Answers, ctx Context) []Group {
	v := look(f, a, ctx)
	var out []Group
	for _, g := range f.Groups {
		fields := slices.DeleteFunc(slices.Clone(g.Fields), func(x Field) bool { return !v.shown[x.Key] })
		if len(fields) > 0 {
			g.Fields = fields
			out = append(out, g)
		}
	}
	return out
}

// Needs tells whether a field that is shown must be answered.
func (f Field) Needs(a Answers, of Form, ctx Context) bool {
	return f.Required || f.Needed != nil && f.Needed.holds(look(of, a, ctx))
}

// RowsOf is how many rows of a repeated group are answered: one more than the highest
// row with an answer.
func RowsOf(repeat Field, a Answers) int {
	n := 0
	for k := range a {
		if !repeat.holds(k) || k == repeat.Key {
			continue
		}
		row, _, _ := strings.Cut(k[len(repeat.Key)+1:], ".")
		if i, err := strconv.Atoi(row); err == nil {
			n = max(n, i+1)
		}
	}
	return min(n, repeat.rows())
}

// Of is the answer for one of a form's Roles, or nothing.
func (f Form) Of(role string, a Answers) string { return a[f.Keys[role]] }

// whole reads a whole number of at most nine digits.
func whole(s string) (int, error) {
	if len(s) > 10 {
		return 0, strconv.ErrRange
	}
	return strconv.Atoi(s)
}

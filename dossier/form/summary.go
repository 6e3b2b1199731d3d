package form

import (
	"strconv"
	"strings"

	"lotrinh/internal/kit/phone"
)

// Section is a group's answers as they are shown.
type Section struct {
	Group string
	Title Words
	Lines []Line
}

// Line is one answer: what was asked, and what it says. An empty Value was left blank.
type Line struct {
	Key   string
	Label Words
	Value Words
	Row   int // of a repeated group, from 1; else 0
}

// Summary is everything that was asked and answered, in the order of the form, with the
// derived values behind the field that they follow from.
func Summary(f Form, a Answers, ctx Context) []Section {
	v := look(f, a, ctx)
	var out []Section
	for _, g := range f.Groups {
		s := Section{Group: g.Key, Title: g.Title}
		for _, one := range g.Fields {
			if !v.shown[one.Key] {
				continue
			}
			if one.Kind != Repeat {
				s.Lines = append(s.Lines, Line{Key: one.Key, Label: one.Label, Value: v.said(one)})
				s.Lines = append(s.Lines, derived(f, a, one.Key)...)
				continue
			}
			for i := range RowsOf(one, a) {
				for _, sub := range one.Fields {
					if sub.Kind != Repeat {
						in := sub.row(one.Key, i)
						s.Lines = append(s.Lines, Line{Key: in.Key, Label: sub.Label, Value: v.said(in), Row: i + 1})
					}
				}
			}
		}
		if len(s.Lines) > 0 {
			out = append(out, s)
		}
	}
	return out
}

func derived(f Form, a Answers, from string) []Line {
	var out []Line
	for _, d := range f.Derived {
		if d.From == from {
			if s := derive(d.How, a[from]); s != "" {
				out = append(out, Line{Key: d.Key, Label: d.Label, Value: Plain(s)})
			}
		}
	}
	return out
}

// Derive is everything that follows from the answers, by the key of the derived value.
func Derive(f Form, a Answers, ctx Context) Answers {
	v := look(f, a, ctx)
	out := Answers{}
	for _, d := range f.Derived {
		if s := derive(d.How, v.get(d.From)); s != "" {
			out[d.Key] = s
		}
	}
	return out
}

func derive(how, s string) string {
	switch how {
	case InWords:
		return DateInWords(s)
	case Capital:
		return strings.ToUpper(strings.Join(strings.Fields(s), " "))
	}
	return ""
}

// Show is the answer to one field as people read it.
func Show(f Form, key string, a Answers, ctx Context) Words {
	one, ok := f.field(key)
	if !ok {
		return Words{}
	}
	return look(f, a, ctx).said(one)
}

// said is an answer as people read it.
func (v *view) said(f Field) Words {
	got := v.answers[f.Key]
	if f.Unknown && v.answers[f.Key+"."+unknownPart] == "1" {
		return lists.Unknown
	}
	switch f.Kind {
	case Choice, Ethnicity, Nationality:
		return v.option(f, got)
	case Choices:
		var vi, en []string
		for _, one := range f.Options {
			if strings.Contains(","+got+",", ","+one.Value+",") {
				vi, en = append(vi, one.Label.VI), append(en, one.Label.In("en"))
			}
		}
		return Words{VI: strings.Join(vi, "; "), EN: strings.Join(en, "; ")}
	case Date:
		return Plain(ShowDate(got))
	case Tick:
		if got == "1" {
			return lists.Yes
		}
		return Words{}
	case Phone:
		if n, ok := phone.Normal(got); ok {
			return Plain(phone.Show(n))
		}
	case Unit:
		return Plain(v.place(f, got))
	case Address:
		place := v.answers[f.Key+".place"]
		if code := v.answers[f.Key+".unit"]; code != "" {
			if name := v.place(f, code); name != code || place == "" {
				place = name
			}
		}
		return Plain(join(", ", v.answers[f.Key+".line"], place))
	case Paper:
		return v.paper(f)
	}
	return Plain(got)
}

func (v *view) option(f Field, got string) Words {
	o, ok := option(OptionsOf(f), got)
	if ok && got == Other && f.Kind != Choice {
		if s := v.answers[f.Key+"."+Other]; s != "" {
			return Plain(s)
		}
	}
	if !ok {
		return Plain(got)
	}
	return o.Label
}

// place is a unit's name on its day, or its code where nobody knows it.
func (v *view) place(f Field, code string) string {
	day := v.on
	if d, ok := v.day(f.AsAt); ok {
		day = d
	}
	if v.ctx.Place != nil && code != "" {
		if name, ok := v.ctx.Place(code, day); ok {
			return name
		}
	}
	return code
}

func (v *view) paper(f Field) Words {
	kind, _ := option(Papers, v.answers[f.Key+".kind"])
	no, on, by := v.answers[f.Key+".no"], ShowDate(v.answers[f.Key+".on"]), v.answers[f.Key+".by"]
	return Words{VI: join(", ", join(" ", kind.Label.VI, no), by, on), EN: join(", ", join(" ", kind.Label.EN, no), by, on)}
}

// join puts what is not empty together.
func join(sep string, all ...string) string {
	var out []string
	for _, s := range all {
		if s != "" {
			out = append(out, s)
		}
	}
	return strings.Join(out, sep)
}

// RowKey is the key of a field in a row, counted from 0, of a repeated group.
func RowKey(group string, row int, field string) string {
	return group + "." + strconv.Itoa(row) + "." + field
}

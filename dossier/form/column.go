package form

import (
	"strings"
)

// Holds tells whether a condition holds for answers; nil holds. Documents and legs of a
// procedure keep conditions of their own.
func (c *Cond) Holds(f Form, a Answers, ctx Context) bool { return c.holds(look(f, a, ctx)) }

// Columns are the answers that count by the names of other offices' columns, as people
// read them in Vietnamese, dates as 2016-11-05. A Paper stands under its column whole, and
// its number alone under the column with ".no" behind it. What has no column, was left
// blank or is one of several rows is left out.
func Columns(f Form, a Answers, ctx Context) map[string]string {
	v := look(f, a, ctx)
	out := map[string]string{}
	put := func(name, s string) {
		if s = strings.TrimSpace(s); name != "" && s != "" {
			out[name] = s
		}
	}
	for _, g := range f.Groups {
		for _, one := range g.Fields {
			switch {
			case one.Column == "" || one.Kind == Repeat || !v.shown[one.Key]:
			case one.Kind == Date && a[one.Key+"."+unknownPart] != "1":
				put(one.Column, canon(Date, a[one.Key]))
			case one.Kind == Paper:
				put(one.Column, v.said(one).VI)
				put(one.Column+".no", a[one.Key+".no"])
			default:
				put(one.Column, v.said(one).VI)
			}
		}
	}
	for _, d := range f.Derived {
		put(d.Column, derive(d.How, v.get(d.From)))
	}
	return out
}

// FromColumns reads what another office filed by the names of its columns as answers to a
// form: dates and choices as the form keeps them, an address as its line, a paper as its
// number. What the form does not ask keeps its name.
func FromColumns(f Form, columns map[string]string) Answers {
	out, taken := Answers{}, map[string]bool{}
	for _, g := range f.Groups {
		for _, one := range g.Fields {
			s, said := columns[one.Column]
			if s = tidy(s); one.Column == "" || one.Kind == Repeat || !said {
				continue
			}
			taken[one.Column] = true
			switch one.Kind {
			case Date:
				if iso, ok := ReadDate(s); ok {
					s = iso
				}
				out[one.Key] = s
			case Choice, Ethnicity, Nationality:
				out[one.Key] = chosen(one, s)
			case Address:
				out[one.Key+".line"] = s
			case Paper:
				out[one.Key+".no"] = s
			default:
				out[one.Key] = s
			}
		}
	}
	for name, s := range columns {
		if s = tidy(s); !taken[name] && s != "" {
			out[name] = s
		}
	}
	return out
}

// chosen is the value of an option that is named by its value or by its words.
func chosen(f Field, s string) string {
	for _, o := range OptionsOf(f) {
		if o.Value == s || FoldName(o.Label.VI) == FoldName(s) || FoldName(o.Label.EN) == FoldName(s) {
			return o.Value
		}
	}
	return s
}

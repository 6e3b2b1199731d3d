package register

import (
	"encoding/json"
	"slices"
	"strings"

	"lotrinh/dossier"
	"lotrinh/dossier/form"
	"lotrinh/internal/kit/fold"
)

// Person is somebody whom a dossier names: by name and day of birth where known, by
// personal number where known.
type Person struct {
	Role string // the key of the field with the name
	Name string
	Born string // 2016-11-10, 2016 or empty
	PID  string
}

// digits is a personal number without spaces and dots.
func digits(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, s)
}

// persons are everybody whom a dossier names: its subject and applicant, and each name
// that its form asks with the day of birth and the number that stand closest to it in the
// same group. A number that belongs to no name is a person too.
func persons(d dossier.Dossier, f form.Form, a form.Answers) []Person {
	all := []Person{{Role: form.Subject, Name: d.Subject, Born: d.Born, PID: digits(d.SubjectPID)}, {Role: form.Applicant, Name: d.Applicant, PID: digits(a[f.Keys[form.ApplicantPID]])}}
	if d.MotherPID != "" {
		all = append(all, Person{Role: form.MotherPID, PID: digits(d.MotherPID)})
	}
	for _, g := range f.Groups {
		all = append(all, named(g.Fields, "", a)...)
		for _, one := range g.Fields {
			if one.Kind != form.Repeat {
				continue
			}
			for row := range form.RowsOf(one, a) {
				all = append(all, named(one.Fields, form.RowKey(one.Key, row, ""), a)...)
			}
		}
	}
	return tidy(all)
}

// named pairs the names among fields with their days of birth and numbers.
func named(fields []form.Field, prefix string, a form.Answers) []Person {
	var out []Person
	taken := map[string]bool{}
	for _, one := range fields {
		if one.Kind != form.Name || a[prefix+one.Key] == "" {
			continue
		}
		p := Person{Role: prefix + one.Key, Name: a[prefix+one.Key]}
		if k := closest(fields, one.Key, form.Date); k != "" {
			p.Born = a[prefix+k]
		}
		if k := closest(fields, one.Key, form.PID); k != "" {
			p.PID, taken[k] = digits(a[prefix+k]), true
		}
		if k := closest(fields, one.Key, form.Paper); k != "" && p.PID == "" {
			p.PID, taken[k] = digits(a[prefix+k+".no"]), true
		}
		out = append(out, p)
	}
	for _, one := range fields {
		n := a[prefix+one.Key]
		if one.Kind == form.Paper {
			n = a[prefix+one.Key+".no"]
		}
		if (one.Kind == form.PID || one.Kind == form.Paper) && !taken[one.Key] && digits(n) != "" {
			out = append(out, Person{Role: prefix + one.Key, PID: digits(n)})
		}
	}
	return out
}

// closest is the field of a kind whose key shares the longest beginning with another's,
// at least two letters; nothing where none does.
func closest(fields []form.Field, to string, kind form.Kind) string {
	best, n := "", 1
	for _, f := range fields {
		if f.Kind != kind {
			continue
		}
		same := 0
		for same < len(to) && same < len(f.Key) && to[same] == f.Key[same] {
			same++
		}
		if same > n {
			best, n = f.Key, same
		}
	}
	return best
}

// tidy leaves out who is neither named nor numbered, and who is said twice.
func tidy(all []Person) []Person {
	var out []Person
	for _, p := range all {
		p.Name = strings.Join(strings.Fields(fold.NFC(p.Name)), " ")
		if len(p.PID) < 9 { // neither a personal number nor an identity card
			p.PID = ""
		}
		if p.Name == "" && p.PID == "" {
			continue
		}
		i := slices.IndexFunc(out, func(o Person) bool {
			return o.PID == p.PID && fold.Key(o.Name) == fold.Key(p.Name) && (o.Born == p.Born || o.Born == "" || p.Born == "")
		})
		if i >= 0 {
			if out[i].Born == "" {
				out[i].Born = p.Born
			}
			continue
		}
		out = append(out, p)
	}
	return out
}

// answersIn reads answers as they are kept; what is no text is left out.
func answersIn(raw json.RawMessage) form.Answers {
	var any map[string]json.RawMessage
	out := form.Answers{}
	if json.Unmarshal(raw, &any) != nil {
		return out
	}
	for k, v := range any {
		var s string
		if json.Unmarshal(v, &s) == nil && s != "" {
			out[k] = s
		}
	}
	return out
}

// formIn reads a form; what is none asks nothing.
func formIn(raw json.RawMessage) form.Form {
	var f form.Form
	if json.Unmarshal(raw, &f) != nil {
		return form.Form{}
	}
	return f
}

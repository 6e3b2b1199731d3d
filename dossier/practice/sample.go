package practice

import (
	"strconv"
	"time"

	"lotrinh/dossier/form"
	"lotrinh/internal/kit/clock"
)

// people are invented; their second word says that they practise.
var people = []string{"Nguyễn Thực Hành An", "Trần Thực Hành Bình", "Lê Thực Hành Cúc", "Phạm Thực Hành Dũng", "Hoàng Thực Hành Em", "Đỗ Thực Hành Giang"}

// sample answers everything that a form must have answered, with invented people. A
// personal number is never made up: it stays blank.
func sample(f form.Form, unit string, seed int, now time.Time) form.Answers {
	a := form.Answers{}
	ctx := form.Context{Accepted: now, Unit: unit, Staff: true}
	m := maker{unit: unit, seed: seed, now: now, f: f, a: a}
	for range 4 { // an answer may show further questions
		for _, g := range form.Shown(f, a, ctx) {
			for _, one := range g.Fields {
				if one.Kind == form.Repeat {
					for row := range one.Min {
						for _, sub := range one.Fields {
							if sub.Required {
								sub.Key = form.RowKey(one.Key, row, sub.Key)
								m.answer(sub)
							}
						}
					}
					continue
				}
				if one.Needs(a, f, ctx) || wanted(f, one.Key) {
					m.answer(one)
				}
			}
		}
	}
	return a
}

// wanted are the answers that lists know a dossier by.
func wanted(f form.Form, key string) bool {
	for _, role := range []string{form.Subject, form.Born, form.Applicant} {
		if f.Keys[role] == key {
			return true
		}
	}
	return false
}

type maker struct {
	unit string
	seed int
	now  time.Time
	f    form.Form
	a    form.Answers
	made int
}

// answer fills in one field, unless it is answered.
func (m *maker) answer(f form.Field) {
	if m.a[f.Key] != "" || m.a[f.Key+".line"] != "" || m.a[f.Key+".no"] != "" {
		return
	}
	m.made++
	switch f.Kind {
	case form.Name:
		m.a[f.Key] = people[(m.seed+m.made)%len(people)]
	case form.Date:
		m.a[f.Key] = m.date(f.Key)
	case form.Time:
		m.a[f.Key] = "08:30"
	case form.Number:
		m.a[f.Key] = strconv.Itoa(max(1, f.Min))
	case form.Choice, form.Choices, form.Ethnicity, form.Nationality:
		if o := form.OptionsOf(f); len(o) > 0 {
			m.a[f.Key] = o[0].Value
		}
	case form.Tick:
		m.a[f.Key] = "1"
	case form.Unit:
		m.a[f.Key] = m.unit
	case form.Address:
		m.a[f.Key+".unit"], m.a[f.Key+".line"] = m.unit, "Thôn Thực Hành"
	case form.Paper:
		if len(form.Papers) > 0 {
			m.a[f.Key+".kind"], m.a[f.Key+".no"], m.a[f.Key+".on"], m.a[f.Key+".by"] = form.Papers[0].Value, "000000000", "2010-01-04", "Thực hành"
		}
	case form.Text, form.Long:
		m.a[f.Key] = "Thực hành"
	case form.PID, form.Phone, form.Repeat: // never made up
	}
}

// date is a day of the past: a birth is of last week, other days are of grown-up people.
func (m *maker) date(key string) string {
	if key == m.f.Keys[form.Born] && m.f.Keys[form.ProofNo] != "" {
		return clock.Date(m.now.AddDate(0, 0, -7))
	}
	return clock.Date(m.now.AddDate(-30, 0, -m.made))
}

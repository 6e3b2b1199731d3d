package catalogue

import (
	"slices"
	"strings"

	"lotrinh/dossier/catalogue/views"
	"lotrinh/dossier/form"
	"lotrinh/dossier/procedure"
	"lotrinh/dossier/term"
	"lotrinh/internal/kit/i18n"
)

// SayTerm is how long a procedure takes, in words.
func SayTerm(t i18n.T, r term.Rule) string {
	s := t.Say("catalogue.term."+string(r.Kind), "n", r.Days)
	if r.Kind == term.SameDay {
		cut := r.Cut
		if cut == "" {
			cut = "15:00"
		}
		s = t.Say("catalogue.term.same_day", "cut", cut)
	}
	switch {
	case r.Extra > 0:
		s += t.Say("catalogue.term.extra", "n", r.Extra)
	case r.Total > 0:
		s += t.Say("catalogue.term.total", "n", r.Total)
	case r.OnReply:
		s += t.Say("catalogue.term.on_reply")
	}
	return s
}

// SayFee is what a procedure costs, in lines.
func SayFee(t i18n.T, f procedure.Fee) []string {
	var out []string
	switch {
	case f.Amount > 0:
		out = append(out, t.Say("catalogue.fee.amount", "n", t.Int(f.Amount)))
	case f.Late > 0:
		out = append(out, t.Say("catalogue.fee.free_in_time", "n", f.LateDays), t.Say("catalogue.fee.late", "n", t.Int(f.Late)))
	case f.PerCopy == 0:
		out = append(out, t.Say("catalogue.fee.free"))
	}
	if f.PerCopy > 0 {
		out = append(out, t.Say("catalogue.fee.per_copy", "n", t.Int(f.PerCopy)))
	}
	if len(f.Exempt) > 0 {
		var who []string
		for _, e := range f.Exempt {
			who = append(who, t.Say("catalogue.exempt."+e))
		}
		out = append(out, t.Say("catalogue.fee.exempt", "who", strings.Join(who, ", ")))
	}
	return out
}

// Exempts are the groups whom a fee can spare.
var Exempts = []string{"merit", "poor", "disabled"}

// sayLevel is how much can be done from home, in the words of the version's time.
func sayLevel(t i18n.T, d procedure.Definition) string {
	if d.Online != "" {
		return t.Say("catalogue.online." + string(d.Online))
	}
	return t.Say("catalogue.level", "n", d.Level)
}

// papers are the documents of one kind with when they are needed.
func papers(t i18n.T, d procedure.Definition, f form.Form, show bool) []views.Paper {
	lang := string(t.Lang)
	var out []views.Paper
	for _, doc := range d.Documents {
		if doc.Show != show {
			continue
		}
		p := views.Paper{Name: doc.Name.Say(lang), Note: doc.Note.Say(lang)}
		if c, err := ReadCond(doc.When); err == nil && len(doc.When) > 0 {
			p.When = sayCond(t, f, c)
		}
		if doc.Optional {
			p.When = strings.TrimSpace(p.When + " " + t.Say("catalogue.if_any"))
		}
		out = append(out, p)
	}
	return out
}

// sayCond is a condition in words, where it is simple: "khi Loại giấy tờ là Giấy chứng
// sinh". Others are not said.
func sayCond(t i18n.T, f form.Form, c form.Cond) string {
	one, _, ok := f.Field(c.Field)
	if !ok || !slices.Contains([]string{form.Is, form.In, form.Has}, c.Op) {
		return ""
	}
	var answers []string
	for _, v := range append([]string{c.Value}, c.In...) {
		for _, o := range form.OptionsOf(one) {
			if o.Value == v {
				answers = append(answers, o.Label.In(t.Lang))
			}
		}
	}
	if len(answers) == 0 {
		return ""
	}
	return t.Say("catalogue.when", "field", one.Label.In(t.Lang), "answers", strings.Join(answers, t.Say("fields.or")))
}

package catalogue

import (
	"slices"
	"strconv"
	"strings"

	"lotrinh/dossier/procedure"
	"lotrinh/dossier/term"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/site/ui"
)

// groups are under which titles procedures are listed.
var groups = []string{"birth", "death", "marriage", "recognition", "guardianship", "change", "copy", "attest", "residence"}

// Doubts are the parts of a version of which can be said that no text confirmed them yet.
var Doubts = []string{"code", "basis", "term", "fee.amount", "fee.late", "fee.per_copy", "documents", "steps.confirm", "legs"}

// doubtField asks of each part whether a text confirmed it; what was named before and is no
// part of today's list can still be taken away.
func doubtField(t i18n.T, s *sheet) ui.Field {
	f := input(t, "doubts", "")
	f.Kind, f.Values = ui.Checks, s.Doubts
	for _, name := range append(slices.Clone(Doubts), s.Doubts...) {
		if !slices.ContainsFunc(f.Options, func(o ui.Option) bool { return o.Value == name }) {
			f.Options = append(f.Options, ui.Option{Value: name, Label: doubtWord(t, name)})
		}
	}
	return f
}

func headSection() section {
	return section{name: "head", one: true, fields: func(t i18n.T, s *sheet, _ int) []ui.Field {
		out := append(both(t, "name", s.Name.VI, s.Name.EN), input(t, "code", s.Code, must), input(t, "group", s.Group, of(t, "catalogue.group.", groups...)))
		return append(out, input(t, "level", strconv.Itoa(s.Level), of(t, "catalogue.l.", "1", "2", "3", "4")), input(t, "online", string(s.Online), of(t, "catalogue.online.", "", "full", "partial")),
			input(t, "words", strings.Join(s.Words, "\n"), area(6)), doubtField(t, s), input(t, "note", s.note, area(2)))
	}, put: func(v typed, s *sheet, _ int, k *fault.Check) {
		s.Name, s.Code, s.Group = v.words("name"), v.text("code"), v.text("group")
		s.Level, s.Online = v.number(k, "level"), procedure.Online(v.text("online"))
		s.Words, s.Doubts, s.note = v.lines("words"), split(v("doubts")), v.text("note")
		k.Need(s.Name.VI != "", "name_vi", "catalogue.name_needed")
	}}
}

func termFields(t i18n.T, r term.Rule) []ui.Field {
	return []ui.Field{input(t, "term_kind", string(r.Kind), of(t, "catalogue.tk.", string(term.SameDay), string(term.WorkingDays), string(term.CalendarDays))), input(t, "term_days", text(r.Days), narrow),
		input(t, "term_extra", text(r.Extra), narrow), input(t, "term_total", text(r.Total), narrow), input(t, "term_cut", r.Cut), input(t, "term_shifts", ticked(r.Shifts), tick), input(t, "term_on_reply", ticked(r.OnReply), tick)}
}

func (v typed) term(k *fault.Check) term.Rule {
	r := term.Rule{Kind: term.Kind(v.text("term_kind")), Days: v.number(k, "term_days"), Extra: v.number(k, "term_extra"), Total: v.number(k, "term_total"), Cut: v.text("term_cut"), Shifts: v.text("term_shifts") == "1", OnReply: v.text("term_on_reply") == "1"}
	k.Add(r.Check())
	return r
}

func termSection() section {
	return section{name: "term", one: true, fields: func(t i18n.T, s *sheet, _ int) []ui.Field {
		exempt := input(t, "fee_exempt", "")
		exempt.Kind, exempt.Values = ui.Checks, s.Fee.Exempt
		for _, e := range Exempts {
			exempt.Options = append(exempt.Options, ui.Option{Value: e, Label: t.Say("catalogue.exempt." + e)})
		}
		return append(termFields(t, s.Term), input(t, "fee_amount", text(int(s.Fee.Amount)), narrow), input(t, "fee_per_copy", text(int(s.Fee.PerCopy)), narrow), input(t, "fee_late", text(int(s.Fee.Late)), narrow),
			input(t, "fee_late_days", text(s.Fee.LateDays), narrow), input(t, "fee_late_from", s.Fee.LateFrom, asked(s, t.Say("catalogue.none"))), exempt)
	}, put: func(v typed, s *sheet, _ int, k *fault.Check) {
		s.Term = v.term(k)
		s.Fee = procedure.Fee{Amount: int64(v.number(k, "fee_amount")), PerCopy: int64(v.number(k, "fee_per_copy")), Late: int64(v.number(k, "fee_late")), LateDays: v.number(k, "fee_late_days"), LateFrom: v.text("fee_late_from"), Exempt: split(v("fee_exempt"))}
		k.Need(s.Fee.Amount >= 0 && s.Fee.PerCopy >= 0 && s.Fee.Late >= 0, "fee_amount", "procedure.fee_negative")
	}}
}

func plainSection() section {
	return section{name: "plain", one: true, fields: func(t i18n.T, s *sheet, _ int) []ui.Field {
		var out []ui.Field
		for _, p := range []struct {
			name string
			text procedure.Text
		}{{"what", s.Plain.What}, {"who", s.Plain.Who}, {"where", s.Plain.Where}, {"next", s.Plain.Next}} {
			out = append(out, both(t, p.name, p.text.VI, p.text.EN, area(3))...)
		}
		return out
	}, put: func(v typed, s *sheet, _ int, _ *fault.Check) {
		s.Plain = procedure.Plain{What: v.words("what"), Who: v.words("who"), Where: v.words("where"), Next: v.words("next")}
	}}
}

func basisSection() section {
	return section{name: "basis", list: func(s *sheet) mover { return moves(&s.Basis) },
		title: func(_ i18n.T, s *sheet, i int) (string, string) { return s.Basis[i].Text, s.Basis[i].Article },
		fields: func(t i18n.T, s *sheet, i int) []ui.Field {
			b := lineAt(s.Basis, i)
			return []ui.Field{input(t, "text", b.Text, must), input(t, "article", b.Article)}
		}, put: func(v typed, s *sheet, i int, k *fault.Check) {
			b := procedure.Basis{Text: v.text("text"), Article: v.text("article")}
			k.Need(b.Text != "", "text", "catalogue.name_needed")
			put(&s.Basis, i, b)
		}}
}

func documentSection() section {
	return section{name: "documents", list: func(s *sheet) mover { return moves(&s.Documents) },
		title: func(t i18n.T, s *sheet, i int) (string, string) {
			d := s.Documents[i]
			sub := t.Say("catalogue.submit")
			if d.Show {
				sub = t.Say("catalogue.show")
			}
			if c := opened(d.When); c != nil {
				if when := sayCond(t, s.form, *c); when != "" {
					sub += " · " + when
				}
			}
			return d.Name.Say(string(t.Lang)), sub
		}, fields: func(t i18n.T, s *sheet, i int) []ui.Field {
			d := lineAt(s.Documents, i)
			out := append([]ui.Field{input(t, "key", d.Key, must)}, both(t, "name", d.Name.VI, d.Name.EN)...)
			out = append(out, input(t, "show", ticked(d.Show), tick), input(t, "optional", ticked(d.Optional), tick), input(t, "copies", text(d.Copies), narrow), input(t, "note_vi", d.Note.VI, area(2)), input(t, "note_en", d.Note.EN, area(2)))
			return append(out, condFields(t, s, "when", opened(d.When))...)
		}, put: func(v typed, s *sheet, i int, k *fault.Check) {
			d := procedure.Document{Key: v.text("key"), Name: v.words("name"), Show: v.text("show") == "1", Optional: v.text("optional") == "1", Copies: v.number(k, "copies"), Note: v.words("note"), When: v.raw(k, "when")}
			k.Need(keyForm.MatchString(d.Key), "key", "catalogue.key_form")
			k.Need(d.Name.VI != "", "name_vi", "catalogue.name_needed")
			put(&s.Documents, i, d)
		}}
}

func stepSection() section {
	kinds := make([]string, len(procedure.StepKinds))
	for i, k := range procedure.StepKinds {
		kinds[i] = string(k)
	}
	return section{name: "steps", list: func(s *sheet) mover { return moves(&s.Steps) },
		title: func(t i18n.T, s *sheet, i int) (string, string) {
			st := s.Steps[i]
			sub := t.Say("catalogue.step." + string(st.Kind))
			if st.OnlineOnly {
				sub += " · " + t.Say("catalogue.f.online_only")
			}
			return st.Name.Say(string(t.Lang)), sub
		}, fields: func(t i18n.T, s *sheet, i int) []ui.Field {
			st := lineAt(s.Steps, i)
			out := append([]ui.Field{input(t, "key", st.Key, must), input(t, "kind", string(st.Kind), of(t, "catalogue.step.", kinds...))}, both(t, "name", st.Name.VI, st.Name.EN)...)
			return append(out, input(t, "online_only", ticked(st.OnlineOnly), tick))
		}, put: func(v typed, s *sheet, i int, k *fault.Check) {
			st := procedure.Step{Key: v.text("key"), Kind: procedure.StepKind(v.text("kind")), Name: v.words("name"), OnlineOnly: v.text("online_only") == "1"}
			k.Need(keyForm.MatchString(st.Key), "key", "catalogue.key_form")
			k.Need(st.Name.VI != "", "name_vi", "catalogue.name_needed")
			put(&s.Steps, i, st)
		}}
}

func legSection() section {
	return section{name: "legs", list: func(s *sheet) mover { return moves(&s.Legs) },
		title: func(t i18n.T, s *sheet, i int) (string, string) {
			return s.Legs[i].Name.Say(string(t.Lang)), s.Legs[i].Partner + " · " + SayTerm(t, s.Legs[i].Term)
		}, fields: func(t i18n.T, s *sheet, i int) []ui.Field {
			l := lineAt(s.Legs, i)
			out := append([]ui.Field{input(t, "key", l.Kind, must), input(t, "partner", l.Partner, must)}, both(t, "name", l.Name.VI, l.Name.EN)...)
			out = append(append(out, termFields(t, l.Term)...), input(t, "more", text(l.More), narrow))
			return append(out, condFields(t, s, "when", opened(l.When))...)
		}, put: func(v typed, s *sheet, i int, k *fault.Check) {
			l := procedure.Leg{Kind: v.text("key"), Partner: v.text("partner"), Name: v.words("name"), Term: v.term(k), More: v.number(k, "more"), When: v.raw(k, "when")}
			k.Need(keyForm.MatchString(l.Kind), "key", "catalogue.key_form")
			k.Need(l.Partner != "", "partner", "catalogue.name_needed")
			put(&s.Legs, i, l)
		}}
}

func resultSection() section {
	return section{name: "results", list: func(s *sheet) mover { return moves(&s.Results) },
		title: func(t i18n.T, s *sheet, i int) (string, string) {
			r := s.Results[i]
			var sub []string
			if r.Book != "" {
				sub = append(sub, t.Say("catalogue.f.book")+" "+r.Book)
			}
			if r.From != "" {
				sub = append(sub, t.Say("catalogue.f.from_leg")+" "+r.From)
			}
			return r.Name.Say(string(t.Lang)), strings.Join(sub, " · ")
		}, fields: func(t i18n.T, s *sheet, i int) []ui.Field {
			r := lineAt(s.Results, i)
			return append(append([]ui.Field{input(t, "key", r.Key, must)}, both(t, "name", r.Name.VI, r.Name.EN)...), input(t, "book", r.Book), input(t, "from_leg", r.From))
		}, put: func(v typed, s *sheet, i int, k *fault.Check) {
			r := procedure.Result{Key: v.text("key"), Name: v.words("name"), Book: v.text("book"), From: v.text("from_leg")}
			k.Need(keyForm.MatchString(r.Key), "key", "catalogue.key_form")
			k.Need(r.Name.VI != "", "name_vi", "catalogue.name_needed")
			put(&s.Results, i, r)
		}}
}

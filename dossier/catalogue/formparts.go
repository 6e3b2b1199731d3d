package catalogue

import (
	"slices"
	"strconv"
	"strings"

	"lotrinh/dossier/form"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/site/ui"
)

func groupSection() section {
	return section{name: "groups", list: func(s *sheet) mover { return moves(&s.form.Groups) },
		title: func(t i18n.T, s *sheet, i int) (string, string) {
			g := s.form.Groups[i]
			return g.Title.In(t.Lang), t.Say("catalogue.questions", "n", len(g.Fields))
		}, fields: func(t i18n.T, s *sheet, i int) []ui.Field {
			g := lineAt(s.form.Groups, i)
			out := append([]ui.Field{input(t, "key", g.Key, must)}, both(t, "title", g.Title.VI, g.Title.EN)...)
			out = append(out, input(t, "help_vi", g.Help.VI, area(2)), input(t, "help_en", g.Help.EN, area(2)), input(t, "staff", ticked(g.Staff), tick))
			return append(out, condFields(t, s, "when", g.When)...)
		}, put: func(v typed, s *sheet, i int, k *fault.Check) {
			g := lineAt(s.form.Groups, i)
			g.Key, g.Title, g.Help, g.Staff, g.When = v.text("key"), v.said("title"), v.said("help"), v.text("staff") == "1", v.cond(k, "when")
			k.Need(g.Title.VI != "", "title_vi", "catalogue.name_needed")
			k.Need(keyForm.MatchString(g.Key), "key", "catalogue.key_form")
			put(&s.form.Groups, i, g)
		}}
}

// flat is where the i-th question of the form stands.
func flat(f form.Form, i int) (group, field int, ok bool) {
	for g := range f.Groups {
		n := len(f.Groups[g].Fields)
		if i < n {
			return g, i, i >= 0
		}
		i -= n
	}
	return 0, 0, false
}

// fieldMoves moves a question over the others, from one group into the next as well.
func fieldMoves(s *sheet) mover {
	n := 0
	for _, g := range s.form.Groups {
		n += len(g.Fields)
	}
	return mover{n, func(i, j int) {
		gi, fi, ok := flat(s.form, i)
		gj, fj, also := flat(s.form, j)
		if !ok || !also {
			return
		}
		if gi == gj {
			a := s.form.Groups[gi].Fields
			a[fi], a[fj] = a[fj], a[fi]
			return
		}
		one := s.form.Groups[gi].Fields[fi]
		s.form.Groups[gi].Fields = slices.Delete(s.form.Groups[gi].Fields, fi, fi+1)
		to := 0
		if gj < gi {
			to = len(s.form.Groups[gj].Fields)
		}
		s.form.Groups[gj].Fields = slices.Insert(s.form.Groups[gj].Fields, to, one)
	}, func(i int) {
		if g, f, ok := flat(s.form, i); ok {
			s.form.Groups[g].Fields = slices.Delete(s.form.Groups[g].Fields, f, f+1)
		}
	}}
}

func fieldSection() section {
	return section{name: "fields", list: fieldMoves, title: func(t i18n.T, s *sheet, i int) (string, string) {
		g, f, ok := flat(s.form, i)
		if !ok {
			return "", ""
		}
		one := s.form.Groups[g].Fields[f]
		sub := s.form.Groups[g].Title.In(t.Lang) + " · " + t.Say("catalogue.kind."+string(one.Kind))
		if one.Required {
			sub += " · " + t.Say("catalogue.f.required")
		}
		return one.Label.In(t.Lang), sub
	}, fields: fieldInputs, put: putField}
}

func fieldInputs(t i18n.T, s *sheet, i int) []ui.Field {
	g, n, ok := flat(s.form, i)
	var f form.Field
	group := ""
	if ok {
		f, group = s.form.Groups[g].Fields[n], s.form.Groups[g].Key
	}
	in := input(t, "in_group", group)
	in.Kind, in.Required = ui.Select, true
	for _, g := range s.form.Groups {
		in.Options = append(in.Options, ui.Option{Value: g.Key, Label: g.Title.In(t.Lang)})
	}
	kinds := make([]string, len(form.Kinds))
	for i, k := range form.Kinds {
		kinds[i] = string(k)
	}
	out := append([]ui.Field{in, input(t, "key", f.Key, must), input(t, "kind", string(f.Kind), of(t, "catalogue.kind.", kinds...))}, both(t, "label", f.Label.VI, f.Label.EN)...)
	out = append(out, input(t, "help_vi", f.Help.VI, area(2)), input(t, "help_en", f.Help.EN, area(2)), input(t, "required", ticked(f.Required), tick), input(t, "options", optionLines(f), area(5)),
		input(t, "rows", rowLines(f), area(4)), input(t, "min", text(f.Min), narrow), input(t, "max", text(f.Max), narrow), input(t, "partial", ticked(f.Partial), tick), input(t, "unknown", ticked(f.Unknown), tick),
		input(t, "staff", ticked(f.Staff), tick), input(t, "as_at", f.AsAt, asked(s, t.Say("catalogue.none"))), input(t, "sex", f.Sex), input(t, "born", f.Born, asked(s, t.Say("catalogue.none"))), input(t, "column", f.Column))
	out = append(out, condFields(t, s, "when", f.When)...)
	return append(out, condFields(t, s, "needed", f.Needed)...)
}

// optionLines are answers to choose from, one a line: value | Vietnamese | English.
func optionLines(f form.Field) string {
	var b strings.Builder
	for _, o := range f.Options {
		b.WriteString(o.Value + " | " + o.Label.VI + " | " + o.Label.EN + "\n")
	}
	return b.String()
}

// rowLines are the questions of a repeated row: key | kind | Vietnamese | English, with
// an asterisk before the key of one that must be answered.
func rowLines(f form.Field) string {
	var b strings.Builder
	for _, sub := range f.Fields {
		if sub.Required {
			b.WriteString("*")
		}
		b.WriteString(sub.Key + " | " + string(sub.Kind) + " | " + sub.Label.VI + " | " + sub.Label.EN + "\n")
	}
	return b.String()
}

func cells(line string, n int) []string {
	out := make([]string, n)
	for i, s := range strings.SplitN(line, "|", n) {
		out[i] = strings.TrimSpace(s)
	}
	return out
}

func putField(v typed, s *sheet, i int, k *fault.Check) {
	g, n, was := flat(s.form, i)
	var f form.Field
	if was {
		f = s.form.Groups[g].Fields[n]
	}
	old := f.Fields
	f.Key, f.Kind, f.Label, f.Help = v.text("key"), form.Kind(v.text("kind")), v.said("label"), v.said("help")
	f.Required, f.Partial, f.Unknown, f.Staff = v.text("required") == "1", v.text("partial") == "1", v.text("unknown") == "1", v.text("staff") == "1"
	f.Min, f.Max, f.AsAt, f.Sex, f.Born, f.Column = v.number(k, "min"), v.number(k, "max"), v.text("as_at"), v.text("sex"), v.text("born"), v.text("column")
	f.When, f.Needed = v.cond(k, "when"), v.cond(k, "needed")
	before := f.Options
	f.Options, f.Fields = nil, nil
	for _, line := range v.lines("options") {
		c := cells(line, 3)
		o := form.Option{Value: c[0], Label: form.Words{VI: c[1], EN: c[2]}}
		if j := slices.IndexFunc(before, func(x form.Option) bool { return x.Value == o.Value }); j >= 0 {
			o.Help = before[j].Help
		}
		f.Options = append(f.Options, o)
	}
	for _, line := range v.lines("rows") {
		c := cells(line, 4)
		key, required := strings.CutPrefix(c[0], "*")
		sub := form.Field{}
		if j := slices.IndexFunc(old, func(x form.Field) bool { return x.Key == key }); j >= 0 {
			sub = old[j]
		}
		sub.Key, sub.Kind, sub.Label, sub.Required = key, form.Kind(c[1]), form.Words{VI: c[2], EN: c[3]}, required
		f.Fields = append(f.Fields, sub)
	}
	k.Need(f.Label.VI != "", "label_vi", "catalogue.name_needed")
	to := slices.IndexFunc(s.form.Groups, func(x form.Group) bool { return x.Key == v.text("in_group") })
	k.Need(to >= 0, "in_group", "catalogue.group_needed")
	if to < 0 {
		return
	}
	if was && to == g {
		s.form.Groups[g].Fields[n] = f
		return
	}
	if was {
		s.form.Groups[g].Fields = slices.Delete(s.form.Groups[g].Fields, n, n+1)
	}
	s.form.Groups[to].Fields = append(s.form.Groups[to].Fields, f)
}

func ruleSection() section {
	return section{name: "rules", list: func(s *sheet) mover { return moves(&s.form.Rules) },
		title: func(t i18n.T, s *sheet, i int) (string, string) {
			r := s.form.Rules[i]
			sub := t.Say("catalogue.check." + r.Check)
			if r.Warn {
				sub += " · " + t.Say("catalogue.warns")
			}
			return r.Say.In(t.Lang), sub
		}, fields: func(t i18n.T, s *sheet, i int) []ui.Field {
			r := lineAt(s.form.Rules, i)
			out := []ui.Field{input(t, "key", r.Key, must), input(t, "check", r.Check, of(t, "catalogue.check.", form.Checks...)), input(t, "field", r.Field, asked(s, t.Say("catalogue.none"))), input(t, "other", r.Other), input(t, "others", strings.Join(r.Others, ", ")),
				input(t, "lowest", bound(r.Min)), input(t, "highest", bound(r.Max)), input(t, "like", r.Like), input(t, "named", r.Named, of(t, "catalogue.named.", append([]string{""}, form.NamedRules()...)...)), input(t, "warn", ticked(r.Warn), tick)}
			return append(append(out, both(t, "say", r.Say.VI, r.Say.EN, area(2))...), condFields(t, s, "when", r.When)...)
		}, put: func(v typed, s *sheet, i int, k *fault.Check) {
			r := form.Rule{Key: v.text("key"), Check: v.text("check"), Field: v.text("field"), Other: v.text("other"), Others: split(v("others")), Min: v.bound(k, "lowest"), Max: v.bound(k, "highest"), Like: v.text("like"), Named: v.text("named"), Warn: v.text("warn") == "1", Say: v.said("say"), When: v.cond(k, "when")}
			k.Need(r.Say.VI != "", "say_vi", "catalogue.name_needed")
			put(&s.form.Rules, i, r)
		}}
}

func bound(n *int) string {
	if n == nil {
		return ""
	}
	return strconv.Itoa(*n)
}

func (v typed) bound(k *fault.Check, name string) *int {
	if v.text(name) == "" {
		return nil
	}
	n := v.number(k, name)
	return &n
}

func derivedSection() section {
	return section{name: "derived", list: func(s *sheet) mover { return moves(&s.form.Derived) },
		title: func(t i18n.T, s *sheet, i int) (string, string) {
			return s.form.Derived[i].Label.In(t.Lang), t.Say("catalogue.how." + s.form.Derived[i].How)
		}, fields: func(t i18n.T, s *sheet, i int) []ui.Field {
			d := lineAt(s.form.Derived, i)
			return append(append([]ui.Field{input(t, "key", d.Key, must)}, both(t, "label", d.Label.VI, d.Label.EN)...), input(t, "how", d.How, of(t, "catalogue.how.", form.Hows...)), input(t, "field", d.From, asked(s, t.Say("catalogue.none"))), input(t, "column", d.Column))
		}, put: func(v typed, s *sheet, i int, k *fault.Check) {
			d := form.Derived{Key: v.text("key"), Label: v.said("label"), How: v.text("how"), From: v.text("field"), Column: v.text("column")}
			k.Need(d.Label.VI != "", "label_vi", "catalogue.name_needed")
			put(&s.form.Derived, i, d)
		}}
}

func keySection() section {
	return section{name: "keys", one: true, fields: func(t i18n.T, s *sheet, _ int) []ui.Field {
		var out []ui.Field
		for _, role := range form.Roles {
			out = append(out, input(t, "role_"+role, s.form.Keys[role], asked(s, t.Say("catalogue.none"))))
		}
		return out
	}, put: func(v typed, s *sheet, _ int, _ *fault.Check) {
		s.form.Keys = map[string]string{}
		for _, role := range form.Roles {
			if key := v.text("role_" + role); key != "" {
				s.form.Keys[role] = key
			}
		}
	}}
}

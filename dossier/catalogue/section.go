package catalogue

import (
	"slices"
	"strconv"
	"strings"

	"lotrinh/dossier/form"
	"lotrinh/dossier/procedure"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/site/ui"
)

// sheet is a definition that is being edited, its form taken apart.
type sheet struct {
	procedure.Definition
	form form.Form
	note string
}

// whole is the definition with the form put back.
func (s *sheet) whole() procedure.Definition {
	d := s.Definition
	d.Form = s.form.JSON()
	return d
}

// typed is what a form posted under a name.
type typed func(name string) string

func (v typed) text(name string) string { return strings.TrimSpace(v(name)) }

func (v typed) words(name string) procedure.Text {
	return procedure.Text{VI: v.text(name + "_vi"), EN: v.text(name + "_en")}
}

func (v typed) said(name string) form.Words {
	return form.Words{VI: v.text(name + "_vi"), EN: v.text(name + "_en")}
}

// number reads a whole number; nothing typed is 0.
func (v typed) number(k *fault.Check, name string) int {
	s := strings.ReplaceAll(v.text(name), ".", "")
	if s == "" {
		return 0
	}
	n, err := strconv.Atoi(s)
	k.Need(err == nil && n >= -1_000_000_000 && n <= 1_000_000_000, name, "catalogue.number_needed")
	return n
}

func (v typed) lines(name string) []string {
	var out []string
	for line := range strings.Lines(v(name)) {
		if line = strings.TrimSpace(line); line != "" {
			out = append(out, line)
		}
	}
	return out
}

// section is a part of a version that has a form of its own: one form, or one for each
// line of a list.
type section struct {
	name   string
	one    bool // there is one form, no list
	list   func(*sheet) mover
	title  func(i18n.T, *sheet, int) (title, sub string)
	fields func(t i18n.T, s *sheet, i int) []ui.Field // of line i; -1 is a new one
	put    func(v typed, s *sheet, i int, k *fault.Check)
}

// mover changes the order of a list and what is in it.
type mover struct {
	len  int
	swap func(i, j int)
	drop func(i int)
}

func moves[T any](list *[]T) mover {
	return mover{len(*list), func(i, j int) { (*list)[i], (*list)[j] = (*list)[j], (*list)[i] }, func(i int) { *list = slices.Delete(*list, i, i+1) }}
}

// put replaces a line, or adds one when i is -1.
func put[T any](list *[]T, i int, one T) {
	if i < 0 {
		*list = append(*list, one)
	} else {
		(*list)[i] = one
	}
}

// at is the line i, or an empty one.
func lineAt[T any](list []T, i int) T {
	if i < 0 || i >= len(list) {
		var none T
		return none
	}
	return list[i]
}

// sections are the parts of a version, in the order of its page.
func sections() []section {
	return []section{headSection(), termSection(), plainSection(), basisSection(), documentSection(), groupSection(), fieldSection(), ruleSection(), derivedSection(), keySection(), stepSection(), legSection(), resultSection()}
}

func sectionOf(name string) (section, bool) {
	all := sections()
	i := slices.IndexFunc(all, func(s section) bool { return s.name == name })
	if i < 0 {
		return section{}, false
	}
	return all[i], true
}

// input is a field of a section, called by its message key.
func input(t i18n.T, name, value string, more ...func(*ui.Field)) ui.Field {
	f := ui.Field{Name: name, Label: t.Say("catalogue.f." + name), Value: value, Max: 500}
	if hint := "catalogue.f." + name + ".hint"; t.Has(hint) {
		f.Hint = t.Say(hint)
	}
	for _, m := range more {
		m(&f)
	}
	return f
}

func must(f *ui.Field) { f.Required = true }

func narrow(f *ui.Field) { f.Narrow, f.Kind, f.Max = true, ui.Whole, 12 }

func area(rows int) func(*ui.Field) {
	return func(f *ui.Field) { f.Kind, f.Rows, f.Max = ui.Area, rows, 8000 }
}

func tick(f *ui.Field) { f.Kind = ui.Check }

// of is a choice among values with a message key each.
func of(t i18n.T, prefix string, values ...string) func(*ui.Field) {
	return func(f *ui.Field) {
		f.Kind, f.Required = ui.Select, !slices.Contains(values, "")
		for _, v := range values {
			o := ui.Option{Value: v, Label: t.Say("catalogue.none")}
			if v != "" {
				o.Label = t.Say(prefix + v)
			}
			f.Options = append(f.Options, o)
		}
	}
}

// both is a text in both languages.
func both(t i18n.T, name, vi, en string, more ...func(*ui.Field)) []ui.Field {
	return []ui.Field{input(t, name+"_vi", vi, append(more, must)...), input(t, name+"_en", en, more...)}
}

// asked is a choice among the form's questions.
func asked(s *sheet, none string) func(*ui.Field) {
	return func(f *ui.Field) {
		f.Kind = ui.Select
		f.Options = []ui.Option{{Label: none}}
		for _, g := range s.form.Groups {
			for _, one := range g.Fields {
				f.Options = append(f.Options, ui.Option{Value: one.Key, Label: g.Title.VI + ": " + one.Label.VI})
			}
		}
		if f.Value != "" && !slices.ContainsFunc(f.Options, func(o ui.Option) bool { return o.Value == f.Value }) {
			f.Options = append(f.Options, ui.Option{Value: f.Value, Label: f.Value})
		}
	}
}

func text(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

func ticked(b bool) string {
	if b {
		return "1"
	}
	return ""
}

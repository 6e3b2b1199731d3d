package fields

import (
	"encoding/json"
	"slices"
	"strings"

	"lotrinh/dossier/fields/views"
	"lotrinh/dossier/form"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/site/ui"
)

// Look is what a group of a form is drawn from.
type Look struct {
	T        i18n.T
	Form     form.Form
	Group    string
	Answers  form.Answers
	Context  form.Context
	Places   *Places
	Findings []form.Finding
	Compact  bool           // dates as one text, as officers type them
	Whole    bool           // all groups stand on one page, so that what depends on another group is drawn too
	More     map[string]int // further rows of repeated groups
}

// View is the group ready to be drawn by views.Group inside a form. An unknown group
// gives an empty one.
func (l Look) View() views.Asked {
	v := views.Asked{}
	for _, g := range l.Form.Groups {
		if g.Key != l.Group {
			continue
		}
		v.Title, v.Help = g.Title.In(l.T.Lang), g.Help.In(l.T.Lang)
		if l.Whole && g.When != nil {
			v.When, v.WhenSaid = l.when(g.When)
		}
		for _, one := range offered(l.Form, g, l.Answers, l.Context, l.Whole) {
			item := l.item(one)
			if one.When != nil && (l.Whole || dependsOn(one.When, l.Form, g.Key)) {
				item.When, item.WhenSaid = l.when(one.When)
			}
			v.Items = append(v.Items, item)
			if one.Kind == form.Address || one.Kind == form.Unit || one.Kind == form.Repeat {
				v.Places = true
			}
		}
	}
	if v.Places && l.Places != nil {
		v.Names = l.Places.Names()
	}
	return v
}

// Groups are all groups of the form on one page, those that may come to apply included.
// The communes that addresses are suggested from stand there once.
func (l Look) Groups() []views.Asked {
	l.Whole = true
	var out []views.Asked
	named := false
	for _, g := range l.Form.Groups {
		if g.Staff && !l.Context.Staff {
			continue
		}
		l.Group = g.Key
		v := l.View()
		if named {
			v.Names = nil
		}
		named = named || len(v.Names) > 0
		if len(v.Items) > 0 {
			out = append(out, v)
		}
	}
	return out
}

// Errors are the sentences that keep a form from being taken, each leading to its input.
func (l Look) Errors() ui.Errors {
	var out ui.Errors
	for _, one := range l.Findings {
		if one.Severity == form.Error {
			out.Fields = append(out.Fields, ui.FieldError{Name: l.input(one.Field), Text: one.Text(l.T)})
		}
	}
	if len(out.Fields) > 0 {
		out.Title = l.T.Say("fields.mend")
	}
	return out
}

// Warnings are the sentences that let a form pass.
func (l Look) Warnings() []string {
	var out []string
	for _, one := range l.Findings {
		if one.Severity == form.Warning {
			out = append(out, one.Text(l.T))
		}
	}
	return out
}

// input is the name of the input that a finding's field leads to.
func (l Look) input(key string) string {
	one, ok := l.field(key)
	if !ok {
		return key
	}
	switch one.Kind {
	case form.Date:
		if !l.Compact {
			return key + ".d"
		}
	case form.Paper:
		return key + ".kind"
	case form.Address:
		return key + ".place"
	case form.Repeat:
		if len(one.Fields) > 0 {
			return l.input(form.RowKey(key, 0, one.Fields[0].Key))
		}
	}
	return key
}

// field is the field with this key, one of a row included.
func (l Look) field(key string) (form.Field, bool) {
	if one, _, ok := l.Form.Field(key); ok {
		return one, true
	}
	for _, g := range l.Form.Groups {
		for _, f := range g.Fields {
			rest, in := strings.CutPrefix(key, f.Key+".")
			_, sub, row := strings.Cut(rest, ".")
			if f.Kind != form.Repeat || !in || !row {
				continue
			}
			if i := slices.IndexFunc(f.Fields, func(x form.Field) bool { return x.Key == sub }); i >= 0 {
				return f.Fields[i], true
			}
		}
	}
	return form.Field{}, false
}

// problem is the first error at a key, and the first warning.
func (l Look) problem(keys ...string) (wrong, note string) {
	for _, one := range l.Findings {
		for _, k := range keys {
			if one.Field != k {
				continue
			}
			if one.Severity == form.Error && wrong == "" {
				wrong = one.Text(l.T)
			}
			if one.Severity == form.Warning && note == "" {
				note = one.Text(l.T)
			}
		}
	}
	return wrong, note
}

// must tells whether a field has to be answered as things stand.
func (l Look) must(f form.Field) bool { return f.Needs(l.Answers, l.Form, l.Context) }

func (l Look) item(f form.Field) views.Item {
	t := l.T
	wrong, note := l.problem(f.Key)
	base := ui.Field{Name: f.Key, Label: f.Label.In(t.Lang), Hint: f.Help.In(t.Lang), Error: wrong, Value: l.Answers[f.Key], Required: l.must(f) || f.Needed != nil}
	item := views.Item{Note: note, Field: base}
	switch f.Kind {
	case form.Date:
		return l.date(f, item)
	case form.Paper:
		return l.paper(f, item)
	case form.Address:
		return l.address(f, item)
	case form.Ethnicity, form.Nationality:
		return l.listed(f, item)
	case form.Repeat:
		return l.rows(f, item)
	}
	l.plain(f, &item.Field)
	if f.Unknown {
		item.Parts = []ui.Field{item.Field, l.unknown(f)}
		item.Kind = views.Compound
		item.Parts[0].HideLabel, item.Parts[0].Hint, item.Parts[0].Error = true, "", ""
	}
	return item
}

func (l Look) unknown(f form.Field) ui.Field {
	return ui.Field{Kind: ui.Check, Name: f.Key + ".unknown", Label: l.T.Say("fields.unknown"), Value: l.Answers[f.Key+".unknown"]}
}

// plain shapes an input of one part.
func (l Look) plain(f form.Field, in *ui.Field) {
	in.Max = 200
	if f.Max > 0 && f.Kind != form.Number {
		in.Max = f.Max
	}
	switch f.Kind {
	case form.Long:
		in.Kind, in.Rows = ui.Area, 4
		if f.Max == 0 {
			in.Max = 4000
		}
	case form.Choice:
		in.Kind = ui.Radio
		if len(f.Options) > 8 {
			in.Kind = ui.Select
			in.Options = []ui.Option{{Label: l.T.Say("fields.choose")}}
		}
		in.Options = append(in.Options, l.options(f.Options)...)
	case form.Choices:
		in.Kind, in.Options, in.Values = ui.Checks, l.options(f.Options), strings.Split(in.Value, ",")
	case form.Tick:
		in.Kind, in.Label = ui.Check, f.Label.In(l.T.Lang)
	case form.Time:
		in.Narrow, in.Max = true, 5
		if in.Hint == "" {
			in.Hint = l.T.Say("fields.time.hint")
		}
		in.Attrs = map[string]any{"inputmode": "numeric"}
	case form.Number:
		in.Kind, in.Narrow, in.Max = ui.Whole, true, 9
	case form.PID:
		in.Kind, in.Narrow, in.Max = ui.Whole, true, 15
	case form.Phone:
		in.Kind, in.Narrow, in.Max, in.Autocomplete = ui.Phone, true, 20, "tel"
	case form.Name:
		in.Max = 120
		in.Attrs = map[string]any{"autocapitalize": "words", "spellcheck": "false"}
	case form.Unit:
		in.Attrs = map[string]any{"list": views.ListID}
		in.Value = form.Show(l.Form, f.Key, l.Answers, l.Context).In(l.T.Lang)
	}
}

func (l Look) options(all []form.Option) []ui.Option {
	out := make([]ui.Option, len(all))
	for i, o := range all {
		out[i] = ui.Option{Value: o.Value, Label: o.Label.In(l.T.Lang), Hint: o.Help.In(l.T.Lang)}
	}
	return out
}

// date is three inputs, or one.
func (l Look) date(f form.Field, item views.Item) views.Item {
	got := l.Answers[f.Key]
	if item.Field.Hint == "" {
		item.Field.Hint = l.T.Say("fields.date.hint")
	}
	if l.Compact {
		item.Field.Value, item.Field.Narrow, item.Field.Max = form.ShowDate(got), true, 10
		item.Field.Attrs = map[string]any{"inputmode": "numeric"}
		return item
	}
	item.Kind, item.Row = views.Compound, true
	d, m, y := splitDate(got)
	for _, p := range []struct{ key, value string }{{"d", d}, {"m", m}, {"y", y}} {
		item.Parts = append(item.Parts, ui.Field{Kind: ui.Whole, Name: f.Key + "." + p.key, Label: l.T.Say("fields.date." + p.key), Value: p.value, Narrow: true, Max: 4, Required: true})
	}
	return item
}

// splitDate takes a kept date, or what was typed, apart.
func splitDate(s string) (d, m, y string) {
	p := strings.FieldsFunc(form.ShowDate(s), func(r rune) bool { return r == '/' || r == '-' || r == '.' })
	switch len(p) {
	case 0:
		return "", "", ""
	case 1:
		return "", "", p[0]
	case 2:
		return "", p[0], p[1]
	}
	return p[0], p[1], p[2]
}

// part is an input of a compound field.
func (l Look) part(f form.Field, name, label string, required bool) ui.Field {
	key := f.Key + "." + name
	wrong, _ := l.problem(key)
	return ui.Field{Name: key, Label: l.T.Say(label), Value: l.Answers[key], Error: wrong, Required: required, Max: 200}
}

func (l Look) paper(f form.Field, item views.Item) views.Item {
	item.Kind = views.Compound
	must := item.Field.Required
	kind := l.part(f, "kind", "fields.paper.kind", must)
	kind.Kind, kind.Options = ui.Select, append([]ui.Option{{Label: l.T.Say("fields.choose")}}, l.options(form.Papers)...)
	no := l.part(f, "no", "fields.paper.no", must)
	no.Narrow, no.Max = true, 40
	on := l.part(f, "on", "fields.paper.on", false)
	on.Narrow, on.Max, on.Value, on.Hint = true, 10, form.ShowDate(on.Value), l.T.Say("fields.date.hint")
	on.Attrs = map[string]any{"inputmode": "numeric"}
	item.Parts = []ui.Field{kind, no, on, l.part(f, "by", "fields.paper.by", false)}
	return item
}

func (l Look) address(f form.Field, item views.Item) views.Item {
	item.Kind = views.Compound
	place := l.part(f, "place", "fields.address.place", item.Field.Required)
	place.Attrs = map[string]any{"list": views.ListID}
	if code := l.Answers[f.Key+".unit"]; code != "" && place.Value == "" && l.Context.Place != nil {
		place.Value, _ = l.Context.Place(code, l.Answers[f.AsAt])
	}
	if wrong, _ := l.problem(f.Key + ".unit"); wrong != "" {
		place.Error = wrong
	}
	line := l.part(f, "line", "fields.address.line", false)
	item.Parts = []ui.Field{place, line}
	return item
}

// listed is a choice with an answer that is written.
func (l Look) listed(f form.Field, item views.Item) views.Item {
	item.Kind = views.Compound
	all := form.OptionsOf(f)
	in := item.Field
	in.HideLabel, in.Hint, in.Error = true, "", ""
	in.Kind, in.Options = ui.Select, append([]ui.Option{{Label: l.T.Say("fields.choose")}}, l.options(all)...)
	other := l.part(f, "other", "fields.other", false)
	item.Parts = []ui.Field{in, other}
	item.PartWhen = l.cond(&form.Cond{Field: f.Key, Op: form.Is, Value: form.Other})
	return item
}

// rows are the rows of a repeated group: those that are answered, and blank ones.
func (l Look) rows(f form.Field, item views.Item) views.Item {
	item.Kind = views.Rows
	n := form.RowsOf(f, l.Answers) + l.More[f.Key]
	most := form.MostRows
	if f.Max > 0 {
		most = min(most, f.Max)
	}
	n = min(max(n, f.Min, 1), most)
	for i := range n {
		row := views.RowOf{Title: l.T.Say("fields.row", "n", i+1)}
		for _, sub := range f.Fields {
			required := sub.Required
			sub.Required = false
			sub.Key = form.RowKey(f.Key, i, sub.Key)
			one := l.item(sub)
			one.Field.Required = required
			row.Items = append(row.Items, one)
		}
		item.Rows = append(item.Rows, row)
	}
	if n < most {
		item.Add = ui.SubmitData{Name: AddName, Value: f.Key, Label: l.T.Say("fields.row.add")}
	}
	return item
}

// when is a condition for script, and in words for everybody else.
func (l Look) when(c *form.Cond) (raw, said string) {
	said = l.T.Say("fields.when")
	if one, _, ok := l.Form.Field(c.Field); ok && (c.Op == form.Is || c.Op == form.In || c.Op == form.Has) {
		var labels []string
		for _, v := range append([]string{c.Value}, c.In...) {
			for _, o := range form.OptionsOf(one) {
				if o.Value == v {
					labels = append(labels, o.Label.In(l.T.Lang))
				}
			}
		}
		if len(labels) > 0 {
			said = l.T.Say("fields.when.is", "answers", strings.Join(labels, l.T.Say("fields.or")))
		}
	}
	return l.cond(c), said
}

// When is a condition (JSON; empty is none) for script and in words, for what stands on the
// page beside the form's own questions. One that cannot be read is none.
func (l Look) When(raw json.RawMessage) (when, said string) {
	var c *form.Cond
	if len(raw) == 0 || json.Unmarshal(raw, &c) != nil || c == nil {
		return "", ""
	}
	return l.when(c)
}

func (l Look) cond(c *form.Cond) string {
	raw, err := json.Marshal(c)
	if err != nil {
		return "" // texts always marshal
	}
	return string(raw)
}

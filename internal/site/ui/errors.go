package ui

import (
	"errors"

	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/i18n"
)

// Errors are the sentences of a refused form, by field.
type Errors struct {
	Title  string
	Fields []FieldError
}

// FieldError is what is wrong with one field.
type FieldError struct {
	Name  string
	Label string // how the form calls the field; Form fills it in
	Text  string
}

// ErrorsOf turns what a service returned into sentences; nil gives no errors. An
// error that is not the form's own fault gives its sentence without fields.
func ErrorsOf(t i18n.T, err error) Errors {
	var e *fault.Error
	if err == nil || !errors.As(err, &e) {
		if err != nil {
			return Errors{Title: t.Say("fault.internal")}
		}
		return Errors{}
	}
	out := Errors{Title: t.Say(e.Key, e.Args...)}
	for _, f := range e.Fields {
		out.Fields = append(out.Fields, FieldError{Name: f.Name, Text: t.Say(f.Key, f.Args...)})
	}
	return out
}

// Any tells whether something is wrong.
func (e Errors) Any() bool { return e.Title != "" || len(e.Fields) > 0 }

// Of is the sentence for the field with this name, or nothing.
func (e Errors) Of(name string) string {
	for _, f := range e.Fields {
		if f.Name == name {
			return f.Text
		}
	}
	return ""
}

// naming adds the labels of a form's fields, in the order of the form.
func (e Errors) naming(fields []Field) Errors {
	out := Errors{Title: e.Title}
	named := map[string]bool{}
	for _, f := range fields {
		for _, x := range e.Fields {
			if x.Name == f.Name {
				x.Label, named[x.Name] = f.Label, true
				out.Fields = append(out.Fields, x)
			}
		}
	}
	for _, x := range e.Fields {
		if !named[x.Name] {
			out.Fields = append(out.Fields, x)
		}
	}
	return out
}

// into gives a field its error, unless it has one already.
func (e Errors) into(f Field) Field {
	if f.Error == "" {
		f.Error = e.Of(f.Name)
	}
	return f
}

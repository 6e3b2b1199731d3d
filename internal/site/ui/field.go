package ui

import (
	"slices"
	"strconv"

	"github.com/a-h/templ"
)

// Kind is what sort of input a field is.
type Kind string

// The kinds of input. Photo is a file input that takes pictures, opens the camera on
// a phone and shows what was chosen.
const (
	Line     Kind = "text"
	Password Kind = "password"
	Email    Kind = "email"
	Phone    Kind = "tel"
	Whole    Kind = "number" // whole numbers, typed as text with the numeric keyboard
	Date     Kind = "date"
	Moment   Kind = "datetime-local"
	Search   Kind = "search"
	Area     Kind = "textarea"
	Select   Kind = "select"
	Radio    Kind = "radio"
	Checks   Kind = "checks" // several checkboxes of one name
	Check    Kind = "check"  // one checkbox, value "1"
	File     Kind = "file"
	Photo    Kind = "photo"
)

// Option is one answer of a select, of radios or of checkboxes.
type Option struct {
	Value string
	Label string
	Hint  string
	Key   string // of a radio: the key that chooses it, where script runs
}

// Field is one question of a form. Values is for Checks; all other kinds use Value,
// which keeps what was typed when a form comes back.
type Field struct {
	Kind         Kind // Line when empty
	Name         string
	Label        string
	Hint         string
	Error        string // from Errors.Of
	Value        string
	Values       []string
	Options      []Option
	Required     bool
	Disabled     bool
	HideLabel    bool // the label is for screen readers only
	Rows         int  // of an Area; 4 when zero
	Max          int  // characters that fit
	Min, Until   string
	Autocomplete string // "username", "current-password", "one-time-code" …
	Accept       string // of a File
	Multiple     bool
	Narrow       bool // as wide as a short number or a date
	Attrs        templ.Attributes

	quiet bool // no remark that it is optional
}

// ID is the id of the field's input: where its error in the summary leads. A page that
// asks the same question twice gives each an id of its own in Attrs.
func (f Field) ID() string {
	if id, ok := f.Attrs["id"].(string); ok {
		return id
	}
	return FieldID(f.Name)
}

// FieldID is the id of the input with this name.
func FieldID(name string) string { return "f-" + name }

// describedBy names what a screen reader says after the label.
func (f Field) describedBy() string {
	var s string
	if f.Hint != "" {
		s = f.ID() + "-hint"
	}
	if f.Error != "" {
		s += " " + f.ID() + "-error"
	}
	return s
}

// attrs are the attributes that every input of the field shares.
func (f Field) attrs() templ.Attributes {
	a := templ.Attributes{"id": f.ID(), "name": f.Name}
	if d := f.describedBy(); d != "" {
		a["aria-describedby"] = d
	}
	if f.Error != "" {
		a["aria-invalid"] = "true"
	}
	if f.Max > 0 {
		a["maxlength"] = strconv.Itoa(f.Max)
	}
	for k, v := range map[string]string{"autocomplete": f.Autocomplete, "min": f.Min, "max": f.Until, "accept": f.Accept} {
		if v != "" {
			a[k] = v
		}
	}
	a["required"], a["disabled"], a["multiple"] = f.Required, f.Disabled, f.Multiple
	for k, v := range f.Attrs {
		a[k] = v
	}
	return a
}

func (f Field) inputType() string {
	switch f.Kind {
	case "", Whole:
		return string(Line)
	case Photo:
		return string(File)
	}
	return string(f.Kind)
}

func (f Field) accept() templ.Attributes {
	a := f.attrs()
	if f.Kind == Photo {
		a["data-photo"] = true
		if f.Accept == "" {
			a["accept"] = "image/jpeg,image/png,image/webp"
		}
	}
	if f.Kind == Whole {
		a["inputmode"] = "numeric"
	}
	return a
}

func (f Field) rows() string {
	if f.Rows == 0 {
		return "4"
	}
	return strconv.Itoa(f.Rows)
}

func (f Field) has(v string) bool { return f.Value == v || slices.Contains(f.Values, v) }

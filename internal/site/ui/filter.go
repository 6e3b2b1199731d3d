package ui

import "lotrinh/internal/kit/i18n"

// quietLabel leaves the "optional" remark off a filter's field: all filters are.
func quietLabel(f Field) Field {
	f.Required = false
	f.quiet = true
	return f
}

// Quiet is a field of a form that asks rather than saves: it is not said of every field
// that it is optional.
func (f Field) Quiet() Field { return quietLabel(f) }

// Say is the counter as people read it: 999+ when counting stopped at 1000.
func (p Preset) Say(t i18n.T) string {
	if p.Ceiling > 0 && p.Count >= p.Ceiling {
		return t.Int(p.Ceiling-1) + "+"
	}
	return t.Int(p.Count)
}

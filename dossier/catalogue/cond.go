package catalogue

import (
	"encoding/json"
	"strings"

	"lotrinh/dossier/form"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/site/ui"
)

// condFields ask for a condition: the question, the test, the answers. One that joins
// several tests is shown as it is kept.
func condFields(t i18n.T, s *sheet, name string, c *form.Cond) []ui.Field {
	var one form.Cond
	if c != nil {
		one = *c
	}
	if len(one.All)+len(one.Any) > 0 || one.Not != nil {
		raw, err := json.Marshal(one)
		if err != nil {
			return nil // texts always marshal
		}
		return []ui.Field{input(t, name+"_json", string(raw), area(3))}
	}
	value := one.Value
	if one.Op == form.In {
		value = strings.Join(one.In, ", ")
	}
	return []ui.Field{input(t, name+"_field", one.Field, asked(s, t.Say("catalogue.always"))), input(t, name+"_op", one.Op, of(t, "catalogue.op.", append([]string{""}, form.Ops...)...)), input(t, name+"_value", value)}
}

// cond reads what condFields asked; nothing is no condition.
func (v typed) cond(k *fault.Check, name string) *form.Cond {
	if raw := v.text(name + "_json"); raw != "" {
		c, err := ReadCond([]byte(raw))
		k.Need(err == nil, name+"_json", "catalogue.cond_unreadable")
		return &c
	}
	field, op, value := v.text(name+"_field"), v.text(name+"_op"), v.text(name+"_value")
	if field == "" {
		return nil
	}
	k.Need(op != "", name+"_op", "catalogue.op_needed")
	if op == form.In {
		return &form.Cond{Field: field, Op: op, In: split(value)}
	}
	return &form.Cond{Field: field, Op: op, Value: value}
}

// raw is a condition as documents and legs keep it.
func (v typed) raw(k *fault.Check, name string) json.RawMessage {
	c := v.cond(k, name)
	if c == nil {
		return nil
	}
	raw, err := json.Marshal(c)
	if err != nil {
		return nil // texts always marshal
	}
	return raw
}

// opened is a kept condition, or none.
func opened(raw json.RawMessage) *form.Cond {
	if len(raw) == 0 {
		return nil
	}
	c, err := ReadCond(raw)
	if err != nil {
		return nil
	}
	return &c
}

// split takes a list apart at commas.
func split(s string) []string {
	var out []string
	for one := range strings.SplitSeq(s, ",") {
		if one = strings.TrimSpace(one); one != "" {
			out = append(out, one)
		}
	}
	return out
}

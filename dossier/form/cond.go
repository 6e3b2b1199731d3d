package form

import (
	"encoding/json"
	"slices"
	"strings"

	"lotrinh/internal/kit/fault"
)

// Cond is a predicate over answers: one test, or several joined. The zero Cond holds.
type Cond struct {
	Field string   `json:"field,omitempty"` // whose answer; a part as "mother.paper.kind"
	Op    string   `json:"op,omitempty"`    // one of Ops
	Value string   `json:"value,omitempty"`
	In    []string `json:"in,omitempty"` // of "in"
	All   []Cond   `json:"all,omitempty"`
	Any   []Cond   `json:"any,omitempty"`
	Not   *Cond    `json:"not,omitempty"`
}

// The tests of a Cond. Younger and older compare whole years of age on the day of
// acceptance; before and after compare dates, with a date or with an answer ("@accepted"
// is the day of acceptance).
const (
	Is      = "is"
	In      = "in"
	Has     = "has" // a Choices holds it
	Filled  = "filled"
	Blank   = "blank"
	Younger = "younger"
	Older   = "older" // of this age or more
	Before  = "before"
	After   = "after" // on this day or later
)

// Ops are all tests.
var Ops = []string{Is, In, Has, Filled, Blank, Younger, Older, Before, After}

// Accepted names the day of acceptance where a rule or a condition names a date.
const Accepted = "@accepted"

// deepest is how far conditions nest; deeper ones never hold.
const deepest = 12

// holds tells whether the condition holds for what is seen; nil holds.
func (c *Cond) holds(v *view) bool { return c.test(v, 0) }

func (c *Cond) test(v *view, depth int) bool {
	switch {
	case c == nil:
		return true
	case depth > deepest:
		return false
	}
	for i := range c.All {
		if !c.All[i].test(v, depth+1) {
			return false
		}
	}
	if len(c.Any) > 0 && !slices.ContainsFunc(c.Any, func(one Cond) bool { return one.test(v, depth+1) }) {
		return false
	}
	if c.Not != nil && c.Not.test(v, depth+1) {
		return false
	}
	return c.Op == "" || c.one(v)
}

func (c *Cond) one(v *view) bool {
	got := v.get(c.Field)
	switch c.Op {
	case Is:
		return got == c.Value
	case In:
		return slices.Contains(c.In, got)
	case Has:
		return c.Value != "" && slices.Contains(strings.Split(got, ","), c.Value)
	case Filled:
		return got != ""
	case Blank:
		return got == ""
	case Younger, Older:
		years, known := ageOn(got, v.on)
		n, err := whole(c.Value)
		return known && err == nil && (years >= n) == (c.Op == Older)
	case Before, After:
		day, ok := dayOf(got)
		than, known := v.day(c.Value)
		return ok && known && (day < than) == (c.Op == Before)
	}
	return false
}

// fields are the fields that a condition looks at.
func (c *Cond) fields() []string {
	if c == nil {
		return nil
	}
	var out []string
	if c.Op != "" {
		out = append(out, c.Field)
	}
	for _, list := range [][]Cond{c.All, c.Any} {
		for i := range list {
			out = append(out, list[i].fields()...)
		}
	}
	return append(out, c.Not.fields()...)
}

// Fields are the keys that a condition looks at.
func (c *Cond) Fields() []string { return c.fields() }

// Applies tells whether what has this condition (JSON; empty or null is none) applies to
// answers: a paper that is asked for, a leg that is wanted. A condition that cannot be read
// is an Internal fault: versions are checked before they are published.
func Applies(f Form, when json.RawMessage, a Answers, ctx Context) (bool, error) {
	if len(when) == 0 || string(when) == "null" {
		return true, nil
	}
	var c Cond
	if err := json.Unmarshal(when, &c); err != nil {
		return false, fault.Because(fault.Internal, "fault.internal", err)
	}
	return c.Holds(f, a, ctx), nil
}

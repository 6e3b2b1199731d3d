package form

import (
	"regexp"
	"slices"
	"strings"
	"sync"
)

// Rule is something that must hold between answers. Blank answers break no rule but
// Some; a rule whose condition does not hold is not looked at.
type Rule struct {
	Key    string   `json:"key"`
	Check  string   `json:"check"`            // one of Checks
	Field  string   `json:"field"`            // where a fault is shown
	Other  string   `json:"other,omitempty"`  // the field, "@accepted" or date compared with
	Others []string `json:"others,omitempty"` // several of them; fields, or "group:KEY" for all of a group
	Min    *int     `json:"min,omitempty"`
	Max    *int     `json:"max,omitempty"`
	Like   string   `json:"like,omitempty"` // of Match: a regular expression that the answer fits whole
	Named  string   `json:"named,omitempty"`
	When   *Cond    `json:"when,omitempty"`
	Warn   bool     `json:"warn,omitempty"` // a warning, not an error
	Say    Words    `json:"say"`
}

// The checks of a Rule.
const (
	NotAfter = "not_after" // the date Field lies on or before Other
	Days     = "days"      // Field lies between Min and Max days after Other
	Age      = "age"       // who was born on Field is between Min and Max years old on Other
	Empty    = "empty"     // every one of Others is blank, shown or not
	Some     = "some"      // one of Others at least is answered
	SameAs   = "same_as"   // Field equals one of Others that are answered
	Differ   = "differ"    // Field equals none of Others
	Match    = "match"     // Field fits Like
	Never    = "never"     // what When says may not be
	Named    = "named"     // a rule that data cannot say
)

// Checks are all checks.
var Checks = []string{NotAfter, Days, Age, Empty, Some, SameAs, Differ, Match, Never, Named}

// named are the rules that data cannot say: each tells whether its rule is broken.
var named = map[string]func(*checker, Rule) bool{
	"surname_of_parent": surnameElsewhere,
	"stays_in_order":    staysOverlap,
	"gcs_code":          gcsCodeWrong,
	"same_district":     elsewhere,
}

// NamedRules are the names of the rules that data cannot say, sorted.
func NamedRules() []string {
	var out []string
	for name := range named {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}

// rule records a finding when a rule is broken. An answer that is wrong by itself is
// compared with nothing.
func (c *checker) rule(r Rule) {
	if c.wrong[r.Field] || !r.When.holds(c.view) || !c.broken(r) || len(c.found) >= mostFindings {
		return
	}
	s := Error
	if r.Warn {
		s = Warning
	}
	c.found = append(c.found, Finding{Field: r.Field, Severity: s, Key: "answer.rule", Args: []any{"rule", r.Key}, Say: r.Say})
}

func (c *checker) broken(r Rule) bool {
	got := c.get(r.Field)
	switch r.Check {
	case Never:
		return r.When != nil
	case Empty:
		return slices.ContainsFunc(c.named(r.Others), func(k string) bool { return c.anyAnswer(k) })
	case Some:
		return !slices.ContainsFunc(c.named(r.Others), func(k string) bool { return c.get(k) != "" })
	case Named:
		check := named[r.Named]
		return check != nil && check(c, r)
	}
	if got == "" {
		return false
	}
	switch r.Check {
	case NotAfter, Days, Age:
		return c.dates(r, got)
	case SameAs, Differ:
		return c.compared(r, got)
	case Match:
		re := pattern(r.Like)
		return re != nil && !re.MatchString(got)
	}
	return false
}

// dates compares a date with another. What is known only in part gets the benefit of
// the doubt.
func (c *checker) dates(r Rule, got string) bool {
	first, ok := dayOf(got)
	last, _ := lastOf(got)
	other, known := c.day(r.Other)
	if !ok || !known {
		return false
	}
	otherLast := other
	if d, ok := lastOf(c.get(r.Other)); ok {
		otherLast = d
	}
	switch r.Check {
	case NotAfter:
		return first > otherLast
	case Days:
		return r.Min != nil && daysBetween(other, last) < *r.Min || r.Max != nil && daysBetween(otherLast, first) > *r.Max
	}
	youngest, _ := ageOn(last, other)
	oldest, _ := ageOn(first, otherLast)
	return r.Min != nil && oldest < *r.Min || r.Max != nil && youngest > *r.Max
}

func (c *checker) compared(r Rule, got string) bool {
	some, same := false, false
	for _, k := range c.named(r.Others) {
		if v := c.get(k); v != "" {
			some = true
			same = same || v == got
		}
	}
	if r.Check == Differ {
		return same
	}
	return some && !same
}

// named are the fields that a rule lists, groups taken apart.
func (v *view) named(list []string) []string {
	var out []string
	for _, k := range list {
		group, is := strings.CutPrefix(k, "group:")
		if !is {
			out = append(out, k)
			continue
		}
		for _, g := range v.form.Groups {
			if g.Key == group {
				for _, f := range g.Fields {
					out = append(out, f.Key)
				}
			}
		}
	}
	return out
}

// anyAnswer tells whether a field, a part or a row of it has an answer, shown or not.
func (c *checker) anyAnswer(key string) bool {
	if c.answers[key] != "" {
		return true
	}
	for k, v := range c.answers {
		if v != "" && strings.HasPrefix(k, key+".") {
			return true
		}
	}
	return false
}

// longestPattern bounds what a rule's expression may be.
const longestPattern = 200

var patterns sync.Map // string → *regexp.Regexp; definitions are few

// pattern compiles an expression once; nil for one that is none.
func pattern(like string) *regexp.Regexp {
	if like == "" || len(like) > longestPattern {
		return nil
	}
	if kept, ok := patterns.Load(like); ok {
		if re, ok := kept.(*regexp.Regexp); ok {
			return re
		}
	}
	re, err := regexp.Compile(`^(?:` + like + `)$`)
	if err != nil {
		return nil
	}
	patterns.Store(like, re)
	return re
}

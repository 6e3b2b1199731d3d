package sla

import "slices"

// Case is what is known of a ticket when its rule is looked for.
type Case struct {
	Kind     string
	Service  string
	Priority int
	Units    []string // the ticket's unit and everything above it
	Channel  string
	Group    string
}

// Term is one kind of condition.
type Term string

// The terms, in the order in which they are looked at.
const (
	TermPriority Term = "priority"
	TermService  Term = "service"
	TermKind     Term = "kind"
	TermGroup    Term = "group"
	TermUnit     Term = "unit"
	TermChannel  Term = "channel"
)

// Miss is a rule that did not fit, and the first condition that did not hold. Off
// means that it is switched off.
type Miss struct {
	Rule Rule
	Term Term
	Off  bool
}

// Verdict is the rule that holds and why.
type Verdict struct {
	Rule   Rule
	Held   []Term // the conditions of the rule, all of which held
	Missed []Miss // the rules before it
}

// Asked are the terms about which the conditions say something.
func (w Conditions) Asked() []Term {
	var all []Term
	for _, one := range []struct {
		term Term
		n    int
	}{{TermPriority, len(w.Priorities)}, {TermService, len(w.Services)}, {TermKind, len(w.Kinds)}, {TermGroup, len(w.Groups)},
		{TermUnit, len(w.Units)}, {TermChannel, len(w.Channels)}} {
		if one.n > 0 {
			all = append(all, one.term)
		}
	}
	return all
}

// holds tells whether one condition holds; one that asks for nothing does.
func (w Conditions) holds(t Term, c Case) bool {
	switch t {
	case TermPriority:
		return len(w.Priorities) == 0 || slices.Contains(w.Priorities, c.Priority)
	case TermService:
		return oneOf(w.Services, c.Service)
	case TermKind:
		return oneOf(w.Kinds, c.Kind)
	case TermGroup:
		return oneOf(w.Groups, c.Group)
	case TermChannel:
		return oneOf(w.Channels, c.Channel)
	}
	return len(w.Units) == 0 || slices.ContainsFunc(w.Units, func(u string) bool { return slices.Contains(c.Units, u) })
}

func oneOf(list []string, value string) bool { return len(list) == 0 || slices.Contains(list, value) }

// fits tells whether every condition holds, else the first that does not.
func (w Conditions) fits(c Case) (Term, bool) {
	for _, t := range w.Asked() {
		if !w.holds(t, c) {
			return t, false
		}
	}
	return "", true
}

// Find is the rule of a case, without the reasons.
func (b Book) Find(c Case) Rule {
	for _, r := range b {
		if !r.Off {
			if _, ok := r.When.fits(c); ok {
				return r
			}
		}
	}
	return last
}

// Explain is the rule of a case with the reasons.
func (b Book) Explain(c Case) Verdict {
	var v Verdict
	for _, r := range b {
		if r.Off {
			v.Missed = append(v.Missed, Miss{Rule: r, Off: true})
			continue
		}
		t, ok := r.When.fits(c)
		if ok {
			v.Rule, v.Held = r, r.When.Asked()
			return v
		}
		v.Missed = append(v.Missed, Miss{Rule: r, Term: t})
	}
	v.Rule = last
	return v
}

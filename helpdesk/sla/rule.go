package sla

import (
	"slices"
	"strconv"
	"strings"
)

// Unit is what a budget counts.
type Unit string

// The units of a budget.
const (
	Minutes  Unit = "minutes"    // working minutes
	Days     Unit = "days"       // working days
	EndOfDay Unit = "end_of_day" // the end of the nth working day that follows, 0 the same one
)

// Budget is how much working time something may take.
type Budget struct {
	N    int64 `json:"n"`
	Unit Unit  `json:"unit"`
}

// Promise is one of the three that a rule makes.
type Promise string

// The promises.
const (
	Answer  Promise = "first_answer" // the first public word of the support side
	Next    Promise = "next_answer"  // the word after every further question
	Resolve Promise = "resolution"   // the end
)

// Promises are all of them, in the order of pages.
var Promises = []Promise{Answer, Next, Resolve}

// Rung is who is told at a step of the ladder.
type Rung string

// The rungs, from the ticket upwards.
const (
	Owner      Rung = "owner"      // whoever has the ticket; the group's leads while nobody has
	Lead       Rung = "lead"       // the leads of the support teams
	Department Rung = "department" // the planners of the programme
	Leadership Rung = "leadership" // the leadership
)

// Rungs are all of them, in order.
var Rungs = []Rung{Owner, Lead, Department, Leadership}

// Step is one step of a ladder: so many working minutes after the due moment of a
// promise, before it when negative, somebody is told.
type Step struct {
	Of       Promise `json:"of,omitempty"` // empty: of every promise
	Minutes  int64   `json:"minutes"`
	To       Rung    `json:"to"`
	Critical bool    `json:"critical,omitempty"` // told at any hour
}

// Name is the step's key on a clock: it fires once under this name.
func (s Step) Name() string {
	name := string(s.To) + " " + strconv.FormatInt(s.Minutes, 10)
	if s.Critical {
		name += " critical"
	}
	return name
}

// ParseStep reads a name back; ok is false for what no Step is called.
func ParseStep(name string) (s Step, ok bool) {
	parts := strings.Fields(name)
	if len(parts) < 2 || len(parts) > 3 || !slices.Contains(Rungs, Rung(parts[0])) {
		return Step{}, false
	}
	n, err := strconv.ParseInt(parts[1], 10, 64)
	if err != nil || len(parts) == 3 && parts[2] != "critical" {
		return Step{}, false
	}
	return Step{Minutes: n, To: Rung(parts[0]), Critical: len(parts) == 3}, true
}

// Conditions are what a ticket must be like; an empty one asks for nothing, several
// values are alternatives.
type Conditions struct {
	Kinds      []string `json:"kinds,omitempty"`
	Services   []string `json:"services,omitempty"`
	Priorities []int    `json:"priorities,omitempty"`
	Units      []string `json:"units,omitempty"` // codes; each means its whole subtree
	Channels   []string `json:"channels,omitempty"`
	Groups     []string `json:"groups,omitempty"`
}

// Terms are what a rule says, apart from its name and its place in the order.
type Terms struct {
	When     Conditions `json:"when"`
	Calendar string     `json:"calendar"`
	Answer   Budget     `json:"answer"`
	Next     Budget     `json:"next"`
	Resolve  Budget     `json:"resolve"`
	Ladder   []Step     `json:"ladder,omitempty"`
}

// Budget is what the terms allow for a promise.
func (t Terms) Budget(p Promise) Budget {
	switch p {
	case Answer:
		return t.Answer
	case Next:
		return t.Next
	}
	return t.Resolve
}

// Steps are the ladder's steps for a promise, the earliest first.
func (t Terms) Steps(p Promise) []Step {
	var all []Step
	for _, s := range t.Ladder {
		if s.Of == "" || s.Of == p {
			all = append(all, s)
		}
	}
	slices.SortStableFunc(all, func(a, b Step) int { return int(a.Minutes - b.Minutes) })
	return all
}

// Rule is one of the rules.
type Rule struct {
	Key     string // of this rule, whatever its version
	Version int64
	Name    string // as an administrator named it; empty for a shipped name
	Off     bool
	Terms
}

// Ref names the rule and the version of it that applied, as a ticket keeps it.
func (r Rule) Ref() string { return r.Key + "@" + strconv.FormatInt(r.Version, 10) }

// ParseRef is the key and the version of a Ref; ok is false for anything else.
func ParseRef(ref string) (key string, version int64, ok bool) {
	key, text, found := strings.Cut(ref, "@")
	version, err := strconv.ParseInt(text, 10, 64)
	return key, version, found && err == nil && key != ""
}

// CatchAll is the key of the last rule, which fits every ticket.
const CatchAll = "other"

// Book is the rules in the order in which they are tried.
type Book []Rule

// Rule is the rule of a key.
func (b Book) Rule(key string) (Rule, bool) {
	i := slices.IndexFunc(b, func(r Rule) bool { return r.Key == key })
	if i < 0 {
		return Rule{}, false
	}
	return b[i], true
}

// Package access says who is asking, what they may do, and in which units. A right
// is a role held over parts of the unit tree; every service asks Need or NeedAt, and
// every query that lists carries Within, so that scope is part of the query.
package access

import (
	"slices"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/ident"
)

// Role is a post that a person holds, "planner" or "support_agent".
type Role string

// Perm is one thing that may be done, "rollout.stage.move"; each area names its own.
type Perm string

// Policy says which role may do what.
type Policy map[Role][]Perm

// Grant is a role over some units: all of them, or the listed codes. Units holds
// every code of the subtrees, already expanded.
type Grant struct {
	Role       Role
	Everywhere bool
	Units      []string
}

// Actor is who asks. The zero Actor is a stranger, who may do nothing.
type Actor struct {
	ID     ident.ID
	Name   string
	Login  string
	Home   string // code of the unit the person works in; empty for the city's own
	Via    string // "web", "api", "system", "cli"
	From   string // network address, empty for the system
	Held   string // a page that comes before anything else: choosing a password
	Grants []Grant
	// KeysOff tells pages to listen to no key of one letter: so the person chose, on
	// whichever machine, as people who speak to their machine do (WCAG 2.1.4).
	KeysOff bool

	may    map[Perm][]int // positions in Grants
	system bool
	only   map[Perm]bool // set for a token that carries less than its account
}

// As is an actor with the rights that the policy gives to its grants.
func (p Policy) As(a Actor) Actor {
	a.may = map[Perm][]int{}
	for i, g := range a.Grants {
		for _, perm := range p[g.Role] {
			a.may[perm] = append(a.may[perm], i)
		}
	}
	return a
}

// Only is the actor with nothing but these of its rights: the reach of an API token.
func (a Actor) Only(perms ...Perm) Actor {
	a.only = map[Perm]bool{}
	for _, p := range perms {
		a.only[p] = true
	}
	return a
}

// System acts for the product itself, openly named: schedules, bridges, commands.
func System(name string) Actor {
	return Actor{ID: ident.ID("system:" + name), Name: name, Login: name, Via: "system", system: true}
}

// SignedIn tells whether this is somebody.
func (a Actor) SignedIn() bool { return a.ID != "" }

// IsSystem tells whether the product itself acts.
func (a Actor) IsSystem() bool { return a.system }

// Has tells whether the actor holds a role anywhere.
func (a Actor) Has(r Role) bool {
	return slices.ContainsFunc(a.Grants, func(g Grant) bool { return g.Role == r })
}

// May tells whether the actor may do this somewhere.
func (a Actor) May(p Perm) bool {
	if a.system {
		return true
	}
	return len(a.may[p]) > 0 && (a.only == nil || a.only[p])
}

// Need is nil when the actor may do this somewhere, else SignIn or Denied.
func (a Actor) Need(p Perm) error {
	switch {
	case a.May(p):
		return nil
	case !a.SignedIn():
		return fault.New(fault.SignIn, "fault.sign_in")
	}
	return fault.New(fault.Denied, "fault.denied")
}

// Covers tells whether the actor may do this in the unit with this code.
func (a Actor) Covers(p Perm, unit string) bool {
	if a.system {
		return true
	}
	if !a.May(p) {
		return false
	}
	return slices.ContainsFunc(a.may[p], func(i int) bool {
		return a.Grants[i].Everywhere || slices.Contains(a.Grants[i].Units, unit)
	})
}

// NeedAt is nil when the actor may do this in the unit. Somebody who may do it only
// elsewhere is told Missing, so that the answer tells nothing about other units.
func (a Actor) NeedAt(p Perm, unit string) error {
	if err := a.Need(p); err != nil {
		return err
	}
	if !a.Covers(p, unit) {
		return fault.New(fault.Missing, "fault.missing")
	}
	return nil
}

// Reach is where the actor may do this: everywhere, or the listed unit codes.
func (a Actor) Reach(p Perm) (everywhere bool, units []string) {
	if a.system {
		return true, nil
	}
	if !a.May(p) {
		return false, nil
	}
	for _, i := range a.may[p] {
		if a.Grants[i].Everywhere {
			return true, nil
		}
		units = append(units, a.Grants[i].Units...)
	}
	slices.Sort(units)
	return false, slices.Compact(units)
}

// Within keeps a query to the rows whose unit column lies in the actor's reach of p.
func (a Actor) Within(p Perm, column string) func(*bun.SelectQuery) *bun.SelectQuery {
	return func(q *bun.SelectQuery) *bun.SelectQuery {
		everywhere, units := a.Reach(p)
		switch {
		case everywhere:
			return q
		case len(units) == 0:
			return q.Where("1 = 0")
		}
		return q.Where(column+" IN (?)", bun.List(units))
	}
}

// Perms are what the actor may do somewhere, sorted.
func (a Actor) Perms() []Perm {
	var list []Perm
	for p := range a.may {
		if a.May(p) {
			list = append(list, p)
		}
	}
	slices.Sort(list)
	return list
}

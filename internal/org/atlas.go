package org

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"lotrinh/internal/kit/clock"
)

// Atlas is every version of every unit with the changes between them: what the tree
// was on any day. It does not change and is safe for concurrent use.
type Atlas struct {
	versions []Unit
	byCode   map[string][]Unit
	changes  map[string][]Change // by date
	dates    []string            // the days on which a tree begins
	trees    []func() *Tree

	mu   sync.Mutex
	left map[string]map[string][]string // of inherited, by day
}

// NewAtlas puts versions and changes together. It refuses what cannot be true:
// days that are none, two versions of a code on one day, a parent that is not in
// force, a change from or to a unit that does not exist.
func NewAtlas(versions []Unit, changes []Change) (*Atlas, error) {
	a := &Atlas{versions: slices.Clone(versions), byCode: map[string][]Unit{}, changes: map[string][]Change{}, left: map[string]map[string][]string{}}
	slices.SortFunc(a.versions, func(x, y Unit) int {
		return cmp.Or(strings.Compare(x.Code, y.Code), strings.Compare(x.From, y.From))
	})
	for _, c := range slices.SortedFunc(slices.Values(changes), func(x, y Change) int {
		return cmp.Or(strings.Compare(x.Date, y.Date), strings.Compare(x.From, y.From), strings.Compare(x.To, y.To))
	}) {
		a.changes[c.Date] = append(a.changes[c.Date], c)
	}
	days := map[string]bool{}
	for d := range a.changes {
		days[d] = true
	}
	for _, v := range a.versions {
		if err := a.admit(v); err != nil {
			return nil, err
		}
		days[v.From] = true
		if v.Until != "" {
			days[v.Until] = true
		}
	}
	for d := range days {
		a.dates = append(a.dates, d)
	}
	slices.Sort(a.dates)
	for _, d := range a.dates {
		a.trees = append(a.trees, sync.OnceValue(func() *Tree { return newTree(a.inForce(d)) }))
	}
	return a, a.consistent()
}

func (a *Atlas) admit(v Unit) error {
	bad := func(why string) error { return fmt.Errorf("unit %s from %s: %s", v.Code, v.From, why) }
	switch {
	case v.Code == "" || v.Name == "":
		return bad("a unit needs a code and a name")
	case !isDate(v.From):
		return bad("the first day is not a date")
	case v.Until != "" && (!isDate(v.Until) || v.Until <= v.From):
		return bad("the last day is not a date after the first")
	case !slices.Contains(kinds[v.Level], v.Kind):
		return bad("unknown kind or level")
	}
	earlier := a.byCode[v.Code]
	if n := len(earlier); n > 0 && (earlier[n-1].Until == "" || earlier[n-1].Until > v.From) {
		return bad("overlaps the version before it")
	}
	a.byCode[v.Code] = append(earlier, v)
	return nil
}

func (a *Atlas) consistent() error {
	for _, d := range a.dates {
		alive := map[string]Level{}
		now := a.inForce(d)
		for _, u := range now {
			alive[u.Code] = u.Level
		}
		for _, u := range now {
			above, ok := alive[u.Parent]
			if u.Level == Province && u.Parent != "" || u.Level != Province && (!ok || rank(above) >= rank(u.Level)) {
				return fmt.Errorf("unit %s: its parent %q is not in force above it on %s", u.Code, u.Parent, d)
			}
		}
	}
	for date, changes := range a.changes {
		eve, err := dayBefore(date)
		if err != nil {
			return fmt.Errorf("change on %q: not a date", date)
		}
		for _, c := range changes {
			_, was := a.Version(c.From, eve)
			_, is := a.Version(c.To, date)
			if !was || !is {
				return fmt.Errorf("change on %s: %s or %s is not in force", date, c.From, c.To)
			}
		}
	}
	return nil
}

func isDate(s string) bool {
	_, err := clock.ParseDate(s)
	return err == nil
}

func dayBefore(date string) (string, error) {
	t, err := clock.ParseDate(date)
	return clock.Date(t.Add(-time.Hour)), err
}

func (a *Atlas) inForce(date string) []Unit {
	var list []Unit
	for _, v := range a.versions {
		if v.On(date) {
			list = append(list, v)
		}
	}
	return list
}

// Tree is the units in force on a day (2016-11-10); it is empty before the first day
// of which anything is known.
func (a *Atlas) Tree(date string) *Tree {
	i, exact := slices.BinarySearch(a.dates, date)
	if !exact {
		i--
	}
	if i < 0 {
		return newTree(nil)
	}
	return a.trees[i]()
}

// Version is the version of a unit in force on a day.
func (a *Atlas) Version(code, date string) (Unit, bool) {
	for _, v := range a.byCode[code] {
		if v.On(date) {
			return v, true
		}
	}
	return Unit{}, false
}

// Versions are all versions of a unit, the oldest first.
func (a *Atlas) Versions(code string) []Unit { return a.byCode[code] }

// Dates are the days on which the tree changed, the first day known included.
func (a *Atlas) Dates() []string { return a.dates }

// Changes are the successions on a day. The caller must not change them.
func (a *Atlas) Changes(date string) []Change { return a.changes[date] }

// Name is what a unit was called on a day, or the last time before or the first time
// after it was in force; the code when nothing is known.
func (a *Atlas) Name(code, date string) string {
	vs := a.byCode[code]
	if len(vs) == 0 {
		return code
	}
	best := vs[0]
	for _, v := range vs {
		if v.From <= date {
			best = v
		}
	}
	return best.Full()
}

// All is every version of every unit; the list is the caller's.
func (a *Atlas) All() []Unit { return slices.Clone(a.versions) }

// AllChanges is every succession; the list is the caller's.
func (a *Atlas) AllChanges() []Change {
	var all []Change
	for _, d := range a.dates {
		all = append(all, a.changes[d]...)
	}
	return all
}

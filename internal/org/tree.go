package org

import (
	"cmp"
	"slices"
	"strings"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"
)

// Tree is the units in force on one day. It does not change and is safe for
// concurrent use; every list is ordered by level, then by Vietnamese name.
type Tree struct {
	units    []Unit
	at       map[string]int // code → position in units
	children map[string][]Unit
	under    map[string][]string
	tokens   []tokens
}

// newTree takes the versions of one day.
func newTree(units []Unit) *Tree {
	t := &Tree{units: slices.Clone(units), at: map[string]int{}, children: map[string][]Unit{}, under: map[string][]string{}}
	col := collate.New(language.Vietnamese)
	var buf collate.Buffer
	keys := map[string]string{}
	for _, u := range units {
		keys[u.Code] = string(col.KeyFromString(&buf, u.Name))
		buf.Reset()
	}
	slices.SortFunc(t.units, func(a, b Unit) int {
		return cmp.Or(cmp.Compare(rank(a.Level), rank(b.Level)), strings.Compare(keys[a.Code], keys[b.Code]), strings.Compare(a.Code, b.Code))
	})
	for i, u := range t.units {
		t.at[u.Code] = i
		t.children[u.Parent] = append(t.children[u.Parent], u)
	}
	for _, u := range t.units {
		if u.Parent == "" {
			t.gather(u.Code)
		}
	}
	t.tokens = make([]tokens, len(t.units))
	for i, u := range t.units {
		t.tokens[i] = t.tokensOf(u)
	}
	return t
}

func rank(l Level) int {
	switch l {
	case Province:
		return 0
	case District:
		return 1
	}
	return 2
}

func (t *Tree) gather(code string) []string {
	all := []string{code}
	for _, c := range t.children[code] {
		all = append(all, t.gather(c.Code)...)
	}
	t.under[code] = slices.Clip(all)
	return all
}

// Unit is the unit with this code.
func (t *Tree) Unit(code string) (Unit, bool) {
	i, ok := t.at[code]
	if !ok {
		return Unit{}, false
	}
	return t.units[i], true
}

// All is every unit: the city, its districts, its communes.
func (t *Tree) All() []Unit { return t.units }

// Roots are the units without a parent: the city.
func (t *Tree) Roots() []Unit { return t.children[""] }

// Children are the units directly below this one.
func (t *Tree) Children(code string) []Unit { return t.children[code] }

// Under is the codes of the subtree, the unit itself first; nil for an unknown unit.
// The caller must not change it.
func (t *Tree) Under(code string) []string { return t.under[code] }

// Path is the way from the city down to the unit, the unit itself last.
func (t *Tree) Path(code string) []Unit {
	var path []Unit
	for u, ok := t.Unit(code); ok; u, ok = t.Unit(u.Parent) {
		path = append(path, u)
	}
	slices.Reverse(path)
	return path
}

// Place is the unit with what it lies in, below the city: "xã Đặng Xá, huyện Gia Lâm".
// A code that is not in force is shown as the code.
func (t *Tree) Place(code string) string {
	path := t.Path(code)
	if len(path) == 0 {
		return code
	}
	var names []string
	for i := len(path) - 1; i >= min(1, len(path)-1); i-- {
		names = append(names, path[i].Full())
	}
	return strings.Join(names, ", ")
}

// Communes are the communes in the subtree of a unit; "" means the whole tree.
func (t *Tree) Communes(under string) []Unit {
	var list []Unit
	if under == "" {
		for _, u := range t.units {
			if u.Level == Commune {
				list = append(list, u)
			}
		}
		return list
	}
	for _, code := range t.under[under] {
		if u, _ := t.Unit(code); u.Level == Commune {
			list = append(list, u)
		}
	}
	return list
}

// Districts are the districts, none from 1 July 2025.
func (t *Tree) Districts() []Unit {
	var list []Unit
	for _, u := range t.units {
		if u.Level == District {
			list = append(list, u)
		}
	}
	return list
}

// Name is the kind and name of the unit, "xã Đặng Xá"; the code when it is not in force.
func (t *Tree) Name(code string) string {
	if u, ok := t.Unit(code); ok {
		return u.Full()
	}
	return code
}

// District is the code of the district that holds the unit, or is it; empty when none does.
func (t *Tree) District(code string) string {
	for u, ok := t.Unit(code); ok; u, ok = t.Unit(u.Parent) {
		if u.Level == District {
			return u.Code
		}
	}
	return ""
}

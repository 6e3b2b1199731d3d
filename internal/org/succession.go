package org

import (
	"maps"
	"slices"
)

// Successor is a unit that took over from another.
type Successor struct {
	Code string
	// Whole says that everything of the unit went here, and nowhere else.
	Whole bool
	// Main says that this is the main receiver on every step of the way; where the
	// sources do not say, it is false.
	Main bool
	// Inferred says that a step of the way is not in an official text.
	Inferred bool
	// By are the changes that led here.
	By []Change
}

// Successors says what became of a unit between two days: who holds its ground on
// day to, of all that it held on day from. A unit that did not change is its own
// successor. A district's successors are those of its communes once it has ended.
// It is nil for a unit that was not in force on day from.
func (a *Atlas) Successors(code, from, to string) []Successor {
	u, ok := a.Version(code, from)
	if !ok {
		return nil
	}
	now := map[string]Successor{code: {Code: code, Whole: true, Main: true}}
	if u.Level != Commune {
		if _, lives := a.Version(code, to); lives {
			return []Successor{now[code]}
		}
		now = a.atItsEnd(u, from)
	}
	for _, date := range a.dates {
		if date > from && date <= to {
			now = a.step(now, date)
		}
	}
	for c, s := range now {
		s.Whole = len(now) == 1
		now[c] = s
	}
	return slices.SortedFunc(maps.Values(now), func(x, y Successor) int {
		switch {
		case x.Main != y.Main:
			return order(x.Main)
		case x.Code < y.Code:
			return -1
		}
		return 1
	})
}

func order(first bool) int {
	if first {
		return -1
	}
	return 1
}

// atItsEnd is the communes of a district; each of them is a part of it.
func (a *Atlas) atItsEnd(u Unit, from string) map[string]Successor {
	all := map[string]Successor{}
	for _, c := range a.Tree(from).Communes(u.Code) {
		all[c.Code] = Successor{Code: c.Code}
	}
	return all
}

func (a *Atlas) step(now map[string]Successor, date string) map[string]Successor {
	next := map[string]Successor{}
	moved := map[string]bool{}
	for _, c := range a.Changes(date) {
		s, ok := now[c.From]
		if !ok {
			continue
		}
		moved[c.From] = true
		t := Successor{
			Code: c.To, Main: s.Main && c.Main == "yes",
			Inferred: s.Inferred || c.Confidence == "C", By: append(slices.Clone(s.By), c),
		}
		next[c.To] = joined(next[c.To], t)
	}
	for code, s := range now {
		if _, lives := a.Version(code, date); lives && !moved[code] {
			next[code] = joined(next[code], s)
		}
	}
	return next
}

// joined is the successor reached on two ways.
func joined(old, s Successor) Successor {
	if old.Code == "" {
		return s
	}
	s.Main, s.Inferred = old.Main || s.Main, old.Inferred || s.Inferred
	s.By = append(old.By, s.By...)
	return s
}

// Predecessors says which units of day from gave ground to the unit of day to.
func (a *Atlas) Predecessors(code, from, to string) []string {
	if _, ok := a.Version(code, to); !ok {
		return nil
	}
	now := map[string]bool{code: true}
	for _, date := range slices.Backward(a.dates) {
		if date <= from || date > to {
			continue
		}
		before := map[string]bool{}
		moved := map[string]bool{}
		for _, c := range a.Changes(date) {
			moved[c.From] = true
			if now[c.To] {
				before[c.From] = true
			}
		}
		eve, err := dayBefore(date)
		if err != nil {
			return nil // the dates of an atlas are dates
		}
		for c := range now {
			if _, lived := a.Version(c, eve); lived && !moved[c] {
				before[c] = true
			}
		}
		now = before
	}
	return slices.Sorted(maps.Keys(now))
}

// Scope is the codes that a right over a unit reaches on a day: its subtree, or,
// once the unit has ended, what took over from it; and with each unit the ended ones
// whose heir it is, because books and closed files keep the code of who made them.
func (a *Atlas) Scope(unit, date string) []string {
	t := a.Tree(date)
	if under := t.Under(unit); under != nil {
		return a.withLeft(under, date)
	}
	vs := a.byCode[unit]
	var codes []string
	for _, v := range slices.Backward(vs) {
		if v.Until == "" || v.Until > date {
			continue
		}
		eve, err := dayBefore(v.Until)
		if err != nil {
			return nil // the days of an atlas are dates
		}
		for _, s := range a.Successors(unit, eve, date) {
			codes = append(codes, t.Under(s.Code)...)
		}
		break
	}
	slices.Sort(codes)
	return a.withLeft(slices.Compact(codes), date)
}

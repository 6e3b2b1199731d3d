package org

import (
	"slices"
	"strings"
)

// Shares in the order in which they make a main receiver where the sources name none:
// who takes all people, who takes what remains, who takes a part.
var shareRank = []string{"full", "part_area_all_pop", "remainder", "part", "part_area_only"}

// MainOf is the main receiver among the successions of one unit on one day, and whether
// the sources, or a decision, say so. Where they do not, the unit that keeps the code
// comes first, then the greater share by its name, then the lower code: a proposal that
// is always the same. It is empty for no successions.
func MainOf(of []Change) (code string, said bool) {
	if len(of) == 0 {
		return "", false
	}
	for _, c := range of {
		if c.Main == "yes" {
			return c.To, true
		}
	}
	if len(of) == 1 {
		return of[0].To, true
	}
	return slices.MinFunc(of, func(x, y Change) int {
		if own := boolRank(x.To == x.From) - boolRank(y.To == y.From); own != 0 {
			return own
		}
		if d := shareOf(x) - shareOf(y); d != 0 {
			return d
		}
		return strings.Compare(x.To, y.To)
	}).To, false
}

func boolRank(first bool) int {
	if first {
		return 0
	}
	return 1
}

func shareOf(c Change) int {
	if i := slices.Index(shareRank, c.Share); i >= 0 {
		return i
	}
	return len(shareRank)
}

// Heir is the one unit that holds on day to what a unit held on day from: along every
// change it is the main receiver. A district that ended is held by the heir of most of
// its communes, on equal terms by the lower code. It is the unit itself where nothing
// changed, and empty where nothing is known.
func (a *Atlas) Heir(code, from, to string) string {
	u, ok := a.Version(code, from)
	if !ok {
		return ""
	}
	if u.Level != Commune {
		if _, lives := a.Version(code, to); lives {
			return code
		}
		return a.heirOfMost(u, from, to)
	}
	for _, date := range a.dates {
		if date <= from || date > to {
			continue
		}
		var mine []Change
		for _, c := range a.Changes(date) {
			if c.From == code {
				mine = append(mine, c)
			}
		}
		if main, _ := MainOf(mine); main != "" {
			code = main
		}
		if _, lives := a.Version(code, date); !lives {
			return ""
		}
	}
	return code
}

func (a *Atlas) heirOfMost(u Unit, from, to string) string {
	held := map[string]int{}
	best := ""
	for _, c := range a.Tree(lastDayOf(a, u, from)).Communes(u.Code) {
		h := a.Heir(c.Code, lastDayOf(a, u, from), to)
		if h == "" {
			continue
		}
		held[h]++
		if best == "" || held[h] > held[best] || held[h] == held[best] && h < best {
			best = h
		}
	}
	return best
}

// lastDayOf is the eve of the unit's end, or the day itself where it has none.
func lastDayOf(a *Atlas, u Unit, from string) string {
	last := from
	for _, v := range a.byCode[u.Code] {
		if v.Until == "" || v.Until <= from {
			continue
		}
		if eve, err := dayBefore(v.Until); err == nil && eve > last {
			last = eve
		}
	}
	return last
}

// Heirs is Heir of every unit in force on day from that has another heir on day to.
func (a *Atlas) Heirs(from, to string) map[string]string {
	heirs := map[string]string{}
	for _, u := range a.Tree(from).All() {
		if h := a.Heir(u.Code, from, to); h != "" && h != u.Code {
			heirs[u.Code] = h
		}
	}
	return heirs
}

// Recount carries figures by unit from the map of one day (như khi đó) onto the map of
// another (theo địa bàn nay): each is counted for the unit's heir. Nothing is lost or
// counted twice, so the totals of both maps are equal; what has no heir, or is counted
// for no unit, stays where it is.
func (a *Atlas) Recount(counts map[string]int64, from, to string) map[string]int64 {
	out := make(map[string]int64, len(counts))
	for code, n := range counts {
		h := a.Heir(code, from, to)
		if h == "" {
			h = code
		}
		out[h] += n
	}
	return out
}

// Present is where a unit that has ended lies on a day: its heir, from the last day of
// its own. It is false for a unit that is in force, and for one that nobody knows.
func (a *Atlas) Present(code, date string) (string, bool) {
	if _, lives := a.Version(code, date); lives {
		return "", false
	}
	for _, v := range slices.Backward(a.byCode[code]) {
		if v.Until == "" || v.Until > date {
			continue
		}
		eve, err := dayBefore(v.Until)
		if err != nil {
			return "", false // the days of an atlas are dates
		}
		h := a.Heir(code, eve, date)
		return h, h != ""
	}
	return "", false
}

// inherited are, for each unit in force on a day, the codes of the ended units that it
// is the heir of: what they left stays under their code, and is its to read.
func (a *Atlas) inherited(date string) map[string][]string {
	a.mu.Lock()
	defer a.mu.Unlock()
	if of, known := a.left[date]; known {
		return of
	}
	of := map[string][]string{}
	for code := range a.byCode {
		if h, ended := a.Present(code, date); ended {
			of[h] = append(of[h], code)
		}
	}
	if len(a.left) > 64 {
		clear(a.left)
	}
	a.left[date] = of
	return of
}

// withLeft adds to codes in force on a day those of the ended units that they inherited.
func (a *Atlas) withLeft(codes []string, date string) []string {
	of := a.inherited(date)
	if len(of) == 0 {
		return codes
	}
	all := slices.Clone(codes)
	for _, c := range codes {
		all = append(all, of[c]...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// Ended are the units that a search finds on the maps before a day, and that are in force
// no more on it: the newest map first, each code once, limit of them at most.
func (a *Atlas) Ended(query, date string, limit int) []Unit {
	if query == "" {
		return nil
	}
	seen := map[string]bool{}
	var found []Unit
	for i := len(a.dates) - 1; i >= 0; i-- {
		if a.dates[i] > date {
			continue
		}
		for _, h := range a.trees[i]().Search(query, limit) {
			if _, lives := a.Version(h.Code, date); lives || seen[h.Code] || len(found) == limit {
				continue
			}
			seen[h.Code] = true
			found = append(found, h.Unit)
		}
	}
	return found
}

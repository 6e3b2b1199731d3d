package suppose

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/httpx"
	"lotrinh/inventory"
	"lotrinh/inventory/readiness"
	"lotrinh/inventory/whatif"
)

// rows is how many lots one question has room for, and most the largest of them.
const (
	rows = 3
	most = 10_000
)

// typedKey is the sort that somebody types by themselves.
const typedKey = "own"

// typedFacts are the facts that can be typed, by kind.
func typedFacts() []string {
	return slices.Concat(inventory.FactNames(inventory.PC), inventory.FactNames(inventory.WANLine))
}

// question is what stands in the address.
type question struct {
	Where
	types  [rows]string
	counts [rows]string
	kind   string            // of the typed sort
	facts  map[string]string // as typed
	allow  whatif.Allow
	run    bool // an answer is wanted, not the form alone
}

// read reads the address. Texts are copies: they outlive the request.
func read(c *httpx.Ctx) question {
	q := question{kind: c.Query("kind"), facts: map[string]string{}}
	q.District, q.Phase = c.Query("district"), c.Query("phase")
	q.run = c.Query("ask") != ""
	many := func(name string) []string {
		var out []string
		for _, raw := range c.Request().URI().QueryArgs().PeekMulti(name) {
			out = append(out, strings.TrimSpace(string(raw)))
		}
		return out
	}
	for i, v := range many("type") {
		if i < rows {
			q.types[i] = v
		}
	}
	for i, v := range many("n") {
		if i < rows {
			q.counts[i] = v
		}
	}
	for _, u := range many("unit") {
		if u != "" && len(q.Units) < most {
			q.Units = append(q.Units, u)
		}
	}
	for _, name := range typedFacts() {
		if v := strings.TrimSpace(c.Query(name)); v != "" {
			q.facts[name] = v
		}
	}
	q.allow = whatif.Allow{Move: c.Query("move") != "", Upgrade: c.Query("upgrade") != "", Repair: c.Query("repair") != ""}
	if !q.run { // before anything was asked everything is allowed
		q.allow = whatif.Allow{Move: true, Upgrade: true, Repair: true}
	}
	return q
}

// lots are the lots that are asked about, checked.
func (q question) lots(types []Type) ([]whatif.Lot, error) {
	var k fault.Check
	var out []whatif.Lot
	for i, key := range q.types {
		if key == "" && q.counts[i] == "" {
			continue
		}
		n, err := strconv.Atoi(q.counts[i])
		k.Need(err == nil && n >= 1 && n <= most, "n"+strconv.Itoa(i+1), "suppose.count_bad", "most", most)
		lot := whatif.Lot{Count: n}
		if key == typedKey {
			lot.Item = q.typed(&k)
		} else {
			at := slices.IndexFunc(types, func(t Type) bool { return t.Key == key })
			k.Need(at >= 0, "type"+strconv.Itoa(i+1), "suppose.type_needed")
			if at >= 0 {
				lot.Item = types[at].Item
			}
		}
		out = append(out, lot)
	}
	k.Need(len(out) > 0, "type1", "suppose.type_needed")
	return out, k.Err()
}

// typed is the sort that was typed: the facts of its kind, read as everywhere.
func (q question) typed(k *fault.Check) whatif.Item {
	it := whatif.Item{Kind: q.kind, Facts: map[string]string{}}
	k.Need(slices.Contains(inventory.Kinds, inventory.Kind(q.kind)), "kind", "inventory.form.kind_needed")
	for _, name := range inventory.FactNames(inventory.Kind(q.kind)) {
		if q.facts[name] == "" {
			continue
		}
		v, err := inventory.ReadFact(name, q.facts[name])
		if err != nil {
			f := fault.Of(err)
			k.Need(false, name, f.Key, f.Args...)
			continue
		}
		it.Facts[name] = v
	}
	return it
}

// values is the question as an address says it.
func (q question) values() url.Values {
	v := url.Values{"ask": {"1"}}
	put := func(name, value string) {
		if value != "" {
			v.Add(name, value)
		}
	}
	put("district", q.District)
	put("phase", q.Phase)
	for i := range q.types {
		if q.types[i] != "" || q.counts[i] != "" {
			v.Add("type", q.types[i])
			v.Add("n", q.counts[i])
		}
	}
	if slices.Contains(q.types[:], typedKey) {
		put("kind", q.kind)
		for name, value := range q.facts {
			put(name, value)
		}
	}
	for _, u := range q.Units {
		put("unit", u)
	}
	for name, on := range map[string]bool{"move": q.allow.Move, "upgrade": q.allow.Upgrade, "repair": q.allow.Repair} {
		if on {
			v.Set(name, "1")
		}
	}
	return v
}

// predicate is a want as the inventory writes conditions.
func predicate(w whatif.Want) readiness.Predicate {
	p := readiness.Predicate{Fact: w.Fact, Op: w.Op, Value: w.Value}
	if w.Not {
		return readiness.Predicate{Not: &p}
	}
	return p
}

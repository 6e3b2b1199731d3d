package whatif

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"lotrinh/inventory/readiness"
)

// spareItem is an item that its commune has in store.
type spareItem struct {
	unit  string
	asset readiness.Asset
	gone  bool // taken, or its commune cannot do without
}

// ranked is a spare item with what it would be worth: the answer of every line.
type ranked struct {
	*spareItem
	worth string
}

// pool is what donors have in store, and how these stand.
type pool struct {
	at    time.Time
	items map[string][]*spareItem // by kind
	lists map[string][]ranked     // the same for given lines, the weakest first
	stand map[string]*donor
}

type donor struct {
	readiness.Case
	verdict readiness.Verdict
	lacks   int // reasons that decide; -1 before it was judged
}

// newPool gathers the spare items of donors that are not to be made ready themselves.
func newPool(donors []Unit, chosen map[string]bool, at time.Time) pool {
	p := pool{at: at, items: map[string][]*spareItem{}, lists: map[string][]ranked{}, stand: map[string]*donor{}}
	for _, d := range donors {
		if chosen[d.Code] {
			continue
		}
		for _, a := range d.Assets {
			if a.State == "spare" {
				p.items[a.Kind] = append(p.items[a.Kind], &spareItem{unit: d.Code, asset: a})
				p.stand[d.Code] = &donor{Case: d.Case, lacks: -1}
			}
		}
	}
	return p
}

// deciding is how many reasons stand behind an answer that is not Met.
func deciding(r readiness.Result) int {
	n := 0
	for _, one := range r.Reasons {
		if one.Must {
			n++
		}
	}
	return n
}

// parts tells whether a donor does not get worse without an item: neither its answer
// nor the number of what it lacks.
func (p pool) parts(s *spareItem) bool {
	d := p.stand[s.unit]
	if d.lacks < 0 {
		r := readiness.Judge(d.Case, p.at)
		d.verdict, d.lacks = r.Verdict, deciding(r)
	}
	r := readiness.Judge(d.without(s.asset.ID), p.at)
	return (r.Verdict == d.verdict || Ready(r.Verdict)) && deciding(r) <= d.lacks
}

func (d *donor) without(id string) readiness.Case {
	c := d.Case
	c.Assets = slices.DeleteFunc(slices.Clone(c.Assets), func(a readiness.Asset) bool { return a.ID == id })
	return c
}

// giveBack puts items back of which nothing came.
func (p pool) giveBack(steps []Step) {
	for _, step := range steps {
		if step.Do != Move {
			continue
		}
		for _, s := range p.items[step.Kind] {
			if s.asset.ID == step.Asset.ID {
				s.gone = false
				p.stand[s.unit].Assets = append(slices.Clone(p.stand[s.unit].Assets), s.asset)
			}
		}
	}
}

// list is the spare items of a kind with what they would be worth for lines: first
// those that fill the fewest of them.
func (p pool) list(t *trolley) []ranked {
	key := t.kind + fmt.Sprint(t.part.Site)
	for _, one := range t.part.Profiles {
		key += fmt.Sprint(" ", one.Code, "@", one.Version)
	}
	if have, ok := p.lists[key]; ok {
		return have
	}
	out := []ranked{}
	for _, s := range p.items[t.kind] {
		a := placed(there(s.asset, p.at), t.wants)
		worth := ""
		for _, l := range t.lines {
			worth += string(alone(a, l, t.part.Site, p.at)) + " "
		}
		out = append(out, ranked{s, worth})
	}
	filled := func(r ranked) int { return strings.Count(" "+r.worth, " "+string(readiness.Met)+" ") }
	slices.SortStableFunc(out, func(a, b ranked) int {
		return cmp.Or(cmp.Compare(filled(a), filled(b)), strings.Compare(a.worth, b.worth))
	})
	p.lists[key] = out
	return out
}

// borrow lets spare items of others take the place of bought ones, as far as the
// commune stays ready with them: one by one, the weakest that will do.
func (t *trolley) borrow(p pool) {
	if len(p.items[t.kind]) == 0 {
		return
	}
	all := p.list(t)
	for i := range t.news {
		bought, useless := t.news[i], ""
		for _, s := range all {
			if s.gone || s.worth == useless {
				continue
			}
			if t.news[i] = placed(there(s.asset, t.at), t.wants); !t.done() {
				useless = s.worth // so are those of the same worth, which follow
				continue
			}
			s.gone = true
			if p.parts(s.spareItem) {
				t.from[i] = s.unit
				p.stand[s.unit].Case = p.stand[s.unit].without(s.asset.ID)
				break
			}
		}
		if t.from[i] == "" {
			t.news[i] = bought
		}
	}
}

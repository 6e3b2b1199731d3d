package whatif

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"lotrinh/inventory/readiness"
)

// Do is what is done for a commune.
type Do string

// What can be done, from cheap to dear.
const (
	Check   Do = "check"   // look at what is there: nothing fresh enough is known of it
	Await   Do = "await"   // is planned already: take it into use
	Move    Do = "move"    // a spare item of another commune
	Upgrade Do = "upgrade" // change what an item falls short of
	Repair  Do = "repair"
	Buy     Do = "buy"
)

// Does are all of them, from cheap to dear.
var Does = []Do{Check, Await, Move, Upgrade, Repair, Buy}

// Step is one thing to do for a commune: with an asset it has, with a spare one of
// another commune (From), or a purchase.
type Step struct {
	Do    Do
	Kind  string
	Asset readiness.Asset // none of a purchase
	From  string          // code of the commune that a spare item comes from
	Wants []Want          // what must be found, changed or bought; only presence when there is none
}

// Plan is what makes one commune ready.
type Plan struct {
	Unit          string
	Before, After readiness.Result
	Steps         []Step
}

// Shopping is what makes chosen communes ready.
type Shopping struct {
	Plans   []Plan   // become ready by their steps
	Stuck   []Plan   // nothing that is bought makes these ready; After says why
	Blind   []string // nothing is recorded of these: they must be looked at first
	Already int
}

// Allow says what may be done beside looking, taking into use and buying.
type Allow struct{ Move, Upgrade, Repair bool }

// Shop finds the least that makes communes ready. Spare items are taken from donors,
// as far as these do not get worse by it; communes to be made ready are none.
func Shop(units, donors []Unit, allow Allow, at time.Time) Shopping {
	var out Shopping
	chosen := map[string]bool{}
	for _, u := range units {
		chosen[u.Code] = true
	}
	var store pool
	if allow.Move {
		store = newPool(donors, chosen, at)
	}
	for some := range slices.Chunk(units, sideBySide) {
		for i, e := range errands(some, allow, at) {
			out.serve(some[i], e, store, at)
		}
	}
	return out
}

// serve adds what a commune needs, with spare items in the place of bought ones as far as there are any.
func (s *Shopping) serve(u Unit, e errand, store pool, at time.Time) {
	p := Plan{Unit: u.Code, Before: e.before}
	if Ready(p.Before.Verdict) {
		s.Already++
		return
	}
	if u.blind() {
		s.Blind = append(s.Blind, u.Code)
		return
	}
	then := u.Case
	then.Assets, then.Gaps = nil, nil
	for _, t := range e.trolleys {
		if t.filled {
			t.borrow(store)
		}
		p.Steps = append(p.Steps, t.steps()...)
		then.Assets, then.Gaps = append(then.Assets, t.assets()...), append(then.Gaps, t.gaps()...)
	}
	p.After = readiness.Judge(then, at)
	if Ready(p.After.Verdict) {
		s.Plans = append(s.Plans, p)
	} else {
		store.giveBack(p.Steps)
		p.Steps = nil
		s.Stuck = append(s.Stuck, p)
	}
}

// kindsOf are the kinds that a commune has, is asked for or has reported.
func kindsOf(c readiness.Case) []string {
	var out []string
	for _, p := range c.Profiles {
		for _, l := range p.Lines {
			out = append(out, l.Kind)
		}
	}
	for _, a := range c.Assets {
		out = append(out, a.Kind)
	}
	for _, g := range c.Gaps {
		out = append(out, g.What)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// trolley is what is done for the equipment of one kind of one commune. Kinds are
// looked at one by one: every line asks for one kind, so a commune is ready when
// it is for each of them.
type trolley struct {
	at    time.Time
	kind  string
	lines []readiness.Line // must, of this kind
	part  readiness.Case   // of this kind
	wants []Want
	fixes []fix             // what may be done with what is there
	news  []readiness.Asset // bought or borrowed
	from  []string          // where news come from; empty is bought
	memo  *readiness.Memo
	forms map[form]readiness.Asset

	lacks  bool // as it is, it is not enough
	filled bool // something makes it enough
}

// form is an asset with some of its fixes done.
type form struct {
	asset int
	done  uint64 // of its fixes, the n-th
}

func newTrolley(u Unit, kind string, allow Allow, at time.Time) *trolley {
	t := &trolley{at: at, kind: kind, memo: readiness.NewMemo(at), forms: map[form]readiness.Asset{}, part: u.part(func(k string) bool { return k == kind }).Case}
	for _, p := range t.part.Profiles {
		t.lines = append(t.lines, p.Lines...)
	}
	t.wants = spec(t.lines, u.Site)
	if t.lacks = len(t.lines) > 0 && !t.done(); t.lacks {
		for i, a := range t.part.Assets {
			t.fixes = append(t.fixes, fixesOf(i, a, t.lines, t.wants, u.Site, allow, at)...)
		}
	}
	return t
}

// assets are what the commune would have of the kind. An asset with the same fixes done
// is the same one every time, so that it is judged once.
func (t *trolley) assets() []readiness.Asset {
	out := slices.Clone(t.part.Assets)
	for from := 0; from < len(t.fixes); {
		asset, done, some, until := t.fixes[from].asset, uint64(0), false, from
		for ; until < len(t.fixes) && t.fixes[until].asset == asset; until++ {
			if t.fixes[until].on {
				done, some = done|1<<(until-from), true
			}
		}
		if some {
			out[asset] = t.fixed(form{asset, done}, t.fixes[from:until])
		}
		from = until
	}
	return append(out, t.news...)
}

// fixed is an asset with what is done to it.
func (t *trolley) fixed(x form, fixes []fix) readiness.Asset {
	a, ok := t.forms[x]
	if ok && len(fixes) <= 64 {
		return a
	}
	a = t.part.Assets[x.asset]
	for _, f := range fixes {
		if f.on {
			a = f.apply(a, t.at)
		}
	}
	t.forms[x] = a
	return a
}

// gaps are the reports that would stay open.
func (t *trolley) gaps() []readiness.Gap {
	more, mended := int64(len(t.news)), map[int]bool{}
	for _, f := range t.fixes {
		switch {
		case f.on && f.do == Await:
			more++
		case f.on && (f.do == Upgrade || f.do == Repair):
			mended[f.asset] = true
		}
	}
	return left(t.part.Gaps, map[string]int64{t.kind: more}, int64(len(mended)))
}

func (t *trolley) done() bool {
	c := t.part
	c.Assets, c.Gaps = t.assets(), t.gaps()
	return Ready(t.memo.Verdict(c))
}

// fill does everything that may be done with what is there, and buys the fewest items
// that then suffice. It tells whether any number of items does.
func (t *trolley) fill() bool {
	for i := range t.fixes {
		t.fixes[i].on = true
	}
	one := made(t.kind, t.wants, t.at)
	buy := func(n int) bool {
		t.news, t.from = nil, make([]string, n)
		for range n {
			t.news = append(t.news, one)
		}
		return t.done()
	}
	most := t.most()
	if !buy(most) {
		t.fixes, t.news, t.from = nil, nil, nil
		return false
	}
	buy(fewest(most, buy))
	return true
}

// most is how many items can be of use: one for each place and each reported lack.
func (t *trolley) most() int {
	n := int64(0)
	for _, l := range t.memo.Judge(t.part).Lines {
		n += max(0, l.Want)
	}
	for _, g := range t.part.Gaps {
		n += max(0, g.Count)
	}
	return int(min(n, PerUnit))
}

// spare leaves out whatever is not needed, the dearest first: all that is done with an
// asset, then each thing that is done with it.
func (t *trolley) spare() {
	var order []int
	for i := range t.part.Assets {
		order = append(order, i)
	}
	cost := func(asset int) int {
		n := 0
		for _, f := range t.fixes {
			if f.asset == asset {
				n = max(n, slices.Index(Does, f.do)*100) + 1
			}
		}
		return n
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(cost(b), cost(a)) })
	for _, asset := range order {
		t.without(func(f fix) bool { return f.asset == asset })
	}
	for _, do := range []Do{Repair, Upgrade, Await, Check} {
		for i := range t.fixes {
			if t.fixes[i].do == do {
				t.without(func(f fix) bool { return f.asset == t.fixes[i].asset && f.name() == t.fixes[i].name() })
			}
		}
	}
}

// without leaves fixes out, unless they are needed.
func (t *trolley) without(which func(fix) bool) {
	was := slices.Clone(t.fixes)
	some := false
	for i, f := range t.fixes {
		if f.on && which(f) {
			t.fixes[i].on, some = false, true
		}
	}
	if some && !t.done() {
		t.fixes = was
	}
}

// steps are what is left to do, asset by asset, then what is brought.
func (t *trolley) steps() []Step {
	var out []Step
	for i, a := range t.part.Assets {
		for _, do := range Does {
			s := Step{Do: do, Kind: t.kind, Asset: a}
			some := false
			for _, f := range t.fixes {
				if f.on && f.asset == i && f.do == do {
					some = true
					if f.want != nil {
						s.Wants = append(s.Wants, *f.want)
					}
				}
			}
			if some {
				out = append(out, s)
			}
		}
	}
	for i, a := range t.news {
		if t.from[i] == "" {
			out = append(out, Step{Do: Buy, Kind: t.kind, Wants: t.wants})
		} else {
			out = append(out, Step{Do: Move, Kind: t.kind, Asset: a, From: t.from[i]})
		}
	}
	return out
}

// Total is one row of the shopping list: equal things to do, together.
type Total struct {
	Do    Do
	Kind  string
	Wants []Want
	Count int
	Units []string
}

// Totals are the steps of all plans, equal ones together: the dearest first, then by
// kind.
func (s Shopping) Totals() []Total {
	at := map[string]int{}
	var out []Total
	for _, p := range s.Plans {
		for _, step := range p.Steps {
			var keys []string
			for _, w := range step.Wants {
				keys = append(keys, w.Key())
			}
			key := string(step.Do) + "|" + step.Kind + "|" + strings.Join(keys, "|")
			i, ok := at[key]
			if !ok {
				i = len(out)
				at[key] = i
				out = append(out, Total{Do: step.Do, Kind: step.Kind, Wants: step.Wants})
			}
			out[i].Count++
			if n := len(out[i].Units); n == 0 || out[i].Units[n-1] != p.Unit {
				out[i].Units = append(out[i].Units, p.Unit)
			}
		}
	}
	slices.SortStableFunc(out, func(a, b Total) int {
		if n := slices.Index(Does, b.Do) - slices.Index(Does, a.Do); n != 0 {
			return n
		}
		if n := strings.Compare(a.Kind, b.Kind); n != 0 {
			return n
		}
		return cmp.Compare(b.Count, a.Count)
	})
	return out
}

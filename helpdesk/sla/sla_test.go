package sla

import (
	"math/rand/v2"
	"slices"
	"testing"
)

func book() Book {
	b := Shipped()
	infra := Rule{Key: "infra", Version: 3, Terms: Terms{When: Conditions{Groups: []string{"infra"}, Units: []string{"018"}, Priorities: []int{1, 2}}}}
	off := Rule{Key: "off", Version: 1, Off: true}
	return append(Book{infra, off}, b...)
}

func TestTheFirstRuleThatFitsHolds(t *testing.T) {
	for _, one := range []struct {
		name string
		c    Case
		rule string
		held []Term
	}{
		{"every condition of the first", Case{Priority: 2, Group: "infra", Units: []string{"00556", "018", "01"}}, "infra", []Term{TermPriority, TermGroup, TermUnit}},
		{"another unit", Case{Priority: 2, Group: "infra", Units: []string{"00577", "004", "01"}}, "p2", []Term{TermPriority}},
		{"another group", Case{Priority: 1, Group: "desk", Units: []string{"018"}}, "p1", []Term{TermPriority}},
		{"nothing in particular", Case{Priority: 4}, CatchAll, nil},
		{"a priority that does not exist", Case{Priority: 9}, CatchAll, nil},
	} {
		v := book().Explain(one.c)
		if v.Rule.Key != one.rule || !slices.Equal(v.Held, one.held) {
			t.Errorf("%s: %s because of %v", one.name, v.Rule.Key, v.Held)
		}
		if got := book().Find(one.c); got.Key != one.rule {
			t.Errorf("%s: found %s", one.name, got.Key)
		}
	}
}

func TestTheReasonsNameWhatDidNotFit(t *testing.T) {
	v := book().Explain(Case{Priority: 3, Group: "infra", Units: []string{"018"}})
	want := []struct {
		key  string
		term Term
		off  bool
	}{{"infra", TermPriority, false}, {"off", "", true}, {"p1", TermPriority, false}, {"p2", TermPriority, false}}
	if len(v.Missed) != len(want) {
		t.Fatalf("%+v", v.Missed)
	}
	for i, w := range want {
		if m := v.Missed[i]; m.Rule.Key != w.key || m.Term != w.term || m.Off != w.off {
			t.Errorf("%d: %s %s %v", i, m.Rule.Key, m.Term, m.Off)
		}
	}
}

// Whatever the rules, an answer is given, and it is the first enabled rule all of whose
// conditions hold.
func TestAnyBookAnswers(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	some := func(of ...string) []string {
		var l []string
		for _, o := range of {
			if random.IntN(3) == 0 {
				l = append(l, o)
			}
		}
		return l
	}
	for range 2000 {
		var b Book
		for i := range random.IntN(6) {
			b = append(b, Rule{Key: string(rune('a' + i)), Off: random.IntN(4) == 0, Terms: Terms{When: Conditions{
				Kinds: some("incident", "request"), Services: some("device", "line"), Units: some("01", "018"), Channels: some("mail", "phone"), Groups: some("desk")}}})
		}
		c := Case{Kind: "incident", Service: "line", Priority: 1 + random.IntN(4), Units: some("018", "01"), Channel: "mail", Group: "desk"}
		v := b.Explain(c)
		if f := b.Find(c); f.Key != v.Rule.Key {
			t.Fatalf("found %s, explained %s", f.Key, v.Rule.Key)
		}
		if v.Rule.Key != CatchAll && b[len(v.Missed)].Key != v.Rule.Key {
			t.Fatalf("%s is not the first: %+v", v.Rule.Key, v.Missed)
		}
		for _, term := range v.Held {
			if !v.Rule.When.holds(term, c) {
				t.Fatalf("%s does not hold", term)
			}
		}
		for _, m := range v.Missed {
			if !m.Off && m.Rule.When.holds(m.Term, c) {
				t.Fatalf("%s of %s holds", m.Term, m.Rule.Key)
			}
		}
	}
}

func TestStepsAndReferencesAreReadBack(t *testing.T) {
	for _, r := range Shipped() {
		if key, n, ok := ParseRef(r.Ref()); !ok || key != r.Key || n != r.Version {
			t.Errorf("%s: %s %d", r.Ref(), key, n)
		}
		for _, p := range Promises {
			seen := map[string]bool{}
			for _, s := range r.Steps(p) {
				got, ok := ParseStep(s.Name())
				if !ok || got.Minutes != s.Minutes || got.To != s.To || got.Critical != s.Critical || seen[s.Name()] {
					t.Errorf("%s %s: %+v", r.Key, s.Name(), got)
				}
				seen[s.Name()] = true
			}
		}
	}
	for _, bad := range []string{"", "soon", "owner", "owner x", "nobody 3", "owner 3 often", "owner 3 critical more"} {
		if _, ok := ParseStep(bad); ok {
			t.Errorf("%q is a step", bad)
		}
	}
	for _, bad := range []string{"", "p1", "p1@", "@3", "p1@x"} {
		if _, _, ok := ParseRef(bad); ok {
			t.Errorf("%q is a reference", bad)
		}
	}
}

func FuzzParseStep(f *testing.F) {
	f.Add("owner -30")
	f.Add("lead 0 critical")
	f.Fuzz(func(t *testing.T, name string) {
		if s, ok := ParseStep(name); ok {
			if again, ok := ParseStep(s.Name()); !ok || again != s {
				t.Errorf("%q: %+v", name, s)
			}
		}
	})
}

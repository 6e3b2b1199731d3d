package whatif

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"lotrinh/inventory/readiness"
)

var now = time.Date(2016, 11, 10, 1, 0, 0, 0, time.UTC)

func atLeast(name, value string) []readiness.Predicate {
	return []readiness.Predicate{{Fact: name, Op: readiness.AtLeast, Value: value, MaxAge: 180}}
}

// counter asks for two PCs, one of them strong, and a scanner that was seen.
var counter = []readiness.Profile{{Code: "counter", Version: 1, Lines: []readiness.Line{
	{Code: "pc", Kind: "pc", Quantity: 2, Must: true, Predicates: atLeast("ram_mb", "1024")},
	{Code: "strong", Kind: "pc", Quantity: 1, Must: true, Predicates: atLeast("ram_mb", "4096")},
	{Code: "scanner", Kind: "scanner", Quantity: 1, Must: true, MaxAge: 90},
	{Code: "ups", Kind: "ups", Quantity: 1, MaxAge: 90},
}}}

// unit is a commune that the profile of the counter holds for.
func unit(code string, assets ...readiness.Asset) Unit {
	return Unit{code, readiness.Case{Profiles: counter, Assets: assets}}
}

func thing(id, kind, ram string) readiness.Asset {
	a := readiness.Asset{ID: id, Code: id, Kind: kind, State: "in_use", Facts: []readiness.Fact{{Name: readiness.Present, Value: "yes", Source: readiness.Declared, At: now.AddDate(0, 0, -3)}}}
	if ram != "" {
		a.Facts = append(a.Facts, readiness.Fact{Name: "ram_mb", Value: ram, Source: readiness.Measured, At: now.AddDate(0, 0, -3)})
	}
	return a
}

func pc(ram string) Item { return Item{Kind: "pc", Facts: map[string]string{"ram_mb": ram}} }

func TestGivingTellsWhoBecomesReadyAndWhatOthersLack(t *testing.T) {
	units := []Unit{
		unit("needs-two", thing("s1", "scanner", "")),
		unit("needs-one", thing("s2", "scanner", ""), thing("p2", "pc", "1024")),
		unit("no-scanner", thing("p3", "pc", "4096")),
		unit("ready", thing("s4", "scanner", ""), thing("p4", "pc", "8192"), thing("p5", "pc", "2048")),
		unit("reported", thing("s6", "scanner", ""), thing("p6", "pc", "8192"), thing("p7", "pc", "2048")),
	}
	units = append(units, unit("blind"))
	units[4].Gaps = []readiness.Gap{{ID: "g", Kind: "missing", What: "pc", Count: 3, At: now}}
	a := Give(units, []Lot{{pc("4096"), 4}}, now)
	if a.Already != 1 || len(a.Ready) != 2 || a.Ready[0].Unit != "needs-two" || a.Ready[0].Gets[0] != 2 || a.Ready[1].Unit != "needs-one" || a.Ready[1].Gets[0] != 1 {
		t.Errorf("ready: %+v of %d", a.Ready, a.Already)
	}
	for _, o := range a.Ready {
		if o.Before.Verdict != readiness.Unmet || o.After.Verdict != readiness.Met {
			t.Errorf("%s: %s to %s", o.Unit, o.Before.Verdict, o.After.Verdict)
		}
	}
	if len(a.Wanting) != 1 || a.Wanting[0].Unit != "reported" || a.Wanting[0].Gets[0] != 3 {
		t.Errorf("wanting: %+v", a.Wanting)
	}
	if len(a.Beyond) != 1 || a.Beyond[0].Unit != "no-scanner" || a.Beyond[0].After.Reasons[0].What != "scanner" {
		t.Errorf("beyond: %+v", a.Beyond)
	}
	if len(a.Blind) != 1 || a.Blind[0] != "blind" {
		t.Errorf("blind: %v", a.Blind)
	}
	if a.Left[0] != 1 || !a.Exact() {
		t.Errorf("left %v, at most %d", a.Left, a.AtMost)
	}
	weak := Give(units, []Lot{{pc("1024"), 40}}, now)
	if len(weak.Ready) != 1 || weak.Ready[0].Unit != "reported" || len(weak.Beyond) != 3 {
		t.Errorf("PCs that are too weak for one place: %+v", weak)
	}
}

func someUnits(r *rand.Rand) []Unit {
	units := make([]Unit, 1+r.IntN(4))
	for i := range units {
		u := unit(fmt.Sprint(i))
		for n := range r.IntN(5) {
			a := thing(fmt.Sprint(i, "-", n), []string{"pc", "scanner"}[r.IntN(2)], []string{"512", "1024", "4096", ""}[r.IntN(4)])
			a.State = []string{"in_use", "spare", "broken"}[r.IntN(3)]
			u.Assets = append(u.Assets, a)
		}
		if r.IntN(4) == 0 {
			u.Gaps = append(u.Gaps, readiness.Gap{ID: "g", Kind: []string{"missing", "broken", "other"}[r.IntN(3)], What: []string{"pc", "scanner"}[r.IntN(2)], Count: 1 + r.Int64N(2), At: now})
		}
		units[i] = u
	}
	return units
}

// bestOf tries to give everything to everybody in every way.
func bestOf(units []Unit, lots []Lot, left vector) int {
	if len(units) == 0 {
		return 0
	}
	if units[0].blind() {
		return bestOf(units[1:], lots, left)
	}
	best := 0
	for n := 0; n <= left.sum(); n++ {
		for v := range ofSum(make(vector, len(left)), left, n) {
			rest := make(vector, len(left))
			for i := range left {
				rest[i] = left[i] - v[i]
			}
			got := bestOf(units[1:], lots, rest)
			if units[0].with(lots, v, now).Verdict == readiness.Met {
				got++
			}
			best = max(best, got)
		}
	}
	return best
}

func TestNoWayOfGivingMakesMoreReady(t *testing.T) {
	r := rand.New(rand.NewPCG(198, 2016))
	kinds := []Item{pc("1024"), pc("4096"), {Kind: "scanner"}}
	for round := range 150 {
		units := someUnits(r)
		var lots []Lot
		for range 1 + r.IntN(2) {
			lots = append(lots, Lot{kinds[r.IntN(len(kinds))], r.IntN(4)})
		}
		have := make(vector, len(lots))
		for i, l := range lots {
			have[i] = l.Count
		}
		a := Give(units, lots, now)
		if got, want := a.Already+len(a.Ready), bestOf(units, lots, have); got != want || !a.Exact() {
			t.Fatalf("round %d: %d ready (at most %d more), %d would be: %+v from %+v", round, got, a.AtMost, want, a, lots)
		}
		if a.Already+len(a.Ready)+len(a.Wanting)+len(a.Beyond)+len(a.Blind) != len(units) {
			t.Fatalf("round %d: communes are lost: %+v", round, a)
		}
		for _, o := range a.Ready {
			spare := vector(o.Gets)
			for i := range spare {
				if spare[i] == 0 {
					continue
				}
				spare[i]--
				u := units[o.Unit[0]-'0']
				if u.with(lots, spare, now).Verdict == readiness.Met {
					t.Fatalf("round %d: %s gets an item of lot %d too many", round, o.Unit, i)
				}
				spare[i]++
			}
		}
	}
}

package readiness

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"
)

// The machines of the domain paper, by their numbers there, against the shipped
// profile: which facts of the "must" and of the "should" line fail, and what is open.
// Figures that the paper does not give are ours and are of no consequence.
func TestTheMachinesOfThePaper(t *testing.T) {
	type facts map[string]string
	profile := shipped(t, "vdi-client-2016.json")
	var lines []Line
	for _, l := range profile.Lines {
		if l.Kind == "pc" {
			lines = append(lines, l)
		}
	}
	if len(lines) != 2 || !lines[0].Must || lines[1].Must {
		t.Fatalf("%+v", lines)
	}
	profile.Lines = lines
	for name, tc := range map[string]struct {
		facts        facts
		must, should Verdict
		because      []string // facts behind the answer of the line that must hold
	}{
		"04: shared graphics memory, no SP1":     {facts{"os": "6.1.7600", "arch": "64", "cpu_mhz": "2600", "cores": "2", "ram_mb": "3001", "disk_free_gb": "60"}, Unmet, Unmet, []string{"os"}},
		"05: 32 bits, 2×2048, no SP1, C: 7.3 GB": {facts{"os": "6.1.7600", "arch": "32", "cpu_mhz": "2800", "cores": "2", "ram_mb": "2554", "ram_installed_mb": "4096", "disk_free_gb": "7.3"}, Unmet, Unmet, []string{"os", "disk_free_gb"}},
		"06: 4096 reads 3887":                    {facts{"os": "6.1.7601", "arch": "64", "cpu_mhz": "2400", "cores": "2", "ram_mb": "3887", "disk_free_gb": "80"}, Met, Met, nil},
		"s1: an old system, C: 2.9 GB":           {facts{"os": "5.1.2600", "arch": "32", "cpu_mhz": "2400", "cores": "1", "ram_mb": "1015", "disk_free_gb": "2.9"}, Unmet, Unmet, []string{"os", "disk_free_gb"}},
		"s2: enough and no more":                 {facts{"os": "6.1.7601", "arch": "64", "cpu_mhz": "2000", "cores": "1", "ram_mb": "2048", "disk_free_gb": "12"}, Met, Unmet, nil},
		"s3: room to grow":                       {facts{"os": "10.0.10240", "arch": "64", "cpu_mhz": "3200", "cores": "4", "ram_mb": "8192", "disk_free_gb": "200"}, Met, Met, nil},
		"07: no drives":                          {facts{"os": "6.1.7601", "arch": "64", "cpu_mhz": "2400", "cores": "2", "ram_mb": "4096"}, Unknown, Unknown, []string{"disk_free_gb"}},
		"08: no processor, no drives":            {facts{"os": "6.1.7601", "arch": "64", "ram_mb": "4096"}, Unknown, Unknown, []string{"cpu_mhz", "disk_free_gb"}},
	} {
		a := Asset{ID: "a", Code: "TB-1", Kind: "pc", State: "in_use"}
		for k, v := range tc.facts {
			a.Facts = append(a.Facts, fact(k, v, Measured, 1))
		}
		r := Judge(Case{Profiles: []Profile{profile}, Assets: []Asset{a}}, now)
		var because []string
		for _, one := range r.Reasons {
			if one.Must {
				because = append(because, one.Fact)
			}
		}
		if r.Lines[0].Verdict != tc.must || r.Lines[1].Verdict != tc.should || r.Verdict != tc.must || !slices.Equal(because, tc.because) {
			t.Errorf("%s: must %s should %s because of %v", name, r.Lines[0].Verdict, r.Lines[1].Verdict, because)
		}
	}
}

// anyLines are lines of which some are distinct, some follow the unit, some are trees.
func anyLines(r *rand.Rand) []Line {
	out := make([]Line, 1+r.IntN(4))
	for i := range out {
		l := Line{Code: fmt.Sprint("l", i), Kind: []string{"pc", "scanner"}[r.IntN(2)], Quantity: int64(r.IntN(3)), Must: r.IntN(3) > 0, Distinct: r.IntN(2) > 0}
		if r.IntN(3) == 0 {
			l.MaxAge = 90
		}
		if r.IntN(4) == 0 {
			l.Per = &Per{Of: StaffAtCounter, Each: 1 + int64(r.IntN(3)), MaxAge: int64(r.IntN(2) * 100)}
		}
		for range r.IntN(3) {
			l.Predicates = append(l.Predicates, anyPredicate(r, 3))
		}
		out[i] = l
	}
	return out
}

func anyPredicate(r *rand.Rand, depth int) Predicate {
	if depth > 0 && r.IntN(3) == 0 {
		all := []Predicate{anyPredicate(r, depth-1), anyPredicate(r, depth-1)}
		switch r.IntN(3) {
		case 0:
			return Predicate{All: all}
		case 1:
			return Predicate{Any: all}
		}
		return Predicate{Not: &all[0]}
	}
	p := []Predicate{{Fact: Place, Op: Among, Value: "quầy, một cửa"}, {Fact: "ram_mb", Op: AtLeast, Value: "2048", Tolerance: 15}, {Fact: RAM, Op: AtLeast, Value: "2048"}, {Fact: "os", Op: VersionFrom, Value: "6.1.7601"},
		{Fact: "arch", Op: Is, Value: "64"}, {Fact: Virtualization, Op: Is, Value: "yes"}, {Fact: "ram_mb", Op: AtMost, Value: "4096", Per: StaffAtCounter}}[r.IntN(7)]
	p.MaxAge = int64(r.IntN(2) * 120)
	p.Evidence = append(Sources, "")[r.IntN(6)]
	p.Samples = int64(r.IntN(2) * 20)
	return p
}

func anyAssets(r *rand.Rand, n int) []Asset {
	values := map[string][]string{"ram_mb": {"512", "1024", "2048", "8192", "?"}, RAMInstalled: {"4096"}, "os": {"5.1", "6.1.7601", "10.0", ""}, "arch": {"32", "64"}, Present: {"yes"},
		CPU: {"GenuineIntel 6 23 1", "GenuineIntel 6 58 9", "x"}, BIOSSwitch: {"yes", "no"}, Samples: {"5", "30"}}
	names := []string{"ram_mb", "ram_mb", "os", "os", "arch", Present, Present, CPU, BIOSSwitch, RAMInstalled, Samples}
	assets := make([]Asset, r.IntN(n))
	for i := range assets {
		a := Asset{ID: fmt.Sprint(i), Code: fmt.Sprint("TB-", i), Kind: []string{"pc", "scanner"}[r.IntN(2)], State: []string{"in_use", "spare", "broken"}[r.IntN(3)], Place: []string{"", "Quầy 2", "Kho"}[r.IntN(3)]}
		for range r.IntN(14) {
			n := names[r.IntN(len(names))]
			a.Facts = append(a.Facts, Fact{n, values[n][r.IntN(len(values[n]))], Sources[r.IntN(5)], day(r.IntN(220) - 200)})
		}
		assets[i] = a
	}
	return assets
}

func anything(r *rand.Rand) Case {
	c := Case{Profiles: []Profile{{Code: "p", Lines: anyLines(r)}, {Code: "q", Lines: anyLines(r)}}, Assets: anyAssets(r, 6)}
	if r.IntN(4) == 0 {
		c.Gaps = append(c.Gaps, Gap{ID: "g", Kind: "missing", What: "scanner", Count: 1, At: day(r.IntN(40) - 20)}, Gap{ID: "h", Kind: "broken", What: "pc", Count: 1, At: day(r.IntN(40) - 20)})
	}
	for range r.IntN(3) {
		c.Site = append(c.Site, Fact{StaffAtCounter, fmt.Sprint(r.IntN(5)), Sources[r.IntN(2)], day(r.IntN(120) - 110)})
	}
	for i := range r.IntN(3) {
		from := r.IntN(60) - 40
		c.Waivers = append(c.Waivers, Waiver{ID: fmt.Sprint(i), Profile: "p", Line: fmt.Sprint("l", r.IntN(3)), From: day(from), Until: day(from + r.IntN(90))})
	}
	return c
}

// An answer holds until the moment it names: no sooner may time alone change it.
func TestTimeChangesNothingBeforeTheNamedMoment(t *testing.T) {
	r := rand.New(rand.NewPCG(198, 2016))
	for round := range 600 {
		c := anything(r)
		got := Judge(c, now)
		for at := now; at.Before(day(300)); at = at.Add(12 * time.Hour) {
			if !got.Stale.IsZero() && !at.Before(got.Stale) {
				break
			}
			later := Judge(c, at)
			if later.Verdict != got.Verdict || !reflect.DeepEqual(later.Reasons, got.Reasons) || !reflect.DeepEqual(later.Lines, got.Lines) {
				t.Fatalf("round %d: %s at %s, %s at %s, though stale only at %s", round, got.Verdict, now, later.Verdict, at, got.Stale)
			}
		}
		if got.Verdict != Met && len(got.Reasons) == 0 {
			t.Fatalf("round %d: %s without a reason", round, got.Verdict)
		}
	}
}

func TestOneMoreAssetNeverMakesAnAnswerWorse(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 198))
	seen := map[Verdict]int{}
	for round := range 4000 {
		c := anything(r)
		before := Judge(c, now)
		m := NewMemo(now)
		for range 2 { // judged, then remembered
			if v := m.Verdict(c); v != before.Verdict {
				t.Fatalf("with a memory, it is %s, and %s", v, before.Verdict)
			}
		}
		seen[before.Verdict]++
		more := anyAssets(r, 4)
		for i := range more {
			more[i].ID, more[i].Code = fmt.Sprint("more", i), fmt.Sprint("TB-more", i)
		}
		c.Assets = append(c.Assets, more...)
		if after := Judge(c, now); after.Verdict.rank() > before.Verdict.rank() {
			t.Fatalf("round %d: from %s to %s with %d more: %+v", round, before.Verdict, after.Verdict, len(more), after.Reasons)
		}
	}
	for _, v := range Verdicts {
		if seen[v] < 50 {
			t.Errorf("only %d cases were %s: %v", seen[v], v, seen)
		}
	}
}

func TestTheOrderInWhichThingsAreToldDoesNotMatter(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	for round := range 1500 {
		c := anything(r)
		want := Judge(c, now)
		mixed := Case{Profiles: c.Profiles, Assets: slices.Clone(c.Assets), Gaps: slices.Clone(c.Gaps), Site: slices.Clone(c.Site), Waivers: slices.Clone(c.Waivers)}
		shuffle(r, mixed.Assets)
		shuffle(r, mixed.Gaps)
		shuffle(r, mixed.Site)
		shuffle(r, mixed.Waivers)
		for i := range mixed.Assets {
			mixed.Assets[i].Facts = slices.Clone(mixed.Assets[i].Facts)
			shuffle(r, mixed.Assets[i].Facts)
		}
		if got := Judge(mixed, now); !reflect.DeepEqual(got, want) {
			t.Fatalf("round %d:\n%+v\n%+v", round, got, want)
		}
		for i := range mixed.Profiles {
			mixed.Profiles = slices.Clone(mixed.Profiles)
			mixed.Profiles[i].Lines = slices.Clone(mixed.Profiles[i].Lines)
			shuffle(r, mixed.Profiles[i].Lines)
		}
		shuffle(r, mixed.Profiles)
		if got := Judge(mixed, now); got.Verdict != want.Verdict || !got.Stale.Equal(want.Stale) || len(got.Reasons) != len(want.Reasons) {
			t.Fatalf("round %d, lines in another order: %s, not %s", round, got.Verdict, want.Verdict)
		}
	}
}

func shuffle[T any](r *rand.Rand, s []T) {
	r.Shuffle(len(s), func(i, k int) { s[i], s[k] = s[k], s[i] })
}

// Every way to give assets to demands is tried: none fills more places, nor more of the
// first demands.
func TestMatchingIsAsGoodAsTryingEverything(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for round := range 3000 {
		assets := r.IntN(6)
		all := make([]demand, 1+r.IntN(4))
		for i := range all {
			all[i] = demand{want: int64(r.IntN(4)), can: make([]bool, assets)}
			for k := range all[i].can {
				all[i].can[k] = r.IntN(3) == 0
			}
		}
		owner := fill(all, assets)
		got := make([]int64, len(all))
		for a, d := range owner {
			if d < 0 {
				continue
			}
			got[d]++
			if !all[d].can[a] || got[d] > all[d].want {
				t.Fatalf("round %d: asset %d fills demand %d of %+v", round, a, d, all)
			}
		}
		best := make([]int64, len(all))
		every(all, assets, make([]int64, len(all)), func(n []int64) {
			if sum(n) > sum(best) || sum(n) == sum(best) && slices.Compare(n, best) > 0 {
				copy(best, n)
			}
		})
		if !slices.Equal(got, best) {
			t.Fatalf("round %d: %v of %v: %+v", round, got, best, all)
		}
	}
}

func sum(n []int64) (all int64) {
	for _, one := range n {
		all += one
	}
	return all
}

func every(all []demand, asset int, n []int64, see func([]int64)) {
	if asset == 0 {
		see(n)
		return
	}
	every(all, asset-1, n, see)
	for d := range all {
		if all[d].can[asset-1] && n[d] < all[d].want {
			n[d]++
			every(all, asset-1, n, see)
			n[d]--
		}
	}
}

func TestDistinctLinesShareNothing(t *testing.T) {
	strong := []Predicate{{Fact: "ram_mb", Op: AtLeast, Value: "8192"}}
	p := Profile{Code: "p", Lines: []Line{{Code: "any", Kind: "pc", Quantity: 1, Must: true, Distinct: true}, {Code: "strong", Kind: "pc", Quantity: 1, Must: true, Distinct: true, Predicates: strong},
		{Code: "beside", Kind: "pc", Quantity: 2, Must: true}}}
	big, small := pc(fact("ram_mb", "8192", Seen, 1)), pc(fact("ram_mb", "1024", Seen, 1))
	small.ID, small.Code = "a0", "TB-2016-000000"
	r := Judge(Case{Profiles: []Profile{p}, Assets: []Asset{big, small}}, now)
	if r.Verdict != Met || !slices.Equal(r.Lines[1].Assets, []string{"a1"}) || !slices.Equal(r.Lines[0].Assets, []string{"a0"}) {
		t.Errorf("the strictest line takes the only one that will do: %+v", r.Lines)
	}
	r = Judge(Case{Profiles: []Profile{p}, Assets: []Asset{big}}, now)
	if r.Verdict != Unmet || r.Lines[1].Verdict != Met || r.Lines[0].Verdict != Unmet || first(r) != "readiness.shared" {
		t.Errorf("one asset for two places: %+v, %+v", r.Lines, r.Reasons)
	}
}

// FuzzJudge feeds profiles as somebody might import them to cases of every sort.
func FuzzJudge(f *testing.F) {
	f.Add([]byte(`[{"code":"pc","kind":"pc","quantity":2,"must":true,"distinct":true,"predicates":[{"any":[{"fact":"ram_nominal_mb","op":"at_least","value":"2048"},{"not":{"fact":"os","op":"is","value":"5.1"}}]}]}]`), uint64(1))
	f.Add([]byte(`[{"code":"a","kind":"scanner","per":{"of":"staff_counter","each":2,"bands":[{"from":0,"n":1}]},"must":true,"max_age_days":90},{"code":"a","kind":"pc","quantity":1}]`), uint64(2))
	f.Add([]byte(`[{"kind":"pc","quantity":1,"must":true,"predicates":[{"fact":"ram_mb","op":"at_least","value":"1e300","tolerance":-5,"when":{"fact":"arch","is":"32","value":"NaN"}}]}]`), uint64(3))
	f.Fuzz(func(t *testing.T, raw []byte, seed uint64) {
		var lines []Line
		if json.Unmarshal(raw, &lines) != nil || len(lines) > 20 {
			return
		}
		for _, l := range lines {
			if Shape(l.Predicates) != nil || l.Quantity > 1000 {
				return
			}
		}
		r := rand.New(rand.NewPCG(seed, seed))
		c := anything(r)
		c.Profiles = []Profile{{Code: "p", Lines: lines}}
		got := Judge(c, now)
		if !slices.Contains(Verdicts, got.Verdict) || got.Verdict != Met && len(got.Reasons) == 0 || len(got.Lines) != len(lines) {
			t.Fatalf("%+v", got)
		}
		if _, err := json.Marshal(got); err != nil {
			t.Fatal(err)
		}
		if !got.Stale.IsZero() && !got.Stale.After(now) {
			t.Fatalf("stale at %s already", got.Stale)
		}
		shuffle(r, c.Assets)
		if again := Judge(c, now); !reflect.DeepEqual(again, got) {
			t.Fatalf("%+v\n%+v", again, got)
		}
		c.Assets = append(c.Assets, Asset{ID: "more", Code: "TB-more", Kind: "pc", State: "in_use", Facts: []Fact{fact("ram_mb", "4096", Seen, 1)}})
		if more := Judge(c, now); more.Verdict.rank() > got.Verdict.rank() {
			t.Fatalf("from %s to %s", got.Verdict, more.Verdict)
		}
	})
}

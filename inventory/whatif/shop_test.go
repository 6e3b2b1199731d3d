package whatif

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"testing"

	"lotrinh/inventory/readiness"
)

var all = Allow{Move: true, Upgrade: true, Repair: true}

// says is a plan in short: what is done with what.
func says(p Plan) []string {
	var out []string
	for _, s := range p.Steps {
		text := string(s.Do) + " " + s.Kind
		if s.Asset.ID != "" {
			text += " " + s.Asset.ID
		}
		for _, w := range s.Wants {
			text += " " + w.Fact
		}
		out = append(out, text)
	}
	return out
}

func TestTheListBuysOnlyWhatNothingElseCovers(t *testing.T) {
	broken, planned, spare, old := thing("p3", "pc", "8192"), thing("p4", "pc", "8192"), thing("p5", "pc", "8192"), thing("s1", "scanner", "")
	broken.State, planned.State, spare.State = "broken", "planned", "spare"
	old.Facts[0].At = now.AddDate(0, 0, -200)
	for name, tc := range map[string]struct {
		assets []readiness.Asset
		donor  []readiness.Asset
		allow  Allow
		want   []string
	}{
		"nothing is there":                   {[]readiness.Asset{thing("u", "ups", "")}, nil, all, []string{"buy pc ram_mb", "buy pc ram_mb", "buy scanner"}},
		"memory is added":                    {[]readiness.Asset{thing("p1", "pc", "1024"), thing("p2", "pc", "512"), thing("s", "scanner", "")}, nil, all, []string{"upgrade pc p2 ram_mb"}},
		"but only one needs it":              {[]readiness.Asset{thing("p1", "pc", "1024"), thing("p2", "pc", "1024"), thing("s", "scanner", "")}, nil, all, []string{"upgrade pc p2 ram_mb"}},
		"without upgrades it is bought":      {[]readiness.Asset{thing("p1", "pc", "1024"), thing("p2", "pc", "1024"), thing("s", "scanner", "")}, nil, Allow{}, []string{"buy pc ram_mb"}},
		"a look is enough":                   {[]readiness.Asset{thing("p1", "pc", ""), thing("p2", "pc", "2048"), old}, nil, all, []string{"check pc p1 ram_mb", "check scanner s1"}},
		"a broken one is repaired":           {[]readiness.Asset{thing("p1", "pc", "2048"), broken, thing("s", "scanner", "")}, nil, all, []string{"repair pc p3"}},
		"unless that is not wished":          {[]readiness.Asset{thing("p1", "pc", "2048"), broken, thing("s", "scanner", "")}, nil, Allow{Upgrade: true}, []string{"buy pc ram_mb"}},
		"what is ordered is waited for":      {[]readiness.Asset{thing("p1", "pc", "2048"), planned, thing("s", "scanner", "")}, nil, all, []string{"await pc p4"}},
		"a spare one of others is moved":     {[]readiness.Asset{thing("p1", "pc", "2048"), thing("s", "scanner", "")}, []readiness.Asset{spare, thing("p8", "pc", "8192"), thing("p9", "pc", "1024"), thing("s9", "scanner", "")}, Allow{Move: true}, []string{"move pc p5"}},
		"a donor keeps what it needs itself": {[]readiness.Asset{thing("p1", "pc", "2048"), thing("s", "scanner", "")}, []readiness.Asset{spare, thing("p9", "pc", "1024"), thing("s9", "scanner", "")}, Allow{Move: true}, []string{"buy pc ram_mb"}},
	} {
		got := Shop([]Unit{unit("here", tc.assets...)}, []Unit{unit("there", tc.donor...)}, tc.allow, now)
		if len(got.Plans) != 1 || !slices.Equal(says(got.Plans[0]), tc.want) {
			t.Errorf("%s: %+v", name, got)
			continue
		}
		if p := got.Plans[0]; p.After.Verdict != readiness.Met || Ready(p.Before.Verdict) {
			t.Errorf("%s: %s to %s", name, p.Before.Verdict, p.After.Verdict)
		}
	}
}

func TestEqualStepsAreOneRowOfTheList(t *testing.T) {
	got := Shop([]Unit{unit("a", thing("u", "ups", "")), unit("b", thing("s", "scanner", "")), unit("c", thing("p1", "pc", "1024"), thing("p2", "pc", "2048"), thing("s2", "scanner", ""))}, nil, all, now)
	rows := got.Totals()
	if len(rows) != 3 || rows[0].Count != 4 || rows[0].Kind != "pc" || !slices.Equal(rows[0].Units, []string{"a", "b"}) || rows[1].Kind != "scanner" || rows[2].Do != Upgrade {
		t.Errorf("%+v", rows)
	}
	if w := rows[0].Wants; len(w) != 1 || w[0].Value != "4096" {
		t.Errorf("the strongest wish is not the one to buy: %+v", w)
	}
}

func TestWhatNoPurchaseMendsIsSaid(t *testing.T) {
	nobody := Unit{"a", readiness.Case{Assets: []readiness.Asset{thing("u", "ups", "")}}}
	got := Shop([]Unit{nobody}, nil, all, now)
	if len(got.Stuck) != 1 || got.Stuck[0].After.Reasons[0].Text.Key != "readiness.no_profile" {
		t.Errorf("%+v", got)
	}
}

// The shipped profile: what is bought for it satisfies it, trees and figures of the
// unit included.
func TestWhatIsBoughtForTheShippedProfilesIsEnough(t *testing.T) {
	for _, name := range []string{"vdi-client-2016", "one-stop-counter-2016"} {
		raw, err := os.ReadFile("../profiles/" + name + ".json")
		if err != nil {
			t.Fatal(err)
		}
		var p struct{ Lines []readiness.Line }
		if err := json.Unmarshal(raw, &p); err != nil {
			t.Fatal(err)
		}
		u := Unit{"a", readiness.Case{Assets: []readiness.Asset{thing("u", "ups", "")}, Profiles: []readiness.Profile{{Code: name, Version: 1, Lines: p.Lines}}}}
		for _, of := range readiness.SiteFacts {
			u.Site = append(u.Site, readiness.Fact{Name: of, Value: "3", Source: readiness.Seen, At: now})
		}
		got := Shop([]Unit{u}, nil, all, now)
		if len(got.Plans) != 1 || got.Plans[0].After.Verdict != readiness.Met {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestAnItemOfAnyTreeIsOneThatSatisfiesIt(t *testing.T) {
	leaf := func(fact string, op readiness.Op, value string) readiness.Predicate {
		return readiness.Predicate{Fact: fact, Op: op, Value: value, MaxAge: 30, Evidence: readiness.Probe, Samples: 20, Days: 3}
	}
	not := func(p readiness.Predicate) readiness.Predicate { return readiness.Predicate{Not: &p} }
	for name, p := range map[string]readiness.Predicate{
		"memory":           leaf(readiness.RAM, readiness.AtLeast, "4096"),
		"virtualization":   leaf(readiness.Virtualization, readiness.Is, "yes"),
		"none of it":       not(leaf(readiness.Virtualization, readiness.Is, "yes")),
		"a version":        leaf("os", readiness.VersionFrom, "6.1.7601"),
		"an older version": not(leaf("os", readiness.VersionFrom, "6.1.7601")),
		"at most":          leaf("rtt_ms", readiness.AtMost, "150"),
		"more than":        not(leaf("rtt_ms", readiness.AtMost, "150")),
		"less than":        not(leaf("cores", readiness.AtLeast, "2")),
		"one of two":       {Any: []readiness.Predicate{leaf("cores", readiness.AtLeast, "2"), leaf("arch", readiness.Is, "64")}},
		"neither":          not(readiness.Predicate{Any: []readiness.Predicate{leaf("cores", readiness.AtLeast, "2"), leaf("arch", readiness.Is, "64")}}),
		"not both":         not(readiness.Predicate{All: []readiness.Predicate{leaf("cores", readiness.AtLeast, "2"), leaf("arch", readiness.Is, "64")}}),
	} {
		all := wants([]readiness.Predicate{p}, false, nil)
		a := made("pc", all, now)
		if v := alone(a, readiness.Line{Predicates: []readiness.Predicate{p}, MaxAge: 30, Evidence: readiness.Seen}, nil, now); v != readiness.Met {
			t.Errorf("%s: %s by %+v", name, v, a.Facts)
		}
	}
}

// carried is a commune after steps, put together without the engine's own way.
func carried(u Unit, steps []Step) Unit {
	u.Assets, u.Gaps = slices.Clone(u.Assets), slices.Clone(u.Gaps)
	news, mended := map[string]int64{}, map[string]map[string]bool{}
	for _, s := range steps {
		if s.Do == Buy || s.Do == Move {
			a := made(s.Kind, s.Wants, now)
			if s.Do == Move {
				a = there(s.Asset, now)
			}
			u.Assets = append(u.Assets, a)
			news[s.Kind]++
			continue
		}
		i := slices.IndexFunc(u.Assets, func(a readiness.Asset) bool { return a.ID == s.Asset.ID })
		a := u.Assets[i]
		if s.Do == Await || s.Do == Repair || s.Do == Check && len(s.Wants) == 0 {
			a = there(a, now)
		}
		for _, w := range s.Wants {
			a = known(a, now, w.Fact, w.Value)
		}
		u.Assets[i] = a
		switch s.Do {
		case Await:
			news[s.Kind]++
		case Upgrade, Repair:
			if mended[s.Kind] == nil {
				mended[s.Kind] = map[string]bool{}
			}
			mended[s.Kind][a.ID] = true
		}
	}
	u.Gaps = slices.DeleteFunc(u.Gaps, func(g readiness.Gap) bool {
		n := news[g.What]
		if g.Kind != "missing" {
			n += int64(len(mended[g.What]))
		}
		return g.Kind != "other" && n >= g.Count
	})
	return u
}

// fewestBought is the smallest number of purchases after which a commune is ready when
// everything else that is allowed was done: tried by numbers of both kinds.
func fewestBought(u Unit, allow Allow) int {
	for i, a := range u.Assets {
		if a.State == "broken" && !allow.Repair {
			continue
		}
		was := a
		a = there(a, now)
		if a.Kind == "pc" {
			ram := slices.IndexFunc(was.Facts, func(f readiness.Fact) bool { return f.Name == "ram_mb" })
			if ram < 0 || allow.Upgrade {
				a = known(a, now, "ram_mb", "8192")
			}
		}
		u.Assets[i] = a
	}
	mended := int64(len(u.Assets))
	for n := 0; n < 8; n++ {
		for pcs := 0; pcs <= n; pcs++ {
			c := u.Case
			c.Assets = slices.Clone(u.Assets)
			had := map[string]int64{"pc": int64(pcs), "scanner": int64(n - pcs)}
			for range pcs {
				c.Assets = append(c.Assets, made("pc", []Want{{Fact: "ram_mb", Value: "8192"}}, now))
			}
			for range n - pcs {
				c.Assets = append(c.Assets, made("scanner", nil, now))
			}
			c.Gaps = slices.DeleteFunc(slices.Clone(u.Gaps), func(g readiness.Gap) bool {
				return g.Kind == "broken" && had[g.What]+mended >= g.Count || g.Kind == "missing" && had[g.What] >= g.Count
			})
			if Ready(readiness.Judge(c, now).Verdict) {
				return n
			}
		}
	}
	return 99
}

func TestEveryStepIsNeededAndTogetherTheySuffice(t *testing.T) {
	r := rand.New(rand.NewPCG(198, 416))
	for round := range 600 {
		units := someUnits(r)
		allow := Allow{Upgrade: r.IntN(2) == 0, Repair: r.IntN(2) == 0, Move: r.IntN(3) == 0}
		donors := someUnits(r)
		for i := range donors {
			donors[i].Code = fmt.Sprint("d", i)
			for k := range donors[i].Assets {
				donors[i].Assets[k].ID = "d" + donors[i].Assets[k].ID
			}
		}
		got := Shop(units, donors, allow, now)
		if got.Already+len(got.Plans)+len(got.Stuck)+len(got.Blind) != len(units) {
			t.Fatalf("round %d: communes are lost", round)
		}
		moved := map[string][]string{}
		for _, p := range got.Plans {
			u := units[p.Unit[0]-'0']
			if v := readiness.Judge(carried(u, p.Steps).Case, now).Verdict; !Ready(v) || v != p.After.Verdict {
				t.Fatalf("round %d: %s after %v", round, v, says(p))
			}
			bought := 0
			for i, s := range p.Steps {
				if without := carried(u, slices.Delete(slices.Clone(p.Steps), i, i+1)); Ready(readiness.Judge(without.Case, now).Verdict) {
					t.Fatalf("round %d: step %d of %v is not needed", round, i, says(p))
				}
				switch s.Do {
				case Buy:
					bought++
				case Move:
					moved[s.From] = append(moved[s.From], s.Asset.ID)
				}
			}
			u.Assets = slices.Clone(u.Assets)
			if want := fewestBought(u, allow); len(u.Gaps) == 0 && !allow.Move && bought != want {
				t.Fatalf("round %d: buys %d, %d would do: %v of %+v", round, bought, want, says(p), u)
			}
		}
		for from, ids := range moved {
			d := donors[from[1]-'0']
			before := readiness.Judge(d.Case, now)
			d.Assets = slices.DeleteFunc(slices.Clone(d.Assets), func(a readiness.Asset) bool { return slices.Contains(ids, a.ID) })
			if after := readiness.Judge(d.Case, now); deciding(after) > deciding(before) || Ready(before.Verdict) && !Ready(after.Verdict) {
				t.Fatalf("round %d: donor %s gets worse by giving %v", round, from, ids)
			}
		}
	}
}

func BenchmarkShopOfTheWholeCity(b *testing.B) {
	r := rand.New(rand.NewPCG(198, 584))
	var units []Unit
	for range 584 {
		u := someUnits(r)[0]
		for n := range 14 {
			a := thing(fmt.Sprint("x", n), []string{"pc", "scanner", "printer"}[n%3], []string{"512", "1024", "2048", ""}[r.IntN(4)])
			u.Assets = append(u.Assets, a)
		}
		units = append(units, u)
	}
	b.Run("shop", func(b *testing.B) {
		for b.Loop() {
			Shop(units, nil, all, now)
		}
	})
	b.Run("give", func(b *testing.B) {
		for b.Loop() {
			Give(units, []Lot{{pc("4096"), 40}}, now)
		}
	})
	b.Run("give two", func(b *testing.B) {
		for b.Loop() {
			Give(units, []Lot{{pc("4096"), 100}, {Item{Kind: "scanner"}, 100}}, now)
		}
	})
}

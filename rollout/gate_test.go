package rollout

import (
	"math/rand/v2"
	"testing"
	"time"

	"lotrinh/internal/kit/clock"
)

func hanoi(y int, m time.Month, d, hh, mm, ss int) time.Time {
	return time.Date(y, m, d, hh, mm, ss, 0, clock.City).UTC()
}

var noon = hanoi(2016, 11, 10, 12, 0, 0)

func told2(kind Kind, a Answer, at time.Time) *Evidence {
	return &Evidence{Criterion: "k", Kind: kind, Answer: a, Reasons: "[]", ObservedAt: at}
}

func TestOneCriterionIsWeighed(t *testing.T) {
	early, late := noon.Add(-48*time.Hour), noon.Add(-24*time.Hour)
	said := func(a Answer, at time.Time) *Evidence { return told2(Declaration, a, at) }
	seen := func(a Answer, at time.Time) *Evidence { return told2(Verification, a, at) }
	for name, tc := range map[string]struct {
		source Source
		ttl    int
		pair   Pair
		want   Answer
		key    string
	}{
		"nothing known":                     {Verified, 0, Pair{}, Unknown, "rollout.reason.no_evidence"},
		"said only, wants to be seen":       {Verified, 0, Pair{said(Met, late), nil}, Unknown, "rollout.reason.only_declared"},
		"said, and that is enough":          {Declared, 0, Pair{said(Met, late), nil}, Met, ""},
		"said to be lacking":                {Verified, 0, Pair{said(Unmet, late), nil}, Unmet, "rollout.reason.declared_unmet"},
		"seen":                              {Verified, 0, Pair{nil, seen(Met, late)}, Met, ""},
		"seen lacking outranks said":        {Declared, 0, Pair{said(Met, late), seen(Unmet, early)}, Unmet, "rollout.reason.unmet"},
		"seen, then said to be lacking":     {Verified, 0, Pair{said(Unmet, late), seen(Met, early)}, Unknown, "rollout.reason.contradicted"},
		"said to be lacking, then seen":     {Verified, 0, Pair{said(Unmet, early), seen(Met, late)}, Met, ""},
		"seen too long ago":                 {Verified, 1, Pair{nil, seen(Met, late)}, Unknown, "rollout.reason.stale"},
		"seen a microsecond before too old": {Verified, 1, Pair{nil, seen(Met, late.Add(time.Microsecond))}, Met, ""},
		"said too long ago":                 {Declared, 1, Pair{said(Met, early), nil}, Unknown, "rollout.reason.stale"},
		"the neighbour does not know":       {Verified, 0, Pair{said(Met, late), seen(Unknown, late)}, Unknown, "rollout.reason.unknown"},
	} {
		got, key, _ := answer(Criterion{Key: "k", Source: tc.source, TTLDays: tc.ttl}, tc.pair, noon)
		if got != tc.want || key != tc.key {
			t.Errorf("%s: %s %q, want %s %q", name, got, key, tc.want, tc.key)
		}
	}
}

func TestAReasonCarriesTheNoteOfItsEvidence(t *testing.T) {
	noted := func(kind Kind, a Answer) *Evidence {
		e := told2(kind, a, noon.Add(-time.Hour))
		e.Note = "Bộ phận một cửa đang sửa chữa. "
		return e
	}
	for name, tc := range map[string]struct {
		pair Pair
		key  string
	}{
		"seen lacking":       {Pair{nil, noted(Verification, Unmet)}, "rollout.reason.unmet_noted"},
		"seen, undecided":    {Pair{nil, noted(Verification, Unknown)}, "rollout.reason.unknown_noted"},
		"said to be lacking": {Pair{noted(Declaration, Unmet), nil}, "rollout.reason.declared_unmet_noted"},
		"no note":            {Pair{nil, told2(Verification, Unmet, noon)}, "rollout.reason.unmet"},
	} {
		item := judgeItem(Criterion{Key: "k", Source: Verified}, tc.pair, nil, noon)
		if len(item.Reasons) != 1 || item.Reasons[0].Key != tc.key {
			t.Errorf("%s: %v, want %s", name, item.Reasons, tc.key)
			continue
		}
		args := item.Reasons[0].Args
		if said := args[len(args)-1] == any("Bộ phận một cửa đang sửa chữa"); said == (name == "no note") {
			t.Errorf("%s: says %v", name, args)
		}
	}
}

func TestNoReasonExactlyWhenMet(t *testing.T) {
	r := rand.New(rand.NewPCG(198, 2016))
	answers := []Answer{Met, Unmet, Unknown}
	one := func(kind Kind) *Evidence {
		if r.IntN(3) == 0 {
			return nil
		}
		return told2(kind, answers[r.IntN(3)], noon.Add(-time.Duration(r.IntN(100))*time.Hour))
	}
	for range 20000 {
		var criteria []Criterion
		known := Known{}
		var waivers []*Waiver
		for i := range r.IntN(6) {
			key := string(rune('a' + i))
			criteria = append(criteria, Criterion{Key: key, Source: []Source{Declared, Verified}[r.IntN(2)], Must: r.IntN(4) > 0,
				Stage: []Stage{Trial, Official}[r.IntN(2)], TTLDays: r.IntN(3)})
			known[key] = Pair{one(Declaration), one(Verification)}
			if r.IntN(4) == 0 {
				waivers = append(waivers, &Waiver{Criterion: key, GivenAt: noon.Add(-time.Hour), UntilDay: []string{"2016-11-09", "2016-11-10", "2016-11-15"}[r.IntN(3)]})
			}
		}
		for _, stage := range []Stage{Trial, Official} {
			g := Judge(stage, criteria, known, waivers, noon)
			if (len(g.Reasons) == 0) != (g.Answer == Met) {
				t.Fatalf("answer %s with reasons %v", g.Answer, g.Reasons)
			}
			if g.Bare == Met && g.Answer != Met {
				t.Fatal("a waiver made a gate worse")
			}
			if (g.WaivedUntil != "") != (g.Answer == Met && g.Bare != Met) {
				t.Fatalf("waived until %q with answer %s, bare %s", g.WaivedUntil, g.Answer, g.Bare)
			}
			if stage != Official {
				continue
			}
			if met, bare := ready(criteria, known, waivers, noon); met != (g.Answer == Met) || met && bare != (g.Bare == Met) {
				t.Fatalf("ready says %v %v, the gate %s %s", met, bare, g.Answer, g.Bare)
			}
		}
	}
}

func TestAWaiverHoldsThroughItsLastDayInTheCity(t *testing.T) {
	w := &Waiver{Criterion: "k", GivenAt: hanoi(2016, 11, 8, 9, 0, 0), UntilDay: "2016-11-15"}
	criteria := []Criterion{{Key: "k", Source: Verified, Must: true, Stage: Official}}
	known := Known{"k": {Verified: told2(Verification, Unmet, hanoi(2016, 11, 7, 9, 0, 0))}}
	for _, tc := range []struct {
		at   time.Time
		want Answer
	}{
		{hanoi(2016, 11, 8, 8, 59, 59), Unmet},
		{hanoi(2016, 11, 8, 9, 0, 0), Met},
		{hanoi(2016, 11, 15, 0, 0, 0), Met},
		{hanoi(2016, 11, 15, 23, 59, 59), Met},
		{hanoi(2016, 11, 16, 0, 0, 0), Unmet},
		{hanoi(2016, 11, 16, 7, 0, 0), Unmet}, // midnight in UTC
	} {
		if g := Judge(Official, criteria, known, []*Waiver{w}, tc.at); g.Answer != tc.want {
			t.Errorf("at %s: %s, want %s", tc.at.In(clock.City), g.Answer, tc.want)
		}
	}
	w.RevokedAt = hanoi(2016, 11, 10, 12, 0, 0)
	if g := Judge(Official, criteria, known, []*Waiver{w}, hanoi(2016, 11, 10, 11, 59, 59)); g.Answer != Met {
		t.Error("a waiver did not hold before it was revoked")
	}
	if g := Judge(Official, criteria, known, []*Waiver{w}, hanoi(2016, 11, 10, 12, 0, 0)); g.Answer != Unmet {
		t.Error("a revoked waiver holds")
	}
}

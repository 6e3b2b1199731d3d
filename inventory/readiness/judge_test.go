package readiness

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"
)

var now = time.Date(2016, 11, 10, 1, 0, 0, 0, time.UTC)

func day(n int) time.Time { return now.AddDate(0, 0, n) }

var client = Profile{Code: "vdi", Version: 1, Lines: []Line{
	{Code: "pc", Kind: "pc", Quantity: 1, Must: true, Predicates: []Predicate{
		{Fact: "ram_mb", Op: AtLeast, Value: "2048", MaxAge: 180, When: &When{Fact: "arch", Is: "32", Value: "1024"}},
		{Fact: "os", Op: VersionFrom, Value: "6.1.7601"},
	}},
	{Code: "scanner", Kind: "scanner", Quantity: 1, Must: true, MaxAge: 90},
	{Code: "roomy", Kind: "pc", Quantity: 1, Predicates: []Predicate{{Fact: "ram_mb", Op: AtLeast, Value: "4096", Tolerance: 15}}},
}}

func pc(facts ...Fact) Asset {
	return Asset{ID: "a1", Code: "TB-2016-000001", Kind: "pc", State: "in_use", Facts: facts}
}

func scanner(age int) Asset {
	return Asset{ID: "a2", Code: "TB-2016-000002", Kind: "scanner", State: "spare", Facts: []Fact{{Present, "yes", Declared, day(-age)}}}
}

func fact(name, value string, s Source, age int) Fact { return Fact{name, value, s, day(-age)} }

func TestThreeAnswersWithTheirReasons(t *testing.T) {
	good := []Fact{fact("ram_mb", "4096", Measured, 5), fact("os", "6.1.7601", Declared, 5), fact("arch", "64", Declared, 5)}
	for name, tc := range map[string]struct {
		assets []Asset
		gaps   []Gap
		want   Verdict
		first  string // key of the first reason
	}{
		"all is there":             {[]Asset{pc(good...), scanner(5)}, nil, Met, ""},
		"nothing known of the pc":  {[]Asset{pc(), scanner(5)}, nil, Unknown, "readiness.no_data"},
		"no scanner":               {[]Asset{pc(good...)}, nil, Unmet, "readiness.missing"},
		"a scanner seen long ago":  {[]Asset{pc(good...), scanner(91)}, nil, Unknown, "readiness.too_old"},
		"a broken scanner":         {[]Asset{pc(good...), {Kind: "scanner", State: "broken"}}, nil, Unmet, "readiness.missing"},
		"too little memory":        {[]Asset{pc(fact("ram_mb", "1015", Declared, 2), good[1], good[2]), scanner(5)}, nil, Unmet, "readiness.short.at_least"},
		"measured beats declared":  {[]Asset{pc(fact("ram_mb", "8192", Declared, 1), fact("ram_mb", "1015", Measured, 9), good[1], good[2]), scanner(5)}, nil, Unmet, "readiness.short.at_least"},
		"stale counts for nothing": {[]Asset{pc(fact("ram_mb", "8192", Declared, 1), fact("ram_mb", "1015", Measured, 181), good[1], good[2]), scanner(5)}, nil, Met, "readiness.short.at_least"},
		"32 bits need less":        {[]Asset{pc(fact("ram_mb", "1024", Declared, 2), good[1], fact("arch", "32", Declared, 2)), scanner(5)}, nil, Met, "readiness.short.at_least"},
		"32 or 64 is not known":    {[]Asset{pc(fact("ram_mb", "1024", Declared, 2), good[1]), scanner(5)}, nil, Unknown, "readiness.no_data"},
		"too little either way":    {[]Asset{pc(fact("ram_mb", "512", Declared, 2), good[1]), scanner(5)}, nil, Unmet, "readiness.short.at_least"},
		"an old system":            {[]Asset{pc(good[0], fact("os", "5.1.2600", Seen, 2), good[2]), scanner(5)}, nil, Unmet, "readiness.short.version_from"},
		"a value nobody can read":  {[]Asset{pc(good[0], fact("os", "Windows", Seen, 2), good[2]), scanner(5)}, nil, Unknown, "readiness.unreadable"},
		"a reported lack":          {[]Asset{pc(good...), scanner(5)}, []Gap{{ID: "g", Kind: "missing", What: "scanner", Count: 1, At: day(0)}}, Unmet, "readiness.gap.missing"},
		"a lack nobody asks about": {[]Asset{pc(good...), scanner(5)}, []Gap{{ID: "g", Kind: "missing", What: "ups", Count: 1, At: day(0)}}, Met, "readiness.gap.missing"},
		"a lack of tomorrow":       {[]Asset{pc(good...), scanner(5)}, []Gap{{ID: "g", Kind: "missing", What: "scanner", Count: 1, At: day(1)}}, Met, ""},
		"should is not must":       {[]Asset{pc(fact("ram_mb", "3000", Measured, 1), good[1], good[2]), scanner(5)}, nil, Met, "readiness.short.at_least"},
		"usable memory, tolerated": {[]Asset{pc(fact("ram_mb", "3887", Measured, 1), good[1], good[2]), scanner(5)}, nil, Met, ""},
	} {
		r := Judge([]Profile{client}, tc.assets, tc.gaps, now)
		first := ""
		if len(r.Reasons) > 0 {
			first = r.Reasons[0].Text.Key
		}
		if r.Verdict != tc.want || first != tc.first {
			t.Errorf("%s: %s because %v, want %s because %s", name, r.Verdict, r.Reasons, tc.want, tc.first)
		}
	}
	if r := Judge(nil, nil, nil, now); r.Verdict != Unknown || r.Reasons[0].Text.Key != "readiness.no_profile" {
		t.Errorf("without a profile: %+v", r)
	}
}

// An answer holds until the moment it names: no sooner may time alone change it.
func TestTimeChangesNothingBeforeTheNamedMoment(t *testing.T) {
	r := rand.New(rand.NewPCG(198, 2016))
	for round := range 400 {
		assets, gaps := anything(r)
		got := Judge([]Profile{client}, assets, gaps, now)
		for at := now; at.Before(day(400)); at = at.Add(12 * time.Hour) {
			if !got.Stale.IsZero() && !at.Before(got.Stale) {
				break
			}
			if later := Judge([]Profile{client}, assets, gaps, at); later.Verdict != got.Verdict || !reflect.DeepEqual(later.Reasons, got.Reasons) {
				t.Fatalf("round %d: %s at %s, %s at %s, though stale only at %s", round, got.Verdict, now, later.Verdict, at, got.Stale)
			}
		}
		if got.Verdict != Met && len(got.Reasons) == 0 {
			t.Fatalf("round %d: %s without a reason", round, got.Verdict)
		}
	}
}

func anything(r *rand.Rand) ([]Asset, []Gap) {
	values := map[string][]string{"ram_mb": {"512", "1024", "2048", "8192", "?"}, "os": {"5.1", "6.1.7601", "10.0", ""}, "arch": {"32", "64"}, Present: {"yes"}}
	names := []string{"ram_mb", "os", "arch", Present}
	sources := []Source{Declared, Measured, Seen}
	assets := make([]Asset, r.IntN(5))
	for i := range assets {
		a := Asset{ID: fmt.Sprint(i), Code: fmt.Sprint("TB-", i), Kind: []string{"pc", "scanner"}[r.IntN(2)], State: []string{"in_use", "spare", "broken"}[r.IntN(3)]}
		for range r.IntN(9) {
			n := names[r.IntN(len(names))]
			a.Facts = append(a.Facts, Fact{n, values[n][r.IntN(len(values[n]))], sources[r.IntN(3)], day(r.IntN(220) - 200)})
		}
		assets[i] = a
	}
	var gaps []Gap
	if r.IntN(4) == 0 {
		gaps = append(gaps, Gap{ID: "g", Kind: "missing", What: "scanner", Count: 1, At: day(r.IntN(40) - 20)})
	}
	return assets, gaps
}

package readiness

import (
	"encoding/json"
	"os"
	"testing"
	"time"
)

var now = time.Date(2016, 11, 10, 1, 0, 0, 0, time.UTC)

func day(n int) time.Time { return now.AddDate(0, 0, n) }

var client = Profile{Code: "vdi", Version: 1, Lines: []Line{
	{Code: "pc", Kind: "pc", Quantity: 1, Must: true, Predicates: []Predicate{
		{Any: []Predicate{{Fact: "ram_mb", Op: AtLeast, Value: "2048", MaxAge: 180},
			{All: []Predicate{{Fact: "arch", Op: Is, Value: "32"}, {Fact: "ram_mb", Op: AtLeast, Value: "1024", MaxAge: 180}}}}},
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

func first(r Result) string {
	if len(r.Reasons) == 0 {
		return ""
	}
	return r.Reasons[0].Text.Key
}

func TestAnswersWithTheirReasons(t *testing.T) {
	good := []Fact{fact("ram_mb", "4096", Measured, 5), fact("os", "6.1.7601", Declared, 5), fact("arch", "64", Declared, 5)}
	gap := func(what string, age int) []Gap {
		return []Gap{{ID: "g", Kind: "missing", What: what, Count: 1, At: day(-age)}}
	}
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
		"seen before it changed":   {[]Asset{pc(fact("ram_mb", "1015", Seen, 9), fact("ram_mb", "4096", Measured, 1), good[1], good[2]), scanner(5)}, nil, Unknown, "readiness.contradicted"},
		"seen after it was told":   {[]Asset{pc(fact("ram_mb", "4096", Seen, 1), fact("ram_mb", "1015", Measured, 9), good[1], good[2]), scanner(5)}, nil, Met, ""},
		"a word is no match":       {[]Asset{pc(fact("ram_mb", "4096", Seen, 9), fact("ram_mb", "1015", Declared, 1), good[1], good[2]), scanner(5)}, nil, Met, ""},
		"32 bits need less":        {[]Asset{pc(fact("ram_mb", "1024", Declared, 2), good[1], fact("arch", "32", Declared, 2)), scanner(5)}, nil, Met, "readiness.short.at_least"},
		"32 or 64 is not known":    {[]Asset{pc(fact("ram_mb", "1024", Declared, 2), good[1]), scanner(5)}, nil, Unknown, "readiness.no_data"},
		"too little either way":    {[]Asset{pc(fact("ram_mb", "512", Declared, 2), good[1]), scanner(5)}, nil, Unmet, "readiness.short.at_least"},
		"an old system":            {[]Asset{pc(good[0], fact("os", "5.1.2600", Seen, 2), good[2]), scanner(5)}, nil, Unmet, "readiness.short.version_from"},
		"a value nobody can read":  {[]Asset{pc(good[0], fact("os", "Windows", Seen, 2), good[2]), scanner(5)}, nil, Unknown, "readiness.unreadable"},
		"a reported lack":          {[]Asset{pc(good...), scanner(5)}, gap("scanner", 0), Unmet, "readiness.gap.missing"},
		"a lack nobody asks about": {[]Asset{pc(good...), scanner(5)}, gap("ups", 0), Met, "readiness.gap.missing"},
		"a lack of tomorrow":       {[]Asset{pc(good...), scanner(5)}, gap("scanner", -1), Met, ""},
		"should is not must":       {[]Asset{pc(fact("ram_mb", "3000", Measured, 1), good[1], good[2]), scanner(5)}, nil, Met, "readiness.short.at_least"},
		"usable memory, tolerated": {[]Asset{pc(fact("ram_mb", "3887", Measured, 1), good[1], good[2]), scanner(5)}, nil, Met, ""},
	} {
		r := Judge(Case{Profiles: []Profile{client}, Assets: tc.assets, Gaps: tc.gaps}, now)
		if r.Verdict != tc.want || first(r) != tc.first {
			t.Errorf("%s: %s because %v, want %s because %s", name, r.Verdict, r.Reasons, tc.want, tc.first)
		}
	}
	if r := Judge(Case{}, now); r.Verdict != Unknown || first(r) != "readiness.no_profile" {
		t.Errorf("without a profile: %+v", r)
	}
}

// The closest alternative speaks: the size that a system of its bits needs.
func TestTheSentenceIsOfTheAlternativeThatCameClosest(t *testing.T) {
	for bits, want := range map[string]int64{"32": 1024, "64": 2048} {
		size := map[string]string{"32": "768", "64": "1024"}[bits] // enough for the other sort
		a := pc(fact("ram_mb", size, Measured, 1), fact("os", "6.1.7601", Declared, 1), fact("arch", bits, Declared, 1))
		r := Judge(Case{Profiles: []Profile{client}, Assets: []Asset{a, scanner(1)}}, now)
		if r.Verdict != Unmet || len(r.Reasons) < 1 || r.Reasons[0].Text.Args[7] != want || r.Reasons[0].Cause != TooWeak || r.Reasons[0].Fact != "ram_mb" {
			t.Errorf("%s bits: %+v", bits, r.Reasons)
		}
	}
}

func one(p ...Predicate) Profile {
	return Profile{Code: "p", Lines: []Line{{Code: "l", Kind: "pc", Quantity: 1, Must: true, Predicates: p}}}
}

func TestTreesEvidenceAndReadings(t *testing.T) {
	scan := Predicate{Fact: "os", Op: Is, Value: "xp"}
	line := Predicate{Fact: "rtt_ms", Op: AtMost, Value: "150", Evidence: Measured, Samples: 20, Days: 3, MaxAge: 7}
	count := func(n, days string) []Fact {
		return []Fact{fact("rtt_ms", "20", Probe, 1), fact(Samples, n, Probe, 1), fact(SampleDays, days, Probe, 1)}
	}
	for name, tc := range map[string]struct {
		p     Predicate
		facts []Fact
		want  Verdict
		first string
	}{
		"not, and it is":         {Predicate{Not: &scan}, []Fact{fact("os", "xp", Seen, 1)}, Unmet, "readiness.not.is"},
		"not, and it is not":     {Predicate{Not: &scan}, []Fact{fact("os", "7", Seen, 1)}, Met, ""},
		"not, and who knows":     {Predicate{Not: &scan}, nil, Unknown, "readiness.no_data"},
		"not all":                {Predicate{Not: &Predicate{All: []Predicate{scan, {Fact: "arch", Op: Is, Value: "32"}}}}, []Fact{fact("os", "xp", Seen, 1), fact("arch", "64", Seen, 1)}, Met, ""},
		"not any":                {Predicate{Not: &Predicate{Any: []Predicate{scan, {Fact: "arch", Op: Is, Value: "32"}}}}, []Fact{fact("os", "xp", Seen, 1), fact("arch", "64", Seen, 1)}, Unmet, "readiness.not.is"},
		"any, one not known":     {Predicate{Any: []Predicate{scan, {Fact: "arch", Op: Is, Value: "32"}}}, []Fact{fact("arch", "64", Seen, 1)}, Unknown, "readiness.no_data"},
		"only declared":          {line, []Fact{fact("rtt_ms", "20", Declared, 1)}, Unknown, "readiness.weak"},
		"a photograph":           {line, []Fact{fact("rtt_ms", "20", Photo, 1)}, Unknown, "readiness.weak"},
		"an inspection is one":   {line, []Fact{fact("rtt_ms", "20", Seen, 1)}, Met, ""},
		"enough readings":        {line, count("20", "3"), Met, ""},
		"too few readings":       {line, count("19", "3"), Unknown, "readiness.few"},
		"too few days":           {line, count("200", "2"), Unknown, "readiness.few"},
		"no count at all":        {line, []Fact{fact("rtt_ms", "20", Probe, 1)}, Unknown, "readiness.few"},
		"counted by another":     {line, []Fact{fact("rtt_ms", "20", Probe, 1), fact(Samples, "99", Measured, 1), fact(SampleDays, "9", Measured, 1)}, Unknown, "readiness.few"},
		"too long ago":           {line, []Fact{fact("rtt_ms", "20", Seen, 8)}, Unknown, "readiness.too_old"},
		"a number that is none":  {line, []Fact{fact("rtt_ms", "NaN", Seen, 1)}, Unknown, "readiness.unreadable"},
		"built in":               {Predicate{Fact: RAM, Op: AtLeast, Value: "4096"}, []Fact{fact(RAMUsable, "2554", Measured, 1), fact(RAMInstalled, "4096", Measured, 1)}, Met, ""},
		"usable, nearly all":     {Predicate{Fact: RAM, Op: AtLeast, Value: "4096"}, []Fact{fact(RAMUsable, "3887", Measured, 1)}, Met, ""},
		"usable, and too little": {Predicate{Fact: RAM, Op: AtLeast, Value: "4096"}, []Fact{fact(RAMUsable, "2554", Measured, 1)}, Unmet, "readiness.short.at_least"},
		"Core 2 cannot":          {Predicate{Fact: Virtualization, Op: Is, Value: "yes"}, []Fact{fact(CPU, "GenuineIntel 6 23 10", Measured, 1), fact(BIOSSwitch, "yes", Declared, 1)}, Unmet, "readiness.short.is"},
		"Nehalem can, if on":     {Predicate{Fact: Virtualization, Op: Is, Value: "yes"}, []Fact{fact(CPU, "GenuineIntel 6 26 5", Measured, 1), fact(BIOSSwitch, "yes", Declared, 1)}, Met, ""},
		"Nehalem, switched off":  {Predicate{Fact: Virtualization, Op: Is, Value: "yes"}, []Fact{fact(CPU, "GenuineIntel 6 26 5", Measured, 1), fact(BIOSSwitch, "no", Seen, 1)}, Unmet, "readiness.short.is"},
		"Nehalem, who knows":     {Predicate{Fact: Virtualization, Op: Is, Value: "yes"}, []Fact{fact(CPU, "GenuineIntel 6 26 5", Measured, 1)}, Unknown, "readiness.no_data"},
		"an unheard-of one":      {Predicate{Fact: Virtualization, Op: Is, Value: "yes"}, []Fact{fact(CPU, "CentaurHauls 6 15 1", Measured, 1), fact(BIOSSwitch, "yes", Seen, 1)}, Unknown, "readiness.no_data"},
		"the switch is a word":   {Predicate{Fact: Virtualization, Op: Is, Value: "yes", Evidence: Measured}, []Fact{fact(CPU, "GenuineIntel 6 26 5", Measured, 1), fact(BIOSSwitch, "yes", Declared, 1)}, Unknown, "readiness.weak"},
	} {
		r := Judge(Case{Profiles: []Profile{one(tc.p)}, Assets: []Asset{pc(tc.facts...)}}, now)
		if r.Verdict != tc.want || first(r) != tc.first {
			t.Errorf("%s: %s because %v, want %s because %s", name, r.Verdict, r.Reasons, tc.want, tc.first)
		}
	}
	for usable, want := range map[float64]float64{3887: 4096, 3001: 3072, 2554: 2554, 1015: 1024, 440: 512, 200: 200, 1 << 20: 1 << 20} {
		if got := Nominal(usable); got != want {
			t.Errorf("of %g MB usable: %g, want %g", usable, got, want)
		}
	}
}

func TestQuantitiesFollowTheUnit(t *testing.T) {
	staff := Line{Code: "l", Kind: "pc", Quantity: 1, Per: &Per{Of: StaffAtCounter, Each: 2, MaxAge: 365}, Must: true}
	bands := Line{Code: "l", Kind: "pc", Per: &Per{Of: Population, Bands: []Band{{5000, 1}, {20000, 3}}}, Must: true}
	for name, tc := range map[string]struct {
		l       Line
		site    []Fact
		pcs     int
		want    int64
		verdict Verdict
		first   string
	}{
		"one for two":           {staff, []Fact{fact(StaffAtCounter, "5", Declared, 1)}, 3, 3, Met, ""},
		"one too few":           {staff, []Fact{fact(StaffAtCounter, "5", Declared, 1)}, 2, 3, Unmet, "readiness.missing"},
		"nobody at the counter": {staff, []Fact{fact(StaffAtCounter, "0", Declared, 1)}, 1, 1, Met, ""},
		"not known":             {staff, nil, 9, -1, Unknown, "readiness.site_unknown"},
		"known long ago":        {staff, []Fact{fact(StaffAtCounter, "5", Declared, 400)}, 9, -1, Unknown, "readiness.site_unknown"},
		"less than the least":   {staff, nil, 0, -1, Unmet, "readiness.missing"},
		"below every band":      {bands, []Fact{fact(Population, "4999", Declared, 1)}, 0, 0, Met, ""},
		"the lower band":        {bands, []Fact{fact(Population, "5000", Declared, 1)}, 1, 1, Met, ""},
		"the upper band":        {bands, []Fact{fact(Population, "20001", Declared, 1)}, 1, 3, Unmet, "readiness.missing"},
	} {
		var assets []Asset
		for i := range tc.pcs {
			a := pc()
			a.ID, a.Code = string(rune('a'+i)), string(rune('a'+i))
			assets = append(assets, a)
		}
		r := Judge(Case{Profiles: []Profile{{Code: "p", Lines: []Line{tc.l}}}, Assets: assets, Site: tc.site}, now)
		if r.Verdict != tc.verdict || first(r) != tc.first || r.Lines[0].Want != tc.want {
			t.Errorf("%s: %+v", name, r)
		}
		if tc.want == 0 && r.Lines[0].Verdict != NotApplicable {
			t.Errorf("%s: %+v", name, r.Lines)
		}
	}
}

func TestAWaiverExcusesUntilItsMoment(t *testing.T) {
	c := Case{Profiles: []Profile{client}, Assets: []Asset{pc(fact("ram_mb", "8192", Seen, 1), fact("os", "6.1.7601", Seen, 1))},
		Waivers: []Waiver{{ID: "w", Profile: "vdi", Line: "scanner", Reason: "Dùng chung máy quét với xã bên", By: "Trần Văn Bình", From: day(-1), Until: day(9)}}}
	r := Judge(c, now)
	if r.Verdict != Waived || first(r) != "readiness.waived" || !r.Stale.Equal(day(9)) || r.Lines[1].Verdict != Waived {
		t.Errorf("while it holds: %+v", r)
	}
	c.Gaps = []Gap{{ID: "g", Kind: "missing", What: "scanner", Count: 1, At: day(-1)}}
	if r := Judge(c, now); r.Verdict != Waived {
		t.Errorf("a reported lack of what is excused: %+v", r)
	}
	if r := Judge(c, day(9)); r.Verdict != Unmet {
		t.Errorf("from its end on: %+v", r)
	}
	if r := Judge(c, day(-2)); r.Verdict != Unmet {
		t.Errorf("before it began: %+v", r)
	}
	c.Gaps, c.Assets = nil, append(c.Assets, scanner(1))
	if r := Judge(c, now); r.Verdict != Met {
		t.Errorf("what is there needs no excuse: %+v", r)
	}
}

// A published profile of the first versions is still read, and means what it meant.
func TestTheFirstFormOfProfilesIsStillRead(t *testing.T) {
	var l Line
	raw := `{"code":"pc","kind":"pc","quantity":1,"must":true,"predicates":[{"fact":"ram_mb","op":"at_least","value":"2048","max_age_days":180,"when":{"fact":"arch","is":"32","value":"1024"}}]}`
	if err := json.Unmarshal([]byte(raw), &l); err != nil {
		t.Fatal(err)
	}
	if len(l.Predicates) != 1 || len(l.Predicates[0].Any) != 2 || l.Predicates[0].Any[1].All[1].Value != "1024" || Shape(l.Predicates) != nil {
		t.Errorf("%+v", l.Predicates)
	}
	again, err := json.Marshal(l)
	if err != nil {
		t.Fatal(err)
	}
	var same Line
	if err := json.Unmarshal(again, &same); err != nil || len(same.Predicates[0].Any) != 2 {
		t.Errorf("%s: %v", again, err)
	}
	deep := Predicate{Fact: "a"}
	for range Deepest {
		deep = Predicate{All: []Predicate{deep}}
	}
	for _, bad := range []Predicate{{}, {Fact: "a", All: []Predicate{{Fact: "b"}}}, {Any: []Predicate{}}, deep} {
		if Shape([]Predicate{bad}) == nil {
			t.Errorf("%+v has no shape", bad)
		}
	}
}

func shipped(t *testing.T, name string) Profile {
	t.Helper()
	raw, err := os.ReadFile("../profiles/" + name)
	if err != nil {
		t.Fatal(err)
	}
	var p Profile
	if err := json.Unmarshal(raw, &p); err != nil {
		t.Fatal(err)
	}
	return p
}

package readiness

import "testing"

func TestAPlaceIsAmongThoseThatAreListed(t *testing.T) {
	for _, tc := range []struct {
		place, value string
		want         bool
	}{
		{"Quầy 2", "quầy", true}, {"QUAY 2", "quầy", true}, {"Bộ phận một cửa, quầy 3", "một cửa", true}, {"Kho", "quầy, một cửa", false},
		{"Phòng Tư pháp – Hộ tịch", "quầy, tư pháp", true}, {"quầyx", "quầy", false}, {"quầy", " , ", false}, {"cửa một", "một cửa", false},
	} {
		if got := among(tc.place, tc.value); got != tc.want {
			t.Errorf("%q among %q: %v", tc.place, tc.value, got)
		}
	}
}

// A machine in another room fills no place at the counter, and one of which nobody wrote down where it stands is an open question.
func TestALineAsksWhereItsEquipmentStands(t *testing.T) {
	counter := Predicate{Fact: Place, Op: Among, Value: "quầy, một cửa"}
	pc := func(place string) Asset {
		return Asset{ID: "a" + place, Code: "TB-" + place, Place: place, Kind: "pc", State: "in_use", Facts: []Fact{fact(RAMUsable, "4096", Measured, 1)}}
	}
	ask := func(p Predicate, n int64, all ...Asset) Result {
		line := Line{Code: "pc", Kind: "pc", Quantity: n, Must: true, Predicates: []Predicate{p, {Fact: RAMUsable, Op: AtLeast, Value: "2048"}}}
		return Judge(Case{Profiles: []Profile{{Code: "p", Lines: []Line{line}}}, Assets: all}, now)
	}
	if r := ask(counter, 1, pc("Kho"), pc("Quầy 1")); r.Verdict != Met {
		t.Errorf("one at the counter: %+v", r)
	}
	r := ask(counter, 1, pc("Kho"))
	if r.Verdict != Unmet || r.Reasons[0].Cause != Misplaced || r.Reasons[0].Text.Key != "readiness.short.among" {
		t.Errorf("one in the store: %+v", r)
	}
	r = ask(counter, 2, pc("Quầy 1"), pc(""))
	if r.Verdict != Unknown || r.Reasons[0].Cause != NoData || r.Reasons[0].Text.Key != "readiness.place_unknown" {
		t.Errorf("one of which nobody knows: %+v", r)
	}
	if r := ask(Predicate{Not: &counter}, 1, pc("Quầy 1")); r.Verdict != Unmet || r.Reasons[0].Text.Key != "readiness.not.among" {
		t.Errorf("not at the counter: %+v", r)
	}
	if r := ask(Predicate{Any: []Predicate{counter, {Fact: RAMUsable, Op: AtLeast, Value: "4096"}}}, 1, pc("Kho")); r.Verdict != Met {
		t.Errorf("at the counter, or strong: %+v", r)
	}
}

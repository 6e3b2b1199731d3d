package whatif

import (
	"slices"
	"testing"

	"lotrinh/inventory/readiness"
)

// What is bought, given or borrowed is put where it is wanted; what stands in another room is moved rather than bought again.
func TestEquipmentIsPutWhereItIsWanted(t *testing.T) {
	at := func(words string) []readiness.Predicate {
		return []readiness.Predicate{{Fact: readiness.Place, Op: readiness.Among, Value: words}}
	}
	c := readiness.Case{Profiles: []readiness.Profile{{Code: "p", Lines: []readiness.Line{
		{Code: "counter", Kind: "pc", Quantity: 1, Must: true, Distinct: true, Predicates: at("quầy, một cửa")},
		{Code: "office", Kind: "pc", Quantity: 1, Must: true, Distinct: true, Predicates: at("tư pháp")}}}}}
	standing := func(id, place, state string) readiness.Asset {
		a := thing(id, "pc", "4096")
		a.Place, a.State = place, state
		return a
	}
	units := func(all ...readiness.Asset) []Unit { u := c; u.Assets = all; return []Unit{{"here", u}} }

	got := Shop(units(standing("a", "Quầy 1", "in_use"), standing("b", "Kho", "in_use")), nil, all, now)
	if len(got.Plans) != 1 || !slices.Equal(says(got.Plans[0]), []string{"upgrade pc b place"}) {
		t.Errorf("one stands in the store: %+v", got)
	}
	got = Shop(units(standing("a", "Quầy 1", "in_use")), nil, all, now)
	if len(got.Plans) != 1 || got.Plans[0].Steps[0].Do != Buy || len(got.Plans[0].Steps) != 1 {
		t.Errorf("one lacks: %+v", got)
	}
	lender := Unit{"there", readiness.Case{Profiles: []readiness.Profile{{Code: "q", Lines: []readiness.Line{{Code: "pc", Kind: "pc", Quantity: 1, Must: true, MaxAge: 90}}}},
		Assets: []readiness.Asset{standing("x", "Kho", "spare"), standing("y", "Kho", "in_use")}}}
	got = Shop(units(standing("a", "Quầy 1", "in_use")), []Unit{lender}, all, now)
	if len(got.Plans) != 1 || !slices.Equal(says(got.Plans[0]), []string{"move pc x"}) {
		t.Errorf("one can be borrowed: %+v", got)
	}
	given := Give(units(standing("a", "Quầy 1", "in_use")), []Lot{{Item{Kind: "pc"}, 1}}, now)
	if len(given.Ready) != 1 {
		t.Errorf("one is given: %+v", given)
	}
}

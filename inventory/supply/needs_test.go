package supply

import (
	"testing"

	"lotrinh/inventory"
)

// One scanner serves every profile that asks for one, and a weak PC is mended once.
func TestWhatOneThingMendsIsListedOnce(t *testing.T) {
	lack := func(requirement string, n int64, must bool, asset string) inventory.Lack {
		l := inventory.Lack{Unit: "00556", Requirement: requirement, Kind: inventory.Scanner, Quantity: n, Cause: inventory.CauseAbsent, Must: must}
		if asset != "" {
			l.Kind, l.Cause, l.Asset = inventory.PC, inventory.CauseWeak, "pc"
		}
		return l
	}
	gap := func(n int64) inventory.Gap {
		return inventory.Gap{ID: "g", Unit: "00556", What: inventory.Scanner, Quantity: n, State: inventory.GapOpen}
	}
	for name, tc := range map[string]struct {
		gaps  []inventory.Gap
		lacks []inventory.Lack
		want  map[string]int64 // pieces by requirement; "" of gaps
	}{
		"two profiles want the same":              {nil, []inventory.Lack{lack("a/s", 1, true, ""), lack("b/s", 1, true, "")}, map[string]int64{"a/s": 1}},
		"the second wants more":                   {nil, []inventory.Lack{lack("a/s", 1, true, ""), lack("b/s", 3, true, "")}, map[string]int64{"a/s": 1, "b/s": 2}},
		"two lines of one profile want their own": {nil, []inventory.Lack{lack("a/s", 1, true, ""), lack("a/z", 1, true, "")}, map[string]int64{"a/s": 1, "a/z": 1}},
		"what must be comes before advice":        {nil, []inventory.Lack{lack("a/s", 1, false, ""), lack("b/s", 1, true, "")}, map[string]int64{"b/s": 1}},
		"reported, for both":                      {[]inventory.Gap{gap(1)}, []inventory.Lack{lack("a/s", 1, true, ""), lack("b/s", 1, true, "")}, map[string]int64{"": 1}},
		"reported, too few":                       {[]inventory.Gap{gap(1)}, []inventory.Lack{lack("a/s", 2, true, ""), lack("b/s", 1, true, "")}, map[string]int64{"": 1, "a/s": 1}},
		"one PC, three faults":                    {nil, []inventory.Lack{lack("a/pc", 1, false, "pc"), lack("a/pc2", 1, true, "pc"), lack("b/pc", 1, true, "pc")}, map[string]int64{"a/pc2": 1}},
	} {
		got := map[string]int64{}
		for _, n := range needsOf(tc.gaps, nil, tc.lacks) {
			got[n.Requirement] += n.Quantity
		}
		if len(got) != len(tc.want) {
			t.Errorf("%s: %v, want %v", name, got, tc.want)
		}
		for k, n := range tc.want {
			if got[k] != n {
				t.Errorf("%s: %v, want %v", name, got, tc.want)
			}
		}
	}
}

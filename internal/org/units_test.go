package org

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"golang.org/x/text/unicode/norm"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/testkit"
)

// demoDay is 10/11/2016 08:00 in Hanoi.
var demoDay = time.Date(2016, 11, 10, 1, 0, 0, 0, time.UTC)

func hanoi(t testing.TB) *Atlas {
	t.Helper()
	versions, err := builtIn("units.tsv", ReadUnits)
	if err != nil {
		t.Fatal(err)
	}
	changes, err := builtIn("changes.tsv", ReadChanges)
	if err != nil {
		t.Fatal(err)
	}
	a, err := NewAtlas(versions, changes)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestTheCityHasTheUnitsOfEachDay(t *testing.T) {
	a := hanoi(t)
	for _, c := range []struct {
		date                string
		districts, communes int
	}{
		{"2016-11-10", 30, 584}, {"2020-02-29", 30, 584}, {"2020-03-01", 30, 579}, {"2024-12-31", 30, 579},
		{"2025-01-01", 30, 526}, {"2025-06-30", 30, 526}, {"2025-07-01", 0, 126}, {"2030-01-01", 0, 126},
	} {
		tree := a.Tree(c.date)
		if d, n, r := len(tree.Districts()), len(tree.Communes("01")), len(tree.Roots()); d != c.districts || n != c.communes || r != 1 {
			t.Errorf("%s: %d cities, %d districts and %d communes, want 1, %d and %d", c.date, r, d, n, c.districts, c.communes)
		}
		if got := len(tree.Under("01")); got != 1+c.districts+c.communes {
			t.Errorf("%s: %d units under the city", c.date, got)
		}
	}
	if n := len(a.Tree("2015-12-31").All()); n != 0 {
		t.Errorf("%d units before anything is known", n)
	}
}

func TestThePlanOf2016CountsItsCommunes(t *testing.T) {
	phases, err := Plan198()
	if err != nil {
		t.Fatal(err)
	}
	tree := hanoi(t).Tree("2016-11-10")
	kinds := map[string]int{}
	districts := map[int]map[string]bool{0: {}, 1: {}, 2: {}}
	for code, phase := range phases {
		u, ok := tree.Unit(code)
		if !ok || u.Level != Commune {
			t.Fatalf("%s is no commune of 2016", code)
		}
		kinds[fmt.Sprint(phase)]++
		kinds[fmt.Sprint(phase, " ", u.Kind)]++
		districts[phase][tree.District(code)] = true
	}
	for k, want := range map[string]int{"0": 168, "1": 139, "2": 277, "1 xã": 132, "1 thị trấn": 7, "2 xã": 254, "2 thị trấn": 14, "2 phường": 9} {
		if kinds[k] != want {
			t.Errorf("phase %s: %d communes, want %d", k, kinds[k], want)
		}
	}
	if len(districts[0]) != 12 || len(districts[1]) != 6 || len(districts[2]) != 12 {
		t.Errorf("districts by phase: %d, %d, %d", len(districts[0]), len(districts[1]), len(districts[2]))
	}
}

func TestEachDistrictHasItsCommunes(t *testing.T) {
	tree := hanoi(t).Tree("2016-11-10")
	got := map[string]int{}
	for _, d := range tree.Districts() {
		got[d.Name] = len(tree.Communes(d.Code))
	}
	for name, want := range map[string]int{
		"Ba Đình": 14, "Hoàn Kiếm": 18, "Tây Hồ": 8, "Long Biên": 14, "Cầu Giấy": 8,
		"Đống Đa": 21, "Hai Bà Trưng": 20, "Hoàng Mai": 14, "Thanh Xuân": 11, "Sóc Sơn": 26,
		"Đông Anh": 24, "Gia Lâm": 22, "Nam Từ Liêm": 10, "Bắc Từ Liêm": 13, "Thanh Trì": 16,
		"Thạch Thất": 23, "Quốc Oai": 21, "Mê Linh": 18, "Hà Đông": 17, "Sơn Tây": 15,
		"Ba Vì": 31, "Phúc Thọ": 23, "Đan Phượng": 16, "Hoài Đức": 20, "Chương Mỹ": 32,
		"Thanh Oai": 21, "Thường Tín": 29, "Phú Xuyên": 28, "Ứng Hòa": 29, "Mỹ Đức": 22,
	} {
		if got[name] != want {
			t.Errorf("%s: %d communes, want %d", name, got[name], want)
		}
	}
}

func TestNamesRepeatAndCodesDoNot(t *testing.T) {
	tree := hanoi(t).Tree("2016-11-10")
	names, codes := map[string]int{}, map[string]bool{}
	for _, u := range tree.Communes("") {
		names[u.Name]++
		if codes[u.Code] {
			t.Errorf("%s twice", u.Code)
		}
		codes[u.Code] = true
	}
	repeated := 0
	for _, n := range names {
		if n > 1 {
			repeated++
		}
	}
	if repeated != 25 {
		t.Errorf("%d names occur more than once, want 25", repeated)
	}
}

func TestEveryCommuneOf2016HasSuccessorsIn2025(t *testing.T) {
	a := hanoi(t)
	union := map[string]bool{}
	for _, u := range a.Tree("2016-11-10").Communes("") {
		after := a.Successors(u.Code, "2016-11-10", "2025-07-01")
		if len(after) == 0 {
			t.Errorf("%s %s has no successor", u.Code, u.Name)
		}
		for _, s := range after {
			union[s.Code] = true
			if !slices.Contains(a.Predecessors(s.Code, "2016-11-10", "2025-07-01"), u.Code) {
				t.Errorf("%s is not among the predecessors of %s", u.Code, s.Code)
			}
			for _, c := range s.By {
				if c.Basis == "" {
					t.Errorf("a change of %s has no legal basis", u.Code)
				}
			}
		}
		if len(after) == 1 != after[0].Whole {
			t.Errorf("%s: one successor takes the whole, several take parts", u.Code)
		}
	}
	today := a.Tree("2025-07-01").Communes("")
	for _, u := range today {
		if !union[u.Code] {
			t.Errorf("%s %s comes from nowhere", u.Code, u.Name)
		}
	}
	if len(union) != 126 || len(today) != 126 {
		t.Errorf("the successors are %d of %d communes", len(union), len(today))
	}
}

func TestACodeKeptWithANewNameIsAnotherVersion(t *testing.T) {
	a := hanoi(t)
	if got := a.Name("09727", "2019-01-01") + " / " + a.Name("09727", "2021-01-01"); got != "xã Xuân Phú / xã Xuân Đình" {
		t.Error(got)
	}
	if n := len(a.Versions("09727")); n < 2 {
		t.Errorf("%d versions", n)
	}
	if got := a.Name("99999", "2021-01-01"); got != "99999" {
		t.Errorf("an unknown unit is called %q", got)
	}
}

func TestASplitUnitGoesToBothAndOneIsMain(t *testing.T) {
	after := hanoi(t).Successors("00253", "2016-11-10", "2020-03-01")
	if len(after) != 2 || after[0].Code != "00247" || !after[0].Main || after[0].Whole || after[1].Code != "00241" || after[1].Main {
		t.Errorf("%+v", after)
	}
}

func TestARightOverAnEndedUnitReachesItsSuccessors(t *testing.T) {
	a := hanoi(t)
	if got := len(a.Scope("018", "2016-11-10")); got != 23 {
		t.Errorf("Gia Lâm has %d units in 2016, want itself and 22 communes", got)
	}
	after := a.Scope("018", "2025-07-01")
	if len(after) == 0 {
		t.Fatal("the right over Gia Lâm is lost in 2025")
	}
	tree := a.Tree("2025-07-01")
	for _, c := range after {
		if _, ok := tree.Unit(c); ok {
			continue
		}
		if heir, ended := a.Present(c, "2025-07-01"); !ended || !slices.Contains(after, heir) {
			t.Errorf("%s is not in force in 2025, and its heir %q is not reached either", c, heir)
		}
	}
	if !slices.Contains(after, "00556") {
		t.Error("what Đặng Xá left cannot be read by its heir")
	}
	if got := a.Scope("99999", "2025-07-01"); len(got) != 0 {
		t.Errorf("an unknown unit reaches %v", got)
	}
}

func TestEveryCommuneHasATileOfItsOwn(t *testing.T) {
	tiles, err := Tiles()
	if err != nil {
		t.Fatal(err)
	}
	seen := map[[2]int]string{}
	tree := hanoi(t).Tree("2016-11-10")
	for _, p := range tiles {
		if other := seen[[2]int{p.X, p.Y}]; other != "" {
			t.Errorf("%s and %s share a tile", p.Code, other)
		}
		seen[[2]int{p.X, p.Y}] = p.Code
		if _, ok := tree.Unit(p.Code); !ok {
			t.Errorf("%s is no unit", p.Code)
		}
	}
	if len(tiles) != 584 {
		t.Errorf("%d tiles", len(tiles))
	}
}

func TestSearchFindsUnitsHoweverTheyAreTyped(t *testing.T) {
	tree := hanoi(t).Tree("2016-11-10")
	for q, want := range map[string]string{
		"dang xa": "00556", "đặng xá": "00556", norm.NFD.String("Đặng Xá"): "00556", "ĐẶNG XÁ": "00556", "xã đặng xá": "00556",
		"dang xa gia lam": "00556", "gia lam dang xa": "00556", "00556": "00556", "huyen gia lam": "018", "gia lâm": "018",
	} {
		hits := tree.Search(q, 5)
		if len(hits) == 0 || hits[0].Code != want {
			t.Errorf("%q finds %v, want %s first", q, hits, want)
		}
	}
	if hits := tree.Search("yên hòa", 3); len(hits) == 0 || hits[0].Name != "Yên Hoà" {
		t.Errorf("yên hòa finds %v", hits)
	}
	if tree.Search("zzzz", 5) != nil || tree.Search(" ,.", 5) != nil {
		t.Error("nonsense finds something")
	}
	if got := len(tree.Search("a", 3)); got != 3 {
		t.Errorf("the limit lets %d through", got)
	}
}

func TestBothPlacementsOfAToneAreTheSameMarks(t *testing.T) {
	for a, b := range map[string]string{"Hoà Bình": "Hòa Bình", "thuỷ": "thủy", "Tiên Dược": norm.NFD.String("tiên  dược")} {
		if marked(a) != marked(b) {
			t.Errorf("%q and %q differ", a, b)
		}
	}
	if marked("Hòa") == marked("Hóa") {
		t.Error("different tones are the same")
	}
	tree := hanoi(t).Tree("2016-11-10")
	for _, q := range []string{"Hoà Nam", "Hòa Nam", "hoa nam"} {
		hits := tree.Search(q, 3)
		if len(hits) == 0 || hits[0].Place != "xã Hòa Nam, huyện Ứng Hòa" {
			t.Errorf("%q finds %v", q, hits)
		}
	}
}

func TestUnitsLoadOnceAndAnswerAnyDay(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		u := NewUnits(d, clock.At(demoDay))
		loaded, err := u.LoadBuiltIn(t.Context())
		if err != nil || !loaded {
			t.Fatal(loaded, err)
		}
		if again, err := u.LoadBuiltIn(t.Context()); err != nil || again {
			t.Fatal("loaded twice", err)
		}
		tree, err := u.Tree(t.Context(), demoDay)
		if err != nil {
			t.Fatal(err)
		}
		if got := tree.Place("00556"); got != "xã Đặng Xá, huyện Gia Lâm" {
			t.Error(got)
		}
		same, err := u.Tree(t.Context(), demoDay.AddDate(1, 0, 0))
		if err != nil || same != tree {
			t.Error("a day between the same changes has another tree", err)
		}
		after, err := u.Successors(t.Context(), "00556", demoDay, demoDay.AddDate(10, 0, 0))
		if err != nil || len(after) == 0 {
			t.Error(after, err)
		}
	})
}

func TestAnImportChangesTheTreeAtOnceOrNotAtAll(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		u := NewUnits(d, clock.At(demoDay))
		if _, err := u.LoadBuiltIn(t.Context()); err != nil {
			t.Fatal(err)
		}
		if _, err := u.On(t.Context(), "2030-01-01"); err != nil {
			t.Fatal(err)
		}
		if _, err := u.Import(t.Context(), access.Actor{ID: "x"}, nil, nil); !fault.Is(err, fault.Denied) {
			t.Errorf("a stranger to the right may import: %v", err)
		}
		fresh := Unit{Code: "99990", Name: "Mới", Kind: "xã", Level: Commune, Parent: "01", From: "2029-01-01"}
		done, err := u.Import(t.Context(), access.System("test"), []Unit{fresh}, nil)
		if err != nil || done.Revision != 2 {
			t.Fatal(done, err)
		}
		tree, err := u.On(t.Context(), "2030-01-01")
		if err != nil || tree.Name("99990") != "xã Mới" {
			t.Error("the new commune is not there", err)
		}
		orphan := Unit{Code: "99991", Name: "Lạc", Kind: "xã", Level: Commune, Parent: "018", From: "2029-01-01"}
		if _, err := u.Import(t.Context(), access.System("test"), []Unit{orphan}, nil); !fault.HasKey(err, "org.units.do_not_fit") {
			t.Errorf("a commune under a district that has ended: %v", err)
		}
		if tree, err = u.On(t.Context(), "2030-01-01"); err != nil || tree.Name("99991") != "99991" {
			t.Error("a refused import left a unit", err)
		}
	})
}

func TestAnotherProcessSeesAnImportSoon(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		at := clock.At(demoDay)
		one, two := NewUnits(d, at), NewUnits(d, at)
		if _, err := one.LoadBuiltIn(t.Context()); err != nil {
			t.Fatal(err)
		}
		if _, err := two.On(t.Context(), "2030-01-01"); err != nil {
			t.Fatal(err)
		}
		fresh := Unit{Code: "99990", Name: "Mới", Kind: "xã", Level: Commune, Parent: "01", From: "2029-01-01"}
		if _, err := one.Import(t.Context(), access.System("test"), []Unit{fresh}, nil); err != nil {
			t.Fatal(err)
		}
		at.Move(recheck)
		tree, err := two.On(t.Context(), "2030-01-01")
		if err != nil || tree.Name("99990") != "xã Mới" {
			t.Error("the other process keeps its old tree", err)
		}
	})
}

func TestUnitsThatCannotBeTrueAreRefused(t *testing.T) {
	city := Unit{Code: "01", Name: "Hà Nội", Kind: "thành phố", Level: Province, From: "2016-01-01"}
	ward := Unit{Code: "1", Name: "A", Kind: "xã", Level: Commune, Parent: "01", From: "2016-01-01"}
	for name, c := range map[string]struct {
		unit   Unit
		change Change
	}{
		"no code":        {unit: Unit{Name: "A", Kind: "xã", Level: Commune, Parent: "01", From: "2016-01-01"}},
		"no day":         {unit: Unit{Code: "2", Name: "A", Kind: "xã", Level: Commune, Parent: "01", From: "2016-02-31"}},
		"ends first":     {unit: Unit{Code: "2", Name: "A", Kind: "xã", Level: Commune, Parent: "01", From: "2016-02-01", Until: "2016-01-01"}},
		"unknown kind":   {unit: Unit{Code: "2", Name: "A", Kind: "làng", Level: Commune, Parent: "01", From: "2016-02-01"}},
		"overlap":        {unit: Unit{Code: "1", Name: "B", Kind: "xã", Level: Commune, Parent: "01", From: "2017-01-01"}},
		"no parent":      {unit: Unit{Code: "2", Name: "A", Kind: "xã", Level: Commune, Parent: "1", From: "2016-02-01"}},
		"change nowhere": {unit: Unit{Code: "2", Name: "A", Kind: "xã", Level: Commune, Parent: "01", From: "2016-02-01"}, change: Change{Date: "2017-01-01", From: "1", To: "3"}},
	} {
		var changes []Change
		if c.change.Date != "" {
			changes = append(changes, c.change)
		}
		if _, err := NewAtlas([]Unit{city, ward, c.unit}, changes); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

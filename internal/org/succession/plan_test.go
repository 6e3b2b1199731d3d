package succession

import (
	"cmp"
	"errors"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"lotrinh/internal/org"
)

// builtIn is the units of Hanoi as they ship.
func builtIn(t testing.TB) *org.Atlas {
	t.Helper()
	units, err := os.Open("../data/units.tsv")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = units.Close() }()
	changes, err := os.Open("../data/changes.tsv")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = changes.Close() }()
	vs, err := org.ReadUnits(units)
	if err != nil {
		t.Fatal(err)
	}
	cs, err := org.ReadChanges(changes)
	if err != nil {
		t.Fatal(err)
	}
	a, err := org.NewAtlas(vs, cs)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// upTo is what was known of units on a day: nothing of what came later.
func upTo(t testing.TB, a *org.Atlas, day string) *org.Atlas {
	t.Helper()
	var units []org.Unit
	var changes []org.Change
	for _, u := range a.All() {
		if u.From <= day {
			if u.Until > day {
				u.Until = ""
			}
			units = append(units, u)
		}
	}
	for _, c := range a.AllChanges() {
		if c.Date <= day {
			changes = append(changes, c)
		}
	}
	b, err := org.NewAtlas(units, changes)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// files are the two files of the reforms, written from the units that ship.
func files(t testing.TB, a *org.Atlas) (changes, units string) {
	t.Helper()
	var b, u strings.Builder
	if err := errors.Join(WriteChanges(&b, a, "2016-11-11", "2025-07-01"), WriteUnits(&u, a, "2025-07-01")); err != nil {
		t.Fatal(err)
	}
	return b.String(), u.String()
}

func drafts(t testing.TB, a *org.Atlas) []Lines {
	t.Helper()
	changes, units := files(t, a)
	lines, err := ReadChanges(strings.NewReader(changes))
	if err != nil {
		t.Fatal(err)
	}
	all, err := ReadUnits(strings.NewReader(units))
	if err != nil {
		t.Fatal(err)
	}
	return Drafts(lines, all)
}

func draft(l Lines, full bool) Draft { return Draft{Changes: l.Changes, Wants: l.Wants, Full: full} }

func TestTheTwoFilesMakeTheMapsOfEveryReform(t *testing.T) {
	known := builtIn(t)
	a := upTo(t, known, "2016-11-10")
	for i, l := range drafts(t, known) {
		p, err := Work(a, l.Day, draft(l, i == 2))
		if err != nil {
			t.Fatal(l.Day, err)
		}
		a = p.After()
		want, got := known.Tree(l.Day).All(), a.Tree(l.Day).All()
		byCode := func(x, y org.Unit) int { return strings.Compare(x.Code, y.Code) }
		want, got = slices.SortedFunc(slices.Values(want), byCode), slices.SortedFunc(slices.Values(got), byCode)
		for i := range max(len(want), len(got)) {
			if i >= len(want) || i >= len(got) || want[i].Code != got[i].Code || want[i].Name != got[i].Name || want[i].Kind != got[i].Kind || want[i].Parent != got[i].Parent {
				t.Fatalf("%s: %d units, want %d; the first that differs is %d", l.Day, len(got), len(want), i)
			}
		}
	}
}

func TestTheReformOf2025InNumbers(t *testing.T) {
	known := builtIn(t)
	ls := drafts(t, known)
	p, err := Work(upTo(t, known, "2025-06-30"), "2025-07-01", draft(ls[2], true))
	if err != nil {
		t.Fatal(err)
	}
	s := p.Summary()
	if s.Before != 526 || s.After != 126 || s.Districts != 0 || s.Lost != 0 || s.Doubts != 158 {
		t.Errorf("%+v, want 526 communes, then 126 without districts, and 158 doubts", s)
	}
	d := draft(ls[2], true)
	d.Main = map[string]string{}
	for _, doubt := range p.Doubts {
		d.Main[doubt.Unit] = doubt.Parts[len(doubt.Parts)-1].Code
	}
	p, err = Work(upTo(t, known, "2025-06-30"), "2025-07-01", d)
	if err != nil || !p.Decided() {
		t.Fatalf("%v: %d doubts are left", err, p.Summary().Doubts)
	}
	for unit, main := range d.Main {
		if got := cmp.Or(p.Heir[unit], unit); got != main {
			t.Errorf("the heir of %s is %s, the planner chose %s", unit, got, main)
		}
	}
	if again, err := Work(known, "2025-07-01", draft(ls[2], true)); err != nil || len(again.edit.Put) != 0 {
		t.Errorf("%v: what is known already would be edited %d times", err, len(again.edit.Put))
	}
}

func TestWhatCannotBeIsRefused(t *testing.T) {
	a := upTo(t, builtIn(t), "2016-11-10")
	for name, d := range map[string]Draft{
		"a unit that is not in force gives": {Changes: []org.Change{{From: "99999", To: "00556", Share: "full"}}},
		"a receiver that nobody names":      {Changes: []org.Change{{From: "00556", To: "99999", Share: "full"}}},
		"a kind that is none":               {Wants: []Want{{Code: "00556", Kind: "làng"}}},
	} {
		if _, err := Work(a, "2016-12-01", d); err == nil {
			t.Error(name, "is taken")
		}
	}
	if _, err := Work(a, "sometime", Draft{}); err == nil {
		t.Error("a day that is none is taken")
	}
	p, err := Work(a, "2016-12-01", Draft{Ends: []string{"00556"}})
	if err != nil || !slices.Equal(p.Lost, []string{"00556"}) || p.Decided() {
		t.Errorf("%v: a unit without a successor is no doubt: %v", err, p.Lost)
	}
}

func TestALevelEndsAndItsCommunesStandUnderTheCity(t *testing.T) {
	p, err := Work(upTo(t, builtIn(t), "2016-11-10"), "2016-12-01", Draft{Ends: []string{"018"}, Changes: []org.Change{
		{From: "00556", To: "00559", Kind: "merge", Share: "full", Main: "yes"}}})
	if err != nil {
		t.Fatal(err)
	}
	u, _ := p.After().Version("00559", "2016-12-01")
	if u.Parent != "01" || p.Heir["00556"] != "00559" || p.Heir["018"] == "" || len(p.Heirs["018"]) != 21 {
		t.Errorf("%+v, heirs %v of the district %v", u, p.Heir, p.Heirs["018"])
	}
}

// Property: whatever is counted, by whatever units, counts the same on both maps.
func TestFiguresAddUpOnBothMaps(t *testing.T) {
	a := builtIn(t)
	days := []string{"2016-11-10", "2020-03-01", "2025-01-01", "2025-07-01"}
	random := rand.New(rand.NewPCG(7, 11))
	for range 40 {
		from := random.IntN(len(days))
		to := from + random.IntN(len(days)-from)
		counts, total := map[string]int64{"": 3, "77777": 4}, int64(7)
		for _, u := range a.Tree(days[from]).All() {
			if random.IntN(3) > 0 {
				n := int64(random.IntN(1000))
				counts[u.Code] += n
				total += n
			}
		}
		now, sum := a.Tree(days[to]), int64(0)
		for code, n := range a.Recount(counts, days[from], days[to]) {
			sum += n
			if _, ok := now.Unit(code); !ok && code != "" && code != "77777" {
				t.Fatalf("%s is counted on %s, where it is no more", code, days[to])
			}
		}
		if sum != total {
			t.Fatalf("%d on the map of %s, %d on that of %s", total, days[from], sum, days[to])
		}
	}
}

func FuzzFilesOfChanges(f *testing.F) {
	f.Add("effective_date,from_code,to_code,to_name,to_type,kind,share,main,legal_basis,confidence\n2020-03-01,00250,00241,Nguyễn Du,phường,merge,full,1,895,A\n")
	f.Add("effective_date,from_code\n")
	f.Add("\ufeffeffective_date,from_code,to_code,to_name,to_type,kind,share,main,legal_basis,confidence\n2020-13-01,a,b,,,,,,,\n")
	a := upTo(f, builtIn(f), "2016-11-10")
	f.Fuzz(func(t *testing.T, text string) {
		lines, err := ReadChanges(strings.NewReader(text))
		if err != nil {
			return
		}
		for _, l := range lines {
			if p, err := Work(a, l.Day, draft(l, false)); err == nil && p.After().Tree(l.Day) == nil {
				t.Error("a plan without a map")
			}
		}
	})
}

func TestAnEarlierReformOvertakesWhatWasKnownOfALaterOne(t *testing.T) {
	p, err := Work(builtIn(t), "2016-11-10", Draft{Changes: []org.Change{{From: "00556", To: "00562", Kind: "merge", Share: "full", Main: "yes"}}})
	if err != nil {
		t.Fatal(err)
	}
	if _, lives := p.After().Version("00556", "2020-01-01"); lives || p.Heir["00556"] != "00562" {
		t.Error("Đặng Xá is still there")
	}
	if n := len(p.After().Tree("2025-07-01").Communes("")); n != 126 {
		t.Errorf("%d communes are known of 2025", n)
	}
}

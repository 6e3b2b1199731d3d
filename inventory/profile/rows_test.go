package profile

import (
	"math/rand/v2"
	"reflect"
	"strconv"
	"testing"

	"lotrinh/internal/kit/fault"
	"lotrinh/inventory"
	"lotrinh/inventory/readiness"
)

func someTree(r *rand.Rand, depth int) readiness.Predicate {
	if depth > 1 && r.IntN(2) == 0 {
		under := []readiness.Predicate{someTree(r, depth-1)}
		for range r.IntN(3) {
			under = append(under, someTree(r, depth-1))
		}
		switch r.IntN(3) {
		case 0:
			return readiness.Predicate{All: under}
		case 1:
			return readiness.Predicate{Any: under}
		}
		if len(under) > 1 {
			return readiness.Predicate{Not: &readiness.Predicate{Any: under}}
		}
		if under[0].Any != nil {
			return under[0] // a "none" of one group with alternatives is written as that group's own rows
		}
		return readiness.Predicate{Not: &under[0]}
	}
	p := readiness.Predicate{Fact: "ram_mb", Op: readiness.AtLeast, Value: strconv.Itoa(512 << r.IntN(5)), MaxAge: int64(r.IntN(200)), Tolerance: int64(r.IntN(20))}
	if r.IntN(2) == 0 {
		p = readiness.Predicate{Fact: "os", Op: readiness.VersionFrom, Value: "6.1.7601", Evidence: readiness.Measured, Samples: 20, Days: 3}
	}
	return p
}

// What the form shows and what it saves is the same tree.
func TestATreeBecomesRowsAndATreeAgain(t *testing.T) {
	r := rand.New(rand.NewPCG(52, 1))
	for round := range 500 {
		var all []readiness.Predicate
		for range 1 + r.IntN(3) {
			all = append(all, someTree(r, readiness.Deepest-1))
		}
		var k fault.Check
		got := tree(rowsOf(all, 0), &k)
		if err := k.Err(); err != nil || !reflect.DeepEqual(got, all) {
			t.Fatalf("round %d: %v\n%+v\n%+v", round, err, got, all)
		}
	}
}

func TestButtonsChangeRowsAndNeverLoseOne(t *testing.T) {
	r := rand.New(rand.NewPCG(52, 2))
	verbs := []string{"in", "out", "up", "down", "nonsense", "in", "up"}
	rows := rowsOf([]readiness.Predicate{someTree(r, 4), someTree(r, 4), someTree(r, 3)}, 0)
	for round := range 2000 {
		before := len(rows)
		rows = act(rows, verbs[r.IntN(len(verbs))]+":"+strconv.Itoa(r.IntN(before+2)-1))
		if len(rows) != before {
			t.Fatalf("round %d: %d rows became %d", round, before, len(rows))
		}
		for _, one := range rows {
			if one.Depth < 0 || one.Depth >= readiness.Deepest {
				t.Fatalf("round %d: %+v", round, rows)
			}
		}
	}
	rows = []row{{Kind: isAny}, {Kind: isTest, Depth: 1}, {Kind: isTest}}
	if got := act(append([]row(nil), rows...), "add:0"); len(got) != 4 || got[1].Depth != 1 {
		t.Errorf("into a group: %+v", got)
	}
	if got := act(append([]row(nil), rows...), "drop:0"); len(got) != 1 {
		t.Errorf("a group goes with what it holds: %+v", got)
	}
	if got := act(nil, "add"); len(got) != 1 {
		t.Errorf("the first: %+v", got)
	}
}

func TestAFormSaysWhatIsWrongAtItsRow(t *testing.T) {
	f := formOf(readiness.Line{Code: "pc", Kind: string(inventory.PC), Quantity: 1, MaxAge: 90})
	f.Rows = []row{{Kind: isTest, Fact: "ram_mb", Op: "at_least", Value: "nhiều"}, {Kind: isAny}, {Kind: isTest, Fact: "os", Op: "at_most", Value: "Windows 7 SP1"}, {Kind: isTest, Depth: 2, Fact: "ram_mb", Op: "is", Value: "1"}}
	_, err := f.line()
	wrong := map[string]bool{}
	for _, e := range fault.Of(err).Fields {
		wrong[e.Name] = true
	}
	for _, row := range []string{"row0", "row1", "row2", "row3"} {
		if !wrong[row] {
			t.Errorf("%s is not named: %v", row, err)
		}
	}
	f.Rows = []row{{Kind: isTest, Fact: "os", Op: "version_from", Value: "Windows 7 SP1", MaxAge: "180"}}
	f.Per, f.Bands = readiness.Population, "5000: 1\n20000: 3"
	l, err := f.line()
	if err != nil || l.Predicates[0].Value != "6.1.7601" || len(l.Per.Bands) != 2 || l.Per.Bands[1].N != 3 {
		t.Errorf("as people write it: %+v, %v", l, err)
	}
	if again := formOf(l); again.Bands != f.Bands || again.Per != f.Per {
		t.Errorf("back in the form: %+v", again)
	}
	f.Bands = "viele"
	if _, err := f.line(); !fault.Is(err, fault.Invalid) {
		t.Errorf("bands that are none: %v", err)
	}
}

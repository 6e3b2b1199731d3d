package device

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

func listed(all ...string) []byte {
	slices.Sort(all)
	return []byte(strings.Join(all, "\n"))
}

func entryNamed(name, version, size string) string {
	return "NAME\t" + name + "\nSIZE\t" + size + "\nVERSION\t" + version + "\n"
}

// A list of programs is compared entry by entry, whatever else an entry says and however many entries a program has.
func TestWhatCameAndWentBetweenTwoListsOfPrograms(t *testing.T) {
	one := entryNamed
	before := listed(one("zip", "1", "10"), one("Apt", "2", "20"), one("bash", "5", "30"), one("dash", "1", "1"), one("dash", "1", "2"))
	after := listed(one("dash", "1", "1"), one("bash", "5", "31"), one("Apt", "3", "20"), one("curl", "7", "9"), one("curl", "7", "9"), "SIZE\t3\n")
	came, went, names := exchanged(before, after)
	if came != 2 || went != 2 || names != "Apt 3, curl 7, Apt 2, zip 1" {
		t.Errorf("%d came, %d went: %q", came, went, names)
	}
	if came, went, names = exchanged(before, listed()); came != 0 || went != 4 || names != "Apt 2, bash 5, dash 1, zip 1" {
		t.Errorf("of a list that is empty now %d came, %d went: %q", came, went, names)
	}
	many := make([]string, 9)
	for i := range many {
		many[i] = one(fmt.Sprint("p", i), "1", "1")
	}
	if _, _, names = exchanged(nil, listed(many...)); names != "p0 1, p1 1, p2 1, p3 1, p4 1, …" {
		t.Errorf("of many the first are named: %q", names)
	}
}

// The one pass over sorted entries says what comparing the two sets of programs says.
func TestOnePassFindsWhatTheSetsOfProgramsDifferBy(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 198))
	draw := func() []byte {
		all := make([]string, r.IntN(12))
		for i := range all {
			all[i] = entryNamed(string(rune('a'+r.IntN(4))), fmt.Sprint(r.IntN(3)), fmt.Sprint(r.IntN(3)))
		}
		return listed(all...)
	}
	for range 2000 {
		before, after := draw(), draw()
		had, has := programs(before), programs(after)
		without := func(all, others []Program) (n int) {
			for _, p := range all {
				if !slices.Contains(others, p) {
					n++
				}
			}
			return n
		}
		if came, went, _ := exchanged(before, after); came != without(has, had) || went != without(had, has) {
			t.Fatalf("%q → %q: %d came, %d went", before, after, came, went)
		}
	}
}

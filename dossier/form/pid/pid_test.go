package pid

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

func keys(all []Trouble, warning bool) []string {
	var out []string
	for _, t := range all {
		if t.Warning == warning {
			out = append(out, t.Key)
		}
	}
	return out
}

func TestErrorsAndWarningsAreToldApart(t *testing.T) {
	k := Known{Sex: Female, Born: "1985-03-02", Place: "001", Today: "2016-11-10"}
	for _, c := range []struct {
		name, no     string
		error, warns string
	}{
		{"fits", "001185000123", "", ""},
		{"elsewhere", "036185000123", "", "answer.pid.elsewhere"},
		{"abroad", "192185000123", "", ""},
		{"unknown province", "003185000123", "answer.pid.place", ""},
		{"zero province", "000185000123", "answer.pid.place", ""},
		{"other sex", "001085000123", "answer.pid.sex", ""},
		{"other year", "001186000123", "answer.pid.year", ""},
		{"short", "00118500012", "answer.pid.format", ""},
		{"letters", "00118500012x", "answer.pid.format", ""},
		{"arabic digits", "٠٠١١٨٥", "answer.pid.format", ""},
		{"old card", "012345678", "answer.pid.old_card", ""},
		{"nothing", "", "", ""},
	} {
		got := Check(c.no, k)
		if e := first(keys(got, false)); e != c.error {
			t.Errorf("%s: error %q, want %q", c.name, e, c.error)
		}
		if w := first(keys(got, true)); w != c.warns {
			t.Errorf("%s: warning %q, want %q", c.name, w, c.warns)
		}
	}
	if got := keys(Check("001317000123", Known{Today: "2016-11-10"}), false); !slices.Contains(got, "answer.pid.future") {
		t.Errorf("a birth in 2017 is in the future of 2016: %v", got)
	}
}

func first(all []string) string {
	if len(all) == 0 {
		return ""
	}
	return all[0]
}

func TestEveryIssuedProvinceCodeStaysValid(t *testing.T) {
	if n := len(Provinces()); n != 63 {
		t.Fatalf("%d provinces, want 63", n)
	}
	for code, p := range Provinces() {
		if p.Name == "" || p.From == "" {
			t.Errorf("%s: %+v", code, p)
		}
		for _, today := range []string{"2016-11-10", "2025-07-02", "2027-03-01"} {
			if got := keys(Check(code+"290000001", Known{Today: today}), false); slices.Contains(got, "answer.pid.place") {
				t.Errorf("%s is refused on %s: %v", code, today, got)
			}
		}
	}
}

// Any person's own number fits, and changing sex or year in it is always noticed.
func TestANumberFitsItsBearerAndNobodyElse(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 11))
	var codes []string
	for c := range Provinces() {
		codes = append(codes, c)
	}
	slices.Sort(codes)
	for range 5000 {
		year, male := 1900+r.IntN(500), r.IntN(2) == 0
		c := (year - 1900) / 100 * 2
		sex, other := Male, Female
		if !male {
			c, sex, other = c+1, Female, Male
		}
		no := fmt.Sprintf("%s%d%02d%06d", codes[r.IntN(len(codes))], c, year%100, r.IntN(1e6))
		n, ok := Parse(no)
		if !ok || n.Year != year || n.Sex != sex || n.Place != no[:3] {
			t.Fatalf("%s reads as %+v", no, n)
		}
		k := Known{Sex: sex, Born: fmt.Sprint(year), Place: no[:3], Today: "2399-12-31"}
		if got := Check(no, k); len(got) != 0 {
			t.Fatalf("%s: %v", no, got)
		}
		k.Sex = other
		if got := keys(Check(no, k), false); !slices.Equal(got, []string{"answer.pid.sex"}) {
			t.Fatalf("%s with the other sex: %v", no, got)
		}
		k.Sex, k.Born = sex, fmt.Sprint(year+1+r.IntN(90))
		if got := keys(Check(no, k), false); !slices.Equal(got, []string{"answer.pid.year"}) {
			t.Fatalf("%s with another year: %v", no, got)
		}
	}
}

func FuzzNothingPanics(f *testing.F) {
	f.Add("001185000123", "1985-03-02", "001", "2016-11-10", "female")
	f.Add("", "", "", "", "")
	f.Add("0\x0012", "x", "1", "20", "?")
	f.Fuzz(func(t *testing.T, no, born, place, today, sex string) {
		got := Check(no, Known{Sex: Sex(sex), Born: born, Place: place, Today: today})
		if _, ok := Parse(no); !ok && no != "" && len(keys(got, false)) == 0 {
			t.Errorf("%q passes", no)
		}
	})
}

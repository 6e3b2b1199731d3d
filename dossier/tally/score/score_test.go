package score

import (
	"math/rand/v2"
	"testing"
	"time"
)

func TestPointsOfADossier(t *testing.T) {
	got := Dossier(Facts{Whole: Early, Parts: []Timing{OnTime, Late, Unknown}, Contacts: 1, Agencies: 1, Publicity: -1, Attitude: 2})
	want := Tally{Total: {2, 1}, Part: {1, 2}, Contacts: {1, 1}, Agencies: {2, 1}, Attitude: {2, 1}}
	if len(got) != len(want) {
		t.Fatalf("%v", got)
	}
	for i, w := range want {
		if got[i] != w {
			t.Errorf("indicator %d: %v, want %v", i, got[i], w)
		}
	}
	if n := len(Dossier(NoFacts)); n != 0 {
		t.Errorf("a dossier of which nothing is known has %d indicators", n)
	}
	if p := Dossier(Facts{Contacts: 7, Agencies: 9, Publicity: -1, Attitude: -1}); p[Contacts] != (Sum{0, 1}) || p[Agencies] != (Sum{0, 1}) {
		t.Errorf("many contacts: %v", p)
	}
}

func TestTimingsTakeTheirGrain(t *testing.T) {
	due := time.Date(2016, 11, 10, 10, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		end  time.Time
		want Timing
	}{
		{due.Add(time.Second), Late}, {due, OnTime}, {due.Add(-time.Hour), OnTime}, {due.Add(-time.Hour - time.Second), Early}, {time.Time{}, Unknown},
	} {
		if got := Usual.TimingOf(c.end, due); got != c.want {
			t.Errorf("%v: %v, want %v", c.end, got, c.want)
		}
	}
	if Usual.TimingOf(due, time.Time{}) != Unknown {
		t.Error("a dossier without a due moment has a timing")
	}
}

func TestWhatIsOfAUnitAlone(t *testing.T) {
	for _, c := range []struct {
		name string
		u    Unit
		of   Indicator
		want int64
		n    int64
	}{
		{"all at the one-stop unit", Unit{AtOneStop: 22, Procedures: 22}, OneStop, 2, 1},
		{"most of them", Unit{AtOneStop: 18, Procedures: 22}, OneStop, 1, 1},
		{"no procedure known", Unit{}, OneStop, 0, 0},
		{"all answered", Unit{Answered: 10, Feedback: 10}, Feedback, 2, 1},
		{"nine of ten answered", Unit{Answered: 9, Feedback: 10}, Feedback, 1, 1},
		{"less", Unit{Answered: 8, Feedback: 10}, Feedback, 0, 1},
		{"nothing came", Unit{}, Feedback, 0, 0},
		{"a fifth online, three tenths used, none late", Unit{Procedures: 10, OnlineProcedures: 2, OnlineFiles: 30, Files: 100}, Online, 2, 1},
		{"one late", Unit{Procedures: 10, OnlineProcedures: 2, OnlineFiles: 30, Files: 100, OnlineLate: 1}, Online, 1, 1},
		{"too few offered", Unit{Procedures: 10, OnlineProcedures: 1, OnlineFiles: 90, Files: 100}, Online, 1, 1},
		{"15 of a hundred", Unit{Procedures: 10, OnlineProcedures: 5, OnlineFiles: 15, Files: 100}, Online, 1, 1},
		{"14 of a hundred", Unit{Procedures: 10, OnlineProcedures: 5, OnlineFiles: 14, Files: 100}, Online, 0, 1},
		{"no files", Unit{Procedures: 10, OnlineProcedures: 5}, Online, 0, 0},
	} {
		if got := c.u.tally(Usual)[c.of]; got != (Sum{c.want, c.n}) {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}

func TestMeansAreRoundedHalfUp(t *testing.T) {
	for _, c := range []struct{ points, n, want int64 }{{1, 3, 3}, {2, 3, 7}, {1, 4, 3}, {1, 20, 1}, {1, 21, 0}, {3, 20, 2}, {2, 1, 20}, {0, 9, 0}} {
		if got := tenths(Sum{c.points, c.n}); got != c.want {
			t.Errorf("%d/%d: %d, want %d", c.points, c.n, got, c.want)
		}
	}
}

// all gives every indicator the same mean, in tenths.
func all(tenths int64, but ...Indicator) Tally {
	t := Tally{}
	for _, i := range Indicators {
		t[i] = Sum{tenths, 10}
	}
	for _, i := range but {
		delete(t, i)
	}
	return t
}

func TestBands(t *testing.T) {
	for _, c := range []struct {
		t    Tally
		want Level
	}{
		{all(20), Excellent}, {all(17), Excellent}, {all(16), Good}, {all(13), Fair}, {all(10), Fair}, {all(9), Average}, {all(6), Weak}, {all(0), Weak}, {Tally{}, NoData},
		{all(17, Feedback, Online), Excellent}, // left out, not zero
	} {
		if got := OfUnit(Usual, c.t, Unit{}); got.Level != c.want {
			t.Errorf("unit %d of %d: %q, want %q", got.Tenths, got.Of, got.Level, c.want)
		}
	}
	for _, c := range []struct {
		t    Tally
		want Level
	}{{all(17), Full}, {all(16), Most70}, {all(12), Most70}, {all(11), Below}, {Tally{Total: {2, 1}}, Full}, {Tally{Part: {2, 1}}, NoData}} {
		if got := OfOfficer(Usual, c.t); got.Level != c.want {
			t.Errorf("officer %d of %d: %q, want %q", got.Tenths, got.Of, got.Level, c.want)
		}
	}
}

func TestWhateverIsTalliedStaysInItsBounds(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		sum, parts := Tally{}, Tally{}
		for range 1 + r.IntN(20) {
			d := Dossier(Facts{Whole: Timing(r.IntN(4)), Parts: []Timing{Timing(r.IntN(4))}, Contacts: r.IntN(4) - 1, Agencies: r.IntN(5) - 1, Publicity: r.IntN(4) - 1, Attitude: r.IntN(4) - 1})
			sum = sum.Plus(d)
			parts = d.Plus(parts)
		}
		u := OfUnit(Usual, sum, Unit{})
		if len(u.Marks) != len(OfUnit(Usual, parts, Unit{}).Marks) || u.Tenths < 0 || u.Tenths > u.Of || u.Of != int64(len(u.Marks))*20 || (u.Level == NoData) != (u.Of == 0) {
			t.Fatalf("%+v", u)
		}
		best := Tally{}
		for i, s := range sum { // as good as possible in what is known: never worse
			best[i] = Sum{s.N * Most, s.N}
		}
		if b := OfUnit(Usual, best, Unit{}); b.Tenths < u.Tenths || b.Of > 0 && b.Level != Excellent {
			t.Fatalf("the best is %+v", b)
		}
	}
}

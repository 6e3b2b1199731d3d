package score

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

func TestPointsOfADossier(t *testing.T) {
	got := Usual.Dossier(Facts{Whole: Early, Parts: []Timing{OnTime, Late, Unknown}, Contacts: 1, Agencies: 1, Publicity: -1, Attitude: 2})
	want := Tally{Total: {2, 1}, Part: {1, 2}, Contacts: {1, 1}, Agencies: {2, 1}, Attitude: {2, 1}}
	if len(got) != len(want) {
		t.Fatalf("%v", got)
	}
	for i, w := range want {
		if got[i] != w {
			t.Errorf("indicator %d: %v, want %v", i, got[i], w)
		}
	}
	if n := len(Usual.Dossier(NoFacts)); n != 0 {
		t.Errorf("a dossier of which nothing is known has %d indicators", n)
	}
	if p := Usual.Dossier(Facts{Contacts: 7, Agencies: 9, Publicity: -1, Attitude: -1}); p[Contacts] != (Sum{0, 1}) || p[Agencies] != (Sum{0, 1}) {
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
		{"all at the one-stop unit", Unit{AtOneStop: 22, Authority: 22}, OneStop, 2, 1},
		{"most of them", Unit{AtOneStop: 18, Authority: 22}, OneStop, 1, 1},
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
			d := Usual.Dossier(Facts{Whole: Timing(r.IntN(4)), Parts: []Timing{Timing(r.IntN(4))}, Contacts: r.IntN(4) - 1, Agencies: r.IntN(5) - 1, Publicity: r.IntN(4) - 1, Attitude: r.IntN(4) - 1})
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

func TestRulesAreDataWithADay(t *testing.T) {
	strict := Usual
	strict.Contacts, strict.Early = [2]int64{0, 0}, 120
	book := Book{{From: "2017-01-01", Rules: strict}}
	for day, want := range map[string]int64{"2016-12-31": 1, "2017-01-01": 0, "2018-05-01": 0} {
		if got := book.At(day).Dossier(Facts{Contacts: 1, Agencies: -1, Publicity: -1, Attitude: -1})[Contacts]; got != (Sum{want, 1}) {
			t.Errorf("%s: %v", day, got)
		}
	}
	if Book(nil).At("2016-11-10").Early != Usual.Early {
		t.Error("without a version the usual rules do not count")
	}
	if err := Usual.Check(); err != nil {
		t.Error(err)
	}
	for name, change := range map[string]func(*Rules){
		"one point asks for less than two": func(r *Rules) { r.Contacts = [2]int64{2, 1} },
		"two points for less than one":     func(r *Rules) { r.OneStop = [2]int64{80, 90} },
		"more than all":                    func(r *Rules) { r.Used[0] = 101 },
		"nothing counts":                   func(r *Rules) { r.Weights = [9]int64{} },
		"too much counts":                  func(r *Rules) { r.Weights[3] = MostWeight + 1 },
		"bands that rise":                  func(r *Rules) { r.Unit = [4]int64{60, 90, 120, 150} },
		"a band beyond the top":            func(r *Rules) { r.Person = [2]int64{61, 35} },
		"an officer without indicators":    func(r *Rules) { r.Officer = nil },
		"an officer by what is a unit's":   func(r *Rules) { r.Officer = []Indicator{Feedback} },
		"before it is due":                 func(r *Rules) { r.Early = -1 },
	} {
		r := Usual
		change(&r)
		if r.Check() == nil {
			t.Errorf("%s is let in", name)
		}
	}
}

func TestAnIndicatorCountsAsOftenAsItWeighs(t *testing.T) {
	r := Usual
	r.Weights = [9]int64{3, 1, 0, 1, 1, 1, 1, 1, 1}
	got := r.result(Tally{Total: {20, 10}, Part: {10, 10}, Contacts: {0, 10}}, Indicators, r.Unit[:], unitBands)
	if got.Tenths != 70 || got.Of != 80 || got.Level != Excellent { // 3 × 2 + 1 of 3 × 2 + 2, and contacts not at all
		t.Errorf("%+v", got)
	}
}

func TestAPartnerThatOverranIsNotTheCommunesFault(t *testing.T) {
	due := time.Date(2016, 11, 10, 10, 0, 0, 0, time.UTC)
	h := func(n int) time.Time { return due.Add(time.Duration(n) * time.Hour) }
	for _, c := range []struct {
		name     string
		whole    Span
		partners []Span
		want     []Timing
	}{
		{"alone and late", Span{h(1), due}, nil, []Timing{Late}},
		{"late by the partner alone", Span{h(4), due}, []Span{{h(5), h(1)}}, []Timing{OnTime, Late}},
		{"late by both", Span{h(6), due}, []Span{{h(5), h(1)}, {h(0), h(1)}}, []Timing{Late, Late, OnTime}},
		{"all early", Span{h(-9), due}, []Span{{h(-9), h(-2)}}, []Timing{Early, Early}},
		{"a partner without a term", Span{h(0), due}, []Span{{h(9), time.Time{}}}, []Timing{OnTime, Unknown}},
	} {
		if got := Usual.Parts(c.whole, c.partners...); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

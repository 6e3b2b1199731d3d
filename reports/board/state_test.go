package board

import (
	"net/url"
	"testing"

	"lotrinh/reports/metric"
)

const today = "2016-11-10"

func read(query string) State {
	q, err := url.ParseQuery(query)
	if err != nil {
		return State{}
	}
	return Read(q.Get, today)
}

func TestAnAddressHoldsTheWholeState(t *testing.T) {
	for _, s := range []State{
		{},
		{Programme: "KH198", Unit: "018", Phase: "1", On: "2016-11-08", With: "2016-11-01", Metric: "gaps.open", Show: ShowLate, A: "018", B: "016"},
		{Phase: "0", With: today},
	} {
		u, err := url.Parse(s.At(Home))
		if err != nil || u.Path != Home {
			t.Fatalf("%v %v", u, err)
		}
		if got := Read(u.Query().Get, today); got != s {
			t.Errorf("%s says %+v, want %+v", u, got, s)
		}
	}
}

func TestWhatAnAddressSaysWronglyIsLeftOut(t *testing.T) {
	for query, want := range map[string]State{
		"on=2016-11-10":            {}, // today is now
		"on=2016-11-11":            {}, // days to come have no figures
		"on=2016-02-30":            {},
		"with=2016-11-11":          {},
		"phase=-1":                 {},
		"phase=x":                  {},
		"phase=007":                {Phase: "7"},
		"metric=nothing.at_all":    {},
		"show=everything":          {},
		"unit=018'--":              {},
		"unit=018&programme=KH198": {Unit: "018", Programme: "KH198"},
	} {
		if got := read(query); got != want {
			t.Errorf("%s: %+v, want %+v", query, got, want)
		}
	}
}

func FuzzAnAddressIsReadOnceAndForAll(f *testing.F) {
	for _, seed := range []string{"", "unit=018&on=2016-11-08&with=2016-11-01&phase=1&metric=gaps.open&show=late&a=018&b=016", "on=99999-01-01&phase=1e9", "unit=%00&a=%ff"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, query string) {
		s := read(query)
		u, err := url.Parse(s.At(Home + "/compare"))
		if err != nil {
			t.Fatal(err)
		}
		if again := Read(u.Query().Get, today); again != s {
			t.Errorf("%q says %+v, its address %+v", query, s, again)
		}
		if s.On != "" && s.On >= today || s.With > today {
			t.Errorf("%q looks ahead: %+v", query, s)
		}
	})
}

func TestTwoValuesAreComparedByWhatIsWished(t *testing.T) {
	n := func(x int64) metric.Value { return metric.Value{N: x, Known: true} }
	for _, c := range []struct {
		key  metric.Key
		a, b metric.Value
		by   float64
		want Verdict
	}{
		{"rollout.official", n(12), n(9), 3, Better},
		{"rollout.held", n(12), n(9), 3, Worse},
		{"rollout.held", n(0), n(9), -9, Better},
		{"rollout.communes", n(26), n(22), 4, Changed},
		{"rollout.official", n(5), n(5), 0, Same},
		{"rollout.official", n(5), metric.Value{}, 0, NoData},
		{"rollout.official_share", metric.Value{N: 1, Of: 3, Known: true}, metric.Value{N: 2, Of: 6, Known: true}, 0, Same},
		{"rollout.official_share", metric.Value{N: 1, Of: 2, Known: true}, metric.Value{N: 1, Of: 4, Known: true}, 0.25, Better},
		{"rollout.official_share", metric.Value{N: 0, Of: 0, Known: true}, metric.Value{N: 1, Of: 4, Known: true}, 0, NoData},
		{"rollout.forecast_day", n(17000), n(17003), -3, Better},
	} {
		m, ok := metric.Find(c.key)
		if got := Compare(m, c.a, c.b); !ok || got.Verdict != c.want || got.By != c.by {
			t.Errorf("%s %v against %v: %+v, want %s by %v", c.key, c.a, c.b, got, c.want, c.by)
		}
	}
}

package measure

import (
	"context"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/testkit"
	"lotrinh/internal/org"
	"lotrinh/reports"
	"lotrinh/reports/metric"
)

// The town: a city of two districts; on 2016-11-12 commune 00002 goes into 00001.
const (
	city, north, south = "01", "010", "020"
	mergeDay           = "2016-11-12"
)

func town(t testing.TB) *org.Atlas {
	t.Helper()
	var all []org.Unit
	add := func(code, kind string, level org.Level, parent, until string) {
		all = append(all, org.Unit{Code: code, Name: "Tên " + code, Kind: kind, Level: level, Parent: parent, From: "2000-01-01", Until: until})
	}
	add(city, "thành phố", org.Province, "", "")
	add(north, "huyện", org.District, city, "")
	add(south, "huyện", org.District, city, "")
	for _, c := range []string{"00001", "00003"} {
		add(c, "xã", org.Commune, north, "")
	}
	add("00002", "xã", org.Commune, north, mergeDay)
	for _, c := range []string{"00004", "00005"} {
		add(c, "xã", org.Commune, south, "")
	}
	a, err := org.NewAtlas(all, []org.Change{{Date: mergeDay, From: "00002", To: "00001", Main: "yes"}})
	must(t, err)
	return a
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

type oneAtlas struct{ a *org.Atlas }

func (u oneAtlas) Atlas(context.Context) (*org.Atlas, error) { return u.a, nil }
func (u oneAtlas) Tree(_ context.Context, at time.Time) (*org.Tree, error) {
	return u.a.Tree(clock.Date(at)), nil
}

const (
	opened = metric.Key("tickets.opened")
	inTime = metric.Key("tickets.in_time")
	solved = metric.Key("tickets.resolved")
	share  = metric.Key("tickets.in_time_share")
	open   = metric.Key("tickets.open")
	index  = metric.Key("rollout.spi_t")
)

// facts are a source by hand.
type facts struct {
	name   string
	keys   []metric.Key
	of     map[string][]Point // by day
	silent map[string][]metric.Key
	asked  []string
}

func (f *facts) Name() string          { return f.name }
func (f *facts) Metrics() []metric.Key { return f.keys }
func (f *facts) Collect(_ context.Context, day string, _ time.Time) (Told, error) {
	f.asked = append(f.asked, day)
	return Told{Points: f.of[day], Silent: f.silent[day]}, nil
}

func desk() *facts {
	return &facts{name: "tickets", keys: []metric.Key{opened, solved, inTime, open}, of: map[string][]Point{}, silent: map[string][]metric.Key{}}
}

var start = time.Date(2016, 11, 14, 8, 0, 0, 0, clock.City)

type house struct {
	*Service
	at    *clock.Fake
	atlas *org.Atlas
	desk  *facts
	plan  *facts
}

func build(t testing.TB, d *db.DB) house {
	t.Helper()
	h := house{at: clock.At(start), atlas: town(t), desk: desk(), plan: &facts{name: "rollout", keys: []metric.Key{index}, of: map[string][]Point{}}}
	phases := func(context.Context, string) (map[int][]string, error) {
		return map[int][]string{1: {"00001", "00004"}, 2: {"00003", "00005"}}, nil
	}
	h.Service = New(d, h.at, oneAtlas{h.atlas}, phases, h.desk, h.plan)
	return h
}

var policy = access.Policy{"leadership": {reports.Overview, reports.Read}, "clerk": {}}

func reader(units ...string) access.Actor {
	return policy.As(access.Actor{ID: "r", Grants: []access.Grant{{Role: "leadership", Everywhere: len(units) == 0, Units: units}}})
}

func ask(from, until string, units []string, keys ...metric.Key) metric.Ask {
	return metric.Ask{Metrics: keys, Units: units, Span: metric.Span{From: from, Until: until}}
}

// brute is what counting by hand says of a metric for a unit over days: of points told, by
// the map of each day.
func (h house) brute(k metric.Key, unit string, days []string) (n int64, known bool) {
	m, _ := metric.Find(k)
	for i, day := range days {
		of := h.desk.of[day]
		if slices.Contains(h.desk.silent[day], k) {
			continue
		}
		last := i == len(days)-1
		if m.Kind != metric.Flow && !last {
			continue
		}
		tree := h.atlas.Tree(day)
		if _, in := tree.Unit(unit); m.Kind != metric.Flow && !in {
			continue
		}
		known = true
		for _, p := range of {
			if p.Metric == k && slices.Contains(tree.Under(unit), p.Unit) {
				n += p.N
			}
		}
	}
	return n, known
}

// TestWhatIsKeptIsWhatCountingByHandSays collects random facts of random days in random
// order, some of them again after they changed, and compares every value, every line and
// the recount with counting by hand.
func TestWhatIsKeptIsWhatCountingByHandSays(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		rnd := rand.New(rand.NewPCG(7, 11)) //nolint:gosec // a test's dice
		days, err := daysBetween("2016-11-08", "2016-11-14")
		must(t, err)
		tell := func(day string) {
			h.desk.of[day], h.desk.silent[day] = nil, nil
			for _, u := range h.atlas.Tree(day).Communes("") {
				for _, k := range h.desk.keys {
					for _, dim := range []string{"device", "line"} {
						if n := rnd.Int64N(3); n > 0 {
							h.desk.of[day] = append(h.desk.of[day], Point{k, u.Code, dim, n})
						}
					}
				}
			}
			if rnd.IntN(4) == 0 {
				h.desk.silent[day] = []metric.Key{open}
			}
		}
		counted := map[string]bool{}
		for range 25 {
			day := days[rnd.IntN(len(days))]
			if !counted[day] { // what was told once stays when a source falls silent
				tell(day)
			} else {
				silent := h.desk.silent[day]
				tell(day)
				h.desk.silent[day] = silent
			}
			counted[day] = true
			must(t, h.count(t.Context(), h.desk, start, day))
		}
		for _, day := range days {
			if !counted[day] {
				tell(day)
				must(t, h.count(t.Context(), h.desk, start, day))
			}
		}
		units := codes(h.atlas.Tree(days[0]).All())
		for i := range days {
			for j := i; j < len(days); j++ {
				h.same(t, units, days[i:j+1])
			}
		}
		wrong, err := h.Check(t.Context(), days[0], days[len(days)-1])
		must(t, err)
		if len(wrong) != 0 {
			t.Errorf("recounted: %+v", wrong)
		}
		if wrong, err = h.Rebuild(t.Context(), days[0], days[len(days)-1]); err != nil || len(wrong) != 0 {
			t.Errorf("rebuilt: %+v %v", wrong, err)
		}
	})
}

func (h house) same(t *testing.T, units, days []string) {
	t.Helper()
	from, until := days[0], days[len(days)-1]
	table, err := h.Values(t.Context(), reader(), ask(from, until, units, opened, share, open))
	must(t, err)
	lines, err := h.Series(t.Context(), reader(), ask(from, until, units, opened, open))
	must(t, err)
	for _, unit := range units {
		for _, k := range []metric.Key{opened, solved, inTime, open} {
			n, known := h.brute(k, unit, days)
			if got := table.At(k, unit); got != (metric.Value{N: n, Known: known}) && (known || got.Known) {
				t.Fatalf("%s of %s, %s to %s: %+v, by hand %d %v", k, unit, from, until, got, n, known)
			}
		}
	}
	for _, l := range lines {
		for _, m := range l.Marks {
			if n, known := h.brute(l.Metric, l.Unit, []string{m.Day}); !known || m.Value.N != n {
				t.Fatalf("%s of %s on %s: %+v, by hand %d %v", l.Metric, l.Unit, m.Day, m.Value, n, known)
			}
		}
	}
}

func TestAReaderGetsWhatIsHisAndNoMore(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		const day = "2016-11-10"
		for i, u := range []string{"00001", "00002", "00003", "00004", "00005"} {
			h.desk.of[day] = append(h.desk.of[day], Point{opened, u, "device", int64(1) << i}, Point{open, u, "", int64(1) << i})
		}
		h.plan.of[day] = []Point{{index, city, "", 850}}
		must(t, h.count(t.Context(), h.desk, start, day))
		must(t, h.count(t.Context(), h.plan, start, day))
		all := []string{city, north, south, "00004", "00099"}
		for _, c := range []struct {
			name string
			who  access.Actor
			want map[string]int64
			spi  bool
		}{
			{"the city", reader(), map[string]int64{city: 31, north: 7, south: 24, "00004": 8}, true},
			{"the city by its units", reader(codes(h.atlas.Tree(day).All())...), map[string]int64{city: 31, north: 7, south: 24, "00004": 8}, true},
			{"a district", reader(south, "00004", "00005"), map[string]int64{city: 24, south: 24, "00004": 8}, false},
			{"one commune", reader("00004"), map[string]int64{city: 8, south: 8, "00004": 8}, false},
		} {
			got, err := h.Values(t.Context(), c.who, ask(day, day, all, opened, open, index))
			must(t, err)
			lines, err := h.Series(t.Context(), c.who, ask(day, day, all, open))
			must(t, err)
			seen := map[string]int64{}
			for _, l := range lines {
				seen[l.Unit] = l.Marks[0].Value.N
			}
			for _, u := range all {
				n, known := c.want[u]
				for _, k := range []metric.Key{opened, open} {
					if v := got.At(k, u); v.N != n || v.Known != known {
						t.Errorf("%s: %s of %s is %+v, want %d %v", c.name, k, u, v, n, known)
					}
				}
				if seen[u] != n {
					t.Errorf("%s: the line of %s is %d, want %d", c.name, u, seen[u], n)
				}
			}
			if got.At(index, city).Known != c.spi {
				t.Errorf("%s: the city's index is told: %+v", c.name, got.At(index, city))
			}
		}
		phase := ask(day, day, []string{city, south}, opened, index)
		phase.Phase = 1
		got, err := h.Values(t.Context(), reader(), phase)
		must(t, err)
		if got.At(opened, city).N != 9 || got.At(opened, south).N != 8 || got.At(index, city).Known {
			t.Errorf("phase 1: %+v", got)
		}
		phase.Phase, phase.Of = 0, "line"
		if got, err = h.Values(t.Context(), reader(), phase); err != nil || got.At(opened, city) != (metric.Value{Known: true}) {
			t.Errorf("of one service: %+v %v", got, err)
		}
		for _, who := range []access.Actor{{}, policy.As(access.Actor{ID: "c", Grants: []access.Grant{{Role: "clerk", Everywhere: true}}})} {
			if _, err := h.Values(t.Context(), who, phase); err == nil {
				t.Error("nobody read values")
			}
			if _, err := h.Series(t.Context(), who, phase); err == nil {
				t.Error("nobody read lines")
			}
		}
		if _, err := h.Values(t.Context(), reader(), ask("2016-11-10", "2016-11-09", all, opened)); fault.Of(err).Kind != fault.Invalid {
			t.Errorf("a span backwards: %v", err)
		}
	})
}

func TestDaysAreCountedWhileTheyRunWhenTheyAreOverAndSomeDaysLonger(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		turn := func() []string {
			h.desk.asked = nil
			must(t, h.Tend(t.Context()))
			return h.desk.asked
		}
		if got := turn(); len(got) != first || got[0] != "2016-10-15" || got[first-1] != "2016-11-14" {
			t.Errorf("a new store counts %v", got)
		}
		if got := turn(); len(got) != 0 {
			t.Errorf("at once again: %v", got)
		}
		h.at.Move(Every)
		if got := turn(); len(got) != 1 || got[0] != "2016-11-14" {
			t.Errorf("ten minutes later: %v", got)
		}
		h.at.Set(time.Date(2016, 11, 15, 0, 0, 1, 0, clock.City))
		if got := turn(); len(got) != 4 || got[0] != mergeDay || got[3] != "2016-11-15" {
			t.Errorf("after midnight, not before units changed: %v", got)
		}
		h.at.Move(100 * 24 * time.Hour)
		if got := turn(); len(got) < round || got[len(got)-1] >= "2017-02-23" {
			t.Errorf("what nobody ran is made up some days at a time: %d, last %s", len(got), got[len(got)-1])
		}
		got := turn()
		if last := got[len(got)-1]; last != "2017-02-23" {
			t.Errorf("the next round comes to today: %s", last)
		}
		h.at.Move(24 * time.Hour)
		if got := turn(); len(got) != Late+2 {
			t.Errorf("a new day: %v", got)
		}
	})
}

func TestADayThatNobodyToldIsUnknownAndTheRunningPeriodStandsAsItDoesNow(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		for _, day := range []string{"2016-11-09", "2016-11-11"} {
			h.desk.of[day] = []Point{{open, "00001", "", 4}, {opened, "00001", "", 2}}
			must(t, h.count(t.Context(), h.desk, start, day))
		}
		for _, c := range []struct {
			from, until string
			open        metric.Value
			opened      metric.Value
		}{
			{"2016-11-08", "2016-11-08", metric.Value{}, metric.Value{}},
			{"2016-11-09", "2016-11-09", metric.Value{N: 4, Known: true}, metric.Value{N: 2, Known: true}},
			{"2016-11-10", "2016-11-10", metric.Value{}, metric.Value{}},
			{"2016-11-07", "2016-11-13", metric.Value{N: 4, Known: true}, metric.Value{N: 4, Known: true}},
			{"2016-11-12", "2016-11-13", metric.Value{N: 4, Known: true}, metric.Value{}},
		} {
			got, err := h.Values(t.Context(), reader(), ask(c.from, c.until, []string{north}, open, opened))
			must(t, err)
			if got.At(open, north) != c.open || got.At(opened, north) != c.opened {
				t.Errorf("%s to %s: %+v", c.from, c.until, got)
			}
		}
		lines, err := h.Series(t.Context(), reader(), ask("2016-11-08", "2016-11-12", []string{north}, open))
		must(t, err)
		if len(lines) != 1 || len(lines[0].Marks) != 2 {
			t.Errorf("days that nobody told are left out: %+v", lines)
		}
	})
}

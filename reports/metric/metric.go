package metric

import (
	"net/url"
	"slices"
	"strings"
)

// Key names a metric: "rollout.official". The part before the dot is the area that
// answers for it.
type Key string

// Kind says how values of a metric are put together.
type Kind string

// The kinds.
const (
	Flow   Kind = "flow"
	Level  Kind = "level"
	Rate   Kind = "rate"
	Figure Kind = "figure"
)

// Unit is what is counted; "metric.unit.UNIT" names it.
type Unit string

// The units. Share is a part of one, Index has no unit, Day is a date counted in days
// since 1/1/1970.
const (
	Communes   Unit = "communes"
	Gaps       Unit = "gaps"
	People     Unit = "people"
	Accounts   Unit = "accounts"
	Tickets    Unit = "tickets"
	Answers    Unit = "answers"
	Calls      Unit = "calls"
	Dossiers   Unit = "dossiers"
	Messages   Unit = "messages"
	Machines   Unit = "machines"
	Lines      Unit = "lines"
	Services   Unit = "services"
	Directives Unit = "directives"
	Share      Unit = "share"
	Index      Unit = "index"
	Day        Unit = "day"
)

// Dim is a further dimension of a metric beside unit and time; the phase is none, since
// it belongs to the unit.
type Dim string

// The dimensions.
const (
	None      Dim = ""
	Service   Dim = "service"   // of the help desk
	Procedure Dim = "procedure" // of dossiers
)

// Wish says which way is better.
type Wish int

// The wishes.
const (
	Neither Wish = iota
	More
	Less
)

// Metric is one entry of the catalogue. "metric.KEY" is its name, "metric.KEY.say" its
// definition in words, "metric.owner.OWNER" who answers for it.
type Metric struct {
	Key      Key
	Kind     Kind
	Unit     Unit
	Scale    int64 // how many of a stored value make one of the unit; 0 is 1
	Num, Den Key   // of a rate
	Owner    string
	Dim      Dim
	Wish     Wish
	Href     string // where the records behind it are listed; "{unit}" stands for the code
	One      string // the same for one commune, where the list knows no filter for it; empty is Href
	Grain    Grain
}

// Grain is the smallest part of the city that a metric is told for.
type Grain string

// The grains.
const (
	ByCommune  Grain = "commune"
	ByDistrict Grain = "district"
	ByCity     Grain = "city"
)

// Source is the area that answers for the metric.
func (m Metric) Source() string {
	for i, r := range m.Key {
		if r == '.' {
			return string(m.Key[:i])
		}
	}
	return string(m.Key)
}

// Records is where the records behind the metric of a unit are listed, empty when nowhere.
// whole says that the unit is the city, so that nothing narrows the list; one that it is a
// commune.
func (m Metric) Records(unit string, whole, one bool) string {
	href := m.Href
	if one && m.One != "" {
		href = m.One
	}
	if whole {
		unit = ""
	}
	return strings.ReplaceAll(href, "{unit}", url.QueryEscape(unit))
}

// Find is the metric of a key.
func Find(k Key) (Metric, bool) {
	i, ok := at[k]
	if !ok {
		return Metric{}, false
	}
	return All[i], true
}

var at = func() map[Key]int {
	m := make(map[Key]int, len(All))
	for i, x := range All {
		m[x.Key] = i
	}
	return m
}()

// Base is what has to be read to tell these metrics: themselves, and in place of a
// rate its two parts. In the order of the catalogue, each once; unknown keys are left out.
func Base(keys ...Key) []Key {
	want := map[Key]bool{}
	for _, k := range keys {
		m, ok := Find(k)
		switch {
		case !ok:
		case m.Kind == Rate:
			want[m.Num], want[m.Den] = true, true
		default:
			want[k] = true
		}
	}
	var all []Key
	for _, m := range All {
		if want[m.Key] {
			all = append(all, m.Key)
		}
	}
	return slices.Clip(all)
}

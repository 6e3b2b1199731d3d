package board

import (
	"net/url"
	"strconv"
	"strings"

	"lotrinh/internal/kit/clock"
	"lotrinh/reports/metric"
)

// Home is the address of the overview; the other boards lie under it.
const Home = "/overview"

// State is what a board shows, as its address says it. The zero State is this moment of
// the first programme in the widest reach.
type State struct {
	Programme string
	Unit      string     // code
	Phase     string     // ordinal; empty is all
	On        string     // day gone by, "2016-11-08"; empty is now
	With      string     // day to compare with
	Metric    metric.Key // chosen one of a theme
	Show      Show       // which communes a list shows
	A, B      string     // codes of the two units of a comparison
}

// Show names a choice of communes.
type Show string

// The choices.
const (
	ShowAll       Show = "all"
	ShowLate      Show = "late"
	ShowUnmet     Show = "unmet"
	ShowUnknown   Show = "unknown"
	ShowReady     Show = "ready"
	ShowPreparing Show = "preparing"
	ShowTrial     Show = "trial"
	ShowOfficial  Show = "official"
)

// Shows are all choices, in the order in which they are offered.
var Shows = []Show{ShowLate, ShowUnmet, ShowUnknown, ShowReady, ShowPreparing, ShowTrial, ShowOfficial, ShowAll}

// longestCode is the most characters of a code in an address.
const longestCode = 40

// Read is the state that an address says; what it says wrongly is left out: days to come,
// unknown metrics, a phase that is no number. today is the current day of the city.
func Read(query func(string) string, today string) State {
	code := func(name string) string {
		v := strings.Clone(query(name))
		if len(v) > longestCode || strings.ContainsFunc(v, func(r rune) bool {
			return !(r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r == '-' || r == '_' || r == '.')
		}) {
			return ""
		}
		return v
	}
	s := State{Programme: code("programme"), Unit: code("unit"), On: pastDay(query("on"), today), With: pastDay(query("with"), ""), A: code("a"), B: code("b")}
	if n, err := strconv.Atoi(query("phase")); err == nil && n >= 0 && n < 100 {
		s.Phase = strconv.Itoa(n)
	}
	if s.With > today {
		s.With = ""
	}
	if m, ok := metric.Find(metric.Key(query("metric"))); ok {
		s.Metric = m.Key
	}
	for _, one := range Shows {
		if query("show") == string(one) {
			s.Show = one
		}
	}
	return s
}

// pastDay is a day before today, written as days are; empty when it is none. With an
// empty today every day is.
func pastDay(day, today string) string {
	at, err := clock.ParseDate(day)
	if err != nil {
		return ""
	}
	if day = clock.Date(at); today != "" && day >= today {
		return ""
	}
	return day
}

// At is the address of a board with this state; what a path says itself is left out of
// the query by whoever calls.
func (s State) At(path string) string {
	q := s.query().Encode()
	if q == "" {
		return path
	}
	return path + "?" + q
}

func (s State) query() url.Values {
	q := url.Values{}
	for name, v := range map[string]string{"programme": s.Programme, "unit": s.Unit, "phase": s.Phase, "on": s.On, "with": s.With,
		"metric": string(s.Metric), "show": string(s.Show), "a": s.A, "b": s.B} {
		if v != "" {
			q.Set(name, v)
		}
	}
	return q
}

// Day is the day that the board is about: the past one that was asked for, or today.
func (s State) Day(today string) string {
	if s.On != "" {
		return s.On
	}
	return today
}

// lasting is what follows the reader from one board to the next: programme and day.
func (s State) lasting() State {
	return State{Programme: s.Programme, On: s.On, With: s.With}
}

// district is the address of a district's board.
func (s State) district(code string) string {
	return s.lasting().At(Home + "/districts/" + url.PathEscape(code))
}

// communes is the address of a list of communes of a unit.
func (s State) communes(unit string, show Show) string {
	to := s.lasting()
	to.With, to.Unit, to.Show, to.Phase = "", unit, show, s.Phase
	return to.At(Home + "/communes")
}

// theme is the address of a theme's board of a unit.
func (s State) theme(name, unit string, key metric.Key) string {
	to := s.lasting()
	to.Unit, to.Metric = unit, key
	return to.At(Home + "/" + name)
}

package score

import (
	"slices"
	"time"

	"lotrinh/internal/kit/fault"
)

// Rules are the numbers of articles 13 to 15: what the circular says, and what it leaves
// to who applies it. They are data: a version counts from its day on.
type Rules struct {
	Early    int64       `json:"early"`    // minutes; an end earlier than this before the due moment is early
	Contacts [2]int64    `json:"contacts"` // times to come back: at most so many for 2 points, and for 1
	Agencies [2]int64    `json:"agencies"` // offices dealt with: at most so many for 2 points, and for 1
	OneStop  [2]int64    `json:"one_stop"` // percent of procedures at the one-stop unit: at least so many for 2, and for 1
	Feedback [2]int64    `json:"feedback"` // percent answered, likewise
	Offered  int64       `json:"offered"`  // percent of procedures offered online that 2 points of Online need
	Used     [2]int64    `json:"used"`     // percent of dossiers filed online, for 2 points and for 1
	Weights  [9]int64    `json:"weights"`  // how often each indicator counts, in their order; 0 leaves it out of the sum
	Officer  []Indicator `json:"officer"`  // what makes an officer's sum
	Unit     [4]int64    `json:"unit"`     // least sums of the bands of a unit, best first, in tenths, where all indicators count once
	Person   [2]int64    `json:"person"`   // least sums of the bands of an officer, likewise
}

// Usual are the rules unless an office says otherwise.
var Usual = Rules{Early: 60, Contacts: [2]int64{0, 1}, Agencies: [2]int64{1, 2}, OneStop: [2]int64{100, 80}, Feedback: [2]int64{100, 90}, Offered: 20, Used: [2]int64{30, 15},
	Weights: [9]int64{1, 1, 1, 1, 1, 1, 1, 1, 1}, Officer: []Indicator{Total, Contacts, Attitude}, Unit: [4]int64{150, 120, 90, 60}, Person: [2]int64{50, 35}}

// MostWeight is how often an indicator counts at most.
const MostWeight = 10

// Check tells what is wrong with rules, by the name of the field.
func (r Rules) Check() error {
	var k fault.Check
	k.Need(r.Early >= 0 && r.Early <= 7*24*60, "early", "score.wrong.early")
	for name, b := range map[string][2]int64{"contacts": r.Contacts, "agencies": r.Agencies} {
		k.Need(b[0] >= 0 && b[0] <= b[1] && b[1] <= 50, name, "score.wrong.most")
	}
	for name, b := range map[string][2]int64{"one_stop": r.OneStop, "feedback": r.Feedback, "used": r.Used} {
		k.Need(b[1] >= 0 && b[1] <= b[0] && b[0] <= 100, name, "score.wrong.least")
	}
	k.Need(r.Offered >= 0 && r.Offered <= 100, "offered", "score.wrong.percent")
	for _, w := range r.Weights {
		k.Need(w >= 0 && w <= MostWeight, "weights", "score.wrong.weight", "most", MostWeight)
	}
	k.Need(slices.Max(r.Weights[:]) > 0, "weights", "score.wrong.no_weight")
	k.Need(len(r.Officer) > 0, "officer", "score.wrong.officer")
	seen := map[Indicator]bool{}
	for _, i := range r.Officer {
		k.Need(i >= Total && i <= Online && !seen[i] && slices.Contains(OfDossiers, i), "officer", "score.wrong.officer")
		seen[i] = true
	}
	k.Need(falls(r.Unit[:], int64(len(Indicators))*Most*10), "unit", "score.wrong.bands")
	k.Need(falls(r.Person[:], int64(len(r.Officer))*Most*10), "person", "score.wrong.bands")
	return k.Err()
}

// falls tells whether bounds go down, all above nothing and none beyond the top.
func falls(bounds []int64, top int64) bool {
	for i, b := range bounds {
		if b <= 0 || b > top || i > 0 && b >= bounds[i-1] {
			return false
		}
	}
	return true
}

// Weight is how often an indicator counts.
func (r Rules) Weight(i Indicator) int64 { return r.Weights[i-1] }

// TimingOf is how an end lies to its due moment; Unknown when either is missing.
func (r Rules) TimingOf(end, due time.Time) Timing {
	switch {
	case end.IsZero() || due.IsZero():
		return Unknown
	case end.After(due):
		return Late
	case due.Sub(end) > time.Duration(r.Early)*time.Minute:
		return Early
	}
	return OnTime
}

// Dated is rules with the day from which they count: "2017-01-01", or "" since ever.
type Dated struct {
	From  string
	Rules Rules
}

// Book is dated rules.
type Book []Dated

// At is the rules that count on a day.
func (b Book) At(day string) Rules {
	r, from := Usual, ""
	for _, d := range b {
		if d.From <= day && d.From >= from {
			r, from = d.Rules, d.From
		}
	}
	return r
}

// Span is one part of a dossier that an office did: when it ended and when it should have.
type Span struct {
	End, Due time.Time
}

// Parts are the timings of the offices that took part in a dossier: the commune first,
// then each partner. The time by which partners overran is not the commune's.
func (r Rules) Parts(whole Span, partners ...Span) []Timing {
	var over time.Duration
	for _, p := range partners {
		if !p.Due.IsZero() && p.End.After(p.Due) {
			over = max(over, p.End.Sub(p.Due)) // they work beside each other
		}
	}
	end := whole.End
	if !end.IsZero() {
		end = end.Add(-over)
	}
	all := []Timing{r.TimingOf(end, whole.Due)}
	for _, p := range partners {
		all = append(all, r.TimingOf(p.End, p.Due))
	}
	return all
}

package score

import "time"

// Indicator is one of the nine of article 13.
type Indicator int

// The indicators in the order of the circular.
const (
	Total     Indicator = iota + 1 // 1: time of the whole dossier against the term
	Part                           // 2: time of each office that took part
	Contacts                       // 3: how often the citizen had to come back to complete it
	Agencies                       // 4: with how many offices the citizen had to deal
	OneStop                        // 5: share of procedures that the one-stop unit takes
	Publicity                      // 6: procedures made public as they must be
	Attitude                       // 7: how people were treated, as they said
	Feedback                       // 8: complaints and proposals answered
	Online                         // 9: services online, and used
)

// Indicators are all nine.
var Indicators = []Indicator{Total, Part, Contacts, Agencies, OneStop, Publicity, Attitude, Feedback, Online}

// Most is the most points of one indicator.
const Most = 2

// Timing is how an end lies to its due moment.
type Timing int

// The timings; the zero value is not known, so not counted.
const (
	Unknown Timing = iota
	Early
	OnTime
	Late
)

// points are what a timing is worth.
func (t Timing) points() (int64, bool) {
	switch t {
	case Early:
		return 2, true
	case OnTime:
		return 1, true
	case Late:
		return 0, true
	}
	return 0, false
}

// Rules are what the circular leaves to who applies it.
type Rules struct {
	Grain    time.Duration // an end earlier than this before the due moment is early
	OneStop2 int64         // percent of procedures at the one-stop unit for 2 points
	OneStop1 int64         // and for 1 point
	Officer  []Indicator   // what makes an officer's sum
}

// Usual are the rules unless an office says otherwise.
var Usual = Rules{Grain: time.Hour, OneStop2: 100, OneStop1: 80, Officer: []Indicator{Total, Contacts, Attitude}}

// TimingOf is how an end lies to its due moment; Unknown when either is missing.
func (r Rules) TimingOf(end, due time.Time) Timing {
	switch {
	case end.IsZero() || due.IsZero():
		return Unknown
	case end.After(due):
		return Late
	case due.Sub(end) > r.Grain:
		return Early
	}
	return OnTime
}

// Facts are what is known of a finished dossier. Below zero is not known.
type Facts struct {
	Whole     Timing
	Parts     []Timing // one for each office or step that took part
	Contacts  int      // times that the citizen had to come back to complete it
	Agencies  int      // offices that the citizen had to deal with; the one-stop unit is 1
	Publicity int      // 0 to 2, as the citizen said
	Attitude  int      // 0 to 2, as the citizen said
}

// NoFacts is a dossier of which nothing is known.
var NoFacts = Facts{Contacts: -1, Agencies: -1, Publicity: -1, Attitude: -1}

// Dossier is the tally of one dossier: each indicator that is known once, indicator 2
// once for each part.
func Dossier(f Facts) Tally {
	t := Tally{}
	if p, ok := f.Whole.points(); ok {
		t.add(Total, p)
	}
	for _, part := range f.Parts {
		if p, ok := part.points(); ok {
			t.add(Part, p)
		}
	}
	if f.Contacts >= 0 {
		t.add(Contacts, max(0, 2-int64(f.Contacts)))
	}
	if f.Agencies >= 1 {
		t.add(Agencies, max(0, 3-int64(f.Agencies)))
	}
	for _, said := range []struct {
		of Indicator
		n  int
	}{{Publicity, f.Publicity}, {Attitude, f.Attitude}} {
		if said.n >= 0 {
			t.add(said.of, min(int64(said.n), Most))
		}
	}
	return t
}

// Sum is points and what they were given for.
type Sum struct {
	Points, N int64
}

// Tally is the sums of indicators; a missing one has no data.
type Tally map[Indicator]Sum

func (t Tally) add(i Indicator, points int64) {
	s := t[i]
	t[i] = Sum{s.Points + points, s.N + 1}
}

// Plus is both tallies together.
func (t Tally) Plus(o Tally) Tally {
	all := Tally{}
	for _, one := range []Tally{t, o} {
		for i, s := range one {
			have := all[i]
			all[i] = Sum{have.Points + s.Points, have.N + s.N}
		}
	}
	return all
}

// Unit is what is known of a unit beside its dossiers. Below zero is not known.
type Unit struct {
	AtOneStop, Procedures int64 // procedures that the one-stop unit takes, of all
	Answered, Feedback    int64 // complaints and proposals answered, of all that came; 0 of 0 is no data
	OnlineProcedures      int64 // of Procedures, those of level 3 or 4
	OnlineFiles, Files    int64 // dossiers filed online, of all in those procedures
	OnlineLate            int64 // of OnlineFiles, those that ended late
}

// tally is the indicators that only a whole unit has.
func (u Unit) tally(r Rules) Tally {
	t := Tally{}
	if u.Procedures > 0 && u.AtOneStop >= 0 {
		t.add(OneStop, band(u.AtOneStop, u.Procedures, r.OneStop2, r.OneStop1))
	}
	if u.Feedback > 0 && u.Answered >= 0 {
		t.add(Feedback, band(u.Answered, u.Feedback, 100, 90))
	}
	if u.Procedures > 0 && u.Files > 0 {
		t.add(Online, u.online())
	}
	return t
}

// online is indicator 9: two points when a fifth of the procedures is offered, three
// tenths of the files came that way and none ended late; one from 15 of a hundred.
func (u Unit) online() int64 {
	switch {
	case reaches(u.OnlineProcedures, u.Procedures, 20) && reaches(u.OnlineFiles, u.Files, 30) && u.OnlineLate == 0:
		return 2
	case reaches(u.OnlineFiles, u.Files, 15):
		return 1
	}
	return 0
}

func band(n, of, two, one int64) int64 {
	switch {
	case reaches(n, of, two):
		return 2
	case reaches(n, of, one):
		return 1
	}
	return 0
}

// reaches tells whether n of all is at least so many percent.
func reaches(n, of, percent int64) bool { return n*100 >= of*percent }

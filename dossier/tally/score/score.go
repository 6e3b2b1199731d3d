package score

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

// OfDossiers are those that every dossier has: what an officer can be measured by.
var OfDossiers = []Indicator{Total, Part, Contacts, Agencies, Publicity, Attitude}

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
func (r Rules) Dossier(f Facts) Tally {
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
		t.add(Contacts, most(int64(f.Contacts), r.Contacts))
	}
	if f.Agencies >= 1 {
		t.add(Agencies, most(int64(f.Agencies), r.Agencies))
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
	AtOneStop, Authority int64 // procedures that the one-stop unit takes, of all that are the unit's
	Answered, Feedback   int64 // complaints and proposals answered, of all that came; 0 of 0 is no data
	Procedures           int64 // procedures in force that dossiers are filed for
	OnlineProcedures     int64 // of Procedures, those of level 3 or 4
	OnlineFiles, Files   int64 // dossiers filed online, of all in those procedures
	OnlineLate           int64 // of OnlineFiles, those that ended late
}

// tally is the indicators that only a whole unit has.
func (u Unit) tally(r Rules) Tally {
	t := Tally{}
	if u.Authority > 0 && u.AtOneStop >= 0 {
		t.add(OneStop, band(u.AtOneStop, u.Authority, r.OneStop))
	}
	if u.Feedback > 0 && u.Answered >= 0 {
		t.add(Feedback, band(u.Answered, u.Feedback, r.Feedback))
	}
	if u.Procedures > 0 && u.Files > 0 {
		t.add(Online, r.online(u))
	}
	return t
}

// online is indicator 9: two points when enough of the procedures is offered, enough of
// the files came that way and none ended late; one when fewer came.
func (r Rules) online(u Unit) int64 {
	switch {
	case reaches(u.OnlineProcedures, u.Procedures, r.Offered) && reaches(u.OnlineFiles, u.Files, r.Used[0]) && u.OnlineLate == 0:
		return 2
	case reaches(u.OnlineFiles, u.Files, r.Used[1]):
		return 1
	}
	return 0
}

// band is the points of a share: at least so many percent for two, and for one.
func band(n, of int64, percent [2]int64) int64 {
	switch {
	case reaches(n, of, percent[0]):
		return 2
	case reaches(n, of, percent[1]):
		return 1
	}
	return 0
}

// most is the points of a count: at most so many for two, and for one.
func most(n int64, bound [2]int64) int64 {
	switch {
	case n <= bound[0]:
		return 2
	case n <= bound[1]:
		return 1
	}
	return 0
}

// reaches tells whether n of all is at least so many percent.
func reaches(n, of, percent int64) bool { return n*100 >= of*percent }

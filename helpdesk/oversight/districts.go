package oversight

import (
	"context"
	"slices"
	"strings"

	"lotrinh/helpdesk"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/org"
)

// Rated names the figures of satisfaction that another room keeps: how many answered,
// and the sum of their scores.
type Rated struct{ Answers, Score string }

// Deps is what the room stands on.
type Deps struct {
	Business clock.Clock
	Desk     *helpdesk.Service
	Units    helpdesk.Units
	Rated    Rated
}

// Service is the room.
type Service struct{ Deps }

// New is the room.
func New(d Deps) *Service { return &Service{d} }

// Stand is how the tickets of a district stand: now, and in the months looked at.
type Stand struct {
	Code, Name       string
	Open, Late       int64
	Paused           map[string]int64 // by whom they wait for
	Opened, Reopened int64
	Answered         int64 // first answers within the promise
	AnsweredLate     int64
	Rated, Score     int64 // how many said what they think, and the sum of it
}

// add sums up.
func (s *Stand) add(o Stand) {
	s.Open, s.Late, s.Opened, s.Reopened = s.Open+o.Open, s.Late+o.Late, s.Opened+o.Opened, s.Reopened+o.Reopened
	s.Answered, s.AnsweredLate, s.Rated, s.Score = s.Answered+o.Answered, s.AnsweredLate+o.AnsweredLate, s.Rated+o.Rated, s.Score+o.Score
	for party, n := range o.Paused {
		s.Paused[party] += n
	}
}

// Waiting is how many tickets are paused.
func (s Stand) Waiting() (n int64) {
	for _, one := range s.Paused {
		n += one
	}
	return n
}

// lookBack is how many months the flow is looked at, this one included.
const lookBack = 3

// looks tells whether somebody may look at the figures at all.
func looks(who access.Actor) error {
	if who.May(helpdesk.Work) {
		return nil
	}
	return who.Need(helpdesk.Read)
}

func covers(who access.Actor, unit string) bool {
	return who.Covers(helpdesk.Read, unit) || who.Covers(helpdesk.Work, unit)
}

// Districts are the districts that the reader may see, in the order of the tree, and
// their sum.
func (s *Service) Districts(ctx context.Context, who access.Actor) ([]Stand, Stand, error) {
	total := Stand{Paused: map[string]int64{}}
	if err := looks(who); err != nil {
		return nil, total, err
	}
	tree, err := s.Units.Tree(ctx, s.Business.Now())
	if err != nil {
		return nil, total, err
	}
	by := map[string]*Stand{}
	of := func(unit string) *Stand {
		code := tree.District(unit)
		if by[code] == nil {
			by[code] = &Stand{Code: code, Name: tree.Place(code), Paused: map[string]int64{}}
		}
		return by[code]
	}
	for _, u := range tree.Districts() {
		if covers(who, u.Code) {
			of(u.Code)
		}
	}
	if err := s.fill(ctx, who, of); err != nil {
		return nil, total, err
	}
	return ordered(tree.Districts(), by, &total), total, nil
}

// Communes are the communes of a district, those without a ticket too, in the order of
// the tree, the district's own tickets last, and their sum. A district that the reader
// may not see is Missing.
func (s *Service) Communes(ctx context.Context, who access.Actor, district string) (org.Unit, []Stand, Stand, error) {
	total := Stand{Paused: map[string]int64{}}
	if err := looks(who); err != nil {
		return org.Unit{}, nil, total, err
	}
	tree, err := s.Units.Tree(ctx, s.Business.Now())
	if err != nil {
		return org.Unit{}, nil, total, err
	}
	u, found := tree.Unit(district)
	if !found || u.Level != org.District || !covers(who, district) {
		return org.Unit{}, nil, total, fault.New(fault.Missing, "fault.missing")
	}
	by, elsewhere := map[string]*Stand{}, &Stand{Paused: map[string]int64{}}
	of := func(unit string) *Stand {
		if tree.District(unit) != district {
			return elsewhere
		}
		if by[unit] == nil {
			by[unit] = &Stand{Code: unit, Name: tree.Name(unit), Paused: map[string]int64{}}
		}
		return by[unit]
	}
	communes := tree.Communes(district)
	for _, c := range communes {
		of(c.Code)
	}
	if err := s.fill(ctx, who, of); err != nil {
		return u, nil, total, err
	}
	return u, ordered(communes, by, &total), total, nil
}

func (s *Service) fill(ctx context.Context, who access.Actor, of func(string) *Stand) error {
	loads, err := s.Desk.Loads(ctx, who)
	if err != nil {
		return err
	}
	for unit, l := range loads {
		d := of(unit)
		d.Open, d.Late = d.Open+l.Open, d.Late+l.Late
	}
	paused, err := s.Desk.Paused(ctx, who)
	if err != nil {
		return err
	}
	for unit, by := range paused {
		for party, n := range by {
			of(unit).Paused[party] += n
		}
	}
	from := helpdesk.Month(s.Business.Now().AddDate(0, 1-lookBack, 0))
	flows, err := s.Desk.Flows(ctx, who, from, "")
	if err != nil {
		return err
	}
	for unit, f := range flows {
		of(unit).add(Stand{Opened: f[helpdesk.FlowOpened], Reopened: f[helpdesk.FlowReopened], Answered: f[helpdesk.FlowAnswered], AnsweredLate: f[helpdesk.FlowAnsweredLate]})
	}
	if s.Rated == (Rated{}) {
		return nil
	}
	answers, err := s.Desk.ByUnit(ctx, who, s.Rated.Answers, from, "")
	if err != nil {
		return err
	}
	scores, err := s.Desk.ByUnit(ctx, who, s.Rated.Score, from, "")
	for unit, n := range answers {
		of(unit).add(Stand{Rated: n, Score: scores[unit]})
	}
	return err
}

// ordered are the stands in the order of the units; what is none of them comes last.
func ordered(units []org.Unit, by map[string]*Stand, total *Stand) []Stand {
	place := map[string]int{}
	for i, u := range units {
		place[u.Code] = i + 1
	}
	var all []Stand
	for _, d := range by {
		total.add(*d)
		all = append(all, *d)
	}
	slices.SortFunc(all, func(a, b Stand) int {
		x, y := place[a.Code], place[b.Code]
		if x == 0 || y == 0 {
			return (y - x) // a place in the tree before none
		}
		if x != y {
			return x - y
		}
		return strings.Compare(a.Code, b.Code)
	})
	return all
}

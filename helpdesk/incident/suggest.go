package incident

import (
	"context"
	"slices"
	"time"

	"lotrinh/helpdesk"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/alike"
	"lotrinh/internal/kit/ident"
)

// Suggestion is a running incident that somebody may be telling of.
type Suggestion struct {
	Incident
	Score float64 // 0 to 1; 0 when nothing was said yet and the unit is hit
	Here  bool    // the unit is among those that it hits
}

// How much likelier an incident is for its service and for a unit that it hits.
const (
	sameService = 0.1
	sameUnit    = 0.05
)

// mostSuggested is how many suggestions are made.
const mostSuggested = 3

// titlesOf is how many of the newest tickets of running incidents tell how people put it.
const titlesOf = 100

// Suggest is the running incidents that a report of a unit may belong to, the likeliest
// first: by words in common with the incident or with a ticket that belongs to it,
// marks aside, and by the service. Without words it is what hits the unit. It costs
// three queries whatever there is: for the phone and for every pause in typing.
func (s *Service) Suggest(ctx context.Context, unit string, service helpdesk.Category, words ...string) ([]Suggestion, error) {
	all, err := s.running(ctx)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	ids := make([]ident.ID, len(all))
	for i, inc := range all {
		ids[i] = inc.ID
	}
	titles, err := s.Desk.Titles(ctx, ids, titlesOf)
	if err != nil {
		return nil, err
	}
	here, err := s.hitting(ctx, ids, unit)
	if err != nil {
		return nil, err
	}
	typed := alike.Of(words...)
	var out []Suggestion
	for _, inc := range all {
		one := Suggestion{Incident: inc, Here: inc.Everywhere || here[inc.ID]}
		if !typed.Empty() {
			one.Score = near(typed, inc, titles[inc.ID])
			if service == inc.Service {
				one.Score += sameService
			}
			if one.Here {
				one.Score += sameUnit
			}
		}
		if typed.Empty() && unit != "" && one.Here || one.Score >= alike.Near {
			out = append(out, one)
		}
	}
	slices.SortStableFunc(out, func(a, b Suggestion) int {
		switch {
		case a.Score > b.Score:
			return -1
		case a.Score < b.Score:
			return 1
		}
		return 0
	})
	return out[:min(len(out), mostSuggested)], nil
}

// near is how alike words are to an incident, as it is called or as somebody put it.
func near(typed alike.Text, inc Incident, titles []string) float64 {
	best := max(typed.Score(alike.Of(inc.Title)), typed.Score(alike.Of(inc.Title, inc.Known)))
	for _, t := range titles {
		best = max(best, typed.Score(alike.Of(t)))
	}
	return best
}

// hitting tells which of the things name a unit among those that they hit.
func (s *Service) hitting(ctx context.Context, things []ident.ID, units ...string) (map[ident.ID]bool, error) {
	of, err := reachesOf(ctx, s.DB.Read(), things, units)
	out := map[ident.ID]bool{}
	for _, id := range of {
		out[id] = true
	}
	return out, err
}

// The span in which reports are held against each other, and how many are looked at.
const (
	lately     = 24 * time.Hour
	mostLately = 400
)

// maybe are open tickets of the last day that may tell of an incident.
func (s *Service) maybe(ctx context.Context, who access.Actor, inc Incident, linked []helpdesk.Ticket) ([]helpdesk.Ticket, error) {
	rows, err := s.Desk.Unlinked(ctx, who, s.Business.Now().Add(-lately), mostLately)
	if err != nil {
		return nil, err
	}
	var titles []string
	for _, t := range linked[:min(len(linked), titlesOf)] {
		titles = append(titles, t.Title)
	}
	var out []helpdesk.Ticket
	for _, t := range rows {
		score := near(alike.Of(t.Title), inc, titles)
		if t.Service == inc.Service {
			score += sameService
		}
		if score >= alike.Near {
			out = append(out, t)
		}
	}
	return out, nil
}

// A group of tickets is offered as an incident from so many tickets of so many communes.
const (
	groupTickets = 4
	groupUnits   = 3
)

// Cluster is open tickets of the last day that may have one cause and no incident.
type Cluster struct {
	Tickets []helpdesk.Ticket // the newest first
	Units   int
}

// Clusters are what the lead may want to declare, the largest first.
func (s *Service) Clusters(ctx context.Context, who access.Actor) ([]Cluster, error) {
	if !who.May(Lead) {
		return nil, nil
	}
	rows, err := s.Desk.Unlinked(ctx, who, s.Business.Now().Add(-lately), mostLately)
	if err != nil {
		return nil, err
	}
	texts := make([]alike.Text, len(rows))
	for i, t := range rows {
		texts[i] = alike.Of(t.Title)
	}
	var out []Cluster
	for _, g := range alike.Groups(texts) {
		var c Cluster
		units := map[string]bool{}
		for _, i := range g {
			c.Tickets = append(c.Tickets, rows[i])
			units[rows[i].Unit] = true
		}
		if c.Units = len(units); len(c.Tickets) >= groupTickets && c.Units >= groupUnits {
			out = append(out, c)
		}
	}
	return out, nil
}

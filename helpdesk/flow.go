package helpdesk

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/figures"
	"lotrinh/internal/kit/ident"
)

// The figures of how work flows. Each is a function of a ticket's row, so that a
// change counts what it was back and what it is on, and counting anew proves it.
const (
	FigureFlow   = "helpdesk.flow"   // by unit, month and what
	FigureTeam   = "helpdesk.team"   // by group, service and what (the dimension) and week, for the whole city
	FigureOwn    = "helpdesk.own"    // by owner and what (the dimension) and month, for the whole city
	FigurePaused = "helpdesk.paused" // by unit and whom it waits for, now
)

// What FigureFlow, FigureTeam and FigureOwn count. The month or week is that of the
// opening, of the first answer, or of the resolution; reopenings count with the opening.
const (
	FlowOpened       = "opened"
	FlowReopened     = "reopened"
	FlowAnswered     = "answered"      // within the promise
	FlowAnsweredLate = "answered_late" // after it
	FlowResolved     = "resolved"
	FlowResolvedLate = "resolved_late"
)

// happening is something that counts, and when it happened.
type happening struct {
	what string
	at   time.Time
	n    int64
}

// happenings are what has happened to a ticket as its row tells.
func (t Ticket) happenings() []happening {
	all := []happening{{FlowOpened, t.OpenedAt, 1}}
	if t.Reopened > 0 {
		all = append(all, happening{FlowReopened, t.OpenedAt, t.Reopened})
	}
	kept := func(good, late string, at, due *time.Time) {
		switch {
		case at == nil:
		case Kept(*at, due):
			all = append(all, happening{good, *at, 1})
		default:
			all = append(all, happening{late, *at, 1})
		}
	}
	kept(FlowAnswered, FlowAnsweredLate, t.AnsweredAt, t.AnswerDue)
	kept(FlowResolved, FlowResolvedLate, t.ResolvedAt, t.ResolveDue)
	return all
}

// Kept tells whether what was promised until due, if anything was, was done in time.
func Kept(at time.Time, due *time.Time) bool {
	return due == nil || !due.Before(at.Truncate(time.Second))
}

// Month is the first day of a moment's month in the city, as figures keep it.
func Month(at time.Time) string {
	y, m, _ := at.In(clock.City).Date()
	return clock.Date(time.Date(y, m, 1, 0, 0, 0, 0, clock.City))
}

// Week is the Monday of a moment's week in the city, as figures keep it.
func Week(at time.Time) string {
	t := at.In(clock.City)
	y, m, d := t.Date()
	return clock.Date(time.Date(y, m, d-(int(t.Weekday())+6)%7, 0, 0, 0, 0, clock.City))
}

// flow is what a ticket's row counts as, sign times.
func (t Ticket) flow(sign int64) []figures.Value {
	if t.ID == "" {
		return nil
	}
	var all []figures.Value
	for _, h := range t.happenings() {
		n := sign * h.n
		all = append(all, figures.Value{Name: FigureFlow, Unit: t.Unit, Dim: h.what, Day: Month(h.at), N: n},
			figures.Value{Name: FigureTeam, Dim: string(t.Group) + "/" + string(t.Service) + "/" + h.what, Day: Week(h.at), N: n})
		if t.Owner != "" {
			all = append(all, figures.Value{Name: FigureOwn, Dim: string(t.Owner) + "/" + h.what, Day: Month(h.at), N: n})
		}
	}
	if t.Phase == Waiting {
		all = append(all, figures.Value{Name: FigurePaused, Unit: t.Unit, Dim: string(t.WaitsFor), N: sign})
	}
	return all
}

// countFlow counts one of the figures of flow anew.
func countFlow(name string) figures.Compute {
	return func(ctx context.Context, from bun.IDB) ([]figures.Value, error) {
		var rows []Ticket
		err := from.NewSelect().Model(&rows).Column("id", "unit", "grp", "service", "owner", "phase", "waits_for", "reopened", "opened_at",
			"answered_at", "answer_due", "resolved_at", "resolve_due").Scan(ctx)
		if err != nil {
			return nil, db.Sorted(err)
		}
		var all []figures.Value
		for _, t := range rows {
			for _, v := range t.flow(1) {
				if v.Name == name {
					all = append(all, v)
				}
			}
		}
		return all, nil
	}
}

// Flow is how work flowed in one unit, by what.
type Flow map[string]int64

// Flows are how work flowed in the units that the actor may read, from a month until
// another, excluded: one query.
func (s *Service) Flows(ctx context.Context, who access.Actor, from, until string) (map[string]Flow, error) {
	return s.byUnit(ctx, who, figures.Ask{Names: []string{FigureFlow}, From: from, Until: until})
}

// Paused is for whom tickets wait, in the units that the actor may read: one query.
func (s *Service) Paused(ctx context.Context, who access.Actor) (map[string]Flow, error) {
	return s.byUnit(ctx, who, figures.Ask{Names: []string{FigurePaused}})
}

// ByUnit reads a figure that another room keeps, in the units that the actor may read.
func (s *Service) ByUnit(ctx context.Context, who access.Actor, name, from, until string) (map[string]int64, error) {
	everywhere, units := reach(who)
	if !everywhere && len(units) == 0 {
		return map[string]int64{}, nil
	}
	ask := figures.Ask{Names: []string{name}, From: from, Until: until}
	if !everywhere {
		ask.Units = units
	}
	return figures.ByUnit(ctx, s.DB.Read(), ask)
}

func (s *Service) byUnit(ctx context.Context, who access.Actor, ask figures.Ask) (map[string]Flow, error) {
	all := map[string]Flow{}
	everywhere, units := reach(who)
	if !everywhere && len(units) == 0 {
		return all, nil
	}
	if !everywhere {
		ask.Units = units
	}
	rows, err := figures.Read(ctx, s.DB.Read(), ask)
	for _, r := range rows {
		if all[r.Unit] == nil {
			all[r.Unit] = Flow{}
		}
		all[r.Unit][r.Dim] += r.N
	}
	return all, err
}

// TeamFlow is how work flowed in the whole city, week by week: by group, service and what.
func (s *Service) TeamFlow(ctx context.Context, who access.Actor, from, until string) ([]figures.Value, error) {
	if everywhere, _ := reach(who); !everywhere {
		return nil, who.Need(Read)
	}
	return figures.Read(ctx, s.DB.Read(), figures.Ask{Names: []string{FigureTeam}, From: from, Until: until})
}

// Own is how the actor's own work flowed, month by month; nobody reads another's.
func (s *Service) Own(ctx context.Context, who access.Actor, from, until string) ([]figures.Value, error) {
	if err := who.Need(Work); err != nil {
		return nil, err
	}
	var dims []string
	for _, what := range []string{FlowOpened, FlowReopened, FlowAnswered, FlowAnsweredLate, FlowResolved, FlowResolvedLate} {
		dims = append(dims, ownDim(who.ID, what))
	}
	rows, err := figures.Read(ctx, s.DB.Read(), figures.Ask{Names: []string{FigureOwn}, Dims: dims, From: from, Until: until})
	for i := range rows {
		rows[i].Dim = rows[i].Dim[len(who.ID)+1:]
	}
	return rows, err
}

func ownDim(who ident.ID, what string) string { return string(who) + "/" + what }

// Aged is how many open tickets are of an age, and of those over due.
type Aged struct{ Open, Late int64 }

// Ages are how long open tickets have been open, by group: under a day, under a week,
// under a month, longer. It reads open tickets only.
func (s *Service) Ages(ctx context.Context, who access.Actor) (map[Group][4]Aged, error) {
	all := map[Group][4]Aged{}
	now := s.Business.Now()
	var rows []struct {
		Grp  Group
		Age  int
		N    int64
		Late int64
	}
	err := s.DB.Read().NewSelect().TableExpr("ticket AS ti").ColumnExpr("ti.grp").
		ColumnExpr("CASE WHEN ti.opened_at >= ? THEN 0 WHEN ti.opened_at >= ? THEN 1 WHEN ti.opened_at >= ? THEN 2 ELSE 3 END AS age",
			now.AddDate(0, 0, -1), now.AddDate(0, 0, -7), now.AddDate(0, -1, 0)).ColumnExpr("count(*) AS n").
		ColumnExpr("sum(CASE WHEN ti.phase = ? AND ti.sort_at < ? THEN 1 ELSE 0 END) AS late", InWork, now).
		Where("ti.phase IN (?)", bun.List([]Phase{InWork, Waiting, Asleep})).Apply(within(who)).GroupExpr("1, 2").Scan(ctx, &rows)
	for _, r := range rows {
		ages := all[r.Grp]
		ages[r.Age] = Aged{r.N, r.Late}
		all[r.Grp] = ages
	}
	return all, db.Sorted(err)
}

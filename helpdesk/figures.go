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

// The names of our figures.
const (
	FigureTickets = "helpdesk.tickets" // how many there are now, by unit and the dimensions below
	FigureOpened  = "helpdesk.opened"  // opened, by unit and day
)

// The dimensions of FigureTickets: the phases. What is open is counted on the board.
const (
	dimWork  = "work"
	dimHold  = "hold"
	dimDone  = "done"
	dimSleep = "asleep"
)

// figures are the changes of counters between before and now.
func (a *action) figures() []figures.Value {
	var all []figures.Value
	if a.before.ID != "" {
		all = append(all, figures.Value{Name: FigureTickets, Unit: a.before.Unit, Dim: string(a.before.Phase), N: -1})
	}
	all = append(all, figures.Value{Name: FigureTickets, Unit: a.t.Unit, Dim: string(a.t.Phase), N: 1})
	day := clock.Date(a.now)
	if a.before.ID == "" {
		all = append(all, figures.Value{Name: FigureOpened, Unit: a.t.Unit, Day: day, N: 1})
	}
	return append(append(all, a.before.flow(-1)...), a.t.flow(1)...)
}

// Counts are the numbers beside the views of the queue.
type Counts struct {
	Mine, Free, Work, Late, Hold, Sleep, Done int64
	Groups                                    map[Group]int64
}

// Counts are the numbers of the actor's views: what is open from the board, what is
// done from its maintained counter.
func (s *Service) Counts(ctx context.Context, who access.Actor) (Counts, error) {
	c := Counts{Groups: map[Group]int64{}}
	everywhere, units := reach(who)
	if !everywhere && len(units) == 0 {
		return c, nil
	}
	ask := figures.Ask{Names: []string{FigureTickets}, Dims: []string{dimDone}}
	if !everywhere {
		ask.Units = units
	}
	sum, err := figures.Totals(ctx, s.DB.Read(), ask)
	if err != nil {
		return c, err
	}
	c.Done = sum[dimDone]
	within := Filter{}.counter("", who, s.Business.Now())
	return c, s.eachOpen(ctx, func(m *openMark) {
		if within.holds(m) {
			c.add(m, who.ID, within.now)
		}
	})
}

// add counts one open ticket.
func (c *Counts) add(m *openMark, me ident.ID, now time.Time) {
	switch m.Phase {
	case Waiting:
		c.Hold++
	case Asleep:
		c.Sleep++
	case InWork:
		c.Work++
		c.Groups[m.Group]++
		switch m.Owner {
		case "":
			c.Free++
		case me:
			c.Mine++
		}
		if m.SortAt.Before(now) {
			c.Late++
		}
	}
}

// lateOf selects the tickets in work whose next due moment has passed.
func lateOf(from bun.IDB, at time.Time) *bun.SelectQuery {
	return from.NewSelect().TableExpr("ticket AS ti").Where("ti.phase = ?", InWork).Where("ti.sort_at < ?", at)
}

// Load is how many tickets of a unit are open, and of those on hold or over due.
type Load struct {
	Open, Hold, Late int64
}

// Loads is the load of every unit that has any at this moment, two queries whatever
// the number of units: for overviews, reports and the home page.
func (s *Service) Loads(ctx context.Context, who access.Actor) (map[string]Load, error) {
	everywhere, units := reach(who)
	out := map[string]Load{}
	if !everywhere && len(units) == 0 {
		return out, nil
	}
	ask := figures.Ask{Names: []string{FigureTickets}, Dims: []string{dimWork, dimHold, dimSleep}}
	if !everywhere {
		ask.Units = units
	}
	rows, err := figures.Read(ctx, s.DB.Read(), ask)
	if err != nil {
		return nil, err
	}
	for _, r := range rows {
		l := out[r.Unit]
		l.Open += r.N
		if r.Dim == dimHold {
			l.Hold += r.N
		}
		out[r.Unit] = l
	}
	var late []struct {
		Unit string
		N    int64
	}
	err = lateOf(s.DB.Read(), s.Business.Now()).Apply(within(who)).ColumnExpr("ti.unit").ColumnExpr("count(*) AS n").GroupExpr("ti.unit").Scan(ctx, &late)
	for _, r := range late {
		l := out[r.Unit]
		l.Late = r.N
		out[r.Unit] = l
	}
	return out, db.Sorted(err)
}

// ByDistrict is the load of each district's subtree now, by the district's code.
func (s *Service) ByDistrict(ctx context.Context, who access.Actor) (map[string]Load, error) {
	loads, err := s.Loads(ctx, who)
	if err != nil {
		return nil, err
	}
	tree, err := s.Units.Tree(ctx, s.Business.Now())
	if err != nil {
		return nil, err
	}
	out := map[string]Load{}
	for unit, l := range loads {
		code := tree.District(unit)
		sum := out[code]
		out[code] = Load{sum.Open + l.Open, sum.Hold + l.Hold, sum.Late + l.Late}
	}
	return out, nil
}

// CountTickets counts FigureTickets from scratch.
func CountTickets(ctx context.Context, from bun.IDB) ([]figures.Value, error) {
	var rows []struct {
		Unit  string
		Phase Phase
		N     int64
	}
	err := from.NewSelect().TableExpr("ticket AS ti").ColumnExpr("ti.unit, ti.phase, count(*) AS n").GroupExpr("ti.unit, ti.phase").Scan(ctx, &rows)
	all := make([]figures.Value, len(rows))
	for i, r := range rows {
		all[i] = figures.Value{Name: FigureTickets, Unit: r.Unit, Dim: string(r.Phase), N: r.N}
	}
	return all, db.Sorted(err)
}

// CountOpened counts FigureOpened from scratch.
func CountOpened(ctx context.Context, from bun.IDB) ([]figures.Value, error) {
	var rows []struct {
		Unit     string
		OpenedAt time.Time
	}
	if err := from.NewSelect().TableExpr("ticket AS ti").ColumnExpr("ti.unit, ti.opened_at").Scan(ctx, &rows); err != nil {
		return nil, db.Sorted(err)
	}
	all := make([]figures.Value, len(rows))
	for i, r := range rows {
		all[i] = figures.Value{Name: FigureOpened, Unit: r.Unit, Day: clock.Date(r.OpenedAt), N: 1}
	}
	return all, nil
}

// Figures are the figures of this area with the way to count each, for check and rebuild.
func Figures() map[string]figures.Compute {
	return map[string]figures.Compute{FigureTickets: CountTickets, FigureOpened: CountOpened,
		FigureFlow: countFlow(FigureFlow), FigureTeam: countFlow(FigureTeam), FigureOwn: countFlow(FigureOwn), FigurePaused: countFlow(FigurePaused)}
}

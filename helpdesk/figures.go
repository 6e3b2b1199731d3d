package helpdesk

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/figures"
)

// The names of our figures.
const (
	FigureTickets = "helpdesk.tickets" // how many there are now, by unit and the dimensions below
	FigureOpened  = "helpdesk.opened"  // opened, by unit and day
)

// The dimensions of FigureTickets; a group's and an owner's follow their prefix.
const (
	dimWork  = "work"
	dimHold  = "hold"
	dimDone  = "done"
	dimSleep = "asleep"
	dimFree  = "free"
	dimGroup = "group:"
	dimOwner = "owner:"
)

// marks are the dimensions in which a ticket counts.
func (t Ticket) marks() []string {
	if t.ID == "" {
		return nil
	}
	marks := []string{string(t.Phase)}
	if t.Phase == InWork {
		marks = append(marks, dimGroup+string(t.Group))
		if t.Owner == "" {
			marks = append(marks, dimFree)
		} else {
			marks = append(marks, dimOwner+string(t.Owner))
		}
	}
	return marks
}

// figures are the changes of counters between before and now.
func (a *action) figures() []figures.Value {
	var all []figures.Value
	for _, m := range a.before.marks() {
		all = append(all, figures.Value{Name: FigureTickets, Unit: a.before.Unit, Dim: m, N: -1})
	}
	for _, m := range a.t.marks() {
		all = append(all, figures.Value{Name: FigureTickets, Unit: a.t.Unit, Dim: m, N: 1})
	}
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

// Counts reads the maintained counters of the actor's views; late ones are counted
// on the index of open tickets, whose number does not grow with history.
func (s *Service) Counts(ctx context.Context, who access.Actor) (Counts, error) {
	c := Counts{Groups: map[Group]int64{}}
	everywhere, units := reach(who)
	if !everywhere && len(units) == 0 {
		return c, nil
	}
	ask := figures.Ask{Names: []string{FigureTickets}, Dims: []string{dimWork, dimHold, dimSleep, dimDone, dimFree, dimOwner + string(who.ID)}}
	cat, err := s.Catalogue(ctx)
	if err != nil {
		return c, err
	}
	for _, g := range cat.Teams {
		ask.Dims = append(ask.Dims, dimGroup+string(g.Code))
	}
	if !everywhere {
		ask.Units = units
	}
	sum, err := figures.Totals(ctx, s.DB.Read(), ask)
	if err != nil {
		return c, err
	}
	c.Mine, c.Free, c.Work, c.Hold, c.Sleep, c.Done = sum[dimOwner+string(who.ID)], sum[dimFree], sum[dimWork], sum[dimHold], sum[dimSleep], sum[dimDone]
	for _, g := range cat.Teams {
		c.Groups[g.Code] = sum[dimGroup+string(g.Code)]
	}
	err = lateOf(s.DB.Read(), s.Business.Now()).Apply(within(who)).ColumnExpr("count(*)").Scan(ctx, &c.Late)
	return c, db.Sorted(err)
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
		Ticket
		N int64
	}
	err := from.NewSelect().TableExpr("ticket AS ti").ColumnExpr("ti.unit, ti.phase, ti.grp, ti.owner, count(*) AS n").
		GroupExpr("ti.unit, ti.phase, ti.grp, ti.owner").Scan(ctx, &rows)
	if err != nil {
		return nil, db.Sorted(err)
	}
	var all []figures.Value
	for _, r := range rows {
		r.ID = "x"
		for _, m := range r.marks() {
			all = append(all, figures.Value{Name: FigureTickets, Unit: r.Unit, Dim: m, N: r.N})
		}
	}
	return all, nil
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

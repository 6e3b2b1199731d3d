package returns

import (
	"context"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/deadline"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/org"
	"lotrinh/rollout"
	"lotrinh/rollout/ask"
)

// area is how kit packages know us.
const area = "rollout.return"

// People tells who may do a thing at a unit, for notices; an empty unit is the city.
type People interface {
	Holding(ctx context.Context, need access.Perm, unit string) ([]ident.ID, error)
}

// Figures is what the system knows of communes: figures by name and unit of the days
// [from, until), in a number of queries that does not grow with units. What it does not
// know is absent, not zero.
type Figures interface {
	Figures(ctx context.Context, q bun.IDB, names, units []string, from, until time.Time) (map[string]map[string]int64, error)
}

// Deps is what this room stands on.
type Deps struct {
	DB        *db.DB
	Business  clock.Clock
	Calendars deadline.Calendars
	Units     rollout.Units
	People    People
	Figures   Figures
}

// Service is the use cases of periodic returns.
type Service struct {
	Deps
}

// New is the room over its neighbours.
func New(d Deps) *Service { return &Service{Deps: d} }

func (s *Service) tree(ctx context.Context) (*org.Tree, error) {
	return s.Units.Tree(ctx, s.Business.Now())
}

// period is the days of a month up to now: [from, until).
func period(month string, now time.Time) (from, until time.Time) {
	from, err := clock.ParseDate(month + "-01")
	if err != nil {
		return now, now
	}
	until = from.AddDate(0, 1, 0)
	if _, today := clock.Day(now); today.Before(until) {
		until = today
	}
	return from, until
}

// knows is what the system knows for sheets of a round, by unit and the question's key. A
// district knows what its communes and itself have together.
func (s *Service) knows(ctx context.Context, q bun.IDB, month string, forms map[Level]ask.Form, sheets []Sheet) (map[string]map[string]int64, error) {
	var names, units []string
	for _, f := range forms {
		names = append(names, f.Figures()...)
	}
	tree, err := s.tree(ctx)
	if err != nil {
		return nil, err
	}
	for _, x := range sheets {
		if x.Unit != "" {
			units = append(units, tree.Under(x.Unit)...)
		}
	}
	slices.Sort(names)
	slices.Sort(units)
	names, units = slices.Compact(names), slices.Compact(units)
	if len(names) == 0 || len(units) == 0 {
		return nil, nil
	}
	from, until := period(month, s.Business.Now())
	all, err := s.Figures.Figures(ctx, q, names, units, from, until)
	if err != nil {
		return nil, err
	}
	out := map[string]map[string]int64{}
	for _, x := range sheets {
		known := map[string]int64{}
		for _, f := range forms[x.Level].Fields {
			if f.Figure == "" {
				continue
			}
			for _, u := range tree.Under(x.Unit) {
				if n, ok := all[f.Figure][u]; ok {
					known[f.Key] += n
				}
			}
		}
		out[x.Unit] = known
	}
	return out, nil
}

// formsOf are the forms of a round by level, in one query.
func formsOf(ctx context.Context, q bun.IDB, round ident.ID) (map[Level]ask.Form, error) {
	var rows []FormEdition
	err := q.NewSelect().Model(&rows).Where("rf.id IN (SELECT form FROM return_sheet WHERE round = ?)", round).Scan(ctx)
	if err != nil {
		return nil, db.Sorted(err)
	}
	out := map[Level]ask.Form{}
	for _, r := range rows {
		if out[r.Level], err = r.Form(); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// formByID is one edition of a form.
func formByID(ctx context.Context, q bun.IDB, id ident.ID) (ask.Form, error) {
	var row FormEdition
	if err := q.NewSelect().Model(&row).Where("rf.id = ?", id).Scan(ctx); err != nil {
		return ask.Form{}, db.Sorted(err)
	}
	return row.Form()
}

// sheetByID is a sheet within the actor's reach.
func sheetByID(ctx context.Context, q bun.IDB, who access.Actor, id ident.ID, more ...func(*bun.SelectQuery) *bun.SelectQuery) (Sheet, error) {
	var x Sheet
	if err := who.Need(rollout.Read); err != nil {
		return x, err
	}
	sel := q.NewSelect().Model(&x).Where("rs.id = ?", id).Apply(within(who))
	for _, m := range more {
		sel = sel.Apply(m)
	}
	return x, db.Sorted(sel.Scan(ctx))
}

// within keeps sheets to the actor's reach; those of departments belong to no unit and
// are read by whoever reads the whole city.
func within(who access.Actor) func(*bun.SelectQuery) *bun.SelectQuery {
	return who.Within(rollout.Read, "rs.unit")
}

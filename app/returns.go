package app

import (
	"context"
	"io/fs"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/dossier/tally"
	"lotrinh/helpdesk"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/figures"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/outbox"
	"lotrinh/internal/org"
	"lotrinh/rollout/ask/fields"
	"lotrinh/rollout/returns"
)

// followWords are what these rooms say.
var followWords = []fs.FS{fields.Locale, returns.Locale}

// follow is the rooms by which the city follows its communes: periodic returns.
type follow struct {
	Returns *returns.Service
}

// followPerms are the rights of these rooms by role.
var followPerms = map[access.Role]perms{
	org.Planner:             {returns.Check, returns.Manage},
	org.FocalPoint:          {returns.Depart},
	org.DistrictCoordinator: {returns.Compile, returns.Check},
	org.OneStopOfficer:      {returns.HandIn},
	org.CivilStatusOfficer:  {returns.HandIn},
	org.LabourOfficer:       {returns.HandIn},
	org.SigningLeader:       {returns.HandIn},
}

// openFollow builds the rooms and puts in what they ship with.
func (h *House) openFollow(ctx context.Context) error {
	h.Follow.Returns = returns.New(returns.Deps{DB: h.DB, Business: h.Business, Calendars: h.Calendars, Units: h.Units, People: holders{h.People}, Figures: known{h}})
	return h.Follow.Returns.Seed(ctx)
}

// handlers are what these rooms learn from events.
func (f follow) handlers() []outbox.Handler { return f.Returns.Handlers() }

// waiting is what these rooms ask of a person today.
func (f follow) waiting() []waits { return []waits{f.Returns.Todo} }

// followRoutes declares their routes.
func (a *App) followRoutes(r *httpx.Router) { a.Follow.Returns.Routes(r, a.Site) }

// followChores is the work of these rooms that comes round: opening the month's returns.
func (a *App) followChores() []chore {
	return []chore{{"returns", 10 * time.Minute, func(ctx context.Context) error {
		_, err := a.Follow.Returns.Due(ctx, a.actor("returns"))
		return err
	}}}
}

// known is what the system knows of communes; see returns.Figures.
type known struct{ h *House }

// Figures tells it. Dossiers are counted by month, tickets by day; open gaps and people
// who were trained are those of now.
func (k known) Figures(ctx context.Context, q bun.IDB, names, units []string, from, until time.Time) (map[string]map[string]int64, error) {
	out := map[string]map[string]int64{}
	asked := func(name string) bool {
		if !slices.Contains(names, name) {
			return false
		}
		out[name] = make(map[string]int64, len(units))
		for _, u := range units {
			out[name][u] = 0
		}
		return true
	}
	days := figures.Ask{Units: units, From: clock.Date(from), Until: clock.Date(until)}
	if received, finished, onTime := asked("dossiers.received"), asked("dossiers.finished"), asked("dossiers.on_time"); received || finished || onTime {
		a := days
		a.Names = []string{tally.FigureFlow}
		a.Dims = []string{"/" + string(tally.Accepted), "/" + string(tally.Finished), "/" + string(tally.FinishedLate)}
		rows, err := figures.Read(ctx, q, a)
		if err != nil {
			return nil, err
		}
		for _, v := range rows {
			switch tally.Metric(v.Dim[1:]) {
			case tally.Accepted:
				add(out["dossiers.received"], v.Unit, v.N)
			case tally.Finished:
				add(out["dossiers.finished"], v.Unit, v.N)
				add(out["dossiers.on_time"], v.Unit, v.N)
			case tally.FinishedLate:
				add(out["dossiers.on_time"], v.Unit, -v.N)
			}
		}
	}
	if asked("tickets.opened") {
		a := days
		a.Names = []string{helpdesk.FigureOpened}
		opened, err := figures.ByUnit(ctx, q, a)
		if err != nil {
			return nil, err
		}
		for u, n := range opened {
			add(out["tickets.opened"], u, n)
		}
	}
	return out, k.now(ctx, q, units, out, asked)
}

// now adds what is counted as it stands now.
func (k known) now(ctx context.Context, q bun.IDB, units []string, out map[string]map[string]int64, asked func(string) bool) error {
	if asked("gaps.open") {
		open, err := k.h.Inventory.OpenGapsIn(ctx, q, units)
		if err != nil {
			return err
		}
		for u, n := range open {
			add(out["gaps.open"], u, n)
		}
	}
	if asked("training.attended") {
		people, err := k.h.Training.Trained(ctx, q, units)
		if err != nil {
			return err
		}
		for _, p := range people {
			add(out["training.attended"], p.Unit, 1)
		}
	}
	return nil
}

func add(to map[string]int64, unit string, n int64) {
	if _, asked := to[unit]; asked {
		to[unit] += n
	}
}

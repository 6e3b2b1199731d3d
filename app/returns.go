package app

import (
	"context"
	"io/fs"
	"slices"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/dossier/tally"
	"lotrinh/helpdesk"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/figures"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/outbox"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/org"
	"lotrinh/inventory"
	"lotrinh/inventory/declare"
	"lotrinh/rollout/ask/fields"
	"lotrinh/rollout/difficulty"
	"lotrinh/rollout/inspection"
	"lotrinh/rollout/returns"
)

// followWords are what these rooms say.
var followWords = []fs.FS{fields.Locale, returns.Locale, difficulty.Locale, inspection.Locale}

// follow is the rooms by which the city follows its communes: periodic returns,
// difficulties, inspections.
type follow struct {
	Returns      *returns.Service
	Difficulties *difficulty.Service
	Inspections  *inspection.Service
}

// followPerms are the rights of these rooms by role.
var followPerms = map[access.Role]perms{
	org.Planner:             {returns.Manage, difficulty.Answer, difficulty.Own, inspection.Arrange, inspection.Inspect},
	org.FocalPoint:          {returns.Depart},
	org.DistrictCoordinator: {returns.Compile, returns.Check, difficulty.Raise, difficulty.Own, inspection.Mend},
	org.Inspector:           {inspection.Inspect},
	org.OneStopOfficer:      {returns.HandIn, difficulty.Raise, inspection.Mend},
	org.CivilStatusOfficer:  {returns.HandIn, difficulty.Raise, inspection.Mend},
	org.LabourOfficer:       {returns.HandIn, difficulty.Raise, inspection.Mend},
	org.SigningLeader:       {returns.HandIn, difficulty.Raise, inspection.Mend},
	org.SupportLead:         {difficulty.Own},
}

// openFollow builds the rooms and puts in what they ship with.
func (h *House) openFollow(ctx context.Context) error {
	who := holders{h.People}
	h.Follow = follow{
		Returns:      returns.New(returns.Deps{DB: h.DB, Business: h.Business, Calendars: h.Calendars, Units: h.Units, People: who, Figures: known{h}}),
		Difficulties: difficulty.New(difficulty.Deps{DB: h.DB, Business: h.Business, Calendars: h.Calendars, Units: h.Units, People: who, Places: numbered{h}}),
		Inspections: inspection.New(inspection.Deps{DB: h.DB, Business: h.Business, Calendars: h.Calendars, Units: h.Units, Rollout: h.Rollout, People: who,
			Equipment: onSpot{h.Inventory}, Files: h.Files, Words: h.Words}),
	}
	return h.Follow.Returns.Seed(ctx)
}

// handlers are what these rooms learn from events.
func (f follow) handlers() []outbox.Handler {
	return slices.Concat(f.Returns.Handlers(), f.Difficulties.Handlers(), f.Inspections.Handlers())
}

// waiting is what these rooms ask of a person today.
func (f follow) waiting() []waits {
	return []waits{f.Returns.Todo, f.Difficulties.Todo, f.Inspections.Todo}
}

// followRoutes declares their routes.
func (a *App) followRoutes(r *httpx.Router) {
	a.Follow.Returns.Routes(r, a.Site)
	a.Follow.Difficulties.Routes(r, a.Site)
	a.Follow.Inspections.Routes(r, a.Site)
}

// followChores is the work of these rooms that comes round: opening the month's returns.
func (a *App) followChores() []chore {
	return []chore{{"returns", 10 * time.Minute, func(ctx context.Context) error {
		_, err := a.Follow.Returns.Due(ctx, a.actor("returns"))
		return err
	}}}
}

// known is what the system knows of communes; see returns.Figures.
type known struct{ h *House }

// Figures tells it. Dossiers are counted by month, tickets by day; open gaps, people
// who were trained and accounts in use are those of now.
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
	if asked("accounts.activated") {
		active, err := k.h.Accounts.ActiveIn(ctx, q, units)
		if err != nil {
			return err
		}
		for u, n := range active {
			add(out["accounts.activated"], u, n)
		}
	}
	return nil
}

func add(to map[string]int64, unit string, n int64) {
	if _, asked := to[unit]; asked {
		to[unit] += n
	}
}

// numbered finds tickets and gaps by their number or the address of their page; see
// difficulty.Places.
type numbered struct{ h *House }

// Find tells the address and the words of one. What the reader may not see is Missing.
func (n numbered) Find(ctx context.Context, t i18n.T, who access.Actor, typed string) (href, label string, err error) {
	at := typed
	if i := strings.Index(at, "://"); i >= 0 {
		at = at[i+3:]
		at = at[max(strings.IndexByte(at, '/'), 0):]
	}
	at, _, _ = strings.Cut(at, "?")
	if id, ok := strings.CutPrefix(at, "/inventory/gaps/"); ok {
		g, err := n.h.Inventory.Gap(ctx, who, ident.ID(id))
		return at, t.Line(g.Line()), err
	}
	if id, ok := strings.CutPrefix(at, "/tickets/"); ok {
		x, err := n.h.Desk.Ticket(ctx, who, ident.ID(id))
		return at, x.Number() + " " + x.Title, err
	}
	if strings.HasPrefix(strings.ToUpper(typed), "TH-") {
		g, err := n.h.Inventory.GapByCode(ctx, who, strings.ToUpper(typed))
		return "/inventory/gaps/" + string(g.ID), t.Line(g.Line()), err
	}
	found, err := n.h.Desk.Pick(ctx, who, typed, 2)
	if err != nil {
		return "", "", err
	}
	if len(found) != 1 {
		return "", "", fault.New(fault.Missing, "fault.missing")
	}
	return "/tickets/" + string(found[0].ID), found[0].Number() + " " + found[0].Title, nil
}

// onSpot is the equipment of a commune for whoever inspects it; see inspection.Equipment.
type onSpot struct{ s *stock }

// mostThings is how many pieces of equipment a checklist lists.
const mostThings = "40"

// At are the PCs and scanners in use in a commune.
func (o onSpot) At(ctx context.Context, who access.Actor, unit string) ([]inspection.Thing, error) {
	all, err := o.s.AssetList(ctx, who, inventory.AssetFilter{Unit: unit, State: string(inventory.InUse)}, page.Read("", mostThings))
	if err != nil {
		return nil, err
	}
	var out []inspection.Thing
	for _, a := range all.Items {
		if a.Kind == inventory.PC || a.Kind == inventory.Scanner {
			out = append(out, inspection.Thing{ID: a.ID, Label: a.Code + " " + a.Name})
		}
	}
	return out, nil
}

// SawIn tells the inventory which of them were seen; what stands elsewhere is left out.
func (o onSpot) SawIn(ctx context.Context, tx *db.Tx, who access.Actor, unit string, ids []ident.ID) error {
	rows, err := o.s.AssetsIn(ctx, tx, who, inventory.Inspect, ids)
	if err != nil {
		return err
	}
	var here []ident.ID
	for _, a := range rows {
		if a.Unit == unit {
			here = append(here, a.ID)
		}
	}
	if len(here) == 0 {
		return nil
	}
	return o.s.Service.SawIn(ctx, tx, who, unit, here)
}

// inspections are the visits of the reader where work on the spot begins.
func (h *House) inspections(c *httpx.Ctx) ([]declare.Place, error) {
	mine, err := h.Follow.Inspections.Mine(c.Std(), c.Who, mostCounts)
	if err != nil || len(mine) == 0 {
		return nil, err
	}
	tree, err := h.Units.Tree(c.Std(), h.Business.Now())
	if err != nil {
		return nil, err
	}
	var out []declare.Place
	for _, v := range mine {
		out = append(out, declare.Place{Label: c.T.Say("inspection.home"), Note: tree.Place(v.Unit), Href: v.Field(), Icon: "clipboard-check"})
	}
	return out, nil
}

package app

import (
	"context"
	"syscall"
	"time"

	"lotrinh/dossier/exchange/post"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/worktime/calstore"
	lines "lotrinh/inventory/line"
	"lotrinh/rollout/outlook"
	"lotrinh/rollout/probe"
)

// gateWorld is what programme gates ask of the rest of the house: how the lines to other
// offices stand, who keeps gates, and which addresses may be called.
type gateWorld struct {
	h     *House
	guard lines.Guard
}

func (g gateWorld) Offices(ctx context.Context) ([]string, error) {
	all, err := g.h.Dossiers.Exchange.Post.Partners(ctx)
	codes := make([]string, len(all))
	for i, p := range all {
		codes[i] = p.Code
	}
	return codes, err
}

// Standing is the circuit of an office: broken from the failure that opened it until
// something is answered again.
func (g gateWorld) Standing(ctx context.Context, office string) (probe.Standing, bool, error) {
	all, err := g.h.Dossiers.Exchange.Post.Partners(ctx)
	if err != nil {
		return probe.Standing{}, false, err
	}
	for _, p := range all {
		if p.Code == office {
			return probe.Standing{On: p.Mode != post.Off, Broken: p.Failures > 0 && !p.OpenUntil.IsZero(), Problem: p.Problem}, true, nil
		}
	}
	return probe.Standing{}, false, nil
}

func (g gateWorld) Keepers(ctx context.Context) ([]ident.ID, error) {
	return holders{g.h.People}.Holding(ctx, probe.Keep, "")
}

func (g gateWorld) ReadTarget(text string) (string, error) { return lines.ReadTarget(g.guard, text) }

func (g gateWorld) Control(network, address string, raw syscall.RawConn) error {
	return g.guard.Control(network, address, raw)
}

// gateRound is how often it is seen whether a gate's turn has come.
const gateRound = 20 * time.Second

// openGates builds the room of programme gates; from then on they hold waves.
func (h *House) openGates(ctx context.Context) error {
	h.Gates = probe.New(probe.Deps{DB: h.DB, Business: h.Business, Machine: h.Machine, Rollout: h.Rollout, Near: gateWorld{h, h.lineGuard()}})
	h.metrics.gauge("lotrinh_programme_gates_shut", "Programme gates that hold waves now.", h.Gates.Holding)
	return h.Gates.Seed(ctx)
}

// deciders are who is told of holds.
type deciders struct{ h *House }

func (d deciders) Deciders(ctx context.Context) ([]ident.ID, error) {
	return holders{d.h.People}.Holding(ctx, outlook.Decide, "")
}

// openOutlook builds the room of forecasts and holds.
func (h *House) openOutlook() *outlook.Service {
	s := outlook.New(outlook.Deps{DB: h.DB, Business: h.Business, Machine: h.Machine, Calendars: h.Calendars, Calendar: calstore.Office, Rollout: h.Rollout,
		Jobs: h.Jobs, People: deciders{h}})
	h.metrics.gauge("lotrinh_wave_holds_undecided", "Proposals to hold a wave that nobody has decided on.", s.Undecided)
	return s
}

// aheadRoutes declares the routes of what looks ahead and what holds.
func (a *App) aheadRoutes(r *httpx.Router) {
	a.Gates.Routes(r, a.Site)
	a.Outlook.Routes(r, a.Site)
}

// aheadChores are its chores.
func (a *App) aheadChores() []chore {
	return []chore{{"programme gates", gateRound, a.Gates.Watch}, {"forecasts", 5 * time.Minute, a.Outlook.Nightly}, {"waves", 10 * time.Minute, a.Outlook.Watch}}
}

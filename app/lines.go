package app

import (
	"context"
	"net/netip"
	"net/url"
	"time"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/signed"
	"lotrinh/internal/kit/worktime/calstore"
	"lotrinh/inventory/intake"
	lines "lotrinh/inventory/line"
)

// lineGuard says which addresses the server may call.
func (h *House) lineGuard() lines.Guard {
	guard, err := lines.ReadGuard(h.Config.LineNetworks)
	if err != nil {
		return lines.Guard{Allowed: []netip.Prefix{}} // Config.check refused it
	}
	return guard
}

// openLines builds the room of the communes' lines.
func (h *House) openLines(s *stock, key signed.Key) *lines.Service {
	room := lines.New(lines.Deps{DB: h.DB, Business: h.Business, Machine: h.Machine, Calendars: h.Calendars, Calendar: calstore.Office, Units: h.Units, Inventory: s.Service,
		Words: h.Words, Key: key, Guard: h.lineGuard(), Every: time.Duration(h.Config.lineMinutes()) * time.Minute, Keep: time.Duration(h.Config.lineDays()) * 24 * time.Hour})
	h.metrics.gauge("lotrinh_lines_down", "Lines that are down now.", room.Down)
	return room
}

// lineRoutes declares the routes of the lines. The agents that have fallen silent
// stand beside the lines that are dead.
func (a *App) lineRoutes(r *httpx.Router) {
	a.Inventory.Lines.Routes(r, a.Site)
	a.Inventory.Lines.PutBeside(lines.Beside{Label: "line.beside.silent", SoWhat: "line.beside.silent.so_what",
		Href: func(district string) string {
			return "/inventory/agents?" + url.Values{"state": {string(intake.Silent)}, "unit": {district}}.Encode()
		},
		Count: func(ctx context.Context, who access.Actor, district string) (int64, error) {
			b, err := a.Inventory.Intake.Board(ctx, who, intake.Filter{Unit: district})
			return b.Counts[intake.Silent], err
		}})
}

// probeLines calls the lines whose turn it is, and tells the help desk of those that
// are down or back.
func (a *App) probeLines(ctx context.Context) error {
	round, err := a.Inventory.Lines.Probe(ctx)
	if err != nil {
		return err
	}
	if round.OwnSide {
		a.Log.Warn("nearly all lines failed to answer at once: the server's own connection is in trouble, nothing was recorded", "probed", round.Probed, "failed", round.Failed)
	}
	_, err = a.Inventory.Lines.Tell(ctx)
	return err
}

// figureLines computes anew the figures of lines with new samples.
func (a *App) figureLines(ctx context.Context) error {
	_, err := a.Inventory.Lines.Figures(ctx)
	return err
}

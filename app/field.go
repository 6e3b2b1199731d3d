package app

import (
	"context"
	"fmt"
	"io/fs"
	"time"

	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/site/offline"
	"lotrinh/inventory/install"
	"lotrinh/inventory/stocktake"
	"lotrinh/rollout"
)

// fieldWords are the packages of these rooms that say something.
var fieldWords = []fs.FS{offline.Locale, stocktake.Locale, install.Locale}

// field is the work on the spot, done with a phone: counting what is there, installing
// software and trying it.
type field struct {
	Counts   *stocktake.Service
	Installs *install.Service
}

// openField builds the rooms of the work on the spot.
func (h *House) openField(s *stock) field {
	return field{
		Counts:   stocktake.New(stocktake.Deps{DB: h.DB, Stock: s.Service, Units: h.Units}),
		Installs: install.New(install.Deps{DB: h.DB, Stock: s.Service, Units: h.Units, Phases: phases{h}}),
	}
}

// seed puts in what the rooms ship with.
func (f field) seed(ctx context.Context) error { return f.Installs.Seed(ctx) }

// fieldRoutes declares their routes.
func (a *App) fieldRoutes(r *httpx.Router) {
	offline.Routes(r)
	a.Inventory.Field.Counts.Routes(r, a.Site)
	a.Inventory.Field.Installs.Routes(r, a.Site)
}

// fieldChores is the work of these rooms that comes round: asking the agents' lists
// about what was planned.
func (a *App) fieldChores() []chore {
	return []chore{{"installs", 2 * time.Minute, func(ctx context.Context) error {
		_, err := a.Inventory.Field.Installs.Sweep(ctx)
		return err
	}}}
}

// phases are the waves of all programmes with the communes that are in them.
type phases struct{ h *House }

// Phases tells them; a phase is known by its programme's code and its ordinal.
func (p phases) Phases(ctx context.Context) ([]install.Phase, error) {
	who := p.h.actor("install")
	all, err := p.h.Rollout.Programmes(ctx, who)
	if err != nil {
		return nil, err
	}
	var out []install.Phase
	for _, pg := range all {
		b, err := p.h.Rollout.Board(ctx, who, pg.Code, rollout.Filter{Phase: rollout.Any})
		if err != nil {
			return nil, err
		}
		for _, ph := range b.Phases {
			one := install.Phase{Code: fmt.Sprintf("%s/%d", pg.Code, ph.Ordinal), Name: ph.Name}
			for _, row := range b.Rows {
				if row.Phase == ph.Ordinal {
					one.Units = append(one.Units, row.Unit)
				}
			}
			if len(one.Units) > 0 {
				out = append(out, one)
			}
		}
	}
	return out, nil
}

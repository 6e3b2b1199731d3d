package app

import (
	"context"
	"io/fs"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/site/offline"
	"lotrinh/inventory/declare"
	"lotrinh/inventory/install"
	"lotrinh/inventory/stocktake"
)

// fieldWords are the packages of these rooms that say something.
var fieldWords = []fs.FS{offline.Locale, stocktake.Locale, install.Locale, declare.Locale}

// field is the work on the spot, done with a phone: declaring and counting what is there,
// installing software and trying it.
type field struct {
	Counts   *stocktake.Service
	Installs *install.Service
	Declared *declare.Service
}

// openField builds the rooms of the work on the spot.
func (h *House) openField(s *stock) field {
	return field{
		Counts:   stocktake.New(stocktake.Deps{DB: h.DB, Stock: s.Service, Units: h.Units}),
		Installs: install.New(install.Deps{DB: h.DB, Stock: s.Service, Units: h.Units, Phases: plan{h}, Evidence: programs{s}}),
		Declared: declare.New(declare.Deps{DB: h.DB, Stock: s.Service, Files: h.Files}),
	}
}

// seed puts in what the rooms ship with.
func (f field) seed(ctx context.Context) error { return f.Installs.Seed(ctx) }

// fieldRoutes declares their routes.
func (a *App) fieldRoutes(r *httpx.Router) {
	offline.Routes(r)
	a.Inventory.Field.Counts.Routes(r, a.Site)
	a.Inventory.Field.Installs.Routes(r, a.Site)
	a.Inventory.Field.Declared.Routes(r, a.Site, a.Inventory.Field.places(a.House))
}

// fieldChores is the work of these rooms that comes round: asking the agents' lists
// about what was planned.
func (a *App) fieldChores() []chore {
	return []chore{{"installs", 2 * time.Minute, func(ctx context.Context) error {
		_, err := a.Inventory.Field.Installs.Sweep(ctx)
		return err
	}}}
}

// mostCounts is how many running counts are offered where work on the spot begins.
const mostCounts = 8

// places are what else can be done on the spot: running counts, one's own installs.
func (f field) places(h *House) func(*httpx.Ctx) ([]declare.Place, error) {
	return func(c *httpx.Ctx) ([]declare.Place, error) {
		var out []declare.Place
		if c.Who.May(stocktake.Take) {
			tree, err := h.Units.Tree(c.Std(), h.Business.Now())
			if err != nil {
				return nil, err
			}
			running, err := f.Counts.Running(c.Std(), c.Who, mostCounts)
			if err != nil {
				return nil, err
			}
			for _, n := range running {
				note := tree.Place(n.Unit)
				if n.Place != "" {
					note += " · " + n.Place
				}
				out = append(out, declare.Place{Label: c.T.Say("declare.home.counts"), Note: note, Href: offline.Prefix + "/stocktakes/" + string(n.ID), Icon: "qrcode"})
			}
			out = append(out, declare.Place{Label: c.T.Say("declare.home.count_new"), Note: c.T.Say("declare.home.needs_line"), Href: "/inventory/stocktakes/new", Icon: "clipboard-check"})
		}
		if c.Who.May(install.Record) {
			href := offline.Prefix + "/installs"
			if c.Who.Covers(install.Record, c.Who.Home) {
				href += "?unit=" + c.Who.Home
			}
			out = append(out, declare.Place{Label: c.T.Say("declare.home.installs"), Href: href, Icon: "packages"})
		}
		seen, err := h.inspections(c)
		return append(out, seen...), err
	}
}

// programs let the installs ask what agents listed.
type programs struct{ s *stock }

// HasSoftware tells it; see install.Evidence.
func (p programs) HasSoftware(ctx context.Context, q bun.IDB, assets []ident.ID, name string) (map[ident.ID]install.Program, error) {
	found, err := p.s.Devices.HasSoftware(ctx, q, assets, name)
	out := make(map[ident.ID]install.Program, len(found))
	for id, one := range found {
		out[id] = install.Program{Name: one.Name, Version: one.Version}
	}
	return out, err
}

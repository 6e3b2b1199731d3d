package app

import (
	"context"
	"maps"
	"slices"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/org"
	"lotrinh/inventory/supply"
)

// holders are the people by what their posts let them do.
type holders struct{ *org.People }

// Holding are those whose post lets them do a thing at a unit, each once; an empty unit
// is the city, where only posts over everything count.
func (h holders) Holding(ctx context.Context, need access.Perm, unit string) ([]ident.ID, error) {
	var out []ident.ID
	for _, role := range slices.Sorted(maps.Keys(Policy)) {
		if !slices.Contains(Policy[role], need) || unit == "" && role == org.DistrictCoordinator {
			continue
		}
		accounts, err := h.Holders(ctx, role, unit)
		if err != nil {
			return nil, err
		}
		for _, a := range accounts {
			if !slices.Contains(out, a.ID) {
				out = append(out, a.ID)
			}
		}
	}
	return out, nil
}

// openSupply builds the room of the way from a gap to the counter.
func (h *House) openSupply(s *stock) *supply.Service {
	return supply.New(supply.Deps{DB: h.DB, Stock: s.Service, Calendars: h.Calendars, Files: h.Files, People: holders{h.People}, Words: h.Words})
}

// supplyRoutes declares its routes.
func (a *App) supplyRoutes(r *httpx.Router) { a.Inventory.Supply.Routes(r, a.Site) }

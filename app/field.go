package app

import (
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/site/offline"
	"lotrinh/inventory/stocktake"
)

// field is the work on the spot, done with a phone: counting what is there.
type field struct {
	Counts *stocktake.Service
}

// openField builds the rooms of the work on the spot.
func (h *House) openField(s *stock) field {
	return field{Counts: stocktake.New(stocktake.Deps{DB: h.DB, Stock: s.Service, Units: h.Units})}
}

// fieldRoutes declares their routes.
func (a *App) fieldRoutes(r *httpx.Router) {
	offline.Routes(r)
	a.Inventory.Field.Counts.Routes(r, a.Site)
}

package app

import (
	"lotrinh/internal/kit/access"
	"lotrinh/inventory"
	"lotrinh/inventory/supply"
	"lotrinh/inventory/suppose"
)

// openSuppose builds the room where one asks "what if".
func (h *House) openSuppose(s *stock) *suppose.Service {
	s.AddTab(inventory.Tab{Label: "suppose.tab", Href: "/inventory/what-if", Needs: []access.Perm{suppose.Ask}, Under: "/inventory"})
	return suppose.New(suppose.Deps{DB: h.DB, Business: h.Business, Units: h.Units, Stock: s.Service, Phases: plan{h}.supposed,
		Supply: func(who access.Actor, district string) string {
			if !who.Covers(supply.Ask, district) {
				return ""
			}
			return supply.Home + "?district=" + district
		}})
}

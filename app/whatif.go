package app

import (
	"context"

	"lotrinh/internal/kit/access"
	"lotrinh/inventory"
	"lotrinh/inventory/supply"
	"lotrinh/inventory/suppose"
	"lotrinh/rollout"
)

// openSuppose builds the room where one asks "what if".
func (h *House) openSuppose(s *stock) *suppose.Service {
	s.AddTab(inventory.Tab{Label: "suppose.tab", Href: "/inventory/what-if", Needs: []access.Perm{suppose.Ask}, Under: "/inventory"})
	return suppose.New(suppose.Deps{DB: h.DB, Business: h.Business, Units: h.Units, Stock: s.Service, Phases: h.phases,
		Supply: func(who access.Actor, district string) string {
			if !who.Covers(supply.Ask, district) {
				return ""
			}
			return supply.Home + "?district=" + district
		}})
}

// phases are the phases of all programmes with the communes within reach.
func (h *House) phases(ctx context.Context, who access.Actor) ([]suppose.Phase, error) {
	if !who.May(rollout.Read) {
		return nil, nil
	}
	all, err := h.Rollout.Programmes(ctx, who)
	if err != nil {
		return nil, err
	}
	var out []suppose.Phase
	for _, programme := range all {
		b, err := h.Rollout.Board(ctx, who, programme.Code, rollout.Filter{Phase: rollout.Any})
		if err != nil {
			return nil, err
		}
		units := map[int][]string{}
		for _, r := range b.Rows {
			units[r.Phase] = append(units[r.Phase], r.Unit)
		}
		for _, p := range b.Phases {
			out = append(out, suppose.Phase{Key: phaseKey(programme.Code, p.Ordinal), NameVI: p.Name, NameEN: p.NameEN, Units: units[p.Ordinal]})
		}
	}
	return out, nil
}

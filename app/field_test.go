package app

import (
	"lotrinh/internal/kit/ident"
	"lotrinh/inventory/install"
	"lotrinh/inventory/stocktake"
)

// fieldThings are a count that runs, a proposal of one that is over, and an install.
func (s *street) fieldThings(m map[string]string, unit string) {
	s.t.Helper()
	ctx, who, rooms := s.t.Context(), s.actor("planner"), s.Inventory.Field
	over, err := rooms.Counts.Start(ctx, who, stocktake.StartForm{Unit: unit})
	must(s.t, err)
	_, err = rooms.Counts.End(ctx, who, over.ID, over.Version, "")
	must(s.t, err)
	runs, err := rooms.Counts.Start(ctx, who, stocktake.StartForm{Unit: unit, Place: "Quầy 2"})
	must(s.t, err)
	m["stocktake"], m["suggestion"] = string(runs.ID), s.one("SELECT min(id) FROM stocktake_proposal WHERE stocktake = ?", string(over.ID))
	m["software"] = s.one("SELECT min(id) FROM install_software")
	_, err = rooms.Installs.Plan(ctx, who, install.PlanForm{Software: ident.ID(m["software"]), Unit: unit})
	must(s.t, err)
	m["install"] = s.one("SELECT min(id) FROM install WHERE asset = ?", m["asset"])
}

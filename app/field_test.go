package app

import (
	"bytes"

	"lotrinh/internal/kit/files"
	"lotrinh/internal/kit/ident"
	"lotrinh/inventory/declare"
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
	photo, err := s.Files.Receive(ctx, files.Photo, "quay.png", bytes.NewReader(picture(s.t)))
	must(s.t, err)
	made, err := rooms.Declared.Declare(ctx, who, declare.Form{ID: ident.New(s.Business.Now()), Unit: unit, Kind: "ups", Name: "APC", State: "in_use"}, []files.Blob{photo})
	must(s.t, err)
	m["picture"] = s.one("SELECT id FROM file WHERE area = ? AND subject = ?", declare.Area, string(made.ID))
	m["software"] = s.one("SELECT min(id) FROM install_software")
	_, err = rooms.Installs.Plan(ctx, who, install.PlanForm{Software: ident.ID(m["software"]), Unit: unit})
	must(s.t, err)
	m["install"] = s.one("SELECT min(id) FROM install WHERE asset = ?", m["asset"])
}

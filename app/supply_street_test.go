package app

import (
	"lotrinh/internal/kit/files"
	"lotrinh/internal/kit/ident"
	"lotrinh/inventory"
	"lotrinh/inventory/supply"
)

// supplied puts a request of a district and a signed delivery to one of its communes
// among the things.
func (s *street) supplied(m map[string]string, district, unit, coordinator string, shape files.Blob) {
	s.t.Helper()
	ctx, room, her, planner := s.t.Context(), s.Inventory.Supply, s.actor(coordinator), s.actor("planner")
	g, err := s.Inventory.ReportGap(ctx, her, inventory.GapForm{Unit: unit, Kind: "missing", What: "scanner", Quantity: "2"})
	must(s.t, err)
	r, lines, err := room.Ask(ctx, her, supply.RequestForm{District: district, Own: true, Note: "Cần gấp", Wants: []supply.Want{{Key: "gap:" + string(g.ID), Price: 4_000_000}}})
	must(s.t, err)
	r, err = room.Decide(ctx, planner, r.ID, r.Version, supply.Decision{Grants: map[ident.ID]supply.Grant{lines[0].ID: {Approved: 2, Price: 4_000_000}}})
	must(s.t, err)
	made, err := room.Allocate(ctx, planner, r.ID, r.Version, supply.Plan{Buy: map[ident.ID]int64{lines[0].ID: 1}})
	must(s.t, err)
	d := made[0]
	step := func(do func() (supply.Delivery, error)) {
		var err error
		d, err = do()
		must(s.t, err)
	}
	step(func() (supply.Delivery, error) {
		return room.Label(ctx, her, d.ID, d.Version, []supply.Batch{{Unit: unit, Kind: inventory.Scanner, Name: "Fujitsu fi-7030"}})
	})
	step(func() (supply.Delivery, error) {
		return room.Step(ctx, her, d.ID, d.Version, supply.Move{To: supply.Sent, Giver: "Lê Văn An", Post: "Chuyên viên"})
	})
	step(func() (supply.Delivery, error) {
		return room.Sign(ctx, her, d.ID, d.Version, supply.Signature{Name: "Trần Thị Bình", Post: "Công chức", Way: supply.Drawn, Shape: &shape})
	})
	m["request"], m["delivery"] = string(r.ID), string(d.ID)
}

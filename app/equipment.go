package app

import (
	"slices"

	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/outbox"
	"lotrinh/inventory"
	"lotrinh/inventory/device"
	"lotrinh/inventory/intake"
	lines "lotrinh/inventory/line"
	"lotrinh/inventory/profile"
	"lotrinh/inventory/supply"
	"lotrinh/inventory/suppose"
)

// stock is the inventory and the rooms around it. Each room stands on the inventory;
// they meet only here.
type stock struct {
	*inventory.Service
	Profiles *profile.Service
	Field    field
	Supply   *supply.Service
	Devices  *device.Service
	Intake   *intake.Service
	Lines    *lines.Service
	Suppose  *suppose.Service
}

// openEquipment builds the inventory, then its rooms.
func (h *House) openEquipment() *stock {
	s := &stock{Service: inventory.New(h.DB, h.Business, h.Units, h.Files, h.Calendars, h.Words, h.Imports)}
	s.Register(h.Jobs)
	s.Phases = plan{h}
	s.Profiles = profile.New(s.Service)
	s.Address = h.Config.BaseURL
	s.Field = h.openField(s)
	s.Supply = h.openSupply(s)
	s.Devices = device.New(device.Deps{DB: h.DB, Business: h.Business, Units: h.Units, Stock: s.Service})
	s.Intake = h.openIntake(s)
	s.Suppose = h.openSuppose(s)
	return s
}

// handlers are what the inventory and its rooms learn from events.
func (s *stock) handlers() []outbox.Handler { return slices.Concat(s.Handlers(), s.Supply.Handlers()) }

// equipmentRoutes declares the routes of the inventory and its rooms.
func (a *App) equipmentRoutes(r *httpx.Router) {
	a.Inventory.Routes(r, a.Site)
	a.Inventory.Profiles.Routes(r, a.Site)
	a.fieldRoutes(r)
	a.supplyRoutes(r)
	a.Inventory.Devices.Routes(r, a.Site)
	a.Inventory.Intake.Routes(r, a.Site)
	a.lineRoutes(r)
	a.Inventory.Suppose.Routes(r, a.Site, a.Inventory.Tabs)
}

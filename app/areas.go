package app

import (
	"context"
	"slices"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/deadline"
	"lotrinh/internal/kit/importer"
	"lotrinh/internal/kit/outbox"
	"lotrinh/internal/kit/search"
	"lotrinh/internal/org"
	"lotrinh/internal/site/imports"
	"lotrinh/reports"
	"lotrinh/reports/gallery"
	"lotrinh/rollout"
)

// areas builds the areas and the bridges between them.
func (h *House) areas(ctx context.Context) error {
	h.Imports = importer.New(h.DB, h.Machine, h.Words)
	imports.Register(h.Jobs, h.Imports)
	h.Inventory = h.openEquipment()
	if err := h.Inventory.Seed(ctx); err != nil {
		return err
	}
	if err := h.Inventory.Field.seed(ctx); err != nil {
		return err
	}
	if _, err := h.Inventory.Index(ctx); err != nil {
		return err
	}
	h.Rollout = rollout.New(h.DB, h.Business, h.Units, equipment{h.Inventory.Service})
	h.Rollout.EquipmentAt = equipmentAt
	h.openSchedule()
	key, err := h.linkKey(ctx)
	if err != nil {
		return err
	}
	h.signs = key
	h.openServices()
	if err := h.openTraining(ctx); err != nil {
		return err
	}
	h.openAccounts()
	h.People.Guard(h.sealKey(), h.Config.secondRoles()...)
	h.Inventory.Lines = h.openLines(h.Inventory, key)
	h.Desk = h.openDesk(key)
	if err := h.Desk.Promise.Store.Seed(ctx); err != nil {
		return err
	}
	h.Dossiers = h.openDossiers(key)
	if err := h.Dossiers.Exchange.Seed(ctx); err != nil {
		return err
	}
	if _, err := h.Dossiers.Catalogue.Seed(ctx); err != nil {
		return err
	}
	h.Outlook = h.openOutlook()
	if err := h.openGates(ctx); err != nil {
		return err
	}
	if err := h.openFollow(ctx); err != nil {
		return err
	}
	h.openWatch()
	h.Map = h.openMap()
	h.Measures = h.openMeasure()
	if err := h.openAlerts(ctx); err != nil {
		return err
	}
	if err := h.openReports(ctx); err != nil {
		return err
	}
	h.Events = outbox.NewDispatcher(h.DB, h.Machine, h.Log, h.handlers()...)
	return nil
}

// openReports builds the reports over what every area tells them, and what stands on them.
func (h *House) openReports(ctx context.Context) error {
	near := told{h}
	definitions := gallery.NewStore(gallery.Deps{DB: h.DB, Business: h.Business, Machine: h.Machine})
	if err := definitions.Seed(ctx); err != nil {
		return err
	}
	h.Reports = reports.New(h.DB, h.Business, h.Machine, h.Files, h.Words, h.Log,
		reports.Neighbours{Measures: h.Measures, Rollout: near, Inventory: near, HelpDesk: near, Dossiers: near, Units: near, Readers: near, Directives: h.Watch.Directives,
			Lists: near, Work: near, Definitions: definitions})
	h.Gallery = gallery.New(definitions, h.Reports)
	h.Reports.Told = h.metrics.report
	if err := h.openDelivery(); err != nil {
		return err
	}
	h.Boards = h.openBoards(near)
	return nil
}

// handlers are who learns from events.
func (h *House) handlers() []outbox.Handler {
	hs := []outbox.Handler{deadline.Handler()}
	hs = append(hs, h.Rollout.Handlers()...)
	hs = append(hs, h.Reports.Handlers()...)
	hs = append(hs, h.Outlook.Handlers()...)
	hs = append(hs, h.Training.Handlers()...)
	hs = append(hs, h.Inventory.handlers()...)
	hs = append(hs, h.Follow.handlers()...)
	hs = append(hs, h.gateHandlers()...)
	hs = append(hs, h.Watch.handlers()...)
	hs = append(hs, h.Dossiers.handlers()...)
	hs = append(hs, h.Delivery.Handlers()...)
	return append(hs, h.Desk.handlers()...)
}

// searchable is what a person may find of each kind in the index.
func (h *House) searchable(who access.Actor) []search.Scope {
	return slices.Concat(h.Desk.scopes(who), h.Inventory.SearchScopes(who), h.Watch.scopes(who))
}

// unitPage is where a unit leads: communes and districts of the programme to their
// place in the rollout, for those who may read it.
func (h *House) unitPage(who access.Actor, u org.Unit) string {
	switch {
	case who.Covers(rollout.Read, u.Code) && u.Level == org.Commune:
		return "/rollout/units/" + u.Code
	case who.Covers(rollout.Read, u.Code) && u.Level == org.District:
		return "/rollout/districts/" + u.Code
	}
	return "/admin/units?under=" + u.Code
}

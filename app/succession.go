package app

import (
	"context"
	"time"

	"lotrinh/internal/org/succession"
)

// openMap builds the changes of units with everybody who takes part, in the order in which
// their rows move: the rollout before the equipment, which asks for phases; dossiers before
// the desks and the figures that count them. Reports take no part: what is frozen still
// says what it said.
func (h *House) openMap() *succession.Service {
	return succession.New(h.DB, h.Units, h.Business, h.Machine,
		h.Rollout.Succession(), h.Inventory.Service.Succession(), h.Desk.Service.Succession(),
		h.Dossiers.Service.Succession(), h.Dossiers.Office.Succession(), h.Dossiers.Tally.Succession(), h.books.Feedback.Succession()).Join(mapRooms()...)
}

// mapChores is the work of changing the map that comes round.
func (a *App) mapChores() []chore { return []chore{{"changes of units", time.Minute, a.mapDue}} }

// mapDue brings confirmed changes of units into force on their day.
func (a *App) mapDue(ctx context.Context) error {
	_, err := a.Map.RunDue(ctx)
	return err
}

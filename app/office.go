package app

import (
	"context"
	"time"

	"lotrinh/dossier"
	"lotrinh/dossier/office"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/site/ui"
)

// openOffice builds the room of officers.
func (h *House) openOffice(d *dossiers) *office.Service {
	return office.New(office.Deps{Dossiers: d.Service, Units: h.Units, People: holders{h.People}, Assistant: d.Filing, Words: h.Words, BaseURL: h.Config.BaseURL, CheckHours: int64(number(h.Config.CheckHours))})
}

// officeChores tell of dossiers that become old.
func (a *App) officeChores() []chore {
	return []chore{{"dossiers", 30 * time.Second, func(ctx context.Context) error {
		_, err := a.Dossiers.Office.Tend(ctx, few)
		return err
	}}, {"intakes", time.Hour, func(ctx context.Context) error { return a.Dossiers.Office.SweepDrafts(ctx) }}}
}

// dossiersWait names the dossiers that a person must do something about first.
func (h *House) dossiersWait(ctx context.Context, t i18n.T, who access.Actor) ([]ui.TodoItem, error) {
	all, err := h.Dossiers.Office.Next(ctx, who, shortList)
	if err != nil {
		return nil, err
	}
	var items []ui.TodoItem
	without, err := h.Dossiers.Office.WithoutPID(ctx, who)
	if err != nil {
		return nil, err
	}
	if without > 0 {
		items = append(items, ui.TodoItem{Title: t.Say("office.todo.pid", "n", without), Href: dossier.Home + "?view=" + office.ViewPID, Why: t.Say("office.todo.pid_why")})
	}
	for _, x := range all {
		item := ui.TodoItem{Title: x.Number(), Href: x.Path(), Why: t.Say(string(x.Desk.Key()))}
		if !x.Due().IsZero() {
			item.Due = h.due(x.Due())
		}
		items = append(items, item)
	}
	return items, nil
}

package app

import (
	"context"
	"time"

	"lotrinh/dossier"
	"lotrinh/dossier/office"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/phone"
	"lotrinh/internal/site/ui"
	communeduty "lotrinh/rollout/duty"
)

// openOffice builds the room of officers.
func (h *House) openOffice(d *dossiers) *office.Service {
	return office.New(office.Deps{Dossiers: d.Service, Units: h.Units, People: holders{h.People}, Assistant: d.Filing, Words: h.Words, BaseURL: h.Config.BaseURL, CheckHours: int64(number(h.Config.CheckHours)), Contact: h.contact})
}

// contact is whom one asks at a commune today: the desk that it put up, else its hotline,
// with the number and the hours.
func (h *House) contact(ctx context.Context, unit string) (number, said string, err error) {
	up, err := h.CommuneDuty.Posted(ctx, unit)
	if err != nil || len(up) == 0 {
		return "", "", err
	}
	one := up[0]
	for _, l := range up {
		if l.Kind == communeduty.Counter {
			one = l
			break
		}
	}
	hours := one.Calendar
	all, err := h.Calendars.Calendars(ctx, access.System("contact"))
	for _, c := range all {
		if c.Name == one.Calendar {
			hours = c.Title
		}
	}
	number = phone.Show(one.Phone)
	said = h.Words.In(i18n.VI).Say("slip.contact", "name", one.Name, "phone", number, "hours", hours)
	if one.Note != "" {
		said += " " + one.Note
	}
	return number, said, err
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

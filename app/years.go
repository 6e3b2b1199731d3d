package app

import (
	"context"
	"strconv"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/notify"
	"lotrinh/internal/kit/worktime/calstore"
	"lotrinh/internal/org"
	"lotrinh/internal/site/ui"
)

const yearPage = "/admin/calendar/"

// years draws the years that are missing and writes once to every administrator
// about each expected year that is near and that nobody has confirmed.
func (h *House) years(ctx context.Context) error {
	if _, err := h.Calendars.Draw(ctx, h.Business.Now()); err != nil {
		return err
	}
	near, err := h.Calendars.Warnings(ctx, h.Business.Now())
	if err != nil || len(near) == 0 {
		return err
	}
	who, err := h.People.Holders(ctx, org.Administrator, "")
	if err != nil {
		return err
	}
	var letters []notify.Message
	for _, w := range near {
		year := strconv.Itoa(w.Year)
		for _, a := range who {
			letters = append(letters, notify.Message{Account: a.ID, Template: "app.notice.year", Args: []any{"year", year},
				Link: yearPage + year, Dedupe: "calendar.year." + year})
		}
	}
	now := h.Machine.Now()
	return h.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error { return notify.Write(ctx, tx, now, letters...) })
}

// yearsToConfirm is what an administrator's day begins with when a year is near
// whose days off are only expected.
func (h *House) yearsToConfirm(ctx context.Context, t i18n.T, who access.Actor) ([]ui.TodoItem, error) {
	if !who.May(calstore.Edit) {
		return nil, nil
	}
	near, err := h.Calendars.Warnings(ctx, h.Business.Now())
	if err != nil {
		return nil, err
	}
	var items []ui.TodoItem
	for _, w := range near {
		year := strconv.Itoa(w.Year)
		why := t.Say("home.year.soon", "n", w.DaysLeft)
		state := ui.State{Tone: ui.Warn, Word: t.Say("home.year.state")}
		if w.DaysLeft <= 0 {
			why, state.Tone = t.Say("home.year.begun"), ui.Late
		}
		items = append(items, ui.TodoItem{Title: t.Say("home.year", "year", year), Href: yearPage + year, Why: why, State: &state})
	}
	return items, nil
}

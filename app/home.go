package app

import (
	"context"
	"slices"

	"lotrinh/app/views"
	"lotrinh/dossier"
	"lotrinh/dossier/office"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
)

// waits is what an area has for a person's to-do list, the most pressing first.
type waits func(ctx context.Context, t i18n.T, who access.Actor) ([]ui.TodoItem, error)

// stands is how an area's work stands for a person, as figures.
type stands func(ctx context.Context, t i18n.T, who access.Actor) ([]ui.FigureData, error)

// home starts with what this person must do today.
func (a *App) home(c *httpx.Ctx) error {
	v := views.HomeView{
		Greeting: c.T.Say("home.hello", "name", c.Who.Name),
		Day:      c.T.LongDay(a.Business.Now()),
		Next:     ui.EmptyData{Icon: "circle-check", Title: c.T.Say("home.nothing"), Text: c.T.Say("home.nothing.hint")},
	}
	if c.Who.May(dossier.Receive) {
		v.Action = &ui.Action{Label: c.T.Say("office.counter.take"), Href: office.Counter, Icon: "plus"}
	}
	for _, w := range a.waiting() {
		items, err := w(c.Std(), c.T, c.Who)
		if err != nil {
			return err
		}
		v.Todo = append(v.Todo, items...)
	}
	slices.SortStableFunc(v.Todo, pressing)
	for _, s := range a.standing() {
		figures, err := s(c.Std(), c.T, c.Who)
		if err != nil {
			return err
		}
		v.Figures = append(v.Figures, figures...)
	}
	return a.Site.Show(c, site.Page{Title: c.T.Say("home.title"), At: "/"}, views.Home(c.T, v))
}

// pressing puts what is late or due soon first, then what is stuck, then what is
// due later by its moment; equals stay as their areas ordered them.
func pressing(a, b ui.TodoItem) int {
	if d := urgency(a) - urgency(b); d != 0 || a.Due == nil || b.Due == nil {
		return d
	}
	return a.Due.At.Compare(b.Due.At)
}

func urgency(i ui.TodoItem) int {
	switch {
	case i.Due != nil && i.Due.State == ui.DueLate:
		return 0
	case i.Due != nil && i.Due.State == ui.DueSoon:
		return 1
	case i.State != nil && i.State.Tone == ui.Late:
		return 0
	case i.Due == nil:
		return 2
	}
	return 3
}

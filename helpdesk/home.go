package helpdesk

import (
	"context"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/site/ui"
)

// fewTodo is how many tickets a home page shows.
const fewTodo = "5"

// Todo is what the help desk asks of a person today: of an agent the tickets that are
// due next, of a requester the ones that wait for a word.
func (s *Service) Todo(ctx context.Context, t i18n.T, who access.Actor) ([]ui.TodoItem, error) {
	cals, err := s.calendar(ctx)
	if err != nil {
		return nil, err
	}
	var list []Ticket
	if who.May(Work) {
		mine, err := s.Queue(ctx, who, Filter{View: ViewMine}, page.Read("", fewTodo))
		if err != nil {
			return nil, err
		}
		list = mine.Items
	}
	asked, err := s.asked(ctx, who)
	if err != nil {
		return nil, err
	}
	list = append(list, asked...)
	sums, err := s.sums(ctx, t, cals, list)
	if err != nil {
		return nil, err
	}
	var items []ui.TodoItem
	for _, x := range list {
		state := stateOf(t, x)
		items = append(items, ui.TodoItem{Title: x.Title, Href: "/tickets/" + string(x.ID), Why: x.Number(), State: &state, Due: lineDue(cals.of(x), x, s.Business.Now(), sums)})
	}
	return items, nil
}

// asked are a person's own tickets that wait for an answer or for a verdict.
func (s *Service) asked(ctx context.Context, who access.Actor) ([]Ticket, error) {
	var rows []Ticket
	err := s.DB.Read().NewSelect().Model(&rows).Where("ti.requester = ?", who.ID).
		Where("ti.state = ? OR ti.waits_for = ?", Resolved, Requester).Apply(page.Read("", fewTodo).On("ti.seq")).Scan(ctx)
	return rows, db.Sorted(err)
}

// Standing is how the help desk's work stands, for those who may read the queue.
func (s *Service) Standing(ctx context.Context, t i18n.T, who access.Actor) ([]ui.FigureData, error) {
	if everywhere, units := reach(who); !everywhere && len(units) == 0 {
		return nil, nil
	}
	c, err := s.Counts(ctx, who)
	if err != nil {
		return nil, err
	}
	late := ui.FigureData{Label: t.Say("helpdesk.figure.late"), Value: t.Int(c.Late), Of: t.Say("helpdesk.figure.of", "n", c.Work+c.Hold),
		Href: "/tickets?view=late", SoWhat: t.Say("helpdesk.figure.none_late"), Tone: ui.Good}
	if c.Late > 0 {
		late.SoWhat, late.Tone = t.Say("helpdesk.figure.act"), ui.Late
	}
	free := ui.FigureData{Label: t.Say("helpdesk.figure.free"), Value: t.Int(c.Free), Href: "/tickets?view=free", SoWhat: t.Say("helpdesk.figure.hold", "n", c.Hold)}
	return []ui.FigureData{late, free}, nil
}

package schedule

import (
	"context"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/site/ui"
	"lotrinh/rollout"
)

// mostWaiting is how many rehearsals the home page names.
const mostWaiting = 5

// Todo is the rehearsals of today, and those that were begun and not decided on, of whoever
// times them.
func (s *Service) Todo(ctx context.Context, t i18n.T, who access.Actor) ([]ui.TodoItem, error) {
	if !who.May(rollout.Declare) {
		return nil, nil
	}
	tree, err := s.tree(ctx)
	if err != nil {
		return nil, err
	}
	var runs []Run
	err = s.DB.Read().NewSelect().Model(&runs).Column("id", "title", "unit", "held_on", "state").Apply(who.Within(rollout.Declare, "rh.unit")).
		Where("rh.held_on <= ?", s.today()).Where("rh.state IN (?, ?)", RunPlanned, Running).Order("rh.held_on DESC", "rh.id").Limit(mostWaiting).Scan(ctx)
	if err != nil {
		return nil, db.Sorted(err)
	}
	var items []ui.TodoItem
	for _, r := range runs {
		items = append(items, ui.TodoItem{Title: t.Say("schedule.todo.run", "title", r.Title), Href: r.Path(), Why: t.Say("schedule.todo.run.why", "unit", tree.Name(r.Unit), "day", day(t, r.HeldOn))})
	}
	return items, nil
}

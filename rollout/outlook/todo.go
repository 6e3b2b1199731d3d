package outlook

import (
	"context"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/site/ui"
	"lotrinh/rollout"
)

// mostTodo is how many proposals the home page names.
const mostTodo = 3

// Todo is what this room asks of a person: proposals to hold a wave that nobody has
// decided on, the oldest first.
func (s *Service) Todo(ctx context.Context, t i18n.T, who access.Actor) ([]ui.TodoItem, error) {
	if !who.May(Decide) || !who.May(rollout.Read) {
		return nil, nil
	}
	var open []Hold
	err := s.DB.Read().NewSelect().Model(&open).Where("rh.state = ?", Proposed).Order("rh.id").Limit(mostTodo).Scan(ctx)
	items := make([]ui.TodoItem, len(open))
	for i, h := range open {
		items[i] = ui.TodoItem{Title: t.Say("outlook.todo", "wave", h.Wave), Why: t.Say("outlook.todo.why", "seen", h.Figures.Seen, "expected", h.Figures.about(), "day", day(t, h.Figures.Day)), Href: here + "/holds/" + string(h.ID)}
	}
	return items, db.Sorted(err)
}

// Undecided is how many proposals wait for a decision.
func (s *Service) Undecided(ctx context.Context) (float64, error) {
	n, err := s.DB.Read().NewSelect().Model((*Hold)(nil)).Where("rh.state = ?", Proposed).Count(ctx)
	return float64(n), db.Sorted(err)
}

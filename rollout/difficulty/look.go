package difficulty

import (
	"context"
	"time"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/site/ui"
	"lotrinh/rollout"
)

// View is a difficulty with its links and its history.
type View struct {
	Difficulty
	Links []Link
	Notes []rollout.Note
}

// Get is one difficulty, within the actor's reach.
func (s *Service) Get(ctx context.Context, who access.Actor, id ident.ID) (View, error) {
	var v View
	var err error
	if v.Difficulty, err = byID(ctx, s.DB.Read(), who, id); err != nil {
		return v, err
	}
	if err := s.DB.Read().NewSelect().Model(&v.Links).Where("dk.difficulty = ?", id).Order("dk.linked_at", "dk.href").Limit(50).Scan(ctx); err != nil {
		return v, db.Sorted(err)
	}
	v.Notes, err = rollout.NotesOf(ctx, s.DB.Read(), id)
	return v, err
}

// List is a page of the log within the actor's reach: what is open with what is due first,
// "late" what is late of it, "all" everything, the newest first.
func (s *Service) List(ctx context.Context, who access.Actor, only string, r page.Request) (page.Page[Difficulty], error) {
	if err := who.Need(rollout.Read); err != nil {
		return page.Page[Difficulty]{}, err
	}
	var rows []Difficulty
	q := s.DB.Read().NewSelect().Model(&rows).Apply(who.Within(rollout.Read, "df.unit"))
	key := func(d Difficulty) []string { return []string{string(d.ID)} }
	switch only {
	case "all":
		q = q.Apply(r.On("df.id"))
	case "late":
		q = q.Where("df.state <> 'closed'").Where("df.state <> ?", Done).Where("df.due_at < ?", s.Business.Now()).Apply(r.Up("df.due_at", "df.id"))
		key = func(d Difficulty) []string { return []string{page.Time(*d.DueAt), string(d.ID)} }
	default:
		q = q.Where("df.state <> 'closed'").Apply(r.On("df.id"))
	}
	if err := q.Scan(ctx); err != nil {
		return page.Page[Difficulty]{}, db.Sorted(err)
	}
	return page.Cut(r, rows, key), nil
}

// mostTodo is how many difficulties of one kind a home page names.
const mostTodo = 5

// Todo is what waits for a person: difficulties to answer, those that the person owns, and
// those of one's own that are called done.
func (s *Service) Todo(ctx context.Context, t i18n.T, who access.Actor) ([]ui.TodoItem, error) {
	if !who.May(Answer) && !who.May(Own) && !who.May(Raise) {
		return nil, nil
	}
	var rows []Difficulty
	q := s.DB.Read().NewSelect().Model(&rows).Where("df.state <> 'closed'")
	if who.May(Answer) {
		q = q.Where("df.state = ? OR df.owner = ? AND df.state = ?", Raised, who.ID, InHand).Apply(who.Within(Answer, "df.unit"))
	} else {
		q = q.Where("df.owner = ? AND df.state = ? OR df.raised_by = ? AND df.state = ?", who.ID, InHand, who.ID, Done)
	}
	if err := q.Order("df.due_at", "df.id").Limit(mostTodo).Scan(ctx); err != nil {
		return nil, db.Sorted(err)
	}
	var out []ui.TodoItem
	for _, d := range rows {
		item := ui.TodoItem{Title: d.Code + " " + d.Title, Href: d.Path(), Why: t.Say("difficulty.todo." + string(d.State)), Due: d.due(s.Business.Now())}
		out = append(out, item)
	}
	return out, nil
}

// due is the due moment of the current step as lists show it.
func (d Difficulty) due(now time.Time) *ui.Due {
	if d.DueAt == nil {
		return nil
	}
	out := &ui.Due{State: ui.DueRunning, At: *d.DueAt, Left: d.DueAt.Sub(now), PerDay: 24 * time.Hour}
	switch {
	case d.Late(now):
		out.State, out.Left = ui.DueLate, now.Sub(*d.DueAt)
	case out.Left < 24*time.Hour:
		out.State = ui.DueSoon
	}
	return out
}

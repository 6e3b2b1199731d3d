package training

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/site/ui"
)

// mostTodo is how many classes a home page names.
const (
	mostTodo   = 5
	hoursOfDay = 24 * time.Hour // what is left is counted on the clock
)

// Todo is what waits for a person: the classes to teach that are not closed yet, those to
// register for before it ends, and for who plans how many must be taught again.
func (s *Service) Todo(ctx context.Context, t i18n.T, who access.Actor) ([]ui.TodoItem, error) {
	now := s.now()
	var out []ui.TodoItem
	if who.May(Teach) && !who.May(Plan) {
		var rows []Class
		err := s.DB.Read().NewSelect().Model(&rows).Where("cl.trainer = ?", who.ID).Where("cl.state = ?", Planned).Where("cl.day <= ?", clock.Date(now.AddDate(0, 0, 7))).
			Order("cl.day", "cl.starts_at").Limit(mostTodo).Scan(ctx)
		if err != nil {
			return nil, db.Sorted(err)
		}
		for _, c := range rows {
			item := ui.TodoItem{Title: t.Say("training.todo.teach", "code", c.Code, "at", c.StartsAt), Href: c.Path(), Why: t.Say("training.todo.teach.why", "room", c.Room, "n", c.Taken)}
			switch {
			case c.Day == clock.Date(now):
				item.Title = t.Say("training.todo.today", "code", c.Code, "from", hourText(c.StartsAt), "room", c.Room)
				item.State = &ui.State{Tone: ui.Live, Word: t.Say("training.today")}
			case now.After(c.EndsAt):
				item.State = &ui.State{Tone: ui.Late, Word: t.Say("training.todo.unclosed")}
			}
			out = append(out, item)
		}
	}
	if who.May(Plan) {
		owed, asked, err := s.Owing(ctx, who, "")
		if err != nil {
			return nil, err
		}
		if n := len(owed) + len(asked); n > 0 {
			out = append(out, ui.TodoItem{Title: t.Say("training.todo.owed", "n", n), Href: owedAt, Why: t.Say("training.todo.owed.why"), State: &ui.State{Tone: ui.Warn, Word: t.Say("training.makeup")}})
		}
		return out, nil
	}
	if !who.May(Enrol) {
		return out, nil
	}
	return s.enrolTodo(ctx, t, who, out)
}

// enrolTodo names the classes for which the reader's units can still register, while any
// of their audiences has neither seat nor training.
func (s *Service) enrolTodo(ctx context.Context, t i18n.T, who access.Actor, out []ui.TodoItem) ([]ui.TodoItem, error) {
	now := s.now()
	tree, err := s.tree(ctx)
	if err != nil {
		return nil, err
	}
	mine := []string{""}
	for _, d := range tree.Districts() {
		if who.Covers(Enrol, d.Code) || tree.District(who.Home) == d.Code {
			mine = append(mine, d.Code)
		}
	}
	var rows []Class
	err = s.DB.Read().NewSelect().Model(&rows).Where("cl.day >= ?", clock.Date(now)).Where("cl.day <= ?", clock.Date(now.AddDate(0, 1, 0))).Where("cl.state = ?", Planned).Where("cl.closes_at > ?", now).
		Where("cl.taken < cl.capacity").Where("cl.unit IN (?)", bun.List(mine)).Order("cl.day", "cl.closes_at").Limit(mostTodo).Scan(ctx)
	if err != nil || len(rows) == 0 {
		return out, db.Sorted(err)
	}
	all, err := s.Standings(ctx, who)
	if err != nil {
		return nil, err
	}
	settled, wanted := 0, 0
	for _, x := range all {
		if x.Level >= 2 {
			settled++
		}
	}
	for _, u := range tree.Communes("") {
		if who.Covers(Enrol, u.Code) {
			wanted += len(OfCommune.Audiences())
		}
	}
	if settled >= wanted {
		return out, nil
	}
	for _, c := range rows {
		d := ui.Due{State: ui.DueRunning, At: c.ClosesAt, Left: c.ClosesAt.Sub(now), PerDay: hoursOfDay}
		out = append(out, ui.TodoItem{Title: t.Say("training.todo.register", "code", c.Code, "at", c.StartsAt), Href: c.Path(), Why: t.Say("training.todo.register.why", "free", c.Free(), "n", wanted-settled), Due: &d})
	}
	return out, nil
}

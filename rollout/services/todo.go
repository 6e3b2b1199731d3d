package services

import (
	"context"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/site/ui"
)

// Todo names the departments for which an account is the focal point and whose procedures
// are not all live: what they report next, and by when. Who keeps the whole list is asked
// for none of them.
func (s *Service) Todo(ctx context.Context, t i18n.T, who access.Actor) ([]ui.TodoItem, error) {
	if !who.May(Report) || who.May(Keep) {
		return nil, nil
	}
	var mine []Focal
	today := clock.Date(s.now())
	err := s.DB.Read().NewSelect().Model(&mine).Where("sf.account = ?", who.ID).Where("sf.from_day <= ?", today).Where("(sf.until_day = '' OR sf.until_day > ?)", today).Order("sf.lead").Limit(50).Scan(ctx)
	if err != nil || len(mine) == 0 {
		return nil, err
	}
	pg, err := s.Programme(ctx, who)
	if err != nil {
		return nil, err
	}
	all, _, err := s.Departments(ctx, who)
	if err != nil {
		return nil, err
	}
	due := dueOf(pg.Phases)
	var items []ui.TodoItem
	for _, f := range mine {
		for _, one := range all {
			left := one.N - one.At[Live]
			if one.Lead != f.Lead || left == 0 {
				continue
			}
			item := ui.TodoItem{Title: t.Say("services.todo.mine", "name", one.Name, "n", left), Href: home + "/departments/" + one.Lead,
				Why: t.Say("services.todo.mine.why", "named", one.Named, "all", one.N, "due", dayWords(t, due))}
			if due != "" && today > due {
				item.State = &ui.State{Tone: ui.Late, Word: t.Say("services.todo.late")}
			}
			items = append(items, item)
		}
	}
	return items, nil
}

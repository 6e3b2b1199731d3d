package returns

import (
	"context"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/site/ui"
)

// Todo is what waits for a person: returns to hand in, returns to check, and for whoever
// runs the rounds how many are late.
func (s *Service) Todo(ctx context.Context, t i18n.T, who access.Actor) ([]ui.TodoItem, error) {
	var out []ui.TodoItem
	now := s.Business.Now()
	if who.May(HandIn) || who.May(Compile) || who.May(Depart) {
		mine, err := s.Mine(ctx, who, mostTodo)
		if err != nil {
			return nil, err
		}
		tree, err := s.tree(ctx)
		if err != nil {
			return nil, err
		}
		for _, x := range mine {
			why := t.Say("returns.todo.why", "n", x.Filled, "of", x.Asked)
			if x.State == SentBack {
				why = t.Say("returns.todo.sent_back", "why", x.Reason)
			}
			out = append(out, ui.TodoItem{Title: t.Say("returns.todo", "place", x.place(tree)), Href: x.Path(), Why: why, Due: x.due(now)})
		}
	}
	n, round, err := s.ToCheck(ctx, who)
	if err != nil {
		return nil, err
	}
	if n > 0 {
		out = append(out, ui.TodoItem{Title: t.Say("returns.todo.check", "n", n), Href: home + "/rounds/" + string(round) + "/sheets?only=handed_in", Why: t.Say("returns.todo.check.why")})
	}
	if who.May(Manage) {
		late, err := s.LateNow(ctx, who, now)
		if err != nil {
			return nil, err
		}
		if late > 0 {
			out = append(out, ui.TodoItem{Title: t.Say("returns.todo.late", "n", late), Href: home, Why: t.Say("returns.todo.late.why"), State: &ui.State{Tone: ui.Late, Word: t.Say("returns.state.late")}})
		}
	}
	return out, nil
}

// answered are a round's sheets of a level with their answers, for the workbook.
func (s *Service) answered(ctx context.Context, who access.Actor, round ident.ID, l Level, r page.Request) (page.Page[Sheet], error) {
	var rows []Sheet
	err := s.DB.Read().NewSelect().Model(&rows).ExcludeColumn("answers").ColumnExpr(standing).Where("rs.round = ? AND rs.level = ?", round, l).Apply(within(who), r.Up("rs.district", "rs.unit", "rs.id")).Scan(ctx)
	if err != nil {
		return page.Page[Sheet]{}, db.Sorted(err)
	}
	return page.Cut(r, rows, func(x Sheet) []string { return []string{x.District, x.Unit, string(x.ID)} }), nil
}

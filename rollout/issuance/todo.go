package issuance

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/site/ui"
)

// mostReviews is how many reviews the home page names.
const mostReviews = 3

// Todo is what this room asks of a person: requests to decide on, accounts to issue,
// reviews to sign.
func (s *Service) Todo(ctx context.Context, t i18n.T, who access.Actor, due func(time.Time) *ui.Due) ([]ui.TodoItem, error) {
	var items []ui.TodoItem
	for _, one := range []struct {
		need  access.Perm
		state State
		key   string
	}{{Approve, Asked, "issuance.todo.asked"}, {Issue, Approved, "issuance.todo.ready"}} {
		if !who.May(one.need) {
			continue
		}
		n, err := s.DB.Read().NewSelect().Model((*Request)(nil)).Where("iq.state = ?", one.state).Apply(who.Within(one.need, "iq.unit")).Count(ctx)
		if err != nil {
			return nil, db.Sorted(err)
		}
		if n > 0 {
			items = append(items, ui.TodoItem{Title: t.Say(one.key, "n", n), Why: t.Say(one.key + ".why"), Href: address(Home, "state", string(one.state))})
		}
	}
	reviews, err := s.Waiting(ctx, who, mostReviews)
	if err != nil || len(reviews) == 0 {
		return items, err
	}
	tree, err := s.tree(ctx)
	if err != nil {
		return nil, err
	}
	for _, r := range reviews {
		items = append(items, ui.TodoItem{Title: t.Say("issuance.todo.review", "unit", nameOf(t, tree, r.Unit), "quarter", quarterWords(t, r.Quarter)), Why: t.Say("issuance.todo.review.why", "n", r.LeftOpen), Href: r.Path(), Due: due(r.DueAt)})
	}
	return items, nil
}

// NotBegun is how many issued accounts nobody has come into.
func (s *Service) NotBegun(ctx context.Context) (int64, error) {
	n, err := s.DB.Read().NewSelect().Model((*Request)(nil)).Where("iq.state = ?", Issued).Count(ctx)
	return n, db.Sorted(err)
}

// ActiveIn is how many accounts of each of the units their owners have come into and use.
func (s *Service) ActiveIn(ctx context.Context, q bun.IDB, units []string) (map[string]int64, error) {
	var rows []struct {
		Unit string
		N    int64
	}
	err := q.NewSelect().Model((*Request)(nil)).ColumnExpr("iq.unit, count(*) AS n").Where("iq.state = ?", Active).Where("iq.unit IN (?)", bun.List(units)).GroupExpr("iq.unit").Scan(ctx, &rows)
	out := make(map[string]int64, len(rows))
	for _, r := range rows {
		out[r.Unit] = r.N
	}
	return out, db.Sorted(err)
}

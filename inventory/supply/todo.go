package supply

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/site/ui"
)

// mostTodo is how many things of one kind a home page names.
const mostTodo = 5

// Todo is what waits for a person: requests to decide or to allocate, deliveries to
// agree to, to send or to sign for; what is due first stands first.
func (s *Service) Todo(ctx context.Context, t i18n.T, who access.Actor) ([]ui.TodoItem, error) {
	var out []ui.TodoItem
	var rs []Request
	var asked []RequestState
	need := Decide
	if who.May(Decide) {
		asked = append(asked, Asked)
	}
	if who.May(Allocate) {
		asked = append(asked, Approved, Partly)
		need = Allocate
	}
	if len(asked) > 0 {
		err := s.DB.Read().NewSelect().Model(&rs).Where("sr.open").Where("sr.state IN (?)", bun.List(asked)).Apply(who.Within(need, "sr.unit")).
			Order("sr.due_at", "sr.id").Limit(mostTodo).Scan(ctx)
		if err != nil {
			return nil, db.Sorted(err)
		}
	}
	for _, r := range rs {
		out = append(out, ui.TodoItem{Title: t.Say("supply.request.title", "code", r.Code), Href: r.Path(), Why: t.Say(string(requestKey(r.State))), Due: s.todoDue(r.DueAt)})
	}
	ds, err := s.waiting(ctx, who)
	if err != nil {
		return nil, err
	}
	for _, d := range ds {
		out = append(out, ui.TodoItem{Title: t.Say("supply.delivery.title", "code", d.Code), Href: d.Path(), Why: t.Say(string(deliveryKey(d.State))), Due: s.todoDue(d.DueAt)})
	}
	return out, nil
}

// waiting are the deliveries of which the next step is the actor's.
func (s *Service) waiting(ctx context.Context, who access.Actor) ([]Delivery, error) {
	if !who.May(Sign) && !who.May(Deliver) {
		return nil, nil
	}
	var rows []Delivery
	q := s.DB.Read().NewSelect().Model(&rows).Where("sd.open").WhereGroup(" AND ", func(q *bun.SelectQuery) *bun.SelectQuery {
		if _, units := who.Reach(Sign); len(units) > 0 {
			q = q.WhereOr("sd.state = ? AND sd.unit IN (?)", Sent, bun.List(units))
		}
		everywhere, units := who.Reach(Deliver)
		moving := bun.List([]DeliveryState{Proposed, Agreed, Ordered})
		switch {
		case everywhere:
			q = q.WhereOr("sd.state = ? AND sd.from_unit = ''", Ordered)
		case len(units) > 0:
			q = q.WhereOr("sd.state IN (?) AND sd.from_unit IN (?)", moving, bun.List(units))
		}
		return q.WhereOr("1 = 0")
	})
	err := q.Order("sd.due_at", "sd.id").Limit(mostTodo).Scan(ctx)
	return rows, db.Sorted(err)
}

func (s *Service) todoDue(at time.Time) *ui.Due {
	if at.IsZero() {
		return nil
	}
	now := s.Stock.Now()
	d := &ui.Due{State: ui.DueRunning, At: at, Left: at.Sub(now), PerDay: 24 * time.Hour}
	if at.Before(now) {
		d.State, d.Left = ui.DueLate, now.Sub(at)
	}
	return d
}

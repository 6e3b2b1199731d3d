package hotline

import (
	"context"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/helpdesk"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/live"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/kit/phone"
	"lotrinh/internal/kit/trail"
)

// within keeps a query to what the actor may answer for: calls of units in reach, and
// those of which nobody knows the unit yet.
func within(who access.Actor, column string) func(*bun.SelectQuery) *bun.SelectQuery {
	return func(q *bun.SelectQuery) *bun.SelectQuery {
		everywhere, units := who.Reach(helpdesk.Work)
		switch {
		case everywhere:
			return q
		case len(units) == 0:
			return q.Where("1 = 0")
		}
		return q.Where(column+" IN (?)", bun.List(append(slices.Clone(units), "")))
	}
}

func covers(who access.Actor, unit string) bool {
	return who.Covers(helpdesk.Work, unit) || unit == "" && who.May(helpdesk.Work)
}

// View is a list of the journal.
type View string

// The views.
const (
	ViewAll    View = "all"
	ViewMissed View = "missed"
	ViewMine   View = "mine" // answered or called by the actor
	ViewOpen   View = "open" // going on now
)

// Views are all of them, in the order of the page.
var Views = []View{ViewAll, ViewMissed, ViewMine, ViewOpen}

// Filter narrows the journal; empty fields do not narrow.
type Filter struct {
	View   View
	Number string // as typed
}

// Journal is a page of calls, the newest first.
func (s *Service) Journal(ctx context.Context, who access.Actor, f Filter, r page.Request) (page.Page[Call], error) {
	if err := who.Need(helpdesk.Work); err != nil {
		return page.Page[Call]{}, err
	}
	var rows []Call
	if err := journal(s.DB, who, f, r).Scan(ctx, &rows); err != nil {
		return page.Page[Call]{}, db.Sorted(err)
	}
	p := page.Cut(r, rows, func(c Call) []string { return []string{page.Time(c.BeganAt), string(c.ID)} })
	return p, s.auditCalls(ctx, who, p.Items)
}

// journal is the query of a view. Each has an index that gives its rows in order;
// SQLite is told which, because without statistics it guesses.
func journal(d *db.DB, who access.Actor, f Filter, r page.Request) *bun.SelectQuery {
	index := "hotline_call_began"
	q := d.Read().NewSelect().ColumnExpr("hc.*").Apply(within(who, "hc.unit"))
	switch number, ok := phone.Normal(f.Number); {
	case f.Number != "" && !ok:
		q = q.Where("1 = 0")
	case f.Number != "":
		index, q = "hotline_call_number", q.Where("hc.number = ?", number).Where("hc.number <> ''")
	case f.View == ViewMissed:
		index, q = "hotline_call_state", q.Where("hc.state = ?", Missed)
	case f.View == ViewMine:
		index, q = "hotline_call_agent", q.Where("hc.agent = ?", who.ID)
	case f.View == ViewOpen:
		index, q = "hotline_call_state", q.Where("hc.state IN (?)", bun.List([]State{Ringing, Talking}))
	}
	if d.SQLite() {
		q = q.TableExpr("hotline_call AS hc INDEXED BY " + index)
	} else {
		q = q.TableExpr("hotline_call AS hc")
	}
	return q.Apply(r.On("hc.began_at", "hc.id"))
}

// one is a call that the actor may see.
func (s *Service) one(ctx context.Context, from bun.IDB, who access.Actor, id ident.ID) (Call, error) {
	if err := who.Need(helpdesk.Work); err != nil {
		return Call{}, err
	}
	var c Call
	err := from.NewSelect().Model(&c).Where("hc.id = ?", id).Apply(within(who, "hc.unit")).Scan(ctx)
	return c, db.Sorted(err)
}

// Before is how many earlier calls of the same number a page shows.
const before = 5

// earlier are the last calls of a number before one.
func (s *Service) earlier(ctx context.Context, who access.Actor, c Call) ([]Call, error) {
	if c.Number == "" {
		return nil, nil
	}
	var rows []Call
	err := s.DB.Read().NewSelect().Model(&rows).Where("hc.number = ?", c.Number).Where("hc.number <> ''").Where("hc.began_at <= ?", c.BeganAt).Where("hc.id <> ?", c.ID).
		Apply(within(who, "hc.unit")).Order("hc.began_at DESC", "hc.id DESC").Limit(before).Scan(ctx)
	return rows, db.Sorted(err)
}

// OfTicket are the calls about a ticket, the newest first.
func (s *Service) ofTicket(ctx context.Context, ticket ident.ID) ([]Call, error) {
	var rows []Call
	err := s.DB.Read().NewSelect().Model(&rows).Where("hc.ticket = ?", ticket).Where("hc.ticket <> ''").Order("hc.began_at DESC", "hc.id DESC").Limit(20).Scan(ctx)
	return rows, db.Sorted(err)
}

// fresh is for how long a call that was answered stays on its agent's pages while it
// has no ticket.
const fresh = 10 * time.Minute

// rings is for how long a ringing call is shown to pages that open.
const rings = 3 * time.Minute

// standing is what a page shows that has just opened: calls that ring, and the
// agent's own.
func (s *Service) standing(ctx context.Context, who access.Actor) ([]live.Part, error) {
	if !who.May(helpdesk.Work) {
		return nil, nil
	}
	now := s.Business.Now()
	var ringing, mine []Call
	err := s.DB.Read().NewSelect().Model(&ringing).Where("hc.state = ?", Ringing).Where("hc.began_at > ?", now.Add(-rings)).Where("hc.direction = ?", In).
		Apply(within(who, "hc.unit")).Order("hc.began_at").Limit(10).Scan(ctx)
	if err != nil {
		return nil, db.Sorted(err)
	}
	err = s.DB.Read().NewSelect().Model(&mine).Where("hc.agent = ?", who.ID).Where("hc.began_at > ?", now.Add(-4*time.Hour)).Where("hc.ticket = ''").
		Where("hc.answered_at IS NOT NULL").Where("hc.ended_at IS NULL OR hc.ended_at > ?", now.Add(-fresh)).Order("hc.began_at DESC").Limit(3).Scan(ctx)
	mine = slices.DeleteFunc(mine, func(c Call) bool { return c.State == Ended && c.ID != mine[0].ID }) // the last one that is over is enough
	var parts []live.Part
	for _, c := range append(mine, ringing...) {
		parts = append(parts, live.Part{ID: "call-" + string(c.ID), Href: "/desk/hotline/calls/" + string(c.ID) + "/card"})
	}
	return parts, db.Sorted(err)
}

// auditCalls records that somebody was shown whose calls.
func (s *Service) auditCalls(ctx context.Context, who access.Actor, calls []Call) error {
	ids := make([]string, len(calls))
	for i, c := range calls {
		ids[i] = string(c.ID)
	}
	return s.seenBy(ctx, who, "hotline.call.seen", ids)
}

// audit is the same for tasks.
func (s *Service) audit(ctx context.Context, who access.Actor, tasks []Callback) error {
	ids := make([]string, len(tasks))
	for i, b := range tasks {
		ids[i] = string(b.ID)
	}
	return s.seenBy(ctx, who, "hotline.callback.seen", ids)
}

func (s *Service) seenBy(ctx context.Context, who access.Actor, act string, ids []string) error {
	if len(ids) == 0 || who.IsSystem() {
		return nil
	}
	return s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		return trail.Seen(ctx, tx, s.Business.Now(), who, act, ids)
	})
}

package helpdesk

import (
	"context"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/kit/search"
)

// reach is where the actor may read tickets: as a reader or as support.
func reach(who access.Actor) (everywhere bool, units []string) {
	everywhere, units = who.Reach(Read)
	if everywhere {
		return true, nil
	}
	all, more := who.Reach(Work)
	units = append(units, more...)
	slices.Sort(units)
	return all, slices.Compact(units)
}

// both are the units that a filter asks for and that the actor may read: one list,
// so that the store has one condition to plan by.
func both(who access.Actor, asked []string) (all bool, units []string) {
	everywhere, mine := reach(who)
	switch {
	case everywhere:
		return len(asked) == 0, asked
	case len(asked) == 0:
		return false, mine
	}
	for _, u := range asked {
		if _, ok := slices.BinarySearch(mine, u); ok {
			units = append(units, u)
		}
	}
	return false, units
}

// within keeps a query of tickets to the actor's reach.
func within(who access.Actor) func(*bun.SelectQuery) *bun.SelectQuery {
	return func(q *bun.SelectQuery) *bun.SelectQuery {
		everywhere, units := reach(who)
		switch {
		case everywhere:
			return q
		case len(units) == 0:
			return q.Where("1 = 0")
		}
		return q.Where("ti.unit IN (?)", bun.List(units))
	}
}

// found is what a search gives, one page.
func (s *Service) found(ctx context.Context, who access.Actor, f Filter, r page.Request) (page.Page[Ticket], error) {
	hits, err := search.Find(ctx, s.DB, f.Words, s.SearchScopes(who), r.Limit)
	if err != nil || len(hits) == 0 {
		return page.Page[Ticket]{First: true}, err
	}
	ids := make([]ident.ID, len(hits))
	for i, h := range hits {
		ids[i] = ident.ID(h.Subject)
	}
	var rows []Ticket
	if err := s.DB.Read().NewSelect().Model(&rows).Where("ti.id IN (?)", bun.List(ids)).Scan(ctx); err != nil {
		return page.Page[Ticket]{}, db.Sorted(err)
	}
	by := map[ident.ID]Ticket{}
	for _, t := range rows {
		by[t.ID] = t
	}
	p := page.Page[Ticket]{First: true}
	for _, id := range ids {
		if t, ok := by[id]; ok && t.visible(who) {
			p.Items = append(p.Items, t)
		}
	}
	return p, nil
}

// Mine is a page of the tickets that the actor asked for, newest first.
func (s *Service) Mine(ctx context.Context, who access.Actor, r page.Request) (page.Page[Ticket], error) {
	if err := signedIn(who); err != nil {
		return page.Page[Ticket]{}, err
	}
	var rows []Ticket
	err := s.DB.Read().NewSelect().Model(&rows).Where("ti.requester = ?", who.ID).Apply(r.On("ti.seq")).Scan(ctx)
	return page.Cut(r, rows, func(t Ticket) []string { return []string{seqText(t.Seq)} }), db.Sorted(err)
}

// one is a ticket that the actor may see.
func (s *Service) one(ctx context.Context, from bun.IDB, who access.Actor, id ident.ID) (Ticket, error) {
	if err := signedIn(who); err != nil {
		return Ticket{}, err
	}
	var t Ticket
	if err := from.NewSelect().Model(&t).Where("ti.id = ?", id).Scan(ctx); err != nil {
		return t, db.Sorted(err)
	}
	return t, s.shows(ctx, from, t, who)
}

// shows is nil when the actor may read the ticket: within reach, as its requester, or
// as somebody who watches it.
func (s *Service) shows(ctx context.Context, from bun.IDB, t Ticket, who access.Actor) error {
	if t.visible(who) {
		return nil
	}
	watching, err := t.watches(ctx, from, who)
	if err == nil && !watching {
		err = fault.New(fault.Missing, "fault.missing")
	}
	return err
}

// ByNumber is the ticket that people call by this number.
func (s *Service) ByNumber(ctx context.Context, who access.Actor, number string) (Ticket, error) {
	if err := signedIn(who); err != nil {
		return Ticket{}, err
	}
	seq, ok := ParseNumber(number)
	if !ok {
		return Ticket{}, fault.New(fault.Missing, "fault.missing")
	}
	var t Ticket
	if err := s.DB.Read().NewSelect().Model(&t).Where("ti.seq = ?", seq).Scan(ctx); err != nil {
		return t, db.Sorted(err)
	}
	return t, s.shows(ctx, s.DB.Read(), t, who)
}

// messageOf is one message of a ticket.
func messageOf(ctx context.Context, from bun.IDB, ticket, id ident.ID) (Message, error) {
	var m Message
	err := from.NewSelect().Model(&m).Where("tm.id = ?", id).Where("tm.ticket = ?", ticket).Scan(ctx)
	return m, db.Sorted(err)
}

// messages is a page of the conversation of one or more tickets, newest first.
func messages(ctx context.Context, from bun.IDB, ids []ident.ID, internal bool, r page.Request) (page.Page[Message], error) {
	var rows []Message
	q := from.NewSelect().Model(&rows).Where("tm.ticket IN (?)", bun.List(ids))
	if len(ids) == 1 {
		q = from.NewSelect().Model(&rows).Where("tm.ticket = ?", ids[0]) // in the order of its index
	}
	if !internal {
		q = q.Where("NOT tm.internal")
	}
	err := q.Apply(r.On("tm.at", "tm.id")).Scan(ctx)
	return page.Cut(r, rows, func(m Message) []string { return []string{page.Time(m.At), string(m.ID)} }), db.Sorted(err)
}

// mostSteps is how much of a history a page shows: the newest of it.
const mostSteps = 200

// steps is a ticket's history, newest first.
func steps(ctx context.Context, from bun.IDB, id ident.ID, internal bool) ([]Step, error) {
	var rows []Step
	q := from.NewSelect().Model(&rows).Where("ts.ticket = ?", id)
	if !internal {
		q = q.Where("NOT ts.internal")
	}
	err := q.Order("ts.at DESC", "ts.id DESC").Limit(mostSteps).Scan(ctx)
	return rows, db.Sorted(err)
}

// quiet are tickets that were resolved before a moment and not closed.
func quiet(ctx context.Context, from bun.IDB, before time.Time, limit int) ([]ident.ID, error) {
	var ids []ident.ID
	err := from.NewSelect().TableExpr("ticket AS ti").Column("ti.id").Where("ti.state = ?", Resolved).Where("ti.sort_at < ?", before).
		Order("ti.sort_at").Limit(int64(limit)).Scan(ctx, &ids)
	return ids, db.Sorted(err)
}

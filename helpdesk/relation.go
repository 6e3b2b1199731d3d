package helpdesk

import (
	"context"
	"slices"
	"time"
	"unicode/utf8"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/ident"
)

// LinkKind is how one ticket is tied to another.
type LinkKind string

// The kinds of links; a reads towards b.
const (
	Relates    LinkKind = "relates"    // a has to do with b
	Duplicates LinkKind = "duplicates" // a asks the same as b
	Causes     LinkKind = "causes"     // a is why b happened
	Follows    LinkKind = "follows"    // a was made of a word on the closed b
	SplitOf    LinkKind = "split"      // a was cut out of b
)

// LinkKinds are the ones that people choose; the others are made by what they do.
var LinkKinds = []LinkKind{Relates, Duplicates, Causes}

// Link ties two tickets, with the reason that was given.
type Link struct {
	bun.BaseModel `bun:"table:ticket_link,alias:tl"`
	ID            ident.ID  `bun:"id,pk"`
	A             ident.ID  `bun:"a"`
	B             ident.ID  `bun:"b"`
	Kind          LinkKind  `bun:"kind"`
	Reason        string    `bun:"reason"`
	By            ident.ID  `bun:"by_account"`
	At            time.Time `bun:"at"`
}

// Limits of what ties tickets together.
const (
	longestReason = 300
	mostLinks     = 100
	mostChildren  = 300
)

// lock takes tickets for an operation that changes several of them, always in the
// same order, so that two such operations never wait for each other.
func lock(ctx context.Context, tx *db.Tx, ids ...ident.ID) error {
	var seqs []int64
	err := tx.NewSelect().TableExpr("ticket AS ti").ColumnExpr("ti.seq").Where("ti.id IN (?)", bun.List(ids)).
		Order("ti.id").Apply(db.ForUpdate(tx)).Scan(ctx, &seqs)
	return db.Sorted(err)
}

// counterpart reads the second ticket of an operation, which the actor must support too.
func counterpart(ctx context.Context, tx *db.Tx, who access.Actor, id ident.ID) (Ticket, error) {
	var t Ticket
	err := tx.NewSelect().Model(&t).Where("ti.id = ?", id).Scan(ctx)
	if err == nil && !t.supports(who) {
		err = fault.New(fault.Missing, "fault.missing")
	}
	return t, db.Sorted(err)
}

// Link ties a ticket to another one, for a reason.
func (s *Service) Link(ctx context.Context, who access.Actor, id, to ident.ID, kind LinkKind, reason string) (Ticket, error) {
	if err := who.Need(Work); err != nil {
		return Ticket{}, err
	}
	reason = tidy(reason)
	var k fault.Check
	k.Need(slices.Contains(LinkKinds, kind), "kind", "helpdesk.link.kind_needed")
	k.Need(id != to, "to", "helpdesk.link.itself")
	k.Need(utf8.RuneCountInString(reason) <= longestReason, "reason", "helpdesk.link.reason_long", "max", longestReason)
	if err := k.Err(); err != nil {
		return Ticket{}, err
	}
	return s.act(ctx, who, id, 0, func(ctx context.Context, a *action) error {
		if err := a.support(); err != nil {
			return err
		}
		b, err := counterpart(ctx, a.tx, who, to)
		if err != nil {
			return err
		}
		return a.link(ctx, b, kind, reason)
	})
}

// link writes a link from the ticket to another one.
func (a *action) link(ctx context.Context, b Ticket, kind LinkKind, reason string) error {
	n, err := a.tx.NewSelect().TableExpr("ticket_link AS tl").Where("tl.a = ?", a.t.ID).Count(ctx)
	if err != nil {
		return db.Sorted(err)
	}
	if n >= mostLinks {
		return fault.New(fault.Conflict, "helpdesk.link.many", "max", mostLinks)
	}
	l := Link{ID: ident.New(a.now), A: a.t.ID, B: b.ID, Kind: kind, Reason: reason, By: a.who.ID, At: a.now}
	_, err = a.tx.NewInsert().Model(&l).Exec(ctx)
	if db.Duplicate(err) {
		return fault.New(fault.Conflict, "helpdesk.link.there", "number", b.Number())
	}
	a.step(ActTied, string(b.ID), true)
	a.quiet = true
	a.trail("helpdesk.ticket.linked", map[string][2]any{"to": {nil, b.ID}, "kind": {nil, kind}})
	return db.Sorted(err)
}

// Unlink takes a link away; either of its tickets may be named.
func (s *Service) Unlink(ctx context.Context, who access.Actor, id, link ident.ID) (Ticket, error) {
	if err := who.Need(Work); err != nil {
		return Ticket{}, err
	}
	return s.act(ctx, who, id, 0, func(ctx context.Context, a *action) error {
		if err := a.support(); err != nil {
			return err
		}
		var l Link
		err := a.tx.NewSelect().Model(&l).Where("tl.id = ?", link).Where("tl.a = ? OR tl.b = ?", id, id).Scan(ctx)
		if fault.Is(db.Sorted(err), fault.Missing) {
			return fault.New(fault.Conflict, "helpdesk.link.gone")
		}
		if err != nil {
			return db.Sorted(err)
		}
		if _, err := a.tx.NewDelete().Model(&l).WherePK().Exec(ctx); err != nil {
			return db.Sorted(err)
		}
		b := l.B
		if b == id {
			b = l.A
		}
		a.step(ActUntied, string(b), true)
		a.quiet = true
		a.trail("helpdesk.ticket.unlinked", map[string][2]any{"to": {b, nil}, "kind": {l.Kind, nil}})
		return nil
	})
}

// SetParent puts the ticket under another one, or takes it out again when parent is
// empty. There is one level: a parent has no parent, and a child no children.
func (s *Service) SetParent(ctx context.Context, who access.Actor, id ident.ID, version int64, parent ident.ID) (Ticket, error) {
	if err := who.Need(Work); err != nil {
		return Ticket{}, err
	}
	if parent == id {
		var k fault.Check
		k.Need(false, "to", "helpdesk.link.itself")
		return Ticket{}, k.Err()
	}
	return s.in(ctx, func(ctx context.Context, tx *db.Tx, r Ready) (Ticket, error) {
		if err := lock(ctx, tx, id, parent); err != nil {
			return Ticket{}, err
		}
		return s.actIn(ctx, tx, r, who, id, version, func(ctx context.Context, a *action) error {
			if err := a.support(); err != nil || a.t.Parent == parent {
				return err
			}
			about, act := parent, ActParented
			if parent == "" {
				about, act = a.t.Parent, ActOrphaned
			} else if err := a.mayBeUnder(ctx, parent); err != nil {
				return err
			}
			a.t.Parent = parent
			a.step(act, string(about), true)
			a.trail("helpdesk.ticket.parented", map[string][2]any{"parent": {a.before.Parent, parent}})
			return nil
		})
	})
}

func (a *action) mayBeUnder(ctx context.Context, parent ident.ID) error {
	p, err := counterpart(ctx, a.tx, a.who, parent)
	if err != nil {
		return err
	}
	switch {
	case p.Parent != "":
		return fault.New(fault.Conflict, "helpdesk.parent.is_child", "number", p.Number())
	case p.State == Closed:
		return fault.New(fault.Conflict, "helpdesk.parent.closed", "number", p.Number())
	}
	n, err := a.tx.NewSelect().TableExpr("ticket AS ti").Where("ti.parent = ?", a.t.ID).Where("ti.parent <> ''").Count(ctx)
	if err == nil && n > 0 {
		return fault.New(fault.Conflict, "helpdesk.parent.has_children", "number", a.t.Number())
	}
	if err != nil {
		return db.Sorted(err)
	}
	n, err = a.tx.NewSelect().TableExpr("ticket AS ti").Where("ti.parent = ?", parent).Where("ti.parent <> ''").Count(ctx)
	if err == nil && n >= mostChildren {
		return fault.New(fault.Conflict, "helpdesk.parent.many", "max", mostChildren)
	}
	return db.Sorted(err)
}

// Then is what becomes of a parent's open children when it is done.
type Then string

// The answers to that question; none is asked again.
const (
	ResolveChildren Then = "resolve" // they get the same answer
	LeaveChildren   Then = "leave"
)

// openChildren are the children of a ticket that are not done.
func openChildren(ctx context.Context, from bun.IDB, parent ident.ID) ([]Ticket, error) {
	var rows []Ticket
	err := from.NewSelect().Model(&rows).Where("ti.parent = ?", parent).Where("ti.parent <> ''").Where("ti.phase <> ?", Done).Order("ti.seq").Limit(mostChildren).Scan(ctx)
	return rows, db.Sorted(err)
}

// children asks what becomes of open children, and does it: each that the actor
// supports is resolved with the same words, by its own clocks.
func (a *action) children(ctx context.Context, then Then, w Words) error {
	rows, err := openChildren(ctx, a.tx, a.t.ID)
	if err != nil || len(rows) == 0 || then == LeaveChildren {
		return err
	}
	if then != ResolveChildren {
		return fault.New(fault.Conflict, "helpdesk.parent.children_open", "n", len(rows))
	}
	for _, one := range rows {
		if !one.supports(a.who) {
			continue
		}
		same := Words{Body: w.Body, Anyway: true, Children: LeaveChildren}
		if _, err := a.s.ResolveIn(ctx, a.tx, a.ready, a.who, one.ID, same); err != nil {
			return err
		}
	}
	return nil
}

// Tie is a link as one of its tickets sees it.
type Tie struct {
	Link
	Out   bool // the ticket is the link's a
	Other Ticket
}

// Kin are the tickets tied to one.
type Kin struct {
	Ties     []Tie
	Parent   Ticket // empty ID: none
	Children []Ticket
	Into     Ticket   // what it was merged into
	Merged   []Ticket // what was merged into it, directly or by steps
}

// kin reads what is tied to a ticket, in four queries whatever there is. Tickets
// that the reader may not see are left out. about are further tickets that the page
// names; all of them come back by key.
func (s *Service) kin(ctx context.Context, who access.Actor, t Ticket, about []ident.ID) (Kin, map[ident.ID]Ticket, error) {
	var k Kin
	from := s.DB.Read()
	var links []Link
	err := from.NewSelect().Model(&links).Where("tl.a = ? OR tl.b = ?", t.ID, t.ID).Order("tl.id").Limit(2 * mostLinks).Scan(ctx)
	if err != nil {
		return k, nil, db.Sorted(err)
	}
	if err := from.NewSelect().Model(&k.Children).Where("ti.parent = ?", t.ID).Where("ti.parent <> ''").Order("ti.seq").Limit(mostChildren).Scan(ctx); err != nil {
		return k, nil, db.Sorted(err)
	}
	if k.Merged, err = merged(ctx, from, t.ID); err != nil {
		return k, nil, err
	}
	ids := append(slices.Clone(about), t.Parent, t.MergedInto)
	for _, l := range links {
		ids = append(ids, l.A, l.B)
	}
	var rows []Ticket
	if err := from.NewSelect().Model(&rows).Where("ti.id IN (?)", bun.List(ids)).Scan(ctx); err != nil {
		return k, nil, db.Sorted(err)
	}
	by := map[ident.ID]Ticket{}
	for _, one := range rows {
		if one.visible(who) {
			by[one.ID] = one
		}
	}
	unseen := func(one Ticket) bool { return !one.visible(who) }
	k.Children, k.Merged = slices.DeleteFunc(k.Children, unseen), slices.DeleteFunc(k.Merged, unseen)
	k.Parent, k.Into = by[t.Parent], by[t.MergedInto]
	for _, l := range links {
		tie := Tie{Link: l, Out: l.A == t.ID, Other: by[l.B]}
		if !tie.Out {
			tie.Other = by[l.A]
		}
		if tie.Other.ID != "" {
			k.Ties = append(k.Ties, tie)
		}
	}
	return k, by, nil
}

package helpdesk

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/ident"
)

// Watcher is somebody who is told what happens on a ticket: who chose so, whom the
// support side added, and who asked by a ticket that was merged into this one (Via).
// A watcher reads the public conversation and may write on it.
type Watcher struct {
	bun.BaseModel `bun:"table:ticket_watcher,alias:tw"`
	Ticket        ident.ID  `bun:"ticket,pk"`
	Person        ident.ID  `bun:"person,pk"`
	Via           ident.ID  `bun:"via"` // the merged ticket
	By            ident.ID  `bun:"by_account"`
	At            time.Time `bun:"at"`
}

// mostWatchers is how many people may watch a ticket.
const mostWatchers = 50

// Watch lets somebody watch a ticket: oneself, or an account that the support side
// adds.
func (s *Service) Watch(ctx context.Context, who access.Actor, id, person ident.ID) (Ticket, error) {
	if err := who.Need(Work); err != nil {
		return Ticket{}, err
	}
	if person != who.ID {
		names, err := s.People.Names(ctx, []ident.ID{person})
		if err != nil {
			return Ticket{}, err
		}
		var k fault.Check
		k.Need(names[person] != "", "person", "helpdesk.watch.unknown")
		if err := k.Err(); err != nil {
			return Ticket{}, err
		}
	}
	return s.act(ctx, who, id, 0, func(ctx context.Context, a *action) error {
		if err := a.support(); err != nil {
			return err
		}
		if person == a.t.Requester {
			return fault.New(fault.Conflict, "helpdesk.watch.requester")
		}
		if err := a.watch(ctx, person, ""); err != nil {
			return err
		}
		a.quiet = true
		a.trail("helpdesk.ticket.watched", map[string][2]any{"person": {nil, person}})
		a.notify(person, "helpdesk.notice.watching")
		return nil
	})
}

// Unwatch ends it; who came with a merged ticket stays as long as it is merged.
func (s *Service) Unwatch(ctx context.Context, who access.Actor, id, person ident.ID) (Ticket, error) {
	if err := signedIn(who); err != nil {
		return Ticket{}, err
	}
	return s.act(ctx, who, id, 0, func(ctx context.Context, a *action) error {
		if person != who.ID {
			if err := a.support(); err != nil {
				return err
			}
		}
		if err := a.unwatch(ctx, person, ""); err != nil {
			return err
		}
		a.quiet = true
		a.trail("helpdesk.ticket.unwatched", map[string][2]any{"person": {person, nil}})
		return nil
	})
}

// watch adds a watcher; whoever watches already stays as they are.
func (a *action) watch(ctx context.Context, person, via ident.ID) error {
	if a.t.Watching >= mostWatchers {
		return fault.New(fault.Conflict, "helpdesk.watch.many", "max", mostWatchers)
	}
	w := Watcher{Ticket: a.t.ID, Person: person, Via: via, By: a.who.ID, At: a.now}
	res, err := a.tx.NewInsert().Model(&w).On("CONFLICT (ticket, person) DO NOTHING").Exec(ctx)
	if err != nil {
		return db.Sorted(err)
	}
	n, err := res.RowsAffected()
	a.t.Watching += n
	return db.Sorted(err)
}

// unwatch takes a watcher away who came that way.
func (a *action) unwatch(ctx context.Context, person, via ident.ID) error {
	res, err := a.tx.NewRaw("DELETE FROM ticket_watcher WHERE ticket = ? AND person = ? AND via = ?", a.t.ID, person, via).Exec(ctx)
	if err != nil {
		return db.Sorted(err)
	}
	n, err := res.RowsAffected()
	a.t.Watching -= n
	return db.Sorted(err)
}

// watchers are who watches a ticket, in the order in which they came.
func watchers(ctx context.Context, from bun.IDB, id ident.ID) ([]Watcher, error) {
	var rows []Watcher
	err := from.NewSelect().Model(&rows).Where("tw.ticket = ?", id).Order("tw.at", "tw.person").Scan(ctx)
	return rows, db.Sorted(err)
}

// watches tells whether somebody watches a ticket; a ticket that nobody watches is
// not asked about.
func (t Ticket) watches(ctx context.Context, from bun.IDB, who access.Actor) (bool, error) {
	if t.Watching == 0 || !who.SignedIn() {
		return false, nil
	}
	return from.NewSelect().TableExpr("ticket_watcher AS tw").Where("tw.ticket = ?", t.ID).Where("tw.person = ?", who.ID).Exists(ctx)
}

// alert tells every watcher, but for those who did it or are told anyway.
func (a *action) alert(ctx context.Context) error {
	if len(a.events) == 0 || a.t.Watching == 0 {
		return nil
	}
	rows, err := watchers(ctx, a.tx, a.t.ID)
	if err != nil {
		return err
	}
	told := map[ident.ID]bool{a.who.ID: true, a.t.Requester: true}
	for _, n := range a.notices {
		told[n.Account] = true
	}
	for _, w := range rows {
		if !told[w.Person] {
			a.notify(w.Person, "helpdesk.notice.watched")
		}
	}
	return nil
}

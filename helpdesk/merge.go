package helpdesk

import (
	"context"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/ident"
)

// Merging leaves every message where it was written: the merged ticket is closed and
// points to its target, whose page shows both conversations to the support side. So
// undoing moves nothing, and nobody reads what they could not read before: the
// requester of the merged ticket follows the target as a watcher, which whoever
// merges is told.

// Merge closes a ticket as the same matter as another one. Whoever asked is told and
// follows the target; what they write from now on lands there.
func (s *Service) Merge(ctx context.Context, who access.Actor, id ident.ID, version int64, into ident.ID) (Ticket, error) {
	return s.in(ctx, func(ctx context.Context, tx *db.Tx, r Ready) (Ticket, error) {
		return s.MergeIn(ctx, tx, r, who, id, version, into)
	})
}

// MergeIn is Merge in the caller's transaction.
func (s *Service) MergeIn(ctx context.Context, tx *db.Tx, r Ready, who access.Actor, id ident.ID, version int64, into ident.ID) (Ticket, error) {
	if err := who.Need(Work); err != nil {
		return Ticket{}, err
	}
	var k fault.Check
	k.Need(id != into, "to", "helpdesk.merge.itself")
	if err := k.Err(); err != nil {
		return Ticket{}, err
	}
	if err := lock(ctx, tx, id, into); err != nil {
		return Ticket{}, err
	}
	source, err := counterpart(ctx, tx, who, id)
	if err != nil {
		return Ticket{}, err
	}
	target, err := s.actIn(ctx, tx, r, who, into, 0, func(ctx context.Context, a *action) error {
		if err := a.support(); err != nil {
			return err
		}
		if a.t.Phase == Done {
			return fault.New(fault.Conflict, "helpdesk.merge.target_done", "number", a.t.Number())
		}
		if source.Requester != a.t.Requester {
			if err := a.watch(ctx, source.Requester, source.ID); err != nil {
				return err
			}
		}
		a.step(ActAbsorbed, string(source.ID), true)
		a.trail("helpdesk.ticket.absorbed", map[string][2]any{"ticket": {nil, source.ID}})
		return nil
	})
	if err != nil {
		return Ticket{}, err
	}
	return s.actIn(ctx, tx, r, who, id, version, func(ctx context.Context, a *action) error {
		if err := a.support(); err != nil {
			return err
		}
		if err := a.move(ctx, Closed, ""); err != nil {
			return err
		}
		a.t.MergedInto = target.ID
		a.step(ActMerged, string(target.ID), false)
		a.trail("helpdesk.ticket.merged", map[string][2]any{"state": {a.before.State, Closed}, "into": {nil, target.ID}})
		a.tell("helpdesk.ticket.merged")
		a.notify(a.t.Requester, "helpdesk.notice.merged", "target", target.Number())
		return nil
	})
}

// Unmerge takes a merge back: the ticket is reopened with everything that it had, and
// its requester no longer follows the target.
func (s *Service) Unmerge(ctx context.Context, who access.Actor, id ident.ID, version int64) (Ticket, error) {
	if err := who.Need(Work); err != nil {
		return Ticket{}, err
	}
	return s.in(ctx, func(ctx context.Context, tx *db.Tx, r Ready) (Ticket, error) {
		source, err := counterpart(ctx, tx, who, id)
		if err != nil {
			return source, err
		}
		if source.MergedInto == "" {
			return source, fault.New(fault.Conflict, "helpdesk.merge.not_merged")
		}
		if err := lock(ctx, tx, id, source.MergedInto); err != nil {
			return source, err
		}
		_, err = s.actIn(ctx, tx, r, who, source.MergedInto, 0, func(ctx context.Context, a *action) error {
			a.step(ActReleased, string(id), true)
			a.trail("helpdesk.ticket.released", map[string][2]any{"ticket": {id, nil}})
			return a.unwatch(ctx, source.Requester, id)
		})
		if err != nil {
			return source, err
		}
		return s.actIn(ctx, tx, r, who, id, version, func(ctx context.Context, a *action) error {
			if err := a.support(); err != nil {
				return err
			}
			into := a.t.MergedInto
			if err := a.move(ctx, Reopened, "helpdesk.merge.pause"); err != nil {
				return err
			}
			a.t.MergedInto, a.t.Reopened = "", a.before.Reopened // it was not the answer that failed
			a.step(ActUnmerged, string(into), false)
			a.trail("helpdesk.ticket.unmerged", map[string][2]any{"state": {Closed, Reopened}, "into": {into, nil}})
			a.tell("helpdesk.ticket.unmerged")
			a.notify(a.t.Requester, "helpdesk.notice.unmerged")
			return nil
		})
	})
}

// merged are the tickets that were merged into one, directly or by steps.
func merged(ctx context.Context, from bun.IDB, into ident.ID) ([]Ticket, error) {
	var rows []Ticket
	err := from.NewRaw("WITH RECURSIVE m AS (SELECT id FROM ticket WHERE merged_into = ? AND merged_into <> ''"+
		" UNION SELECT t.id FROM m CROSS JOIN ticket AS t WHERE t.merged_into = m.id AND t.merged_into <> '')"+
		" SELECT ti.* FROM m CROSS JOIN ticket AS ti WHERE ti.id = m.id ORDER BY ti.seq LIMIT ?", into, mostLinks).Scan(ctx, &rows)
	return rows, db.Sorted(err)
}

// longestChain is how often a target may itself have been merged before we give up.
const longestChain = 20

// landing is where a word on a ticket lands: on the ticket, or on what it was merged
// into at last.
func landing(ctx context.Context, from bun.IDB, id ident.ID) (ident.ID, error) {
	for range longestChain {
		var next []ident.ID
		err := from.NewSelect().TableExpr("ticket AS ti").ColumnExpr("ti.merged_into").Where("ti.id = ?", id).Scan(ctx, &next)
		if err != nil || len(next) == 0 || next[0] == "" {
			return id, db.Sorted(err)
		}
		id = next[0]
	}
	return id, fault.New(fault.Conflict, "helpdesk.merge.chain")
}

package helpdesk

import (
	"context"
	"errors"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/ident"
)

// Hold puts the ticket on hold: the clock of the resolution stands while it waits for
// the requester or the vendor. The reason is a public message, and so an answer.
func (s *Service) Hold(ctx context.Context, who access.Actor, id ident.ID, waitsFor Party, w Words) (Ticket, error) {
	return s.in(ctx, func(ctx context.Context, tx *db.Tx, r Ready) (Ticket, error) {
		return s.HoldIn(ctx, tx, r, who, id, waitsFor, w)
	})
}

// HoldIn is Hold in the caller's transaction.
func (s *Service) HoldIn(ctx context.Context, tx *db.Tx, r Ready, who access.Actor, id ident.ID, waitsFor Party, w Words) (Ticket, error) {
	if err := who.Need(Work); err != nil {
		return Ticket{}, err
	}
	if waitsFor != Requester && waitsFor != Vendor {
		var k fault.Check
		k.Need(false, "then", "helpdesk.form.party_needed")
		return Ticket{}, k.Err()
	}
	if err := w.check(); err != nil {
		return Ticket{}, err
	}
	return s.actIn(ctx, tx, r, who, id, w.Version, func(ctx context.Context, a *action) error {
		if err := a.support(); err != nil {
			return err
		}
		if err := a.move(ctx, OnHold, "helpdesk.waits_for."+string(waitsFor)); err != nil {
			return err
		}
		a.t.WaitsFor = waitsFor
		if err := a.publish(ctx, w); err != nil {
			return err
		}
		a.step(ActHeld, string(waitsFor), false)
		a.trail("helpdesk.ticket.held", map[string][2]any{"state": {a.before.State, OnHold}, "waits_for": {"", waitsFor}})
		a.tell("helpdesk.ticket.held")
		a.notify(a.t.Requester, "helpdesk.notice.held_"+string(waitsFor))
		return nil
	})
}

// Resume takes the ticket off hold; the clock runs on.
func (s *Service) Resume(ctx context.Context, who access.Actor, id ident.ID, version int64) (Ticket, error) {
	if err := who.Need(Work); err != nil {
		return Ticket{}, err
	}
	return s.act(ctx, who, id, version, func(ctx context.Context, a *action) error {
		if err := a.support(); err != nil {
			return err
		}
		if a.t.State != OnHold {
			return fault.New(fault.Conflict, "helpdesk.ticket.not_on_hold")
		}
		if err := a.move(ctx, Open, ""); err != nil {
			return err
		}
		a.step(ActResumed, "", false)
		a.trail("helpdesk.ticket.resumed", map[string][2]any{"state": {OnHold, Open}})
		return nil
	})
}

// Resolve answers the ticket for good, unless the requester objects.
func (s *Service) Resolve(ctx context.Context, who access.Actor, id ident.ID, w Words) (Ticket, error) {
	return s.in(ctx, func(ctx context.Context, tx *db.Tx, r Ready) (Ticket, error) {
		return s.ResolveIn(ctx, tx, r, who, id, w)
	})
}

// ResolveIn is Resolve in the caller's transaction.
func (s *Service) ResolveIn(ctx context.Context, tx *db.Tx, r Ready, who access.Actor, id ident.ID, w Words) (Ticket, error) {
	if err := who.Need(Work); err != nil {
		return Ticket{}, err
	}
	if err := w.check(); err != nil {
		return Ticket{}, err
	}
	return s.actIn(ctx, tx, r, who, id, w.Version, func(ctx context.Context, a *action) error {
		if err := a.support(); err != nil {
			return err
		}
		if a.t.Must > 0 && !w.Anyway {
			return fault.New(fault.Conflict, "helpdesk.ticket.checks_open", "n", a.t.Must)
		}
		if err := a.children(ctx, w.Children, w); err != nil {
			return err
		}
		if err := a.move(ctx, Resolved, ""); err != nil {
			return err
		}
		if err := a.publish(ctx, w); err != nil {
			return err
		}
		a.step(ActResolved, "", false)
		a.trail("helpdesk.ticket.resolved", map[string][2]any{"state": {a.before.State, Resolved}})
		a.tell("helpdesk.ticket.resolved")
		a.notify(a.t.Requester, "helpdesk.notice.resolved")
		return nil
	})
}

// Reopen says that the answer did not help, and why. A closed ticket is reopened as
// long as the policy of its group allows.
func (s *Service) Reopen(ctx context.Context, who access.Actor, id ident.ID, w Words) (Ticket, error) {
	return s.in(ctx, func(ctx context.Context, tx *db.Tx, r Ready) (Ticket, error) {
		return s.ReopenIn(ctx, tx, r, who, id, w)
	})
}

// ReopenIn is Reopen in the caller's transaction.
func (s *Service) ReopenIn(ctx context.Context, tx *db.Tx, r Ready, who access.Actor, id ident.ID, w Words) (Ticket, error) {
	if err := errors.Join(signedIn(who), w.behalf(who)); err != nil {
		return Ticket{}, err
	}
	return s.actIn(ctx, tx, r, who, id, w.Version, func(ctx context.Context, a *action) error {
		if err := w.check(); err != nil {
			return err
		}
		agent := a.t.supports(who) && w.Author == ""
		if err := a.reopenable(agent); err != nil {
			return err
		}
		if err := a.move(ctx, Reopened, string(stateKey(a.before.State))); err != nil {
			return err
		}
		a.say(w, false, agent)
		if !agent {
			if err := a.asked(ctx); err != nil {
				return err
			}
		}
		a.step(ActReopened, "", false)
		a.trail("helpdesk.ticket.reopened", map[string][2]any{"state": {a.before.State, Reopened}})
		a.tell("helpdesk.ticket.reopened")
		a.notify(a.t.Owner, "helpdesk.notice.reopened")
		return a.attach(ctx, w.Files)
	})
}

// reopenable is nil when the ticket may be reopened, as far as its state does not say.
func (a *action) reopenable(agent bool) error {
	switch {
	case a.t.MergedInto != "":
		return fault.New(fault.Conflict, "helpdesk.ticket.is_merged")
	case a.t.State == Closed && !agent && !a.s.reopens(a.ready.cat, *a.t):
		return fault.New(fault.Conflict, "helpdesk.ticket.closed_for_good")
	}
	return a.own()
}

// Close ends the ticket: the requester says that it is done or no longer needed, or
// the support side closes what is resolved. A word of farewell may be empty.
func (s *Service) Close(ctx context.Context, who access.Actor, id ident.ID, version int64, farewell string) (Ticket, error) {
	return s.CloseAs(ctx, who, id, Words{Version: version, Body: farewell})
}

// CloseAs is Close with an answer to what becomes of open children, which the support
// side is asked about.
func (s *Service) CloseAs(ctx context.Context, who access.Actor, id ident.ID, w Words) (Ticket, error) {
	if err := signedIn(who); err != nil {
		return Ticket{}, err
	}
	w.Body = tidy(w.Body)
	return s.act(ctx, who, id, w.Version, func(ctx context.Context, a *action) error {
		if err := a.own(); err != nil {
			return err
		}
		if w.Body != "" || w.Children == ResolveChildren {
			if err := w.check(); err != nil {
				return err
			}
		}
		agent := a.t.supports(who)
		if agent && a.t.State != Resolved {
			return fault.New(fault.Conflict, "helpdesk.ticket.resolve_first")
		}
		if agent {
			if err := a.children(ctx, w.Children, w); err != nil {
				return err
			}
		}
		if w.Body != "" {
			a.say(w, false, agent)
		}
		return a.close(ctx)
	})
}

func (a *action) close(ctx context.Context) error {
	if err := a.move(ctx, Closed, ""); err != nil {
		return err
	}
	a.step(ActClosed, "", false)
	a.trail("helpdesk.ticket.closed", map[string][2]any{"state": {a.before.State, Closed}})
	a.tell("helpdesk.ticket.closed")
	return nil
}

// CloseQuiet closes what has been resolved for three working days without objection,
// at most limit tickets, and tells how many. A job runs it.
func (s *Service) CloseQuiet(ctx context.Context, limit int) (int, error) {
	cals, err := s.calendar(ctx)
	if err != nil {
		return 0, err
	}
	since, err := cals.cal.BackDays(s.Business.Now(), quietDays)
	if err != nil || !since.Known() {
		return 0, err
	}
	ids, err := quiet(ctx, s.DB.Read(), since.At.UTC(), limit)
	if err != nil {
		return 0, err
	}
	who := access.System("helpdesk")
	for i, id := range ids {
		_, err := s.act(ctx, who, id, 0, func(ctx context.Context, a *action) error {
			if a.t.State != Resolved {
				return nil // reopened or closed since we looked
			}
			return a.close(ctx)
		})
		if err != nil {
			return i, err
		}
	}
	return len(ids), nil
}

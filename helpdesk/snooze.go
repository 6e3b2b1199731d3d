package helpdesk

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/ident"
)

// A snoozed ticket is out of the way until a moment. Its clocks run on, so it never
// sleeps past what is promised: it wakes by its next due moment at the latest, and as
// soon as its requester writes.

// furthest is how far ahead a ticket may be snoozed.
const furthest = 60 * 24 * time.Hour

// NextMorning is when working time next begins on a later day.
func (s *Service) NextMorning(ctx context.Context) (time.Time, error) {
	cals, err := s.calendar(ctx)
	if err != nil {
		return time.Time{}, err
	}
	_, tomorrow := clock.Day(s.Business.Now())
	due, err := cals.cal.NextOpen(tomorrow)
	if err != nil || !due.Known() {
		return tomorrow.Add(8 * time.Hour), err
	}
	return due.At.UTC(), nil
}

// Snooze puts a ticket out of the way until a moment; the zero time is the next
// working morning.
func (s *Service) Snooze(ctx context.Context, who access.Actor, id ident.ID, version int64, until time.Time) (Ticket, error) {
	if err := who.Need(Work); err != nil {
		return Ticket{}, err
	}
	if until.IsZero() {
		var err error
		if until, err = s.NextMorning(ctx); err != nil {
			return Ticket{}, err
		}
	}
	now := s.Business.Now()
	var k fault.Check
	k.Need(until.After(now), "until", "helpdesk.snooze.past")
	k.Need(until.Before(now.Add(furthest)), "until", "helpdesk.snooze.far")
	if err := k.Err(); err != nil {
		return Ticket{}, err
	}
	return s.act(ctx, who, id, version, func(_ context.Context, a *action) error {
		if err := a.support(); err != nil {
			return err
		}
		if a.t.Phase != InWork && a.t.Phase != Asleep {
			return fault.New(fault.Conflict, "helpdesk.snooze.not_in_work")
		}
		a.t.Phase = InWork // to see what is due next
		due := a.t.NextDue()
		if due != nil && !due.After(a.now) {
			return fault.New(fault.Conflict, "helpdesk.snooze.late")
		}
		if due != nil && due.Before(until) {
			until = *due
		}
		until = until.UTC().Truncate(time.Second)
		a.t.Phase, a.t.SnoozedUntil = Asleep, &until
		a.step(ActSnoozed, until.Format(time.RFC3339), true)
		a.trail("helpdesk.ticket.snoozed", map[string][2]any{"until": {a.before.SnoozedUntil, until}})
		return nil
	})
}

// Wake brings a snoozed ticket back before its time.
func (s *Service) Wake(ctx context.Context, who access.Actor, id ident.ID, version int64) (Ticket, error) {
	if err := who.Need(Work); err != nil {
		return Ticket{}, err
	}
	return s.act(ctx, who, id, version, func(_ context.Context, a *action) error {
		if err := a.support(); err != nil {
			return err
		}
		if a.t.Phase != Asleep {
			return fault.New(fault.Conflict, "helpdesk.snooze.awake")
		}
		a.wake()
		return nil
	})
}

// wake ends a snooze, if there is one.
func (a *action) wake() {
	if a.t.Phase != Asleep {
		return
	}
	a.t.Phase, a.t.SnoozedUntil = a.t.State.Phase(), nil
	a.step(ActWoken, "", true)
	a.trail("helpdesk.ticket.woken", map[string][2]any{"until": {a.before.SnoozedUntil, nil}})
}

// sleepers are snoozed tickets whose moment has come.
func sleepers(ctx context.Context, from bun.IDB, now time.Time, limit int) ([]ident.ID, error) {
	var ids []ident.ID
	err := from.NewSelect().TableExpr("ticket AS ti").ColumnExpr("ti.id").Where("ti.phase = ?", Asleep).Where("ti.sort_at <= ?", now).
		Order("ti.sort_at").Limit(int64(limit)).Scan(ctx, &ids)
	return ids, db.Sorted(err)
}

// WakeDue wakes the tickets whose moment has come, at most limit, tells their owners,
// and says how many. A job runs it.
func (s *Service) WakeDue(ctx context.Context, limit int) (int, error) {
	ids, err := sleepers(ctx, s.DB.Read(), s.Business.Now(), limit)
	if err != nil {
		return 0, err
	}
	who := access.System(area)
	for i, id := range ids {
		_, err := s.act(ctx, who, id, 0, func(_ context.Context, a *action) error {
			if a.t.Phase != Asleep || a.t.SortAt.After(a.now) {
				return nil // woken, or snoozed again, since we looked
			}
			a.wake()
			a.notify(a.t.Owner, "helpdesk.notice.woken")
			return nil
		})
		if err != nil {
			return i, err
		}
	}
	return len(ids), nil
}

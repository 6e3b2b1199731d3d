package returns

import (
	"context"
	"time"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/deadline"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/notify"
	"lotrinh/internal/kit/outbox"
	"lotrinh/internal/kit/trail"
	"lotrinh/internal/kit/worktime/calstore"
	"lotrinh/rollout"
	"lotrinh/rollout/ask"
)

// acted is what an act on a sheet leaves behind: a line of history, an entry of the
// trail, and an event when others must learn of it.
type acted struct {
	act   string
	line  i18n.Line
	said  string
	tells bool
}

// change holds a sheet that the actor has the right for, lets do change it, and saves it.
func (s *Service) change(ctx context.Context, who access.Actor, need func(Level) access.Perm, id ident.ID, version int64, do func(context.Context, *db.Tx, *Sheet, time.Time) (acted, error)) (Sheet, error) {
	var x Sheet
	err := s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		var err error
		if x, err = sheetByID(ctx, tx, who, id, db.ForUpdate(tx)); err != nil {
			return err
		}
		if err := x.may(who, need(x.Level)); err != nil {
			return err
		}
		if version != x.Version {
			return fault.New(fault.Conflict, "fault.changed_meanwhile")
		}
		now, before := s.Business.Now(), x.State
		did, err := do(ctx, tx, &x, now)
		if err != nil {
			return err
		}
		x.ChangedAt = now
		one := []Sheet{x}
		if err := save(ctx, tx, one...); err != nil {
			return err
		}
		x = one[0]
		if did.line.Key != "" {
			if err := rollout.NoteIn(ctx, tx, now, who, rollout.Noted{Subject: x.ID, Line: did.line, Said: did.said}); err != nil {
				return err
			}
		}
		if did.tells {
			if err := outbox.Write(ctx, tx, now, x.event()); err != nil {
				return err
			}
		}
		if did.act == "" {
			return nil
		}
		return trail.Write(ctx, tx, now, who, did.act, string(x.ID), map[string][2]any{"state": {before, x.State}}, trail.At(x.Unit))
	})
	return x, err
}

// SaveDraft keeps answers as they were typed; they need not be complete, only fit.
func (s *Service) SaveDraft(ctx context.Context, who access.Actor, h Handed) (Sheet, error) {
	return s.change(ctx, who, Level.writes, h.ID, h.Version, func(ctx context.Context, tx *db.Tx, x *Sheet, now time.Time) (acted, error) {
		if !x.State.writable() {
			return acted{}, fault.New(fault.Conflict, "returns.locked")
		}
		f, err := formByID(ctx, tx, x.Form)
		if err != nil {
			return acted{}, err
		}
		if err := f.Judge(h.Answers); err != nil {
			return acted{}, err
		}
		var did acted
		if x.State == Blank {
			x.State, did = Draft, acted{act: "rollout.return.begun", line: i18n.L("returns.note.begun")}
		}
		return did, x.answer(f, h.Answers)
	})
}

// Refresh asks the system anew what it knows: numbers that still say what it knew before
// follow; what somebody typed stays. A district's numbers follow its communes' returns.
func (s *Service) Refresh(ctx context.Context, who access.Actor, id ident.ID, version int64) (Sheet, error) {
	return s.change(ctx, who, Level.writes, id, version, func(ctx context.Context, tx *db.Tx, x *Sheet, now time.Time) (acted, error) {
		if !x.State.writable() {
			return acted{}, fault.New(fault.Conflict, "returns.locked")
		}
		f, err := formByID(ctx, tx, x.Form)
		if err != nil {
			return acted{}, err
		}
		var r Round
		if err := tx.NewSelect().Model(&r).Where("ro.id = ?", x.Round).Scan(ctx); err != nil {
			return acted{}, db.Sorted(err)
		}
		fresh, err := s.fresh(ctx, tx, r, f, *x)
		if err != nil {
			return acted{}, err
		}
		return acted{}, x.follow(f, fresh)
	})
}

// fresh is what the system knows now of one sheet, what was rolled up among it.
func (s *Service) fresh(ctx context.Context, tx *db.Tx, r Round, f ask.Form, x Sheet) (map[string]int64, error) {
	out := map[string]int64{}
	known, err := s.knows(ctx, tx, r.Month, map[Level]ask.Form{x.Level: f}, []Sheet{x})
	if err != nil {
		return nil, err
	}
	for k, n := range known[x.Unit] {
		out[k] = n
	}
	if x.Level != District {
		return out, nil
	}
	rolled, err := rolledUp(ctx, tx, x.Round, x.District)
	if err != nil {
		return nil, err
	}
	for _, q := range f.Fields {
		if n, ok := rolled[q.From]; ok && q.From != "" {
			out[q.Key] = n
		}
	}
	return out, nil
}

// follow puts what is known now in place of what was known before.
func (x *Sheet) follow(f ask.Form, fresh map[string]int64) error {
	a, err := x.Answers()
	if err != nil {
		return err
	}
	old, err := x.Known()
	if err != nil {
		return err
	}
	untouched := ask.Answers{Values: map[string]string{}, Tables: a.Tables}
	for k, v := range a.Values {
		if n, was := old[k]; !was || v != f.Number(n) {
			untouched.Values[k] = v
		}
	}
	if x.KnownJSON, err = pack(fresh); err != nil {
		return err
	}
	return x.answer(f, f.Prefill(untouched, fresh))
}

// Accept locks a return as it was handed in.
func (s *Service) Accept(ctx context.Context, who access.Actor, id ident.ID, version int64) (Sheet, error) {
	return s.change(ctx, who, Level.checks, id, version, func(_ context.Context, _ *db.Tx, x *Sheet, now time.Time) (acted, error) {
		if err := x.checkable(who); err != nil {
			return acted{}, err
		}
		x.State, x.CheckedAt, x.CheckedName = Accepted, &now, who.Name
		return acted{act: "rollout.return.accepted", line: i18n.L("returns.note.accepted"), tells: true}, nil
	})
}

// checkable is nil when the sheet waits to be checked, and not by whoever handed it in.
func (x *Sheet) checkable(who access.Actor) error {
	switch {
	case x.State != HandedIn:
		return fault.New(fault.Conflict, "returns.not_handed_in")
	case x.HandedBy == who.ID:
		return fault.New(fault.Denied, "returns.own_check")
	}
	return nil
}

// mendDays is within how many working days a return that was sent back is handed in again.
const mendDays = 2

// SendBack gives a return back with a reason: it is due again two working days on.
func (s *Service) SendBack(ctx context.Context, who access.Actor, id ident.ID, version int64, reason string) (Sheet, error) {
	reason = tidy(reason)
	if err := reasoned(reason); err != nil {
		return Sheet{}, err
	}
	return s.change(ctx, who, Level.checks, id, version, func(ctx context.Context, tx *db.Tx, x *Sheet, now time.Time) (acted, error) {
		if err := x.checkable(who); err != nil {
			return acted{}, err
		}
		c, err := deadline.Start(ctx, tx, s.Calendars, deadline.Spec{Area: area, Subject: string(x.ID), Purpose: purpose, Unit: x.Unit, Calendar: calstore.Office,
			Start: now, Budget: mendDays, Kind: deadline.EndOfDay, Steps: steps()})
		if err != nil {
			return acted{}, err
		}
		to := x.HandedBy
		x.State, x.Reason, x.CheckedAt, x.CheckedName, x.Clock, x.DueAt = SentBack, reason, &now, who.Name, c.ID, c.Due
		err = notify.Write(ctx, tx, now, notify.Message{Account: to, Template: "returns.notice.sent_back", Args: []any{"reason", reason, "who", who.Name},
			Link: x.Path(), Dedupe: "returns.sent_back:" + string(c.ID)})
		return acted{act: "rollout.return.sent_back", line: i18n.L("returns.note.sent_back"), said: reason, tells: true}, err
	})
}

// Correct opens a further edition of an accepted return; the former counts until the
// new one is handed in.
func (s *Service) Correct(ctx context.Context, who access.Actor, id ident.ID, version int64, reason string) (Sheet, error) {
	reason = tidy(reason)
	if err := reasoned(reason); err != nil {
		return Sheet{}, err
	}
	return s.change(ctx, who, Level.writes, id, version, func(_ context.Context, _ *db.Tx, x *Sheet, _ time.Time) (acted, error) {
		if x.State != Accepted {
			return acted{}, fault.New(fault.Conflict, "returns.not_accepted")
		}
		x.State, x.Reason = Correcting, reason
		return acted{act: "rollout.return.correcting", line: i18n.L("returns.note.correcting", "n", x.Edition+1), said: reason}, nil
	})
}

// manages is the right of whoever runs the rounds.
func manages(Level) access.Perm { return Manage }

// mostExtension is by how many working days a return may be extended at once.
const mostExtension = 30

// Extend gives more working days, counted from the day on which the sheet is due.
func (s *Service) Extend(ctx context.Context, who access.Actor, id ident.ID, version, days int64, reason string) (Sheet, error) {
	reason = tidy(reason)
	var k fault.Check
	k.Add(reasoned(reason))
	k.Need(days >= 1 && days <= mostExtension, "days", "returns.form.days", "max", mostExtension)
	if err := k.Err(); err != nil {
		return Sheet{}, err
	}
	return s.change(ctx, who, manages, id, version, func(ctx context.Context, tx *db.Tx, x *Sheet, now time.Time) (acted, error) {
		if !x.State.Open() {
			return acted{}, fault.New(fault.Conflict, "returns.locked")
		}
		old, err := deadline.Load(ctx, tx, x.Clock)
		if err != nil {
			return acted{}, err
		}
		c, err := deadline.Amend(ctx, tx, s.Calendars, x.Clock, deadline.Spec{Calendar: old.Calendar, Budget: old.Budget + days, Kind: old.Kind, Steps: steps()})
		if err != nil {
			return acted{}, err
		}
		x.DueAt = c.Due
		return acted{act: "rollout.return.extended", line: i18n.L("returns.note.extended", "days", days), said: reason},
			s.tell(ctx, tx, now, who, *x, x.Level.writes(), "returns.notice.extended", "returns.extended:"+string(x.ID)+":"+string(ident.New(now)), "reason", reason, "days", days)
	})
}

// ExemptIt takes a sheet out of what is expected.
func (s *Service) ExemptIt(ctx context.Context, who access.Actor, id ident.ID, version int64, reason string) (Sheet, error) {
	reason = tidy(reason)
	if err := reasoned(reason); err != nil {
		return Sheet{}, err
	}
	return s.change(ctx, who, manages, id, version, func(ctx context.Context, tx *db.Tx, x *Sheet, now time.Time) (acted, error) {
		if !x.State.Open() {
			return acted{}, fault.New(fault.Conflict, "returns.locked")
		}
		if _, err := deadline.Cancel(ctx, tx, s.Calendars, x.Clock, now); err != nil {
			return acted{}, err
		}
		x.State, x.Reason = Exempt, reason
		return acted{act: "rollout.return.exempted", line: i18n.L("returns.note.exempted"), said: reason, tells: true}, nil
	})
}

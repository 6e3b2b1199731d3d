package inspection

import (
	"context"
	"time"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/deadline"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/outbox"
	"lotrinh/internal/kit/trail"
	"lotrinh/rollout"
)

// follow holds a finding in a state, lets do change it, and saves it; its history is its
// visit's.
func (s *Service) follow(ctx context.Context, who access.Actor, need access.Perm, id ident.ID, version int64, from FindingState, act, line, said string, do func(context.Context, *db.Tx, *Finding, time.Time) error) (Finding, error) {
	var f Finding
	if err := who.Need(need); err != nil {
		return f, err
	}
	err := s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		f = Finding{}
		err := tx.NewSelect().Model(&f).Where("fn.id = ?", id).Apply(who.Within(need, "fn.unit")).Apply(db.ForUpdate(tx)).Scan(ctx)
		switch {
		case err != nil:
			return db.Sorted(err)
		case version != f.Version:
			return fault.New(fault.Conflict, "fault.changed_meanwhile")
		case f.State != from:
			return fault.New(fault.Conflict, "inspection.finding.moved")
		}
		now := s.Business.Now()
		if err := do(ctx, tx, &f, now); err != nil {
			return err
		}
		f.Version++
		if err := db.Changed(tx.NewUpdate().Model(&f).WherePK().Where("version = ?", version).Exec(ctx)); err != nil {
			return err
		}
		if err := rollout.NoteIn(ctx, tx, now, who, rollout.Noted{Subject: f.Visit, Line: i18n.L(line, "title", f.Title, "owner", f.OwnerName), Said: said}); err != nil {
			return err
		}
		return trail.Write(ctx, tx, now, who, act, string(f.ID), map[string][2]any{"state": {from, f.State}}, trail.At(f.Unit))
	})
	return f, err
}

// stop ends the clock of a finding.
func (s *Service) stop(ctx context.Context, tx *db.Tx, f *Finding, now time.Time) error {
	c, err := deadline.Load(ctx, tx, f.Clock)
	if err == nil && c.Open() {
		_, err = deadline.Meet(ctx, tx, s.Calendars, f.Clock, now)
	}
	return err
}

// Assign gives an open finding an owner and so many working days.
func (s *Service) Assign(ctx context.Context, who access.Actor, id ident.ID, version int64, owner ident.ID, days int64) (Finding, error) {
	return s.follow(ctx, who, Inspect, id, version, Open, "rollout.inspection.assigned", "inspection.note.assigned", "", func(ctx context.Context, tx *db.Tx, f *Finding, now time.Time) error {
		names, err := s.mends(ctx, f.Unit)
		if err != nil {
			return err
		}
		var k fault.Check
		k.Need(names[owner] != "", "owner", "inspection.form.owner")
		k.Need(days >= 1 && days <= 60, "days", "inspection.form.days", "max", 60)
		if err := k.Err(); err != nil {
			return err
		}
		if err := s.stop(ctx, tx, f, now); err != nil {
			return err
		}
		f.Owner, f.OwnerName = owner, names[owner]
		if err := s.turn(ctx, tx, f, days); err != nil {
			return err
		}
		return s.tell(ctx, tx, who, *f, "inspection.notice.assigned", "assigned", "", owner)
	})
}

// mends are those who may be made the owner of a finding of a unit.
func (s *Service) mends(ctx context.Context, unit string) (map[ident.ID]string, error) {
	ids, err := s.People.Holding(ctx, Mend, unit)
	if err != nil {
		return nil, err
	}
	return s.People.Names(ctx, ids)
}

// Mended says that a finding is mended; somebody who inspects is to see it.
func (s *Service) Mended(ctx context.Context, who access.Actor, id ident.ID, version int64, result string) (Finding, error) {
	result = tidy(result)
	if err := worded("result", result); err != nil {
		return Finding{}, err
	}
	return s.follow(ctx, who, Mend, id, version, Open, "rollout.inspection.mended", "inspection.note.mended", result, func(ctx context.Context, tx *db.Tx, f *Finding, now time.Time) error {
		f.State, f.Result = Mended, result
		if err := s.stop(ctx, tx, f, now); err != nil {
			return err
		}
		return s.tell(ctx, tx, who, *f, "inspection.notice.mended", "mended", Inspect)
	})
}

// Close ends a finding that is mended: it was seen, and is evidence of its criterion.
func (s *Service) Close(ctx context.Context, who access.Actor, id ident.ID, version int64) (Finding, error) {
	return s.follow(ctx, who, Inspect, id, version, Mended, "rollout.inspection.finding_closed", "inspection.note.closed", "", func(ctx context.Context, tx *db.Tx, f *Finding, now time.Time) error {
		f.State = Closed
		if f.Criterion == "" {
			return nil
		}
		var r Round
		err := tx.NewSelect().Model(&r).Where("ip.id = (SELECT round FROM inspection_visit WHERE id = ?)", f.Visit).Scan(ctx)
		if err != nil {
			return db.Sorted(err)
		}
		return s.prove(ctx, tx, who, r.Programme, f.Unit, f.Criterion, true, f.Result, now)
	})
}

// Again says why a finding is not mended: it is open again, five working days more.
func (s *Service) Again(ctx context.Context, who access.Actor, id ident.ID, version int64, reason string) (Finding, error) {
	reason = tidy(reason)
	if err := worded("reason", reason); err != nil {
		return Finding{}, err
	}
	return s.follow(ctx, who, Inspect, id, version, Mended, "rollout.inspection.finding_reopened", "inspection.note.again", reason, func(ctx context.Context, tx *db.Tx, f *Finding, _ time.Time) error {
		f.State, f.Result = Open, ""
		if err := s.turn(ctx, tx, f, 5); err != nil {
			return err
		}
		return s.tell(ctx, tx, who, *f, "inspection.notice.again", "again", Mend)
	})
}

// Handlers are what this room learns: steps of its clocks, and due moments that moved.
func (s *Service) Handlers() []outbox.Handler {
	return []outbox.Handler{
		{Name: "inspection.late", Topic: deadline.Stepped{}.Topic(), Do: s.late},
		{Name: "inspection.due", Topic: deadline.Moved{}.Topic(), Do: s.moved},
	}
}

// late tells, once, that a finding should be mended by now.
func (s *Service) late(ctx context.Context, tx *db.Tx, e outbox.Event) error {
	var m deadline.Stepped
	if err := e.Read(&m); err != nil || m.Area != Area {
		return err
	}
	var rows []Finding
	if err := tx.NewSelect().Model(&rows).Where("fn.id = ?", m.About).Scan(ctx); err != nil || len(rows) == 0 {
		return db.Sorted(err)
	}
	if f := rows[0]; f.Clock == m.Clock && f.State == Open {
		return s.tell(ctx, tx, access.System("inspection"), f, "inspection.notice.late", "late", Mend, f.Owner)
	}
	return nil
}

func (s *Service) moved(ctx context.Context, tx *db.Tx, e outbox.Event) error {
	var m deadline.Moved
	if err := e.Read(&m); err != nil || m.Area != Area {
		return err
	}
	_, err := tx.NewUpdate().Model((*Finding)(nil)).Set("due_at = ?", m.Due).Where("clock = ?", m.Clock).Exec(ctx)
	return db.Sorted(err)
}

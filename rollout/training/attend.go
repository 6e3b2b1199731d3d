package training

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/outbox"
	"lotrinh/internal/kit/trail"
)

// teaches checks that the actor may take the attendance of a class: its trainer, or who
// plans classes.
func teaches(who access.Actor, c Class) error {
	if who.May(Plan) {
		return nil
	}
	if err := who.Need(Teach); err != nil {
		return err
	}
	if c.Trainer != who.ID {
		return fault.New(fault.Missing, "fault.missing")
	}
	return nil
}

// Roll records who signed the paper list of a class. Once the class is closed it is an
// afterthought, and wants a reason.
func (s *Service) Roll(ctx context.Context, who access.Actor, class ident.ID, seats []ident.ID, reason string) (Class, error) {
	var c Class
	now := s.now()
	err := s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		var err error
		if c, err = lockClass(ctx, tx, class); err != nil {
			return err
		}
		if err := teaches(who, c); err != nil {
			return err
		}
		how, err := c.byHand(now, &reason)
		if err != nil {
			return err
		}
		if len(seats) == 0 {
			var k fault.Check
			k.Need(false, "seat", "training.roll.none")
			return k.Err()
		}
		var rows []Seat
		if err := tx.NewSelect().Model(&rows).Where("ts.class = ?", c.ID).Where("ts.id IN (?)", bun.List(seats)).Order("ts.id").Scan(ctx); err != nil {
			return db.Sorted(err)
		}
		if len(rows) < len(seats) {
			return fault.New(fault.Missing, "fault.missing")
		}
		return s.record(ctx, tx, who, now, &c, rows, how, reason)
	})
	return c, err
}

// byHand is how attendance is recorded by a person at a moment, and checks the reason.
func (c Class) byHand(now time.Time, reason *string) (string, error) {
	*reason = strings.TrimSpace(*reason)
	var k fault.Check
	k.Need(utf8.RuneCountInString(*reason) <= longestNote, "reason", "training.note_long", "limit", longestNote)
	switch {
	case c.State == CalledOff:
		return "", fault.New(fault.Conflict, "training.class.over", "code", c.Code)
	case now.Before(c.StartsAt.Add(-runUp)):
		return "", fault.New(fault.Conflict, "training.class.not_begun", "code", c.Code, "at", c.StartsAt)
	case c.State == Held:
		k.Need(*reason != "", "reason", "training.roll.reason_needed")
		return Later, k.Err()
	}
	return ByPaper, k.Err()
}

// Guest takes in somebody who came unannounced: from the roster, or new on it. No seat is
// needed: who is in the hall is in the class.
func (s *Service) Guest(ctx context.Context, who access.Actor, class ident.ID, known ident.ID, f PersonForm, reason string) (Class, error) {
	var c Class
	tree, err := s.tree(ctx)
	if err != nil {
		return c, err
	}
	now := s.now()
	err = s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		if c, err = lockClass(ctx, tx, class); err != nil {
			return err
		}
		if err := teaches(who, c); err != nil {
			return err
		}
		how, err := c.byHand(now, &reason)
		if err != nil {
			return err
		}
		p, err := s.guest(ctx, tx, who, now, known, func() (Person, error) { return f.read(tree) })
		if err != nil {
			return err
		}
		return s.admit(ctx, tx, who, now, &c, p, how, reason)
	})
	return c, err
}

// guest is the person of the roster who came; who is new is entered first.
func (s *Service) guest(ctx context.Context, tx *db.Tx, who access.Actor, now time.Time, known ident.ID, typed func() (Person, error)) (Person, error) {
	if known != "" {
		rows, err := peopleByID(ctx, tx, []ident.ID{known})
		if err != nil {
			return Person{}, err
		}
		return rows[0], nil
	}
	p, err := typed()
	if err != nil {
		return p, err
	}
	var have []Person
	err = tx.NewSelect().Model(&have).Where("tp.unit = ?", p.Unit).Where("tp.audience = ?", p.Audience).Where("tp.name_fold = ?", p.NameFold).Where("tp.left_on = ''").Limit(1).Scan(ctx)
	if err != nil || len(have) > 0 {
		return append(have, p)[0], db.Sorted(err)
	}
	p.ID, p.Source, p.Version = ident.New(now), fromDoor, 1
	return p, s.enter(ctx, tx, who, now, p)
}

// admit records a person who may or may not have a seat in the class.
func (s *Service) admit(ctx context.Context, tx *db.Tx, who access.Actor, now time.Time, c *Class, p Person, how, reason string) error {
	var rows []Seat
	if err := tx.NewSelect().Model(&rows).Where("ts.class = ?", c.ID).Where("ts.person = ?", p.ID).Scan(ctx); err != nil {
		return db.Sorted(err)
	}
	if len(rows) == 0 {
		x := Seat{ID: ident.New(now), Class: c.ID, Person: p.ID, Course: c.Course, Unit: p.Unit, Audience: p.Audience, State: Withdrawn, WalkIn: true, Version: 1}
		rows = []Seat{x}
		if err := insert(ctx, tx, rows); err != nil {
			return err
		}
	}
	return s.record(ctx, tx, who, now, c, rows, how, reason)
}

// record notes that people came: seats, certificates of courses without a test, counters,
// events, trail, and what it proves. Who is noted already stays as noted.
func (s *Service) record(ctx context.Context, tx *db.Tx, who access.Actor, now time.Time, c *Class, rows []Seat, how, reason string) error {
	rows = slices.DeleteFunc(rows, func(x Seat) bool { return x.State == Attended })
	if len(rows) == 0 {
		return nil
	}
	course, err := courseByID(ctx, tx, c.Course)
	if err != nil {
		return err
	}
	at := now
	if how != ByCode && now.After(c.EndsAt) {
		at = c.StartsAt
	}
	e := Recorded{classEvent: classEvent{c.ID, c.Code, c.Course, c.Unit, c.Day}, How: how}
	var entries []trail.Entry
	var done []Seat
	ids := make([]ident.ID, len(rows))
	for i := range rows {
		x := &rows[i]
		old := x.State
		if old == Withdrawn || old == Waiting {
			x.WalkIn = true
		}
		x.State, x.How, x.Reason, x.ArrivedAt, x.RecordedBy, x.Recorder = Attended, how, reason, at, who.ID, who.Name
		if x.complete(course) {
			x.DoneAt = at
			done = append(done, *x)
			e.Trained = append(e.Trained, x.Person)
		}
		ids[i], e.People, e.Units = x.ID, append(e.People, x.Person), append(e.Units, x.Unit)
		entry, err := trail.Make(now, who, "rollout.training.seat.attended", string(x.ID), map[string][2]any{"state": {string(old), string(Attended)}, "how": {nil, how}}, trail.At(x.Unit))
		if err != nil {
			return err
		}
		entries = append(entries, entry)
	}
	q := tx.NewUpdate().Model((*Seat)(nil)).Set("state = ?", Attended).Set("how = ?", how).Set("reason = ?", reason).Set("arrived_at = ?", at).Set("recorded_by = ?", who.ID).
		Set("recorder = ?", who.Name).Set("walk_in = walk_in OR state IN (?, ?)", Withdrawn, Waiting).Set("version = version + 1").Where("id IN (?)", bun.List(ids))
	if len(done) > 0 {
		q = q.Set("done_at = CASE WHEN id IN (?) THEN ? ELSE done_at END", bun.List(keysOf(done)), at)
	}
	if _, err := q.Exec(ctx); err != nil {
		return db.Sorted(err)
	}
	if err := trail.Append(ctx, tx, entries...); err != nil {
		return err
	}
	if err := s.certify(ctx, tx, now, *c, course, done); err != nil {
		return err
	}
	if err := recount(ctx, tx, c); err != nil {
		return err
	}
	slices.Sort(e.Units)
	e.Units = slices.Compact(e.Units)
	if err := outbox.Write(ctx, tx, now, e); err != nil {
		return err
	}
	return s.prove(ctx, tx, who, now, e.Units...)
}

func keysOf(rows []Seat) []ident.ID {
	out := make([]ident.ID, len(rows))
	for i, x := range rows {
		out[i] = x.ID
	}
	return out
}

// TakeBack says that somebody who was noted did not come. The certificate goes with it.
func (s *Service) TakeBack(ctx context.Context, who access.Actor, seat ident.ID, version int64, reason string) (Class, error) {
	var c Class
	now := s.now()
	reason = strings.TrimSpace(reason)
	err := s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		var x Seat
		err := tx.NewSelect().Model(&x).Where("ts.id = ?", seat).Apply(db.ForUpdate(tx)).Scan(ctx)
		if err != nil {
			return db.Sorted(err)
		}
		if c, err = lockClass(ctx, tx, x.Class); err != nil {
			return err
		}
		if err := teaches(who, c); err != nil {
			return err
		}
		if x.State != Attended {
			return fault.New(fault.Conflict, "training.seat.not_attended")
		}
		var k fault.Check
		k.Need(reason != "", "reason", "training.reason_needed")
		k.Need(utf8.RuneCountInString(reason) <= longestNote, "reason", "training.note_long", "limit", longestNote)
		if err := k.Err(); err != nil {
			return err
		}
		switch {
		case x.WalkIn:
			x.State = Withdrawn
		case c.State == Held:
			x.State = Absent
		default:
			x.State = Registered
		}
		x.Reason, x.How, x.ArrivedAt, x.DoneAt, x.Result = reason, "", time.Time{}, time.Time{}, ""
		if err := saveSeat(ctx, tx, &x, version); err != nil {
			return err
		}
		_, err = tx.NewUpdate().Model((*Certificate)(nil)).Set("revoked_at = ?", now).Set("reason = ?", reason).Where("seat = ?", x.ID).Where("revoked_at IS NULL").Exec(ctx)
		if err != nil {
			return db.Sorted(err)
		}
		if err := recount(ctx, tx, &c); err != nil {
			return err
		}
		if err := trail.Write(ctx, tx, now, who, "rollout.training.seat.taken_back", string(x.ID), map[string][2]any{"state": {string(Attended), string(x.State)}}, trail.At(x.Unit)); err != nil {
			return err
		}
		e := Recorded{classEvent: classEvent{c.ID, c.Code, c.Course, c.Unit, c.Day}, Units: []string{x.Unit}, People: []ident.ID{x.Person}, How: "undone"}
		if err := outbox.Write(ctx, tx, now, e); err != nil {
			return err
		}
		return s.prove(ctx, tx, who, now, x.Unit)
	})
	return c, err
}

// CloseClass ends a class that began: who has a seat and did not come is absent, who
// waited in vain waits no more.
func (s *Service) CloseClass(ctx context.Context, who access.Actor, id ident.ID, version int64) (Class, error) {
	var c Class
	now := s.now()
	err := s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		var err error
		if c, err = lockClass(ctx, tx, id); err != nil {
			return err
		}
		if err := teaches(who, c); err != nil {
			return err
		}
		switch {
		case c.State != Planned:
			return fault.New(fault.Conflict, "training.class.over", "code", c.Code)
		case now.Before(c.StartsAt):
			return fault.New(fault.Conflict, "training.class.not_begun", "code", c.Code, "at", c.StartsAt)
		}
		c.State = Held
		if err := saveClass(ctx, tx, &c, version); err != nil {
			return err
		}
		for _, x := range [][2]SeatState{{Registered, Absent}, {Waiting, Withdrawn}} {
			_, err := tx.NewUpdate().Model((*Seat)(nil)).Set("state = ?", x[1]).Set("version = version + 1").Where("class = ?", c.ID).Where("state = ?", x[0]).Exec(ctx)
			if err != nil {
				return db.Sorted(err)
			}
		}
		if err := recount(ctx, tx, &c); err != nil {
			return err
		}
		var units []string
		if err := tx.NewSelect().Model((*Seat)(nil)).ColumnExpr("DISTINCT ts.unit").Where("ts.class = ?", c.ID).Scan(ctx, &units); err != nil {
			return db.Sorted(err)
		}
		if err := trail.Write(ctx, tx, now, who, "rollout.training.class.held", string(c.ID), map[string][2]any{"state": {string(Planned), string(Held)}, "attended": {nil, c.Attended}}, trail.At(c.Unit)); err != nil {
			return err
		}
		if err := outbox.Write(ctx, tx, now, ClassHeld{classEvent{c.ID, c.Code, c.Course, c.Unit, c.Day}, c.Attended, c.Taken - c.Attended}); err != nil {
			return err
		}
		return s.prove(ctx, tx, who, now, units...)
	})
	return c, err
}

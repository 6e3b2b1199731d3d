package training

import (
	"context"
	"fmt"
	"slices"
	"time"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/notify"
	"lotrinh/internal/kit/outbox"
	"lotrinh/internal/kit/trail"
	"lotrinh/internal/kit/worktime/calstore"
)

// PlanClass plans a class. A room or a trainer that is busy then is refused in words; a
// class without a last moment of registering takes two working days before its beginning.
func (s *Service) PlanClass(ctx context.Context, who access.Actor, f ClassForm) (Class, error) {
	if err := who.Need(Plan); err != nil {
		return Class{}, err
	}
	c, err := s.readClass(ctx, f)
	if err != nil {
		return c, err
	}
	return c, s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error { return s.planIn(ctx, tx, who, &c) })
}

// readClass checks what was typed with everything that it names.
func (s *Service) readClass(ctx context.Context, f ClassForm) (Class, error) {
	c, err := f.read()
	var k fault.Check
	if err != nil && !fault.Is(err, fault.Invalid) {
		return c, err
	}
	k.Add(err)
	course, err := s.course(ctx, f.Course)
	if err != nil && !fault.Is(err, fault.Missing) {
		return c, err
	}
	k.Need(err == nil && course.Open, "course", "training.class.course_needed")
	c.Course = course.ID
	trainers, err := s.People.Trainers(ctx)
	if err != nil {
		return c, err
	}
	at := slices.IndexFunc(trainers, func(a Account) bool { return string(a.ID) == f.Trainer })
	k.Need(at >= 0, "trainer", "training.class.trainer_needed")
	if at >= 0 {
		c.Trainer, c.TrainerName = trainers[at].ID, trainers[at].Name
	}
	tree, err := s.tree(ctx)
	if err != nil {
		return c, err
	}
	if c.Unit != "" {
		l, ok := levelOf(tree, c.Unit)
		k.Need(ok && l == OfDistrict, "unit", "training.class.unit_bad")
	}
	if k.OK() && c.ClosesAt.IsZero() {
		at, known, err := s.twoDaysBefore(ctx, c.StartsAt)
		if err != nil {
			return c, err
		}
		k.Need(known, "closes", "training.class.no_calendar", "year", fmt.Sprint(c.StartsAt.In(clock.City).Year()))
		c.ClosesAt = at
	}
	return c, k.Err()
}

// twoDaysBefore is the closing of the working day by which registering ends; known is
// false for a year without a calendar.
func (s *Service) twoDaysBefore(ctx context.Context, start time.Time) (at time.Time, known bool, err error) {
	cal, err := s.Calendars.Calendar(ctx, calstore.Office)
	if err != nil {
		return at, false, err
	}
	due, err := cal.BackDays(start, registerDays)
	if err != nil || !due.Known() {
		return at, false, err
	}
	return due.At.UTC(), true, nil
}

// planIn writes a checked class in a transaction.
func (s *Service) planIn(ctx context.Context, tx *db.Tx, who access.Actor, c *Class) error {
	now := s.now()
	n, err := count(ctx, tx, "LH-"+c.Day[:4])
	if err != nil {
		return err
	}
	c.ID, c.Code, c.MadeBy, c.MadeAt = ident.New(now), fmt.Sprintf("LH-%s-%04d", c.Day[:4], n), who.ID, now
	if err := s.free(ctx, tx, *c); err != nil {
		return err
	}
	if _, err := tx.NewInsert().Model(c).Exec(ctx); err != nil {
		return db.Sorted(err)
	}
	if err := outbox.Write(ctx, tx, now, ClassPlanned{classEvent{c.ID, c.Code, c.Course, c.Unit, c.Day}}); err != nil {
		return err
	}
	if err := trail.Write(ctx, tx, now, who, "rollout.training.class.planned", string(c.ID), map[string][2]any{"code": {nil, c.Code}, "day": {nil, c.Day}, "capacity": {nil, c.Capacity}}, trail.At(c.Unit)); err != nil {
		return err
	}
	return notify.Write(ctx, tx, now, notify.Message{Account: c.Trainer, Template: "training.notice.teach", Link: c.Path(), Dedupe: "training:" + string(c.ID) + ":teach",
		Args: []any{"code", c.Code, "at", c.StartsAt, "room", c.Room}})
}

// count is the next number of a series; until the transaction ends nobody else gets one.
func count(ctx context.Context, tx *db.Tx, series string) (n int64, err error) {
	err = tx.NewRaw("INSERT INTO training_day AS d (day, changes) VALUES (?, 1) ON CONFLICT (day) DO UPDATE SET changes = d.changes + 1 RETURNING changes", series).Scan(ctx, &n)
	return n, db.Sorted(err)
}

// free is Invalid when the room or the trainer has another class meanwhile. Planners of
// one day take turns, so that two cannot both find the room free.
func (s *Service) free(ctx context.Context, tx *db.Tx, c Class) error {
	if _, err := count(ctx, tx, c.Day); err != nil {
		return err
	}
	var others []Class
	err := tx.NewSelect().Model(&others).Where("cl.day = ?", c.Day).Where("cl.id <> ?", c.ID).Where("cl.state <> ?", CalledOff).
		Where("cl.starts_at < ?", c.EndsAt).Where("cl.ends_at > ?", c.StartsAt).Order("cl.id").Scan(ctx)
	if err != nil {
		return db.Sorted(err)
	}
	var k fault.Check
	for _, o := range others {
		words := []any{"class", o.Code, "room", o.Room, "name", o.TrainerName, "from", hourText(o.StartsAt), "until", hourText(o.EndsAt)}
		k.Need(o.RoomFold != c.RoomFold, "room", "training.class.room_busy", words...)
		k.Need(o.Trainer != c.Trainer, "trainer", "training.class.trainer_busy", words...)
	}
	return k.Err()
}

// ChangeClass moves or changes a planned class. Who has a seat is told of another time or
// room; more seats let those who wait move up.
func (s *Service) ChangeClass(ctx context.Context, who access.Actor, id ident.ID, version int64, f ClassForm) (Class, error) {
	if err := who.Need(Plan); err != nil {
		return Class{}, err
	}
	typed, err := s.readClass(ctx, f)
	if err != nil {
		return Class{}, err
	}
	now := s.now()
	var c Class
	err = s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		if c, err = lockClass(ctx, tx, id); err != nil {
			return err
		}
		if c.State != Planned {
			return fault.New(fault.Conflict, "training.class.over", "code", c.Code)
		}
		var k fault.Check
		k.Need(typed.Capacity >= c.Taken, "capacity", "training.class.capacity_taken", "n", c.Taken)
		k.Need(typed.Course == c.Course || c.Taken+c.Waiting == 0, "course", "training.class.course_kept")
		if err := k.Err(); err != nil {
			return err
		}
		old := c
		c.Course, c.Unit, c.Day, c.StartsAt, c.EndsAt, c.ClosesAt = typed.Course, typed.Unit, typed.Day, typed.StartsAt, typed.EndsAt, typed.ClosesAt
		c.Room, c.RoomFold, c.Trainer, c.TrainerName, c.Capacity, c.Note = typed.Room, typed.RoomFold, typed.Trainer, typed.TrainerName, typed.Capacity, typed.Note
		moved := !c.StartsAt.Equal(old.StartsAt) || c.RoomFold != old.RoomFold
		if moved {
			c.Reminded = false
		}
		if err := s.free(ctx, tx, c); err != nil {
			return err
		}
		if err := saveClass(ctx, tx, &c, version); err != nil {
			return err
		}
		if err := trail.Write(ctx, tx, now, who, "rollout.training.class.changed", string(c.ID), map[string][2]any{"day": {old.Day, c.Day}, "capacity": {old.Capacity, c.Capacity}, "room": {old.Room, c.Room}}, trail.At(c.Unit)); err != nil {
			return err
		}
		if moved {
			if err := s.tellClass(ctx, tx, now, c, "training.notice.moved", "moved:"+fmt.Sprint(c.Version)); err != nil {
				return err
			}
		}
		return s.moveUp(ctx, tx, now, &c)
	})
	return c, err
}

// CallOff cancels a planned class: who had a seat is told, and has none any more.
func (s *Service) CallOff(ctx context.Context, who access.Actor, id ident.ID, version int64, reason string) (Class, error) {
	var c Class
	if err := who.Need(Plan); err != nil {
		return c, err
	}
	var k fault.Check
	k.Need(reason != "", "reason", "training.reason_needed")
	k.Need(len([]rune(reason)) <= longestNote, "reason", "training.note_long", "limit", longestNote)
	if err := k.Err(); err != nil {
		return c, err
	}
	now := s.now()
	err := s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		var err error
		if c, err = lockClass(ctx, tx, id); err != nil {
			return err
		}
		if c.State != Planned || c.Attended > 0 {
			return fault.New(fault.Conflict, "training.class.over", "code", c.Code)
		}
		if err := s.tellClass(ctx, tx, now, c, "training.notice.called_off", "called_off"); err != nil {
			return err
		}
		c.State, c.Note = CalledOff, reason
		if err := saveClass(ctx, tx, &c, version); err != nil {
			return err
		}
		if _, err := tx.NewUpdate().Model((*Seat)(nil)).Set("state = ?", Withdrawn).Set("version = version + 1").Where("class = ?", c.ID).Exec(ctx); err != nil {
			return db.Sorted(err)
		}
		if err := recount(ctx, tx, &c); err != nil {
			return err
		}
		if err := outbox.Write(ctx, tx, now, ClassCalledOff{classEvent{c.ID, c.Code, c.Course, c.Unit, c.Day}}); err != nil {
			return err
		}
		return trail.Write(ctx, tx, now, who, "rollout.training.class.called_off", string(c.ID), map[string][2]any{"state": {string(Planned), string(CalledOff)}}, trail.At(c.Unit))
	})
	return c, err
}

func lockClass(ctx context.Context, tx *db.Tx, id ident.ID) (Class, error) {
	var c Class
	err := tx.NewSelect().Model(&c).Where("cl.id = ?", id).Apply(db.ForUpdate(tx)).Scan(ctx)
	return c, db.Sorted(err)
}

func saveClass(ctx context.Context, tx *db.Tx, c *Class, version int64) error {
	c.Version = version + 1
	return db.Changed(tx.NewUpdate().Model(c).ExcludeColumn("taken", "waiting", "attended").WherePK().Where("version = ?", version).Exec(ctx))
}

// recount makes the counters of a class the counts of its seats.
func recount(ctx context.Context, tx *db.Tx, c *Class) error {
	var n struct{ Taken, Waiting, Attended int64 }
	err := tx.NewSelect().Model((*Seat)(nil)).ColumnExpr("coalesce(sum(CASE WHEN ts.state IN (?, ?, ?) THEN 1 ELSE 0 END), 0) AS taken", Registered, Attended, Absent).
		ColumnExpr("coalesce(sum(CASE WHEN ts.state = ? THEN 1 ELSE 0 END), 0) AS waiting", Waiting).
		ColumnExpr("coalesce(sum(CASE WHEN ts.state = ? THEN 1 ELSE 0 END), 0) AS attended", Attended).Where("ts.class = ?", c.ID).Scan(ctx, &n)
	if err != nil {
		return db.Sorted(err)
	}
	c.Taken, c.Waiting, c.Attended = n.Taken, n.Waiting, n.Attended
	_, err = tx.NewUpdate().Model(c).Column("taken", "waiting", "attended").WherePK().Exec(ctx)
	return db.Sorted(err)
}

// dayText writes a stored day as people do, which is the same in both languages.
func dayText(day string) string {
	at, err := clock.ParseDate(day)
	if err != nil {
		return day
	}
	return at.In(clock.City).Format("02/01/2006")
}

func hourText(at time.Time) string { return at.In(clock.City).Format("15:04") }

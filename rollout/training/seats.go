package training

import (
	"context"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/notify"
	"lotrinh/internal/kit/trail"
	"lotrinh/internal/org"
)

// Left is somebody who got no seat, and why.
type Left struct {
	Person Person
	Why    i18n.Line
}

// Enrolled is what became of registering people for a class.
type Enrolled struct {
	Class   Class
	Seats   []Seat // registered, or waiting when the class is full
	Refused []Left
}

// Register registers people of the roster for a class, in the order given: while seats
// are free they get one, then they wait. Who is there already stays; who has a seat in
// another class of the same course, or does not belong to it, is refused in words.
func (s *Service) Register(ctx context.Context, who access.Actor, class ident.ID, people []ident.ID) (Enrolled, error) {
	var out Enrolled
	if err := who.Need(Enrol); err != nil {
		return out, err
	}
	if len(people) == 0 {
		var k fault.Check
		k.Need(false, "person", "training.register.none")
		return out, k.Err()
	}
	tree, err := s.tree(ctx)
	if err != nil {
		return out, err
	}
	err = s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		rows, err := peopleByID(ctx, tx, people)
		if err != nil {
			return err
		}
		for _, p := range rows {
			if err := who.NeedAt(Enrol, p.Unit); err != nil {
				return err
			}
		}
		out, err = s.register(ctx, tx, who, tree, class, rows)
		return err
	})
	return out, err
}

// peopleByID loads people who are in their posts, in the order asked for.
func peopleByID(ctx context.Context, q bun.IDB, ids []ident.ID) ([]Person, error) {
	var rows []Person
	if err := q.NewSelect().Model(&rows).Where("tp.id IN (?)", bun.List(ids)).Where("tp.left_on = ''").Scan(ctx); err != nil {
		return nil, db.Sorted(err)
	}
	if len(rows) < len(ids) {
		return nil, fault.New(fault.Missing, "fault.missing")
	}
	slices.SortFunc(rows, func(a, b Person) int { return slices.Index(ids, a.ID) - slices.Index(ids, b.ID) })
	return rows, nil
}

// register is Register in a transaction, after the check of who may.
func (s *Service) register(ctx context.Context, tx *db.Tx, who access.Actor, tree *org.Tree, class ident.ID, people []Person) (Enrolled, error) {
	now := s.now()
	c, err := lockClass(ctx, tx, class)
	if err != nil {
		return Enrolled{}, err
	}
	out := Enrolled{Class: c}
	switch {
	case c.State != Planned || !now.Before(c.EndsAt):
		return out, fault.New(fault.Conflict, "training.class.over", "code", c.Code)
	case !c.Registering(now) && !who.May(Plan):
		return out, fault.New(fault.Conflict, "training.class.closed", "code", c.Code, "at", c.ClosesAt)
	}
	course, err := courseByID(ctx, tx, c.Course)
	if err != nil {
		return out, err
	}
	ids := make([]ident.ID, len(people))
	for i, p := range people {
		ids[i] = p.ID
	}
	held, err := seatsIn(ctx, tx, c.Course, ids)
	if err != nil {
		return out, err
	}
	var gone []ident.ID
	left := c.Free()
	for _, p := range people {
		seat := Seat{ID: ident.New(now), Class: c.ID, Person: p.ID, Course: c.Course, Unit: p.Unit, Audience: p.Audience, State: Registered, Version: 1}
		old, why := held.of(p.ID, c.ID)
		if why.Key == "" {
			why = fits(tree, c, course, p, who)
		}
		switch {
		case why.Key != "":
			out.Refused = append(out.Refused, Left{p, why})
			continue
		case old != nil && old.State != Withdrawn:
			continue
		case old != nil:
			gone = append(gone, old.ID)
		}
		if left--; left < 0 {
			seat.State = Waiting
		}
		out.Seats = append(out.Seats, seat)
	}
	if len(gone) > 0 {
		if _, err := tx.NewDelete().Model((*Seat)(nil)).Where("id IN (?)", bun.List(gone)).Exec(ctx); err != nil {
			return out, db.Sorted(err)
		}
	}
	return out, s.seat(ctx, tx, who, now, &out, people)
}

// seat writes the seats of a registration, with trail, counters and notices.
func (s *Service) seat(ctx context.Context, tx *db.Tx, who access.Actor, now time.Time, out *Enrolled, people []Person) error {
	if len(out.Seats) == 0 {
		return nil
	}
	if err := insert(ctx, tx, out.Seats); err != nil {
		return err
	}
	var entries []trail.Entry
	var notices []notify.Message
	for _, seat := range out.Seats {
		e, err := trail.Make(now, who, "rollout.training.seat.given", string(seat.ID), map[string][2]any{"class": {nil, out.Class.Code}, "state": {nil, string(seat.State)}}, trail.At(seat.Unit))
		if err != nil {
			return err
		}
		entries = append(entries, e)
		at := slices.IndexFunc(people, func(p Person) bool { return p.ID == seat.Person })
		notices = append(notices, s.tellPerson(people[at], out.Class, "training.notice."+string(seat.State), "training:"+string(seat.ID)+":"+string(seat.State), s.LearnerPath(seat.ID))...)
	}
	if err := trail.Append(ctx, tx, entries...); err != nil {
		return err
	}
	if err := notify.Write(ctx, tx, now, notices...); err != nil {
		return err
	}
	return recount(ctx, tx, &out.Class)
}

// seats are what people hold in one course.
type seats []heldSeat

type heldSeat struct {
	Seat
	ClassCode  string     `bun:"class_code"`
	ClassState ClassState `bun:"class_state"`
}

func seatsIn(ctx context.Context, tx *db.Tx, course ident.ID, people []ident.ID) (seats, error) {
	var rows seats
	err := tx.NewSelect().TableExpr("training_seat AS ts").Join("JOIN training_class AS cl ON cl.id = ts.class").ColumnExpr("ts.*, cl.code AS class_code, cl.state AS class_state").
		Where("ts.person IN (?)", bun.List(people)).Where("ts.course = ?", course).Order("ts.id").Scan(ctx, &rows)
	return rows, db.Sorted(err)
}

// of is what somebody holds in a class, and why the person may get no seat there.
func (all seats) of(person, class ident.ID) (here *Seat, why i18n.Line) {
	for i, x := range all {
		switch {
		case x.Person != person:
		case x.Class == class:
			here = &all[i].Seat
		case x.ClassState == Planned && (x.State == Registered || x.State == Waiting):
			why = i18n.L("training.register.elsewhere", "class", x.ClassCode)
		}
	}
	return here, why
}

// fits says why a person does not belong in a class; an empty line when nothing does.
func fits(tree *org.Tree, c Class, course Course, p Person, who access.Actor) i18n.Line {
	level, ok := levelOf(tree, p.Unit)
	switch {
	case !ok || level != course.Level || !course.For(p.Audience):
		return i18n.L("training.register.other_audience", "course", course.Title)
	case c.Unit != "" && tree.District(p.Unit) != c.Unit && !who.May(Plan):
		return i18n.L("training.register.other_district", "class", c.Code, "district", tree.Name(c.Unit))
	}
	return i18n.Line{}
}

// Withdraw takes somebody's registration back before the class begins; the first who
// waits moves up.
func (s *Service) Withdraw(ctx context.Context, who access.Actor, seat ident.ID, version int64) (Class, error) {
	var c Class
	if err := who.Need(Enrol); err != nil {
		return c, err
	}
	now := s.now()
	err := s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		x, err := seatByID(ctx, tx, who, Enrol, seat)
		if err != nil {
			return err
		}
		if c, err = lockClass(ctx, tx, x.Class); err != nil {
			return err
		}
		if x.State != Registered && x.State != Waiting || c.State != Planned || !now.Before(c.StartsAt) {
			return fault.New(fault.Conflict, "training.seat.begun")
		}
		old := x.State
		x.State = Withdrawn
		if err := saveSeat(ctx, tx, &x, version); err != nil {
			return err
		}
		if err := trail.Write(ctx, tx, now, who, "rollout.training.seat.withdrawn", string(x.ID), map[string][2]any{"state": {string(old), string(Withdrawn)}}, trail.At(x.Unit)); err != nil {
			return err
		}
		return s.moveUp(ctx, tx, now, &c)
	})
	return c, err
}

// release frees the seats in classes to come of somebody who left.
func (s *Service) release(ctx context.Context, tx *db.Tx, who access.Actor, now time.Time, p Person) error {
	var rows []Seat
	err := tx.NewSelect().Model(&rows).Join("JOIN training_class AS cl ON cl.id = ts.class").Where("ts.person = ?", p.ID).
		Where("ts.state IN (?)", bun.List([]SeatState{Registered, Waiting})).Where("cl.state = ?", Planned).Order("ts.class").Scan(ctx)
	if err != nil {
		return db.Sorted(err)
	}
	for _, x := range rows {
		c, err := lockClass(ctx, tx, x.Class)
		if err != nil {
			return err
		}
		old := x.State
		x.State = Withdrawn
		if err := saveSeat(ctx, tx, &x, x.Version); err != nil {
			return err
		}
		if err := trail.Write(ctx, tx, now, who, "rollout.training.seat.withdrawn", string(x.ID), map[string][2]any{"state": {string(old), string(Withdrawn)}}, trail.At(x.Unit)); err != nil {
			return err
		}
		if err := s.moveUp(ctx, tx, now, &c); err != nil {
			return err
		}
	}
	return nil
}

// moveUp gives free seats to who waits, in the order of registering, until the class
// begins; it leaves the counters right whether anybody moved or not.
func (s *Service) moveUp(ctx context.Context, tx *db.Tx, now time.Time, c *Class) error {
	if err := recount(ctx, tx, c); err != nil {
		return err
	}
	if c.Free() == 0 || c.Waiting == 0 || c.State != Planned || !now.Before(c.StartsAt) {
		return nil
	}
	var rows []Seat
	if err := tx.NewSelect().Model(&rows).Where("ts.class = ?", c.ID).Where("ts.state = ?", Waiting).Order("ts.id").Limit(c.Free()).Scan(ctx); err != nil {
		return db.Sorted(err)
	}
	ids, who := make([]ident.ID, len(rows)), make([]ident.ID, len(rows))
	for i, x := range rows {
		ids[i], who[i] = x.ID, x.Person
	}
	if _, err := tx.NewUpdate().Model((*Seat)(nil)).Set("state = ?", Registered).Set("version = version + 1").Where("id IN (?)", bun.List(ids)).Exec(ctx); err != nil {
		return db.Sorted(err)
	}
	people, err := peopleByID(ctx, tx, who)
	if err != nil {
		return err
	}
	var notices []notify.Message
	var entries []trail.Entry
	for i, x := range rows {
		notices = append(notices, s.tellPerson(people[i], *c, "training.notice.moved_up", "training:"+string(x.ID)+":up", s.LearnerPath(x.ID))...)
		e, err := trail.Make(now, access.System("training"), "rollout.training.seat.moved_up", string(x.ID), map[string][2]any{"state": {string(Waiting), string(Registered)}}, trail.At(x.Unit))
		if err != nil {
			return err
		}
		entries = append(entries, e)
	}
	if err := trail.Append(ctx, tx, entries...); err != nil {
		return err
	}
	if err := notify.Write(ctx, tx, now, notices...); err != nil {
		return err
	}
	return recount(ctx, tx, c)
}

// tellPerson is a notice to somebody of the roster: by mail when an address is known,
// else by text message; nothing where neither is.
func (s *Service) tellPerson(p Person, c Class, template, key, link string) []notify.Message {
	m := notify.Message{Template: template, Unit: p.Unit, Lang: i18n.VI, Link: link, Dedupe: key,
		Args: []any{"name", p.Name, "code", c.Code, "day", c.StartsAt.In(clock.City).Format("02/01/2006"), "hour", hourText(c.StartsAt), "room", c.Room, "due", c.StartsAt}}
	switch {
	case p.Email != "":
		m.Address = p.Email
	case p.Phone != "":
		m.Phone = p.Phone
	default:
		return nil
	}
	return []notify.Message{m}
}

// tellClass tells everybody who has or waits for a seat of a class.
func (s *Service) tellClass(ctx context.Context, tx *db.Tx, now time.Time, c Class, template, key string) error {
	var rows []Seat
	err := tx.NewSelect().Model(&rows).Where("ts.class = ?", c.ID).Where("ts.state IN (?)", bun.List([]SeatState{Registered, Waiting})).Order("ts.id").Scan(ctx)
	if err != nil || len(rows) == 0 {
		return db.Sorted(err)
	}
	ids := make([]ident.ID, len(rows))
	for i, x := range rows {
		ids[i] = x.Person
	}
	people, err := peopleByID(ctx, tx, ids)
	if err != nil {
		return err
	}
	var notices []notify.Message
	for i, x := range rows {
		notices = append(notices, s.tellPerson(people[i], c, template, "training:"+string(x.ID)+":"+key, s.LearnerPath(x.ID))...)
	}
	return notify.Write(ctx, tx, now, notices...)
}

func seatByID(ctx context.Context, tx *db.Tx, who access.Actor, need access.Perm, id ident.ID) (Seat, error) {
	var x Seat
	err := tx.NewSelect().Model(&x).Where("ts.id = ?", id).Apply(who.Within(need, "ts.unit"), db.ForUpdate(tx)).Scan(ctx)
	return x, db.Sorted(err)
}

func saveSeat(ctx context.Context, tx *db.Tx, x *Seat, version int64) error {
	x.Version = version + 1
	return db.Changed(tx.NewUpdate().Model(x).WherePK().Where("version = ?", version).Exec(ctx))
}

package training

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/phone"
)

// DoorForm is what a phone sends at the door: the pass of a scanned code, or the code as
// typed, and who it is: the person's code, the telephone, or its last digits.
type DoorForm struct {
	Pass, Code, Who string
	From            string // the network address, for counting wrong tries
}

const (
	mostKnocks  = 60 // wrong tries of one address within knockMemory: a whole hall shares one
	knockMemory = 10 * time.Minute
	fewestLast  = 4 // digits of a telephone that tell people of one class apart
)

// Knock is the class whose screen a scanned code was on, with a pass to fill the form in.
func (s *Service) Knock(ctx context.Context, token string) (Class, string, error) {
	now := s.now()
	id, ok := readScreen(s.Key, token, now)
	if !ok {
		return Class{}, "", fault.New(fault.Conflict, "training.door.stale")
	}
	c, err := s.running(ctx, id, now)
	return c, pass(s.Key, id, now), err
}

// running is a class that people may come into by themselves now.
func (s *Service) running(ctx context.Context, id ident.ID, now time.Time) (Class, error) {
	var c Class
	if err := s.DB.Read().NewSelect().Model(&c).Where("cl.id = ?", id).Scan(ctx); err != nil {
		return c, db.Sorted(err)
	}
	if !c.Running(now) {
		return c, fault.New(fault.Conflict, "training.door.closed", "code", c.Code)
	}
	return c, nil
}

// Enter records that the person at the door is here: by the code on the hall's screen and
// by who the person is. Who is on the roster but not in the class is taken in, too.
func (s *Service) Enter(ctx context.Context, f DoorForm) (Seat, error) {
	now := s.now()
	if err := s.bear(ctx, f.From, now); err != nil {
		return Seat{}, err
	}
	c, err := s.behind(ctx, f, now)
	if err != nil {
		return Seat{}, s.missed(ctx, f.From, now, err)
	}
	var out Seat
	err = s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		locked, err := lockClass(ctx, tx, c.ID)
		if err != nil {
			return err
		}
		p, err := identify(ctx, tx, locked, f.Who)
		if err != nil {
			return err
		}
		course, err := courseByID(ctx, tx, locked.Course)
		if err != nil {
			return err
		}
		tree, err := s.tree(ctx)
		if err != nil {
			return err
		}
		if level, ok := levelOf(tree, p.Unit); !ok || level != course.Level {
			return atDoor("who", "training.door.other_level")
		}
		if err := s.admit(ctx, tx, access.System("training"), now, &locked, p, ByCode, ""); err != nil {
			return err
		}
		return db.Sorted(tx.NewSelect().Model(&out).Where("ts.class = ?", locked.ID).Where("ts.person = ?", p.ID).Scan(ctx))
	})
	if err != nil {
		return out, s.missed(ctx, f.From, now, err)
	}
	return out, nil
}

// atDoor is what is wrong with what was typed at the door.
func atDoor(field, key string) error {
	var k fault.Check
	k.Need(false, field, key)
	return k.Err()
}

// behind is the class that a pass or a typed code stands for.
func (s *Service) behind(ctx context.Context, f DoorForm, now time.Time) (Class, error) {
	if f.Pass != "" {
		id, ok := readPass(s.Key, f.Pass, now)
		if !ok {
			return Class{}, fault.New(fault.Conflict, "training.door.stale")
		}
		return s.running(ctx, id, now)
	}
	var today []Class
	if err := s.DB.Read().NewSelect().Model(&today).Where("cl.day = ?", clock.Date(now)).Where("cl.state = ?", Planned).Order("cl.id").Scan(ctx); err != nil {
		return Class{}, db.Sorted(err)
	}
	for _, c := range today {
		if c.Running(now) && readTyped(s.Key, c.ID, f.Code, now) {
			return c, nil
		}
	}
	return Class{}, atDoor("code", "training.door.code_wrong")
}

// identify is the person whom what was typed means: last digits of a telephone count
// among the people of the class, a code or a whole number on the whole roster.
func identify(ctx context.Context, tx *db.Tx, c Class, typed string) (Person, error) {
	typed = strings.TrimSpace(typed)
	digits := onlyDigits(typed)
	short := len(digits) == len(strings.ReplaceAll(typed, " ", "")) && len(digits) >= fewestLast && len(digits) < 9
	var rows []Person
	q := tx.NewSelect().Model(&rows).Where("tp.left_on = ''").Order("tp.id").Limit(2)
	if short {
		q = q.Join("JOIN training_seat AS ts ON ts.person = tp.id").Where("ts.class = ?", c.ID).Where("tp.phone LIKE ? OR tp.code = ?", "%"+digits, digits)
	} else {
		number, ok := phone.Normal(typed)
		if !ok {
			number = "-"
		}
		q = q.Where("tp.code = ? AND tp.code <> '' OR tp.phone = ?", strings.ToUpper(typed), number)
	}
	if err := q.Scan(ctx); err != nil {
		return Person{}, db.Sorted(err)
	}
	switch {
	case len(typed) == 0:
		return Person{}, atDoor("who", "training.door.who_needed")
	case len(rows) == 0:
		return Person{}, atDoor("who", "training.door.nobody")
	case len(rows) > 1:
		return Person{}, atDoor("who", "training.door.several")
	}
	return rows[0], nil
}

func knockKey(from string, now time.Time) string {
	sum := sha256.Sum256([]byte(from))
	return hex.EncodeToString(sum[:8]) + " " + now.Truncate(knockMemory).Format("0102T1504")
}

// bear is TooMany when an address has tried wrongly too often.
func (s *Service) bear(ctx context.Context, from string, now time.Time) error {
	var fails int64
	err := s.DB.Read().NewSelect().TableExpr("training_knock").ColumnExpr("coalesce(max(fails), 0)").Where("key = ?", knockKey(from, now)).Scan(ctx, &fails)
	if err != nil {
		return db.Sorted(err)
	}
	if fails >= mostKnocks {
		return fault.New(fault.TooMany, "training.door.too_many")
	}
	return nil
}

// missed counts a wrong try and gives its error on; what is not the person's own mistake
// counts for nothing.
func (s *Service) missed(ctx context.Context, from string, now time.Time, wrong error) error {
	if !slices.Contains([]fault.Kind{fault.Invalid, fault.Conflict}, fault.Of(wrong).Kind) {
		return wrong
	}
	err := s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		if _, err := tx.NewRaw("DELETE FROM training_knock WHERE since < ?", now.Add(-knockMemory)).Exec(ctx); err != nil {
			return db.Sorted(err)
		}
		_, err := tx.NewRaw("INSERT INTO training_knock AS k (key, fails, since) VALUES (?, 1, ?) ON CONFLICT (key) DO UPDATE SET fails = k.fails + 1", knockKey(from, now), now.Truncate(knockMemory)).Exec(ctx)
		return db.Sorted(err)
	})
	if err != nil {
		return err
	}
	return wrong
}

// Learning is what somebody's own page shows: the seat with all that belongs to it.
type Learning struct {
	Seat        Seat
	Person      Person
	Class       Class
	Course      Course
	Tries       []Try // newest first
	Certificate *Certificate
	Feedback    *Feedback
}

// Learner is the seat that a link stands for; a link that was not made here is Missing.
func (s *Service) Learner(ctx context.Context, token string) (Learning, error) {
	var l Learning
	id, ok := s.Key.Read(learner, token)
	if !ok {
		return l, fault.New(fault.Missing, "fault.missing")
	}
	q := s.DB.Read()
	if err := q.NewSelect().Model(&l.Seat).Where("ts.id = ?", id).Scan(ctx); err != nil {
		return l, db.Sorted(err)
	}
	if err := q.NewSelect().Model(&l.Person).Where("tp.id = ?", l.Seat.Person).Scan(ctx); err != nil {
		return l, db.Sorted(err)
	}
	if err := q.NewSelect().Model(&l.Class).Where("cl.id = ?", l.Seat.Class).Scan(ctx); err != nil {
		return l, db.Sorted(err)
	}
	var err error
	if l.Course, err = courseByID(ctx, q, l.Seat.Course); err != nil {
		return l, err
	}
	if err := q.NewSelect().Model(&l.Tries).Where("ty.seat = ?", id).Order("ty.n DESC").Scan(ctx); err != nil {
		return l, db.Sorted(err)
	}
	if l.Certificate, err = one[Certificate](ctx, q, "ce.seat = ?", id); err != nil {
		return l, err
	}
	l.Feedback, err = one[Feedback](ctx, q, "fb.seat = ?", id)
	return l, err
}

// one is the row with a key, or nil.
func one[T any](ctx context.Context, q bun.IDB, where string, id ident.ID) (*T, error) {
	var rows []T
	err := q.NewSelect().Model(&rows).Where(where, id).Limit(1).Scan(ctx)
	if err != nil || len(rows) == 0 {
		return nil, db.Sorted(err)
	}
	return &rows[0], nil
}

package issuance

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/deadline"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/job"
	"lotrinh/internal/kit/trail"
	"lotrinh/internal/kit/worktime/calstore"
	"lotrinh/internal/org"
	"lotrinh/rollout"
)

// Home is the address of this room.
const Home = "/rollout/accounts"

// Key names a person in a post for whoever knows who was trained: by the civil servant's
// code where there is one, else by the folded name at the unit.
type Key struct{ Unit, Audience, Code, NameFold string }

// Trained tells who of some units was trained for the post. What it does not name was
// not.
type Trained func(ctx context.Context, q bun.IDB, units []string) ([]Key, error)

// Holders tell who may do a thing at a unit, for notices.
type Holders interface {
	Holding(ctx context.Context, need access.Perm, unit string) ([]ident.ID, error)
}

// Deps is what this room stands on.
type Deps struct {
	DB        *db.DB
	Business  clock.Clock
	Machine   clock.Clock
	Units     *org.Units
	People    *org.People
	Rollout   *rollout.Service
	Calendars deadline.Calendars
	Jobs      *job.Jobs
	Holders   Holders
	Words     *i18n.Catalog
	Trained   Trained
	// Texting tells whether text messages can go out.
	Texting func() bool
	// BaseURL is where people sign in, for slips.
	BaseURL string
	// Days is for how many working days a first password is good.
	Days int
}

// Service issues accounts.
type Service struct{ Deps }

// New is the room over its neighbours. It learns from org who has come in.
func New(d Deps) *Service {
	s := &Service{d}
	d.People.OnBegun(s.begun)
	return s
}

func (s *Service) tree(ctx context.Context) (*org.Tree, error) {
	return s.Units.Tree(ctx, s.Business.Now())
}

func (s *Service) today() string { return clock.Date(s.Business.Now()) }

// workdays is a moment so many working days later; where a calendar is missing, as many
// days by the clock and half as many again.
func (s *Service) workdays(ctx context.Context, from time.Time, n int) (time.Time, error) {
	cal, err := s.Calendars.Calendar(ctx, calstore.Office)
	if err != nil {
		return from, err
	}
	due, err := cal.AddDays(from, n)
	if err != nil || !due.Known() {
		return from.AddDate(0, 0, n+n/2+1), err
	}
	return due.At.UTC(), nil
}

// byID is a request within the actor's reach of a right.
func byID(ctx context.Context, q bun.IDB, who access.Actor, need access.Perm, id ident.ID) (Request, error) {
	if err := who.Need(need); err != nil {
		return Request{}, err
	}
	var r Request
	err := q.NewSelect().Model(&r).Where("iq.id = ?", id).Apply(who.Within(need, "iq.unit")).Scan(ctx)
	return r, db.Sorted(err)
}

// save writes the columns of a request over the version that was read.
func save(ctx context.Context, tx *db.Tx, r *Request, columns ...string) error {
	was := r.Version
	r.Version++
	return db.Changed(tx.NewUpdate().Model(r).Column(append(columns, "version")...).Where("id = ? AND version = ?", r.ID, was).Exec(ctx))
}

func (s *Service) note(ctx context.Context, tx *db.Tx, who access.Actor, act string, r Request, changes map[string][2]any, notes ...trail.Note) error {
	return trail.Write(ctx, tx, s.Machine.Now(), who, "rollout.accounts."+act, string(r.ID), changes, append(notes, trail.At(r.Unit))...)
}

// change runs an act on one request over the version that the actor saw; version 0 means
// whatever there is.
func (s *Service) change(ctx context.Context, who access.Actor, need access.Perm, id ident.ID, version int64, do func(context.Context, *db.Tx, *Request) error) error {
	if err := who.Need(need); err != nil {
		return err
	}
	return s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		r, err := byID(ctx, tx, who, need, id)
		if err != nil {
			return err
		}
		if version != 0 && version != r.Version {
			return fault.New(fault.Conflict, "fault.changed_meanwhile")
		}
		return do(ctx, tx, &r)
	})
}

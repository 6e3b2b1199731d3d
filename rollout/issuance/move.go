package issuance

import (
	"context"
	"time"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/trail"
	"lotrinh/internal/org"
)

// furthest is how far ahead a day of moving or leaving may lie.
const furthest = 366 * 24 * time.Hour

func (s *Service) dayOf(typed string) (string, error) {
	at, err := clock.ParseDate(typed)
	now := s.Business.Now()
	var k fault.Check
	k.Need(err == nil, "day", "form.bad_day")
	k.Need(err != nil || typed >= s.today() && at.Before(now.Add(furthest)), "day", "issuance.move.day")
	return typed, k.Err()
}

// Leave ends a person's post from a day on, today at the earliest. The account of
// somebody who holds no other post is closed: at once when the day is today, else when it
// comes.
func (s *Service) Leave(ctx context.Context, who access.Actor, id ident.ID, version int64, day, reason string) error {
	if _, err := byID(ctx, s.DB.Read(), who, Approve, id); err != nil {
		return err
	}
	var k fault.Check
	day, derr := s.dayOf(day)
	reason, rerr := reasonOf(reason)
	k.Add(derr)
	k.Add(rerr)
	if err := k.Err(); err != nil {
		return err
	}
	err := s.change(ctx, who, Approve, id, version, func(ctx context.Context, tx *db.Tx, r *Request) error {
		if r.Account == "" || r.State != Issued && r.State != Active {
			return fault.New(fault.Conflict, "issuance.wrong_state")
		}
		if err := s.People.LeaveStaffIn(ctx, tx, who, r.Account, org.Post{Role: r.Post, Unit: r.Unit}, day); err != nil {
			return err
		}
		return s.ended(ctx, tx, who, r, day, reason, "left")
	})
	return err
}

// ended keeps that a person's post here is over from a day on.
func (s *Service) ended(ctx context.Context, tx *db.Tx, who access.Actor, r *Request, day, reason, act string) error {
	was := r.State
	r.State, r.EndedOn, r.Reason = Ended, day, reason
	if err := save(ctx, tx, r, "state", "ended_on", "reason"); err != nil {
		return err
	}
	if err := s.note(ctx, tx, who, act, *r, map[string][2]any{"state": {was, Ended}, "day": {nil, day}}, trail.Personal("reason", reason)); err != nil {
		return err
	}
	return s.learn(ctx, tx, who, r.Unit)
}

// Move lets a person go on in another commune, or in another post, from a day on: the
// account and its history go along, and the posts of both places are dated.
func (s *Service) Move(ctx context.Context, who access.Actor, id ident.ID, version int64, unit string, post access.Role, day, reason string) (Request, error) {
	if _, err := byID(ctx, s.DB.Read(), who, Approve, id); err != nil {
		return Request{}, err
	}
	tree, err := s.tree(ctx)
	if err != nil {
		return Request{}, err
	}
	var k fault.Check
	day, derr := s.dayOf(day)
	reason, rerr := reasonOf(reason)
	u, ok := tree.Unit(unit)
	k.Need(ok && u.Level == org.Commune && who.Covers(Approve, unit), "unit", "issuance.form.unit")
	k.Need(Audience(post) != "", "post", "issuance.form.post")
	k.Add(derr)
	k.Add(rerr)
	if err := k.Err(); err != nil {
		return Request{}, err
	}
	var next Request
	err = s.change(ctx, who, Approve, id, version, func(ctx context.Context, tx *db.Tx, r *Request) error {
		if r.Account == "" || r.State != Issued && r.State != Active {
			return fault.New(fault.Conflict, "issuance.wrong_state")
		}
		if r.Unit == unit && r.Post == post {
			return fault.New(fault.Conflict, "issuance.move.same")
		}
		next = *r
		next.Unit, next.Post = unit, post
		if err := s.People.MoveStaffIn(ctx, tx, who, r.Account, org.Post{Role: r.Post, Unit: r.Unit}, org.Post{Role: post, Unit: unit, From: day}); err != nil {
			return err
		}
		if err := s.ended(ctx, tx, who, r, day, reason, "moved"); err != nil {
			return err
		}
		next.ID, next.AskedBy, next.AskedAt, next.DecidedBy, next.DecidedAt, next.Version = ident.New(s.Machine.Now()), who.ID, s.Business.Now(), who.ID, s.Business.Now(), 1
		next.Reason, next.EndedOn = reason, ""
		if _, err := tx.NewInsert().Model(&next).Exec(ctx); err != nil {
			if db.Duplicate(err) {
				return fault.New(fault.Conflict, "issuance.form.there")
			}
			return db.Sorted(err)
		}
		if err := s.note(ctx, tx, who, "arrived", next, map[string][2]any{"from": {nil, r.ID}, "day": {nil, day}}); err != nil {
			return err
		}
		return s.learn(ctx, tx, who, next.Unit)
	})
	return next, err
}

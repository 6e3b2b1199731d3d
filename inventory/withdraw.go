package inventory

import (
	"context"
	"time"
	"unicode/utf8"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/outbox"
	"lotrinh/internal/kit/trail"
)

// Withdrawal says from which day on a profile is asked for no more, and why.
type Withdrawal struct{ Day, Said string }

const longestWithdrawal = 1000

func (w *Withdrawal) check(now time.Time) (time.Time, error) {
	w.Said = tidy(w.Said)
	at, bad := dayStart(w.Day)
	_, tomorrow := clock.Day(now)
	var k fault.Check
	k.Need(bad == nil && !at.Before(tomorrow), "day", "inventory.profile.ends_bad")
	k.Need(w.Said != "", "said", "inventory.profile.ends_said_needed")
	k.Need(utf8.RuneCountInString(w.Said) <= longestWithdrawal, "said", "inventory.form.long", "limit", longestWithdrawal)
	return at.UTC(), k.Err()
}

// Withdraw ends a published profile from a day on: what was judged by it stands, and
// every unit is judged without it when the day begins. The newest version of the code
// is ended, so that no older one comes back; publishing another makes it apply again.
func (s *Service) Withdraw(ctx context.Context, who access.Actor, id ident.ID, version int64, w Withdrawal) (Profile, error) {
	if err := who.Need(Publish); err != nil {
		return Profile{}, err
	}
	now := s.clock.Now()
	at, err := w.check(now)
	if err != nil {
		return Profile{}, err
	}
	var p Profile
	return p, s.db.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := tx.NewSelect().Model(&p).Where("rp.id = ?", id).Apply(db.ForUpdate(tx)).Scan(ctx); err != nil {
			return db.Sorted(err)
		}
		newer, err := tx.NewSelect().Model((*Profile)(nil)).Where("rp.code = ?", p.Code).Where("rp.state = ?", Published).Where("rp.revision > ?", p.Revision).Exists(ctx)
		switch {
		case err != nil:
			return db.Sorted(err)
		case p.State != Published || newer || !p.EndsAt.IsZero():
			return fault.New(fault.Conflict, "inventory.profile.not_in_force")
		case p.Version != version:
			return fault.New(fault.Conflict, "fault.changed_meanwhile")
		}
		p.EndsAt, p.EndedBy, p.EndedSaid, p.Version = at, who.ID, w.Said, version+1
		if err := db.Changed(tx.NewUpdate().Model(&p).Column("ends_at", "ended_by", "ended_said", "version").Where("id = ?", id).Where("version = ?", version).Exec(ctx)); err != nil {
			return err
		}
		// Answers hold until the day begins; then they are judged anew.
		if _, err := tx.NewRaw("UPDATE unit_readiness SET stale_at = ? WHERE stale_at IS NULL OR stale_at > ?", at, at).Exec(ctx); err != nil {
			return db.Sorted(err)
		}
		if err := outbox.Write(ctx, tx, now, ProfileWithdrawn{ID: p.ID, Code: p.Code, Revision: p.Revision, From: at, By: who.ID}); err != nil {
			return err
		}
		return trail.Write(ctx, tx, now, who, "inventory.profile.withdrawn", string(p.ID), map[string][2]any{"ends_at": {nil, at}, "code": {nil, p.Code}, "revision": {nil, p.Revision}})
	})
}

// ends is when the first of the profiles in force ends; zero when none is to end.
func (b book) ends() time.Time {
	var first time.Time
	for _, r := range b.rules {
		if !r.EndsAt.IsZero() && (first.IsZero() || r.EndsAt.Before(first)) {
			first = r.EndsAt
		}
	}
	return first
}

package inventory

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/outbox"
	"lotrinh/internal/kit/trail"
	"lotrinh/inventory/readiness"
)

// Waiver excuses a commune from one line of a profile until a moment. It ends by
// itself then, or before when somebody ends it.
type Waiver struct {
	bun.BaseModel `bun:"table:requirement_waiver,alias:rw"`
	ID            ident.ID  `bun:"id,pk"`
	Unit          string    `bun:"unit"`
	Profile       string    `bun:"profile"` // code
	Line          string    `bun:"line"`    // code
	Reason        string    `bun:"reason"`
	FromAt        time.Time `bun:"from_at"`
	UntilAt       time.Time `bun:"until_at"`
	Signer        ident.ID  `bun:"signer"`
	SignerName    string    `bun:"signer_name"`
	MadeAt        time.Time `bun:"made_at"`
	EndedAt       time.Time `bun:"ended_at,nullzero"`
	EndedBy       ident.ID  `bun:"ended_by"`
	Version       int64     `bun:"version"`
}

// Holds tells whether the waiver excuses at a moment.
func (w Waiver) Holds(at time.Time) bool { return !at.Before(w.FromAt) && at.Before(w.end()) }

func (w Waiver) end() time.Time {
	if !w.EndedAt.IsZero() && w.EndedAt.Before(w.UntilAt) {
		return w.EndedAt
	}
	return w.UntilAt
}

func (w Waiver) judged() readiness.Waiver {
	return readiness.Waiver{ID: string(w.ID), Profile: w.Profile, Line: w.Line, Reason: w.Reason, By: w.SignerName, From: w.FromAt, Until: w.end()}
}

// WaiverForm is what a person typed about a waiver: the line as "profile/line", and the
// last day on which it excuses.
type WaiverForm struct {
	Line, Until, Reason string
}

// longest is how many days a waiver may last.
const longest = 366

func dayStart(raw string) (time.Time, error) { return clock.ParseDate(strings.TrimSpace(raw)) }

// Excuse lets a commune go without one line of a profile until the end of a day. The
// actor is who signs.
func (s *Service) Excuse(ctx context.Context, who access.Actor, unit string, f WaiverForm) (Waiver, error) {
	if err := who.NeedAt(Waive, unit); err != nil {
		return Waiver{}, err
	}
	known, _, err := s.Known(ctx)
	if err != nil {
		return Waiver{}, err
	}
	if !known(unit) {
		return Waiver{}, missingUnit()
	}
	now := s.clock.Now()
	var w Waiver
	return w, s.db.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := lockUnits(ctx, tx, []string{unit}); err != nil {
			return err
		}
		var err error
		if w, err = s.checkedWaiver(ctx, tx, unit, f, now); err != nil {
			return err
		}
		w.Signer, w.SignerName = who.ID, who.Name
		if _, err := tx.NewInsert().Model(&w).Exec(ctx); err != nil {
			return db.Sorted(err)
		}
		line := i18n.L("inventory.note.excused", "line", w.Line, "until", clock.Date(w.UntilAt.Add(-time.Second)))
		if err := note(ctx, tx, now, unit, "unit:"+unit, who, line, w.Reason); err != nil {
			return err
		}
		if err := outbox.Write(ctx, tx, now, RequirementWaived{ID: w.ID, Unit: unit, Profile: w.Profile, Line: w.Line, Until: w.UntilAt, By: who.ID}); err != nil {
			return err
		}
		err = trail.Write(ctx, tx, now, who, "inventory.requirement.waived", string(w.ID), map[string][2]any{
			"profile": {nil, w.Profile}, "line": {nil, w.Line}, "until": {nil, w.UntilAt}}, trail.At(unit))
		if err != nil {
			return err
		}
		return s.judge(ctx, tx, unit)
	})
}

func (s *Service) checkedWaiver(ctx context.Context, tx *db.Tx, unit string, f WaiverForm, now time.Time) (Waiver, error) {
	profile, line, _ := strings.Cut(f.Line, "/")
	w := Waiver{ID: ident.New(now), Unit: unit, Profile: profile, Line: line, Reason: tidy(f.Reason), FromAt: now, MadeAt: now, Version: 1}
	all, err := profiles(ctx, tx, now)
	if err != nil {
		return w, err
	}
	b, err := s.bookOf(ctx, tx, all, []string{unit})
	if err != nil {
		return w, err
	}
	asked, _ := b.applying(unit)
	var k fault.Check
	k.Need(slices.ContainsFunc(asked, func(p readiness.Profile) bool {
		return p.Code == profile && slices.ContainsFunc(p.Lines, func(l readiness.Line) bool { return l.Code == line })
	}), "line", "inventory.waiver.line_needed")
	k.Need(w.Reason != "", "reason", "inventory.waiver.reason_needed")
	k.Need(utf8.RuneCountInString(w.Reason) <= 500, "reason", "inventory.form.long", "limit", 500)
	day, derr := dayStart(f.Until)
	w.UntilAt = day.AddDate(0, 0, 1)
	k.Need(derr == nil && w.UntilAt.After(now) && day.Before(now.AddDate(0, 0, longest)), "until", "inventory.waiver.until_bad", "days", longest)
	if err := k.Err(); err != nil {
		return w, err
	}
	n, err := tx.NewSelect().Model((*Waiver)(nil)).Where("rw.unit = ?", unit).Where("rw.profile = ?", profile).Where("rw.line = ?", line).
		Where("rw.until_at > ?", now).Where("rw.ended_at IS NULL").Count(ctx)
	if err != nil {
		return w, db.Sorted(err)
	}
	if n > 0 {
		return w, fault.New(fault.Conflict, "inventory.waiver.there_is_one")
	}
	return w, nil
}

// EndWaiver ends a waiver before its day.
func (s *Service) EndWaiver(ctx context.Context, who access.Actor, id ident.ID, version int64) (Waiver, error) {
	if err := who.Need(Waive); err != nil {
		return Waiver{}, err
	}
	now := s.clock.Now()
	var w Waiver
	return w, s.db.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		err := tx.NewSelect().Model(&w).Where("rw.id = ?", id).Apply(who.Within(Waive, "rw.unit"), db.ForUpdate(tx)).Scan(ctx)
		if err != nil {
			return db.Sorted(err)
		}
		if !w.Holds(now) {
			return fault.New(fault.Conflict, "inventory.waiver.over")
		}
		w.EndedAt, w.EndedBy, w.Version = now, who.ID, version+1
		err = db.Changed(tx.NewUpdate().Model(&w).Column("ended_at", "ended_by", "version").Where("id = ?", id).Where("version = ?", version).Exec(ctx))
		if err != nil {
			return err
		}
		if err := note(ctx, tx, now, w.Unit, "unit:"+w.Unit, who, i18n.L("inventory.note.unexcused", "line", w.Line), ""); err != nil {
			return err
		}
		if err := trail.Write(ctx, tx, now, who, "inventory.requirement.waiver_ended", string(w.ID), map[string][2]any{"line": {nil, w.Line}}, trail.At(w.Unit)); err != nil {
			return err
		}
		return s.judge(ctx, tx, w.Unit)
	})
}

// Waivers are the waivers of a commune, newest first, those that are over included.
func (s *Service) Waivers(ctx context.Context, who access.Actor, unit string) ([]Waiver, error) {
	if err := who.NeedAt(Look, unit); err != nil {
		return nil, err
	}
	var rows []Waiver
	err := s.db.Read().NewSelect().Model(&rows).Where("rw.unit = ?", unit).Order("rw.until_at DESC", "rw.id DESC").Limit(50).Scan(ctx)
	return rows, db.Sorted(err)
}

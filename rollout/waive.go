package rollout

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/fold"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/outbox"
	"lotrinh/internal/kit/trail"
)

// WaiverInput asks to let communes pass without a criterion through a day.
type WaiverInput struct {
	Programme string // code
	Units     []string
	Criterion string // key
	Reason    string
	Step      string // what is done instead meanwhile
	Signer    string
	Until     string // last day covered, 2016-11-15
}

func (in *WaiverInput) check(today string) error {
	in.Reason, in.Step, in.Signer = fold.NFC(strings.TrimSpace(in.Reason)), fold.NFC(strings.TrimSpace(in.Step)), fold.NFC(strings.TrimSpace(in.Signer))
	in.Units = slices.Compact(slices.Sorted(slices.Values(in.Units)))
	_, badDay := clock.ParseDate(in.Until)
	var k fault.Check
	k.Need(len(in.Units) > 0, "units", "rollout.form.units_needed")
	k.Need(in.Criterion != "", "criterion", "rollout.form.criterion_needed")
	k.Need(in.Reason != "", "reason", "rollout.form.reason_needed")
	k.Need(utf8.RuneCountInString(in.Reason) <= 1000, "reason", "rollout.form.too_long", "max", 1000)
	k.Need(in.Step != "", "step", "rollout.form.step_needed")
	k.Need(utf8.RuneCountInString(in.Step) <= 1000, "step", "rollout.form.too_long", "max", 1000)
	k.Need(in.Signer != "", "signer", "rollout.form.signer_needed")
	k.Need(utf8.RuneCountInString(in.Signer) <= 200, "signer", "rollout.form.too_long", "max", 200)
	k.Need(badDay == nil, "until", "rollout.form.bad_day")
	k.Need(badDay != nil || in.Until >= today, "until", "rollout.form.day_over")
	return k.Err()
}

// GiveWaiver lets communes pass without a criterion through a last day.
func (s *Service) GiveWaiver(ctx context.Context, who access.Actor, in WaiverInput) (Waiver, error) {
	if err := reach(who, Waive, in.Units); err != nil {
		return Waiver{}, err
	}
	now := s.clock.Now()
	if err := in.check(clock.Date(now)); err != nil {
		return Waiver{}, err
	}
	w := Waiver{ID: ident.New(now), Criterion: in.Criterion, Reason: in.Reason, Step: in.Step, Signer: in.Signer, UntilDay: in.Until,
		GivenAt: now, GivenBy: string(who.ID), GivenByName: who.Name, Version: 1, Units: in.Units}
	err := s.db.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		pg, err := programmeByCode(ctx, tx, in.Programme)
		if err != nil {
			return err
		}
		w.Programme = pg.ID
		if err := touch(ctx, tx, pg.ID); err != nil {
			return err
		}
		if _, err := askedOf(ctx, tx, pg.ID, in.Criterion, in.Units); err != nil {
			return err
		}
		if _, err := tx.NewInsert().Model(&w).Exec(ctx); err != nil {
			return db.Sorted(err)
		}
		rows := make([]waiverUnit, len(in.Units))
		for i, u := range in.Units {
			rows[i] = waiverUnit{Waiver: w.ID, Unit: u}
			changes := map[string][2]any{"waiver": {"", w.ID}, "criterion": {"", w.Criterion}, "until": {"", w.UntilDay}}
			if err := trail.Write(ctx, tx, now, who, "rollout.waiver.given", string(w.ID), changes, trail.At(u)); err != nil {
				return err
			}
		}
		if err := insert(ctx, tx, rows); err != nil {
			return err
		}
		return outbox.Write(ctx, tx, now, WaiverGiven{Waiver: w.ID, Programme: pg.Code, Criterion: w.Criterion, Units: w.Units, Until: w.UntilDay})
	})
	return w, err
}

// RevokeWaiver takes a waiver back before its last day. It needs a reason.
func (s *Service) RevokeWaiver(ctx context.Context, who access.Actor, id ident.ID, version int64, reason string) error {
	if err := who.Need(Waive); err != nil {
		return err
	}
	reason = fold.NFC(strings.TrimSpace(reason))
	var k fault.Check
	k.Need(reason != "", "reason", "rollout.form.reason_needed")
	k.Need(utf8.RuneCountInString(reason) <= 1000, "reason", "rollout.form.too_long", "max", 1000)
	if err := k.Err(); err != nil {
		return err
	}
	return s.db.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		now := s.clock.Now()
		w, pg, err := waiverByID(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := reach(who, Waive, w.Units); err != nil {
			return err
		}
		if w.State(now) != InForce {
			return fault.New(fault.Conflict, "rollout.waiver.over")
		}
		if err := touch(ctx, tx, pg.ID); err != nil {
			return err
		}
		err = db.Changed(tx.NewRaw("UPDATE rollout_waiver SET revoked_at = ?, revoked_by_name = ?, revoke_reason = ?, version = version + 1 WHERE id = ? AND version = ?",
			now, who.Name, reason, id, version).Exec(ctx))
		if err != nil {
			return err
		}
		for _, u := range w.Units {
			changes := map[string][2]any{"state": {InForce, Revoked}}
			if err := trail.Write(ctx, tx, now, who, "rollout.waiver.revoked", string(id), changes, trail.At(u)); err != nil {
				return err
			}
		}
		return outbox.Write(ctx, tx, now, WaiverRevoked{Waiver: id, Programme: pg.Code, Criterion: w.Criterion, Units: w.Units})
	})
}

func waiverByID(ctx context.Context, idb bun.IDB, id ident.ID) (Waiver, Programme, error) {
	var w Waiver
	if err := idb.NewSelect().Model(&w).Where("wv.id = ?", id).Scan(ctx); err != nil {
		return w, Programme{}, db.Sorted(err)
	}
	err := idb.NewSelect().Table("rollout_waiver_unit").Column("unit").Where("waiver = ?", id).Order("unit").Scan(ctx, &w.Units)
	if err != nil {
		return w, Programme{}, db.Sorted(err)
	}
	var pg Programme
	err = idb.NewSelect().Model(&pg).Where("pg.id = ?", w.Programme).Scan(ctx)
	return w, pg, db.Sorted(err)
}

// Waivers are the waivers of a programme that touch the actor's communes, newest
// first, the expired and the revoked ones too. Of each the actor sees only the
// communes in reach.
func (s *Service) Waivers(ctx context.Context, who access.Actor, code string) ([]*Waiver, error) {
	if err := who.Need(Read); err != nil {
		return nil, err
	}
	pg, err := programmeByCode(ctx, s.db.Read(), code)
	if err != nil {
		return nil, err
	}
	return waiversFor(ctx, s.db.Read(), who, pg.ID)
}

func waiversFor(ctx context.Context, idb bun.IDB, who access.Actor, programme ident.ID) ([]*Waiver, error) {
	var units []waiverUnit
	err := idb.NewSelect().Model(&units).Join("JOIN rollout_waiver AS wv ON wv.id = wu.waiver").
		Where("wv.programme = ?", programme).Apply(who.Within(Read, "wu.unit")).Order("wu.unit").Scan(ctx)
	if err != nil || len(units) == 0 {
		return nil, db.Sorted(err)
	}
	of := map[ident.ID][]string{}
	for _, u := range units {
		of[u.Waiver] = append(of[u.Waiver], u.Unit)
	}
	var all, mine []*Waiver
	if err := idb.NewSelect().Model(&all).Where("wv.programme = ?", programme).Order("wv.id DESC").Scan(ctx); err != nil {
		return nil, db.Sorted(err)
	}
	for _, w := range all {
		if w.Units = of[w.ID]; len(w.Units) > 0 {
			mine = append(mine, w)
		}
	}
	return mine, nil
}

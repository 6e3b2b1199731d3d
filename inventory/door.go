package inventory

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/outbox"
	"lotrinh/internal/kit/trail"
)

// This file holds the use cases inside somebody else's transaction: what the rooms
// around the inventory do to its assets, facts and gaps. Each judges the units that it
// touched before it returns.

// Now is the business's time.
func (s *Service) Now() time.Time { return s.clock.Now() }

// AddIn records new equipment. What is typed wrongly is refused with its fields.
func (s *Service) AddIn(ctx context.Context, tx *db.Tx, who access.Actor, forms []AssetForm) ([]Asset, error) {
	known, _, err := s.Known(ctx)
	if err != nil {
		return nil, err
	}
	for i := range forms {
		if err := forms[i].check(known); err != nil {
			return nil, err
		}
		if err := who.NeedAt(Edit, forms[i].Unit); err != nil {
			return nil, err
		}
	}
	return s.addAssets(ctx, tx, who, forms)
}

// AssetIn is an asset within reach; inside a transaction it may be locked.
func (s *Service) AssetIn(ctx context.Context, q bun.IDB, who access.Actor, need access.Perm, id ident.ID, more ...func(*bun.SelectQuery) *bun.SelectQuery) (Asset, error) {
	return assetByID(ctx, q, who, need, id, more...)
}

// AssetsIn are those of the assets that are within reach, by code.
func (s *Service) AssetsIn(ctx context.Context, q bun.IDB, who access.Actor, need access.Perm, ids []ident.ID) ([]Asset, error) {
	if err := who.Need(need); err != nil || len(ids) == 0 {
		return nil, err
	}
	var rows []Asset
	err := q.NewSelect().Model(&rows).Where("a.id IN (?)", bun.List(ids)).Apply(who.Within(need, "a.unit")).Order("a.code").Scan(ctx)
	return rows, db.Sorted(err)
}

// RecordIn puts facts beside what is known. Who observed them, when and how is theirs
// to say; permission is the caller's to ask.
func (s *Service) RecordIn(ctx context.Context, tx *db.Tx, facts []Fact) error {
	if len(facts) == 0 {
		return nil
	}
	if err := record(ctx, tx, facts); err != nil {
		return err
	}
	units := make([]string, len(facts))
	for i, f := range facts {
		units[i] = f.Unit
	}
	return s.judge(ctx, tx, units...)
}

// MoveAssetIn takes an asset to another state along the allowed moves; said is why.
func (s *Service) MoveAssetIn(ctx context.Context, tx *db.Tx, who access.Actor, id ident.ID, to State, said string) (Asset, error) {
	a, err := assetByID(ctx, tx, who, Edit, id, db.ForUpdate(tx))
	if err != nil || a.State == to {
		return a, err
	}
	before := a.State
	if err := a.move(to); err != nil {
		return a, err
	}
	now := s.clock.Now()
	if err := s.keepAsset(ctx, tx, &a, now, "state"); err != nil {
		return a, err
	}
	line := i18n.L("inventory.note.moved", "code", a.Code, "from", stateKey(before), "to", stateKey(to))
	if err := note(ctx, tx, now, a.Unit, string(a.ID), who, line, said); err != nil {
		return a, err
	}
	if err := trail.Write(ctx, tx, now, who, "inventory.asset.changed", string(a.ID), map[string][2]any{"state": {before, to}}, trail.At(a.Unit)); err != nil {
		return a, err
	}
	return a, s.judge(ctx, tx, a.Unit)
}

// TransferIn takes an asset with all its facts to another unit. Both units are judged;
// the actor must be allowed to edit at the one that it leaves.
func (s *Service) TransferIn(ctx context.Context, tx *db.Tx, who access.Actor, id ident.ID, to, said string) (Asset, error) {
	known, tree, err := s.Known(ctx)
	if err != nil {
		return Asset{}, err
	}
	a, err := assetByID(ctx, tx, who, Edit, id, db.ForUpdate(tx))
	if err != nil || a.Unit == to {
		return a, err
	}
	if !known(to) {
		return a, missingUnit()
	}
	now, from := s.clock.Now(), a.Unit
	a.Unit = to
	if err := s.keepAsset(ctx, tx, &a, now, "unit"); err != nil {
		return a, err
	}
	if _, err := tx.NewRaw("UPDATE asset_fact SET unit = ? WHERE asset = ?", to, a.ID).Exec(ctx); err != nil {
		return a, db.Sorted(err)
	}
	line := i18n.L("inventory.note.transferred", "code", a.Code, "name", a.Name, "from", tree.Place(from), "to", tree.Place(to))
	for _, unit := range []string{from, to} {
		subject := string(a.ID)
		if unit == from {
			subject = "unit:" + from
		}
		if err := note(ctx, tx, now, unit, subject, who, line, said); err != nil {
			return a, err
		}
	}
	if err := outbox.Write(ctx, tx, now, AssetTransferred{ID: a.ID, Code: a.Code, Kind: a.Kind, From: from, To: to, By: who.ID}); err != nil {
		return a, err
	}
	if err := trail.Write(ctx, tx, now, who, "inventory.asset.transferred", string(a.ID), map[string][2]any{"unit": {from, to}}, trail.At(to)); err != nil {
		return a, err
	}
	return a, s.judge(ctx, tx, from, to)
}

// keepAsset saves some columns of an asset that is locked, with its next version.
func (s *Service) keepAsset(ctx context.Context, tx *db.Tx, a *Asset, now time.Time, columns ...string) error {
	version := a.Version
	a.refold()
	a.ChangedAt, a.Version = now, version+1
	err := db.Changed(tx.NewUpdate().Model(a).Column(columns...).Column("fold", "changed_at", "version").
		Where("id = ?", a.ID).Where("version = ?", version).Exec(ctx))
	if err != nil {
		return err
	}
	return findable(ctx, tx, []Asset{*a}, true)
}

// GapsIn are those of the gaps that are within reach, by number.
func (s *Service) GapsIn(ctx context.Context, q bun.IDB, who access.Actor, need access.Perm, ids []ident.ID) ([]Gap, error) {
	if err := who.Need(need); err != nil || len(ids) == 0 {
		return nil, err
	}
	var rows []Gap
	err := q.NewSelect().Model(&rows).Where("g.id IN (?)", bun.List(ids)).Apply(who.Within(need, "g.unit")).Order("g.code").Scan(ctx)
	return rows, db.Sorted(err)
}

// MoveGapIn takes a gap a step on its way.
func (s *Service) MoveGapIn(ctx context.Context, tx *db.Tx, who access.Actor, id ident.ID, to GapState, answer string) (Gap, error) {
	g, err := gapByID(ctx, tx, who, Handle, id, db.ForUpdate(tx))
	if err != nil {
		return g, err
	}
	return s.changeGapIn(ctx, tx, who, g, s.stepOf(who, to, answer), answer)
}

// JudgeIn stores the answers of units anew.
func (s *Service) JudgeIn(ctx context.Context, tx *db.Tx, units ...string) error {
	return s.judge(ctx, tx, units...)
}

// NoteIn writes a line into the history of a unit and of a subject in it: the ID of an
// asset or gap, or "unit:CODE".
func (s *Service) NoteIn(ctx context.Context, tx *db.Tx, unit, subject string, who access.Actor, line i18n.Line, said string) error {
	return note(ctx, tx, s.clock.Now(), unit, subject, who, line, said)
}

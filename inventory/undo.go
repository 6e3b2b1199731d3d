package inventory

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/importer"
	"lotrinh/internal/kit/trail"
)

// undoImport takes an import back: what it made is removed, what it changed gets its
// old words back and the facts that it declared go. Assets that somebody changed
// since, or that a gap names, stand in the way.
func (s *Service) undoImport(ctx context.Context, tx *db.Tx, who access.Actor, changes []importer.Change) ([]importer.Refusal, error) {
	done := make([]did, len(changes))
	var ids []ident.ID
	for i, c := range changes {
		if err := json.Unmarshal(c.Record, &done[i]); err != nil {
			return nil, fault.Because(fault.Internal, "fault.internal", err)
		}
		ids = append(ids, done[i].ID)
	}
	have, named, err := undoable(ctx, tx, who, ids)
	if err != nil {
		return nil, err
	}
	var refused []importer.Refusal
	for i, d := range done {
		a, there := have[d.ID]
		switch {
		case !there || a.Version != d.Version:
			refused = append(refused, importer.Refusal{N: changes[i].N, Line: i18n.L("inventory.import.changed", "code", a.Code)})
		case named[d.ID]:
			refused = append(refused, importer.Refusal{N: changes[i].N, Line: i18n.L("inventory.import.has_gap", "code", a.Code)})
		}
	}
	if len(refused) > 0 {
		return refused, nil
	}
	var units []string
	for _, d := range done {
		a := have[d.ID]
		units = append(units, a.Unit)
		if err := s.takeBack(ctx, tx, who, a, d); err != nil {
			return nil, err
		}
	}
	slices.Sort(units)
	return nil, s.judge(ctx, tx, slices.Compact(units)...)
}

// undoable loads the assets and tells which of them a gap names or a machine has
// reported about since.
func undoable(ctx context.Context, tx *db.Tx, who access.Actor, ids []ident.ID) (map[ident.ID]Asset, map[ident.ID]bool, error) {
	have, named := map[ident.ID]Asset{}, map[ident.ID]bool{}
	for some := range slices.Chunk(ids, 500) {
		var assets []Asset
		if err := tx.NewSelect().Model(&assets).Where("a.id IN (?)", bun.List(some)).Apply(who.Within(Edit, "a.unit")).Scan(ctx); err != nil {
			return nil, nil, db.Sorted(err)
		}
		for _, a := range assets {
			have[a.ID] = a
		}
		var busy []ident.ID
		err := tx.NewRaw("SELECT asset FROM gap WHERE asset IN (?) UNION SELECT asset FROM asset_fact WHERE asset IN (?) AND source <> 'declared'",
			bun.List(some), bun.List(some)).Scan(ctx, &busy)
		if err != nil {
			return nil, nil, db.Sorted(err)
		}
		for _, id := range busy {
			named[id] = true
		}
	}
	return have, named, nil
}

func (s *Service) takeBack(ctx context.Context, tx *db.Tx, who access.Actor, a Asset, d did) error {
	now := s.clock.Now()
	if err := trail.Write(ctx, tx, now, who, "inventory.asset.import_undone", string(a.ID), map[string][2]any{"code": {a.Code, nil}}, trail.At(a.Unit)); err != nil {
		return err
	}
	if err := note(ctx, tx, now, a.Unit, string(a.ID), who, i18n.L("inventory.note.import_undone", "code", a.Code), ""); err != nil {
		return err
	}
	if d.Before == nil {
		_, err := tx.NewRaw("DELETE FROM asset WHERE id = ?", a.ID).Exec(ctx)
		return db.Sorted(err)
	}
	if _, err := tx.NewRaw("DELETE FROM asset_fact WHERE asset = ? AND id IN (?)", a.ID, bun.List(d.Before.Facts)).Exec(ctx); err != nil {
		return db.Sorted(err)
	}
	// What the import declared had taken the place of the newest one before it.
	_, err := tx.NewRaw("UPDATE asset_fact SET current = TRUE WHERE asset = ? AND NOT EXISTS (SELECT 1 FROM asset_fact AS n WHERE n.asset = asset_fact.asset "+
		"AND n.name = asset_fact.name AND n.source = asset_fact.source AND (n.observed_at > asset_fact.observed_at OR n.observed_at = asset_fact.observed_at AND n.id > asset_fact.id))", a.ID).Exec(ctx)
	if err != nil {
		return db.Sorted(err)
	}
	a.Name, a.Serial, a.Place, a.State, a.ChangedAt = d.Before.Name, d.Before.Serial, d.Before.Place, d.Before.State, now
	a.Version++
	a.refold()
	return db.Changed(tx.NewUpdate().Model(&a).Column("name", "serial", "place", "state", "fold", "changed_at", "version").
		Where("id = ?", a.ID).Where("version = ?", d.Version).Exec(ctx))
}

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
	"lotrinh/internal/kit/search"
	"lotrinh/internal/kit/trail"
)

// undoImport takes an import back: what it made is removed, what it changed gets its
// old words back and the facts that it declared go. Assets that somebody changed
// since, and new ones that something has happened to, stand in the way.
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
			refused = append(refused, importer.Refusal{N: changes[i].N, Line: i18n.L("inventory.import.changed", "code", d.Code)})
		case d.Before == nil && named[d.ID]:
			refused = append(refused, importer.Refusal{N: changes[i].N, Line: i18n.L("inventory.import.has_gap", "code", d.Code)})
		}
	}
	if len(refused) > 0 {
		return refused, nil
	}
	return nil, s.takeBack(ctx, tx, who, done, have)
}

// undoable loads the assets and tells which of them a gap names, a machine has reported
// about, or have a history of their own since they were recorded.
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
		err := tx.NewRaw("SELECT asset FROM gap WHERE asset IN (?) UNION SELECT asset FROM asset_fact WHERE asset IN (?) AND source <> 'declared' "+
			"UNION SELECT subject FROM inventory_note WHERE subject IN (?) GROUP BY subject HAVING count(*) > 1", bun.List(some), bun.List(some), bun.List(some)).Scan(ctx, &busy)
		if err != nil {
			return nil, nil, db.Sorted(err)
		}
		for _, id := range busy {
			named[id] = true
		}
	}
	return have, named, nil
}

// takeBack removes what the import made and gives the rest its old words back.
func (s *Service) takeBack(ctx context.Context, tx *db.Tx, who access.Actor, done []did, have map[ident.ID]Asset) error {
	now := s.clock.Now()
	var gone, freed []ident.ID
	var back []Asset
	var notes []Note
	var entries []trail.Entry
	var units []string
	for _, d := range done {
		a := have[d.ID]
		units = append(units, a.Unit)
		n, err := noteOf(now, a.Unit, string(a.ID), who, i18n.L("inventory.note.import_undone", "code", a.Code), "")
		if err != nil {
			return err
		}
		e, err := trail.Make(now, who, "inventory.asset.import_undone", string(a.ID), map[string][2]any{"code": {a.Code, nil}}, trail.At(a.Unit))
		if err != nil {
			return err
		}
		notes, entries = append(notes, n), append(entries, e)
		if d.Before == nil {
			gone = append(gone, a.ID)
			continue
		}
		freed = append(freed, d.Before.Facts...)
		a.State, a.ChangedAt, a.Version = d.Before.State, now, d.Version+1
		for _, column := range details {
			*column.of(&a) = d.Before.Columns[column.name]
		}
		a.refold()
		back = append(back, a)
	}
	if err := forget(ctx, tx, gone); err != nil {
		return err
	}
	if err := unsay(ctx, tx, freed, back); err != nil {
		return err
	}
	if err := updateAssets(ctx, tx, back); err != nil {
		return err
	}
	if err := s.tellOf(ctx, tx, back, notes, entries, true); err != nil {
		return err
	}
	return s.judge(ctx, tx, units...)
}

// forget removes assets and what finds them.
func forget(ctx context.Context, tx *db.Tx, gone []ident.ID) error {
	for some := range slices.Chunk(gone, 500) {
		if _, err := tx.NewRaw("DELETE FROM asset WHERE id IN (?)", bun.List(some)).Exec(ctx); err != nil {
			return db.Sorted(err)
		}
		if err := search.Remove(ctx, tx, AssetDoc, words(some)...); err != nil {
			return err
		}
	}
	return nil
}

// unsay removes declared facts; what they had taken the place of is current again.
func unsay(ctx context.Context, tx *db.Tx, facts []ident.ID, of []Asset) error {
	for some := range slices.Chunk(facts, 500) {
		if _, err := tx.NewRaw("DELETE FROM asset_fact WHERE id IN (?)", bun.List(some)).Exec(ctx); err != nil {
			return db.Sorted(err)
		}
	}
	for some := range slices.Chunk(of, 500) {
		ids := make([]ident.ID, len(some))
		for i, a := range some {
			ids[i] = a.ID
		}
		_, err := tx.NewRaw("UPDATE asset_fact SET current = TRUE WHERE asset IN (?) AND NOT current AND NOT EXISTS (SELECT 1 FROM asset_fact AS n WHERE n.asset = asset_fact.asset "+
			"AND n.name = asset_fact.name AND n.source = asset_fact.source AND (n.observed_at > asset_fact.observed_at OR n.observed_at = asset_fact.observed_at AND n.id > asset_fact.id))",
			bun.List(ids)).Exec(ctx)
		if err != nil {
			return db.Sorted(err)
		}
	}
	return nil
}

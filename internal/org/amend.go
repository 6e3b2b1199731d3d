package org

import (
	"context"
	"strconv"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fold"
)

// Edit is a change of what is known about units: versions and successions put in place,
// and those dropped. A version is known by code and first day, a succession by day, from
// and to; of what is dropped only these are read.
type Edit struct {
	Put         []Unit
	Drop        []Unit
	PutChanges  []Change
	DropChanges []Change
}

// Amend carries out an edit in somebody else's transaction and gives the edit that undoes
// it, with the revision of the units. What it leaves must fit together. The caller writes
// event and trail.
func (u *Units) Amend(ctx context.Context, tx *db.Tx, e Edit) (undo Edit, revision int64, err error) {
	for i := range e.Put {
		e.Put[i].Name = fold.NFC(e.Put[i].Name)
		e.Put[i].Fold = fold.Key(e.Put[i].Name)
	}
	if undo, err = inverse(ctx, tx, e); err != nil {
		return undo, 0, err
	}
	for _, v := range e.Drop {
		if _, err := tx.NewDelete().Model(&v).WherePK().Exec(ctx); err != nil {
			return undo, 0, db.Sorted(err)
		}
	}
	for _, c := range e.DropChanges {
		if _, err := tx.NewDelete().Model(&c).WherePK().Exec(ctx); err != nil {
			return undo, 0, db.Sorted(err)
		}
	}
	if err := upsertUnits(ctx, tx, e.Put, e.PutChanges); err != nil {
		return undo, 0, err
	}
	if _, err := readAtlas(ctx, tx); err != nil {
		return undo, 0, err
	}
	if revision, err = readRevision(ctx, tx); err != nil {
		return undo, 0, err
	}
	revision++
	_, err = tx.NewRaw("INSERT INTO setting (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
		revisionKey, strconv.FormatInt(revision, 10)).Exec(ctx)
	tx.After(u.forget)
	return undo, revision, db.Sorted(err)
}

type versionKey struct{ code, from string }

type changeKey struct{ date, from, to string }

// inverse reads what an edit is about to change: the whole tables, which are small.
func inverse(ctx context.Context, idb bun.IDB, e Edit) (Edit, error) {
	var versions []Unit
	if err := idb.NewSelect().Model(&versions).Scan(ctx); err != nil {
		return Edit{}, db.Sorted(err)
	}
	var changes []Change
	if err := idb.NewSelect().Model(&changes).Scan(ctx); err != nil {
		return Edit{}, db.Sorted(err)
	}
	wasUnit, wasChange := map[versionKey]Unit{}, map[changeKey]Change{}
	for _, v := range versions {
		wasUnit[versionKey{v.Code, v.From}] = v
	}
	for _, c := range changes {
		wasChange[changeKey{c.Date, c.From, c.To}] = c
	}
	var undo Edit
	for _, v := range append(append([]Unit(nil), e.Put...), e.Drop...) {
		if old, was := wasUnit[versionKey{v.Code, v.From}]; was {
			undo.Put = append(undo.Put, old)
		} else {
			undo.Drop = append(undo.Drop, Unit{Code: v.Code, From: v.From})
		}
	}
	for _, c := range append(append([]Change(nil), e.PutChanges...), e.DropChanges...) {
		if old, was := wasChange[changeKey{c.Date, c.From, c.To}]; was {
			undo.PutChanges = append(undo.PutChanges, old)
		} else {
			undo.DropChanges = append(undo.DropChanges, Change{Date: c.Date, From: c.From, To: c.To})
		}
	}
	return undo, nil
}

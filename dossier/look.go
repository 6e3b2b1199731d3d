package dossier

import (
	"context"
	"encoding/json"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/trail"
)

// DossierIn is a dossier within reach of a right; inside a transaction it may be locked.
func (s *Service) DossierIn(ctx context.Context, q bun.IDB, who access.Actor, need access.Perm, id ident.ID, more ...func(*bun.SelectQuery) *bun.SelectQuery) (Dossier, error) {
	if err := who.Need(need); err != nil {
		return Dossier{}, err
	}
	var d Dossier
	sel := q.NewSelect().Model(&d).Where("d.id = ?", id).Apply(who.Within(need, "d.unit"))
	for _, f := range more {
		sel.Apply(f)
	}
	return d, db.Sorted(sel.Scan(ctx))
}

// ByCode is the dossier with an official code, whoever asks; the caller decides what of
// it may be shown.
func (s *Service) ByCode(ctx context.Context, q bun.IDB, code string) (Dossier, error) {
	var d Dossier
	err := q.NewSelect().Model(&d).Where("d.code = ?", code).Where("d.code <> ''").Scan(ctx)
	return d, db.Sorted(err)
}

// ByTrack is the dossier with a tracking code, whoever asks; the caller decides what of it
// may be shown.
func (s *Service) ByTrack(ctx context.Context, q bun.IDB, track string) (Dossier, error) {
	var d Dossier
	err := q.NewSelect().Model(&d).Where("d.track = ?", TrackForm(track)).Scan(ctx)
	return d, db.Sorted(err)
}

// StepsOf is the history of a dossier, oldest first.
func (s *Service) StepsOf(ctx context.Context, q bun.IDB, id ident.ID) ([]Step, error) {
	var all []Step
	err := q.NewSelect().Model(&all).Where("ds.dossier = ?", id).Order("ds.seq").Scan(ctx)
	return all, db.Sorted(err)
}

// AnswersOf is what the form says, as JSON of dossier/form.
func (s *Service) AnswersOf(ctx context.Context, q bun.IDB, id ident.ID) (json.RawMessage, error) {
	var raw string
	err := q.NewSelect().Table("dossier_answers").Column("answers").Where("dossier = ?", id).Scan(ctx, &raw)
	return json.RawMessage(raw), db.Sorted(err)
}

// DocumentsOf are the papers of a dossier, in the order in which they were asked for.
func (s *Service) DocumentsOf(ctx context.Context, q bun.IDB, id ident.ID) ([]Document, error) {
	var all []Document
	err := q.NewSelect().Model(&all).Where("dd.dossier = ?", id).Order("dd.id").Scan(ctx)
	return all, db.Sorted(err)
}

// LegsOf are the parts of other authorities.
func (s *Service) LegsOf(ctx context.Context, q bun.IDB, id ident.ID) ([]Leg, error) {
	var all []Leg
	err := q.NewSelect().Model(&all).Where("dl.dossier = ?", id).Order("dl.id").Scan(ctx)
	return all, db.Sorted(err)
}

// SeenIn records that somebody read what dossiers say of persons.
func (s *Service) SeenIn(ctx context.Context, tx *db.Tx, who access.Actor, act string, ids ...ident.ID) error {
	if len(ids) == 0 {
		return nil
	}
	keys := make([]string, len(ids))
	for i, id := range ids {
		keys[i] = string(id)
	}
	return trail.Seen(ctx, tx, s.Now(), who, act, keys)
}

// Seen is SeenIn in a transaction of its own.
func (s *Service) Seen(ctx context.Context, who access.Actor, act string, ids ...ident.ID) error {
	if len(ids) == 0 {
		return nil
	}
	return s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error { return s.SeenIn(ctx, tx, who, act, ids...) })
}

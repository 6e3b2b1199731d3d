package tally

import (
	"context"
	"slices"

	"github.com/uptrace/bun"

	"lotrinh/dossier"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/figures"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/org/succession"
)

// Succession is how figures take part when units change, after the dossiers themselves:
// a dossier in work is counted where it is received, all that happened to it; what was
// finished stays counted for who finished it, and what a unit declared of a year stays its
// own. Counting from scratch gives the same.
func (s *Service) Succession() succession.Participant {
	return succession.Tables{Area: "succession.area.tally", Stays: []string{"tally_declared"}, Beside: succession.Beside{
		End: func(ctx context.Context, tx *db.Tx, p succession.Plan, _ access.Actor) error {
			changes, err := followed(ctx, tx, p, 1)
			if err != nil {
				return err
			}
			return succession.Count(ctx, tx, p, changes)
		},
		Back: func(ctx context.Context, tx *db.Tx, p succession.Plan) error {
			changes, err := followed(ctx, tx, p, -1)
			if err != nil {
				return err
			}
			return succession.Uncount(ctx, tx, p, changes)
		},
	}}
}

// followed are the changes of the figures when dossiers that a set moved, as they are now,
// are counted for their heirs, or back with a sign of -1.
func followed(ctx context.Context, tx *db.Tx, p succession.Plan, sign int64) ([]figures.Value, error) {
	moved, err := succession.Noted(ctx, tx, p, "dossier.unit")
	if err != nil {
		return nil, err
	}
	sum := map[figures.Value]int64{}
	book, err := rulesIn(ctx, tx)
	if err != nil {
		return nil, err
	}
	for part := range slices.Chunk(moved, together) {
		ids, way := make([]ident.ID, len(part)), map[ident.ID]succession.Entry{}
		for i, e := range part {
			ids[i], way[ident.ID(e.Key)] = ident.ID(e.Key), e
		}
		var ds []dossier.Dossier
		if err := tx.NewSelect().Model(&ds).Where("d.id IN (?)", bun.List(ids)).Scan(ctx); err != nil {
			return nil, db.Sorted(err)
		}
		steps, mores, err := histories(ctx, tx, book, ids)
		if err != nil {
			return nil, err
		}
		for _, d := range ds {
			e := way[d.ID]
			for _, v := range of(d, steps[d.ID], mores[d.ID]) {
				n := v.N
				v.N, v.Unit = 0, e.Was
				sum[v] -= sign * n
				v.Unit = e.Became
				sum[v] += sign * n
			}
		}
	}
	all := make([]figures.Value, 0, len(sum))
	for v, n := range sum {
		v.N = n
		all = append(all, v)
	}
	return all, nil
}

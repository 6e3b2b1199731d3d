package succession

import (
	"context"
	"strings"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/figures"
)

const figureTab = "figure"

func figureKey(v figures.Value) string {
	return strings.Join([]string{v.Name, v.Unit, v.Dim, v.Day}, "\x1f")
}

// Count changes maintained counters in the transaction of a set and keeps in the journal
// which of them were not there before, so that Uncount leaves the table as it was.
func Count(ctx context.Context, tx *db.Tx, p Plan, changes []figures.Value) error {
	names, units := map[string]bool{}, map[string]bool{}
	for _, v := range changes {
		names[v.Name], units[v.Unit] = true, true
	}
	if len(changes) == 0 {
		return nil
	}
	var had []figures.Value
	err := tx.NewSelect().Model(&had).Where("fg.name IN (?)", bun.List(Codes(names))).Where("fg.unit IN (?)", bun.List(Codes(units))).Scan(ctx)
	if err != nil {
		return db.Sorted(err)
	}
	known := map[string]bool{}
	for _, v := range had {
		known[figureKey(v)] = true
	}
	var entries []Entry
	for _, v := range changes {
		if k := figureKey(v); !known[k] {
			known[k] = true
			entries = append(entries, Entry{Set: p.Set, Tab: figureTab, Key: k, Became: "new"})
		}
	}
	if err := Note(ctx, tx, entries...); err != nil {
		return err
	}
	return figures.Add(ctx, tx, changes...)
}

// Uncount changes counters back, and drops those of the same names that the set made and
// that are nothing again.
func Uncount(ctx context.Context, tx *db.Tx, p Plan, changes []figures.Value) error {
	if err := figures.Add(ctx, tx, changes...); err != nil {
		return err
	}
	names := map[string]bool{}
	for _, v := range changes {
		names[v.Name] = true
	}
	made, err := Noted(ctx, tx, p, figureTab)
	if err != nil {
		return err
	}
	var gone []figures.Value
	for _, e := range made {
		if part := strings.Split(e.Key, "\x1f"); len(part) == 4 && names[part[0]] {
			gone = append(gone, figures.Value{Name: part[0], Unit: part[1], Dim: part[2], Day: part[3]})
		}
	}
	if len(gone) == 0 {
		return nil
	}
	_, err = tx.NewDelete().Model(&gone).WherePK().Where("value = 0").Exec(ctx)
	return db.Sorted(err)
}

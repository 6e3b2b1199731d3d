// Package figures keeps counts that would be slow to count: how many tickets are
// open in each commune, by state. A figure changes in the transaction of the change
// that it counts; Rebuild computes it from scratch and tells what differed, so the
// maintained value can be proved at any time.
package figures

import (
	"cmp"
	"context"
	"slices"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/db"
)

// Value is one figure: a name, the unit and the dimension that it is counted for,
// and the day when it is counted by day ("2016-11-10", else empty).
type Value struct {
	bun.BaseModel `bun:"table:figure,alias:fg"`
	Name          string `bun:"name,pk"`
	Unit          string `bun:"unit,pk"`
	Dim           string `bun:"dim,pk"`
	Day           string `bun:"day,pk"`
	N             int64  `bun:"value"`
}

type key struct{ name, unit, dim, day string }

func (v Value) key() key { return key{v.Name, v.Unit, v.Dim, v.Day} }

func order(a, b Value) int {
	return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Unit, b.Unit), cmp.Compare(a.Dim, b.Dim), cmp.Compare(a.Day, b.Day))
}

// Add changes figures by the N of each value, in one statement. Rows are met in the
// order of their keys, so that two operations never wait for each other in a ring.
func Add(ctx context.Context, tx *db.Tx, changes ...Value) error {
	sum := gather(changes)
	if len(sum) == 0 {
		return nil
	}
	_, err := tx.NewInsert().Model(&sum).On("CONFLICT (name, unit, dim, day) DO UPDATE").Set("value = fg.value + excluded.value").Exec(ctx)
	return db.Sorted(err)
}

// gather sums up by key, drops what comes to nothing and sorts.
func gather(values []Value) []Value {
	all := map[key]int64{}
	for _, v := range values {
		all[v.key()] += v.N
	}
	out := make([]Value, 0, len(all))
	for k, n := range all {
		if n != 0 {
			out = append(out, Value{Name: k.name, Unit: k.unit, Dim: k.dim, Day: k.day, N: n})
		}
	}
	slices.SortFunc(out, order)
	return out
}

// Ask says which figures to read; empty fields do not narrow. From and Until bound
// the day, Until excluded.
type Ask struct {
	Names       []string
	Units       []string
	Dims        []string
	From, Until string
}

func (a Ask) narrow(q *bun.SelectQuery) *bun.SelectQuery {
	q = q.Where("fg.name IN (?)", bun.List(a.Names))
	if len(a.Units) > 0 {
		q = q.Where("fg.unit IN (?)", bun.List(a.Units))
	}
	if len(a.Dims) > 0 {
		q = q.Where("fg.dim IN (?)", bun.List(a.Dims))
	}
	if a.From != "" || a.Until != "" {
		q = q.Where("fg.day <> ''") // days have an index of their own
	}
	if a.From != "" {
		q = q.Where("fg.day >= ?", a.From)
	}
	if a.Until != "" {
		q = q.Where("fg.day < ?", a.Until)
	}
	return q
}

// Read is all figures asked for, in one query, ordered by key.
func Read(ctx context.Context, from bun.IDB, a Ask) ([]Value, error) {
	var rows []Value
	err := a.narrow(from.NewSelect().Model(&rows)).Where("fg.value <> 0").Order("fg.name", "fg.unit", "fg.dim", "fg.day").Scan(ctx)
	return rows, db.Sorted(err)
}

// Totals is the sum of the figures asked for by dimension, added up by the store.
func Totals(ctx context.Context, from bun.IDB, a Ask) (map[string]int64, error) {
	return sums(ctx, from, a, "fg.dim")
}

// ByUnit is the sum of the figures asked for by unit, added up by the store.
func ByUnit(ctx context.Context, from bun.IDB, a Ask) (map[string]int64, error) {
	return sums(ctx, from, a, "fg.unit")
}

func sums(ctx context.Context, from bun.IDB, a Ask, by string) (map[string]int64, error) {
	var rows []struct {
		Key string
		N   int64
	}
	q := a.narrow(from.NewSelect().Model((*Value)(nil))).ColumnExpr(by + " AS key").ColumnExpr("SUM(fg.value) AS n").GroupExpr(by)
	if err := q.Scan(ctx, &rows); err != nil {
		return nil, db.Sorted(err)
	}
	out := make(map[string]int64, len(rows))
	for _, r := range rows {
		out[r.Key] = r.N
	}
	return out, nil
}

// Compute counts figures of one name from scratch.
type Compute func(ctx context.Context, from bun.IDB) ([]Value, error)

// Difference is a figure that is not what counting from scratch gives.
type Difference struct {
	Value
	Counted int64
}

// Check counts from scratch and tells what differs from the maintained values.
func Check(ctx context.Context, from bun.IDB, name string, count Compute) ([]Difference, error) {
	counted, err := count(ctx, from)
	if err != nil {
		return nil, err
	}
	kept, err := Read(ctx, from, Ask{Names: []string{name}})
	if err != nil {
		return nil, err
	}
	want := map[key]Value{}
	for _, v := range gather(counted) {
		v.Name = name
		want[v.key()] = v
	}
	var out []Difference
	for _, v := range kept {
		if w := want[v.key()]; w.N != v.N {
			out = append(out, Difference{v, w.N})
		}
		delete(want, v.key())
	}
	for _, w := range want {
		n := w.N
		w.N = 0
		out = append(out, Difference{w, n})
	}
	slices.SortFunc(out, func(a, b Difference) int { return order(a.Value, b.Value) })
	return out, nil
}

// Rebuild puts the counted values in place of the maintained ones and tells what differed.
func Rebuild(ctx context.Context, tx *db.Tx, name string, count Compute) ([]Difference, error) {
	wrong, err := Check(ctx, tx, name, count)
	if err != nil || len(wrong) == 0 {
		return wrong, err
	}
	fix := make([]Value, len(wrong))
	for i, w := range wrong {
		fix[i] = w.Value
		fix[i].N = w.Counted
	}
	_, err = tx.NewInsert().Model(&fix).On("CONFLICT (name, unit, dim, day) DO UPDATE").Set("value = excluded.value").Exec(ctx)
	return wrong, db.Sorted(err)
}

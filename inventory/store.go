package inventory

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/inventory/readiness"
)

func insertAll[T any](ctx context.Context, tx *db.Tx, rows []T) error {
	for some := range slices.Chunk(rows, 500) {
		if _, err := tx.NewInsert().Model(&some).Exec(ctx); err != nil {
			return db.Sorted(err)
		}
	}
	return nil
}

// record adds facts. The older one of the same name and source is current no more;
// one observed before what is known goes straight into the history. A machine that
// says the same again confirms its fact and adds none.
func record(ctx context.Context, tx *db.Tx, rows []Fact) error {
	if len(rows) == 0 {
		return nil
	}
	var assets []ident.ID
	for _, f := range rows {
		assets = append(assets, f.Asset)
	}
	slices.Sort(assets)
	var have []Fact
	err := tx.NewSelect().Model(&have).Where("af.asset IN (?)", bun.List(slices.Compact(assets))).Where("af.current").Scan(ctx)
	if err != nil {
		return db.Sorted(err)
	}
	var fresh []Fact
	var old []ident.ID
	again := map[time.Time][]ident.ID{}
	known := make(map[factKey]int, len(have))
	for i, h := range have {
		known[h.key()] = i
	}
	for _, f := range rows {
		f.ConfirmedAt = f.ObservedAt
		i, ok := known[f.key()]
		switch {
		case !ok:
		case have[i].ConfirmedAt.After(f.ObservedAt):
			f.Current = false
		case f.byMachine() && have[i].Value == f.Value:
			again[f.ObservedAt] = append(again[f.ObservedAt], have[i].ID)
			continue
		default:
			old = append(old, have[i].ID)
		}
		fresh = append(fresh, f)
	}
	for at, ids := range again {
		if _, err := tx.NewRaw("UPDATE asset_fact SET confirmed_at = ? WHERE id IN (?)", at, bun.List(ids)).Exec(ctx); err != nil {
			return db.Sorted(err)
		}
	}
	if len(old) > 0 {
		if _, err := tx.NewRaw("UPDATE asset_fact SET current = FALSE WHERE id IN (?)", bun.List(old)).Exec(ctx); err != nil {
			return db.Sorted(err)
		}
	}
	return insertAll(ctx, tx, fresh)
}

// factKey is what a fact is the newest of.
type factKey struct {
	asset  ident.ID
	name   string
	source readiness.Source
}

func (f Fact) key() factKey { return factKey{f.Asset, f.Name, f.Source} }

// byMachine tells that a program says it, which says the same thing many times.
func (f Fact) byMachine() bool { return f.Source == readiness.Measured || f.Source == readiness.Probe }

// known is when a fact was last so, as far as one knew at a moment.
func (f Fact) known(at time.Time) time.Time {
	if f.ObservedAt.After(at) || !f.ConfirmedAt.After(at) {
		return f.ConfirmedAt
	}
	return at
}

func note(ctx context.Context, tx *db.Tx, now time.Time, unit, subject string, who access.Actor, line i18n.Line, said string) error {
	n, err := noteOf(now, unit, subject, who, line, said)
	if err != nil {
		return err
	}
	_, err = tx.NewInsert().Model(&n).Exec(ctx)
	return db.Sorted(err)
}

// Line is what happened, in words.
func (n Note) Line() i18n.Line {
	var l i18n.Line
	if json.Unmarshal([]byte(n.LineJSON), &l) != nil {
		return i18n.L("inventory.note.unreadable")
	}
	return l
}

func assetByID(ctx context.Context, q bun.IDB, who access.Actor, need access.Perm, id ident.ID, more ...func(*bun.SelectQuery) *bun.SelectQuery) (Asset, error) {
	if err := who.Need(need); err != nil {
		return Asset{}, err
	}
	var a Asset
	err := q.NewSelect().Model(&a).Where("a.id = ?", id).Apply(who.Within(need, "a.unit")).Apply(more...).Scan(ctx)
	return a, db.Sorted(err)
}

func gapByID(ctx context.Context, q bun.IDB, who access.Actor, need access.Perm, id ident.ID, more ...func(*bun.SelectQuery) *bun.SelectQuery) (Gap, error) {
	if err := who.Need(need); err != nil {
		return Gap{}, err
	}
	var g Gap
	err := q.NewSelect().Model(&g).Where("g.id = ?", id).Apply(who.Within(need, "g.unit")).Apply(more...).Scan(ctx)
	return g, db.Sorted(err)
}

func currentFacts(ctx context.Context, q bun.IDB, assets []ident.ID) (map[ident.ID][]Fact, error) {
	var rows []Fact
	if len(assets) > 0 {
		err := q.NewSelect().Model(&rows).Where("af.asset IN (?)", bun.List(assets)).Where("af.current").Order("af.name", "af.id").Scan(ctx)
		if err != nil {
			return nil, db.Sorted(err)
		}
	}
	out := map[ident.ID][]Fact{}
	for _, f := range rows {
		out[f.Asset] = append(out[f.Asset], f)
	}
	return out, nil
}

// lockUnits keeps two changes of one unit from judging it at once, each
// without seeing the facts of the other. Only PostgreSQL needs it: SQLite has one writer.
func lockUnits(ctx context.Context, tx *db.Tx, units []string) error {
	if tx.SQLite() {
		return nil
	}
	for _, u := range units {
		if _, err := tx.NewRaw("SELECT pg_advisory_xact_lock(hashtext(?))", "inventory:"+u).Exec(ctx); err != nil {
			return db.Sorted(err)
		}
	}
	return nil
}

package succession

import (
	"context"
	"encoding/json"
	"maps"
	"slices"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/ident"
)

// Entry is what a set did to one row: as it was before, empty where the set made the row,
// and as it became, empty where the set took it away.
type Entry struct {
	bun.BaseModel `bun:"table:succession_journal,alias:sj"`
	Set           ident.ID `bun:"set_id,pk"`
	Tab           string   `bun:"tab,pk"`
	Key           string   `bun:"key,pk"`
	Was           string   `bun:"was"`
	Became        string   `bun:"became"`
}

// Note keeps entries of what an area did beside its lists. Tab is a name of its own, no
// column's: "rollout_progress".
func Note(ctx context.Context, tx *db.Tx, entries ...Entry) error {
	for part := range slices.Chunk(entries, 500) {
		if _, err := tx.NewInsert().Model(&part).Exec(ctx); err != nil {
			return db.Sorted(err)
		}
	}
	return nil
}

// Noted are the entries of a set under one name, by key.
func Noted(ctx context.Context, q bun.IDB, p Plan, tab string) ([]Entry, error) {
	var all []Entry
	err := q.NewSelect().Model(&all).Where("sj.set_id = ? AND sj.tab = ?", p.Set, tab).Order("sj.key").Scan(ctx)
	return all, db.Sorted(err)
}

// Pack writes a row for the journal.
func Pack(row any) (string, error) {
	raw, err := json.Marshal(row)
	return string(raw), db.Sorted(err)
}

// Unpack reads what Pack wrote.
func Unpack(packed string, into any) error { return db.Sorted(json.Unmarshal([]byte(packed), into)) }

// Codes are the keys of a map by unit, sorted.
func Codes[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

package app

import (
	"context"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/db"
)

// keptSetting is a fact about the house itself that outlives a start.
type keptSetting struct {
	bun.BaseModel `bun:"table:setting"`
	Name          string `bun:"name,pk"`
	Value         string `bun:"value"`
}

// readSetting is the kept value, or nothing.
func readSetting(ctx context.Context, d *db.DB, name string) (string, error) {
	var rows []string
	err := d.Read().NewRaw("SELECT value FROM setting WHERE name = ?", name).Scan(ctx, &rows)
	if err != nil || len(rows) == 0 {
		return "", db.Sorted(err)
	}
	return rows[0], nil
}

func keepSetting(ctx context.Context, d *db.DB, name, value string) error {
	return d.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		row := keptSetting{Name: name, Value: value}
		_, err := tx.NewInsert().Model(&row).On("CONFLICT (name) DO UPDATE").Set("value = EXCLUDED.value").Exec(ctx)
		return db.Sorted(err)
	})
}

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"lotrinh/helpdesk"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/figures"
	"lotrinh/migrations"
)

// city puts the size of the whole city into the run's data folder: from the cache, or by making it once. What was made of it
// when a run was interrupted is kept, and the next run goes on from there.
func (b *bench) city(ctx context.Context) error {
	kept := filepath.Join(b.cache, fmt.Sprintf("city-%d.db", b.tickets))
	file := b.file()
	if _, err := os.Stat(kept); err == nil {
		return copyFile(kept, file)
	}
	if err := os.MkdirAll(b.cache, 0o755); err != nil {
		return err
	}
	part, from := kept+".part", time.Now()
	if _, err := os.Stat(part); err != nil {
		if err := copyFile(file, part); err != nil {
			return err
		}
	}
	if err := grow(ctx, part, b.tickets); err != nil {
		return err
	}
	fmt.Printf("the city was made in %s\n", time.Since(from).Round(time.Second))
	if err := os.Rename(part, kept); err != nil {
		return err
	}
	return copyFile(kept, file)
}

// grow makes in a store of the demo what the city still lacks, one batch a transaction.
func grow(ctx context.Context, file string, count int) (err error) {
	d, err := openStore(ctx, file)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	if _, err := d.Migrate(ctx, migrations.Files); err != nil { // a part of an older schema
		return err
	}
	t, done, err := newTown(ctx, d, count)
	if err != nil {
		return err
	}
	for from := time.Now(); done < count; done += cityBatch {
		if err := t.tickets(ctx, d, done); err != nil {
			return err
		}
		if time.Since(from) > 30*time.Second {
			from = time.Now()
			fmt.Printf("%d of %d tickets\n", done+cityBatch, count)
		}
	}
	return d.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		for name, count := range helpdesk.Figures() {
			if _, err := figures.Rebuild(ctx, tx, name, count); err != nil {
				return err
			}
		}
		_, err := tx.NewRaw("ANALYZE").Exec(ctx)
		return err
	})
}

// openStore opens a store of one file.
func openStore(ctx context.Context, file string) (*db.DB, error) {
	return db.Open(ctx, db.Config{File: file})
}

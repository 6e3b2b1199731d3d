package testkit

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"lotrinh/internal/kit/db"
	"lotrinh/migrations"
)

// A store is migrated once and copied for every test after that: the copy is the same
// to the byte as what the migrations make, and costs a hundredth of them.

// migratedFile is the content of a migrated SQLite file.
var migratedFile = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "lotrinh-template")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	file := filepath.Join(dir, "template.db")
	if err := migrated(db.Config{File: file}); err != nil {
		return nil, err
	}
	return os.ReadFile(file) //nolint:gosec // a file of our own
})

// templateLock is the key of the advisory lock under which the template is made.
const templateLock = 198_2017

// migratedDatabase is the name of a migrated database on the server of TEST_PG, which
// the processes of one run share. Its name tells the migrations that it holds.
var migratedDatabase = sync.OnceValues(func() (string, error) {
	sum := sha256.New()
	err := fs.WalkDir(migrations.Files, ".", func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		raw, err := fs.ReadFile(migrations.Files, path)
		_, _ = fmt.Fprintf(sum, "%s %d\n", path, len(raw))
		_, _ = sum.Write(raw)
		return err
	})
	if err != nil {
		return "", err
	}
	name := "template_" + hex.EncodeToString(sum.Sum(nil))[:16]
	return name, onServer(func(ctx context.Context, admin *db.DB) error {
		return admin.InTx(ctx, func(ctx context.Context, tx *db.Tx) error { // holds the lock; databases are made beside it
			if _, err := tx.ExecContext(ctx, "SELECT pg_advisory_xact_lock(?)", templateLock); err != nil {
				return err
			}
			var known bool
			if err := tx.NewRaw("SELECT EXISTS (SELECT 1 FROM pg_database WHERE datname = ?)", name).Scan(ctx, &known); err != nil || known {
				return err
			}
			return makeTemplate(context.Background(), admin, name)
		})
	})
})

func makeTemplate(ctx context.Context, admin *db.DB, name string) error {
	half := name + "_half" // becomes the template when it is whole
	for _, q := range []string{"DROP DATABASE IF EXISTS " + half, "CREATE DATABASE " + half + " TEMPLATE template0"} {
		if _, err := admin.Read().ExecContext(ctx, q); err != nil {
			return err
		}
	}
	if err := migrated(db.Config{URL: named(half), Pool: 2}); err != nil {
		return err
	}
	_, err := admin.Read().ExecContext(ctx, "ALTER DATABASE "+half+" RENAME TO "+name)
	return err
}

// migrated makes the schema at an address and closes it.
func migrated(c db.Config) error {
	ctx := context.Background()
	d, err := db.Open(ctx, c)
	if err != nil {
		return err
	}
	if _, err := d.Migrate(ctx, migrations.Files); err != nil {
		_ = d.Close()
		return err
	}
	return d.Close()
}

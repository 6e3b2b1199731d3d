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
	"syscall"

	"lotrinh/internal/kit/db"
	"lotrinh/migrations"
)

// A store is migrated once and copied for every test after that: the copy is the same
// to the byte as what the migrations make, and costs a hundredth of them. The processes
// of one run share it: on the server of TEST_PG, and in the folder TEST_TEMPLATES where
// that is set.

// migratedFile is the content of a migrated SQLite file.
var migratedFile = sync.OnceValues(func() ([]byte, error) {
	if shared := os.Getenv("TEST_TEMPLATES"); shared != "" {
		return sharedFile(shared)
	}
	dir, err := os.MkdirTemp("", "lotrinh-template")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	return migratedAt(filepath.Join(dir, "template.db"))
})

// sharedFile is the same, made by the first process that asks; the others wait for it.
func sharedFile(dir string) ([]byte, error) {
	name, err := templateName()
	if err != nil {
		return nil, err
	}
	lock, err := os.OpenFile(filepath.Join(dir, name+".lock"), os.O_CREATE|os.O_RDWR, 0o600) //nolint:gosec // a file of our own
	if err != nil {
		return nil, err
	}
	defer func() { _ = lock.Close() }() // lets go of it
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX); err != nil {
		return nil, err
	}
	whole := filepath.Join(dir, name+".db")
	if raw, err := os.ReadFile(whole); err == nil { //nolint:gosec // a file of our own
		return raw, nil
	}
	half := filepath.Join(dir, name+".half") // becomes the template when it is whole
	if err := os.RemoveAll(half); err != nil {
		return nil, err
	}
	raw, err := migratedAt(half)
	if err != nil {
		return nil, err
	}
	return raw, os.Rename(half, whole)
}

func migratedAt(file string) ([]byte, error) {
	if err := migrated(db.Config{File: file}); err != nil {
		return nil, err
	}
	return os.ReadFile(file) //nolint:gosec // a file of our own
}

// templateName tells the migrations that a template holds.
func templateName() (string, error) {
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
	return "template_" + hex.EncodeToString(sum.Sum(nil))[:16], err
}

// templateLock is the key of the advisory lock under which the template is made.
const templateLock = 198_2017

// migratedDatabase is the name of a migrated database on the server of TEST_PG, which
// the processes of one run share.
var migratedDatabase = sync.OnceValues(func() (string, error) {
	name, err := templateName()
	if err != nil {
		return "", err
	}
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

// Package testkit gives every test a fresh, migrated store of each kind.
package testkit

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"testing"

	"lotrinh/internal/kit/db"
	"lotrinh/migrations"
)

// EachDB runs f on a new SQLite file and, when TEST_PG holds the address of a
// PostgreSQL server, on a new database of it. Both are gone afterwards.
func EachDB(t *testing.T, f func(t *testing.T, d *db.DB)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { f(t, SQLite(t)) })
	if os.Getenv("TEST_PG") != "" {
		t.Run("postgres", func(t *testing.T) { f(t, Postgres(t)) })
	}
}

// SQLite is a new, migrated file database.
func SQLite(t testing.TB) *db.DB {
	t.Helper()
	raw, err := migratedFile()
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "test.db")
	if err := os.WriteFile(file, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	return open(t, db.Config{File: file})
}

// Postgres is a new, migrated database on the server of TEST_PG.
func Postgres(t testing.TB) *db.DB {
	t.Helper()
	template, err := migratedDatabase()
	if err != nil {
		t.Fatal(err)
	}
	return open(t, db.Config{URL: database(t, template), Pool: 8})
}

// PostgresURL is the address of a new, empty database on the server of TEST_PG.
func PostgresURL(t testing.TB) string {
	t.Helper()
	return database(t, "template0")
}

// PostgresTemplate makes an empty database of the server of TEST_PG to be filled once and
// copied by PostgresCopy: its name, its address, and what takes it away again. Whoever
// fills it closes it before the first copy.
func PostgresTemplate() (name, address string, drop func() error, err error) {
	if name, err = copied("template0"); err != nil {
		return "", "", nil, err
	}
	return name, named(name), func() error { return dropped(name) }, nil
}

// PostgresCopy is the address of a new copy of a database of PostgresTemplate.
func PostgresCopy(t testing.TB, name string) string {
	t.Helper()
	return database(t, name)
}

// Open is a migrated store at an address that the test knows, for tests that open it
// from another process as well.
func Open(t testing.TB, c db.Config) *db.DB {
	t.Helper()
	d := open(t, c)
	if _, err := d.Migrate(t.Context(), migrations.Files); err != nil {
		t.Fatal(err)
	}
	return d
}

func open(t testing.TB, c db.Config) *db.DB {
	t.Helper()
	d, err := db.Open(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	return d
}

// database makes a database for one test and gives its address.
func database(t testing.TB, template string) string {
	t.Helper()
	name, err := copied(template)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := dropped(name); err != nil {
			t.Error(err)
		}
	})
	return named(name)
}

// copied makes a database with a name of its own out of another.
func copied(template string) (string, error) {
	var b [6]byte
	if _, err := rand.Read(b[:]); err != nil {
		return "", err
	}
	name := "test_" + hex.EncodeToString(b[:])
	return name, onServer(run("CREATE DATABASE " + name + " TEMPLATE " + template + " STRATEGY file_copy"))
}

func dropped(name string) error { return onServer(run("DROP DATABASE " + name + " WITH (FORCE)")) }

func run(query string) func(context.Context, *db.DB) error {
	return func(ctx context.Context, admin *db.DB) error {
		_, err := admin.Read().ExecContext(ctx, query)
		return err
	}
}

// onServer does something at the server of TEST_PG itself.
func onServer(do func(ctx context.Context, admin *db.DB) error) error {
	ctx := context.Background()
	admin, err := db.Open(ctx, db.Config{URL: os.Getenv("TEST_PG"), Pool: 2})
	if err != nil {
		return err
	}
	return errors.Join(do(ctx, admin), admin.Close())
}

// named is the address of a database of the server of TEST_PG.
func named(name string) string {
	u, err := url.Parse(os.Getenv("TEST_PG"))
	if err != nil {
		return os.Getenv("TEST_PG") // opening it says what is wrong with it
	}
	u.Path = "/" + name
	return u.String()
}

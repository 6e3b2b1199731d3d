// Package testkit gives every test a fresh, migrated store of each kind.
package testkit

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"net/url"
	"os"
	"path/filepath"
	"testing"

	"lotrinh/internal/kit/db"
	"lotrinh/migrations"
)

// EachDB runs f on a new SQLite file and, when TEST_PG holds the address of a
// PostgreSQL server, on a new schema of it. Both are gone afterwards.
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
	return Open(t, db.Config{File: filepath.Join(t.TempDir(), "test.db")})
}

// Postgres is a new, migrated schema on the server of TEST_PG.
func Postgres(t testing.TB) *db.DB {
	t.Helper()
	return Open(t, db.Config{URL: PostgresURL(t), Pool: 8})
}

// PostgresURL is the address of a new, empty schema on the server of TEST_PG.
func PostgresURL(t testing.TB) string {
	t.Helper()
	ctx := context.Background()
	admin, err := db.Open(ctx, db.Config{URL: os.Getenv("TEST_PG"), Pool: 1})
	if err != nil {
		t.Fatal(err)
	}
	var b [6]byte
	if _, err := rand.Read(b[:]); err != nil {
		t.Fatal(err)
	}
	name := "test_" + hex.EncodeToString(b[:])
	if _, err := admin.Read().ExecContext(ctx, "CREATE SCHEMA "+name); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_, err := admin.Read().ExecContext(context.Background(), "DROP SCHEMA "+name+" CASCADE")
		if err != nil {
			t.Error(err)
		}
		if err := admin.Close(); err != nil {
			t.Error(err)
		}
	})
	u, err := url.Parse(os.Getenv("TEST_PG"))
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	q.Set("search_path", name)
	u.RawQuery = q.Encode()
	return u.String()
}

// Open is a migrated store at an address that the test knows, for tests that open it
// from another process as well.
func Open(t testing.TB, c db.Config) *db.DB {
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
	if _, err := d.Migrate(t.Context(), migrations.Files); err != nil {
		t.Fatal(err)
	}
	return d
}

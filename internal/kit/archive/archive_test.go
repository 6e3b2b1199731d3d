package archive

import (
	"archive/zip"
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/testkit"
	"lotrinh/internal/kit/trail"
	"lotrinh/migrations"
)

var at = time.Date(2016, 11, 10, 1, 0, 0, 123456000, time.UTC)

func fill(t *testing.T, d *db.DB) {
	t.Helper()
	err := d.InTx(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		if _, err := tx.NewRaw("INSERT INTO setting (name, value) VALUES (?, ?)", "tên", "Đặng Xá 'quoted' ?").Exec(ctx); err != nil {
			return err
		}
		return trail.Write(ctx, tx, at, access.System("test"), "thing.thing.made", "x", map[string][2]any{"n": {1, 2}}, trail.Personal("a", "b"))
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := trail.Seal(t.Context(), d, at); err != nil {
		t.Fatal(err)
	}
}

func pack(t *testing.T, d *db.DB, folder string) []byte {
	t.Helper()
	var b bytes.Buffer
	if _, err := Backup(t.Context(), d, folder, at, "test", &b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func unpack(t *testing.T, d *db.DB, folder string, raw []byte) error {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		t.Fatal(err)
	}
	_, err = Restore(t.Context(), d, migrations.Files, folder, z)
	return err
}

func empties(t *testing.T) map[string]func() db.Config {
	t.Helper()
	kinds := map[string]func() db.Config{
		"sqlite": func() db.Config { return db.Config{File: filepath.Join(t.TempDir(), "new.db")} },
	}
	if os.Getenv("TEST_PG") != "" {
		kinds["postgres"] = func() db.Config { return db.Config{URL: testkit.PostgresURL(t), Pool: 2} }
	}
	return kinds
}

func TestAnArchiveRestoresIntoEitherDatabase(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		fill(t, d)
		folder := t.TempDir()
		if err := os.MkdirAll(filepath.Join(folder, "ab"), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, "ab", "hash"), []byte("a photo"), 0o600); err != nil {
			t.Fatal(err)
		}
		raw := pack(t, d, folder)
		for kind, conf := range empties(t) {
			fresh, err := db.Open(t.Context(), conf())
			if err != nil {
				t.Fatal(err)
			}
			there := t.TempDir()
			if err := unpack(t, fresh, there, raw); err != nil {
				t.Fatalf("into %s: %v", kind, err)
			}
			if got, err := os.ReadFile(filepath.Join(there, "ab", "hash")); err != nil || string(got) != "a photo" {
				t.Errorf("into %s: the file reads %q, %v", kind, got, err)
			}
			if wrong, err := trail.Verify(t.Context(), fresh); err != nil || len(wrong) > 0 {
				t.Errorf("into %s: the trail: %v, %v", kind, wrong, err)
			}
			if again := pack(t, fresh, there); !sameRows(t, raw, again) {
				t.Errorf("into %s: a backup of what was restored differs", kind)
			}
			fill2 := func(ctx context.Context, tx *db.Tx) error {
				return trail.Write(ctx, tx, at, access.System("test"), "thing.thing.made", "y", nil)
			}
			if err := fresh.InTx(t.Context(), fill2); err != nil {
				t.Errorf("into %s: life does not go on: %v", kind, err)
			}
			if err := unpack(t, fresh, there, raw); !fault.Is(err, fault.Conflict) {
				t.Errorf("into %s that is not empty: %v, want Conflict", kind, err)
			}
			if err := fresh.Close(); err != nil {
				t.Error(err)
			}
		}
	})
}

func sameRows(t *testing.T, a, b []byte) bool {
	t.Helper()
	return content(t, a)["rows/setting.jsonl"] == content(t, b)["rows/setting.jsonl"] &&
		content(t, a)["rows/trail_entry.jsonl"] == content(t, b)["rows/trail_entry.jsonl"] &&
		content(t, a)["rows/trail_seal.jsonl"] == content(t, b)["rows/trail_seal.jsonl"]
}

func content(t *testing.T, raw []byte) map[string]string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		if _, err := b.ReadFrom(r); err != nil {
			t.Fatal(err)
		}
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
		all[f.Name] = b.String()
	}
	return all
}

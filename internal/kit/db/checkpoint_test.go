package db

import (
	"context"
	"os"
	"path/filepath"
	"testing"
)

// TestTheKeeperBringsCommitsIntoTheFile reads the file without its log, as it is after the keeper.
func TestTheKeeperBringsCommitsIntoTheFile(t *testing.T) {
	ctx, dir := t.Context(), t.TempDir()
	d, err := Open(ctx, Config{File: filepath.Join(dir, "kept.db")})
	if err != nil {
		t.Fatal(err)
	}
	exec := func(sql string) {
		t.Helper()
		if err := d.InTx(ctx, func(ctx context.Context, tx *Tx) error {
			_, err := tx.NewRaw(sql).Exec(ctx)
			return err
		}); err != nil {
			t.Fatal(err)
		}
	}
	exec("CREATE TABLE thing (name TEXT)")
	reader, err := d.read.BeginTx(ctx, nil) // holds a view from before, which must not stop anybody
	if err != nil {
		t.Fatal(err)
	}
	var n int
	if err := reader.NewRaw("SELECT count(*) FROM thing").Scan(ctx, &n); err != nil {
		t.Fatal(err)
	}
	exec("INSERT INTO thing VALUES ('a')")
	if err := d.keeper.checkpoint(ctx); err != nil {
		t.Fatalf("beside a reader: %v", err)
	}
	if err := reader.Rollback(); err != nil {
		t.Fatal(err)
	}
	if err := d.keeper.checkpoint(ctx); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(filepath.Join(dir, "kept.db"))
	if err != nil {
		t.Fatal(err)
	}
	alone := filepath.Join(dir, "alone.db")
	if err := os.WriteFile(alone, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	copied, err := Open(ctx, Config{File: alone})
	if err != nil {
		t.Fatal(err)
	}
	if err := copied.Read().NewRaw("SELECT count(*) FROM thing").Scan(ctx, &n); err != nil || n != 1 {
		t.Errorf("%d rows in the file alone, %v; want 1", n, err)
	}
	if err := copied.Close(); err != nil {
		t.Fatal(err)
	}
}

package db_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/testkit"
)

func put(name string) db.Do {
	return func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.NewRaw("INSERT INTO setting (name, value) VALUES (?, 'x')", name).Exec(ctx)
		return db.Sorted(err)
	}
}

func count(t *testing.T, d *db.DB) int {
	t.Helper()
	var n int
	if err := d.Read().NewRaw("SELECT count(*) FROM setting").Scan(t.Context(), &n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestAFailingOperationUndoesItselfAlone(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		var wg sync.WaitGroup
		for i := range 60 {
			wg.Go(func() {
				err := d.InTx(t.Context(), func(ctx context.Context, tx *db.Tx) error {
					if err := put(fmt.Sprintf("n%d", i))(ctx, tx); err != nil {
						return err
					}
					switch i % 3 {
					case 1:
						return fault.New(fault.Invalid, "fault.invalid")
					case 2:
						panic("a bug")
					}
					return nil
				})
				if (err == nil) != (i%3 == 0) {
					t.Errorf("operation %d: %v", i, err)
				}
			})
		}
		wg.Wait()
		if n := count(t, d); n != 20 {
			t.Fatalf("%d rows stand, want the 20 of the operations that succeeded", n)
		}
	})
}

func TestAfterRunsOnlyWhenSaved(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		ran := 0
		note := func(fail error) db.Do {
			return func(_ context.Context, tx *db.Tx) error {
				tx.After(func() { ran++ })
				return fail
			}
		}
		_ = d.InTx(t.Context(), note(errors.New("no"))) // the point is that nothing runs
		if ran != 0 {
			t.Fatal("a forgotten operation ran its After")
		}
		if err := d.InTx(t.Context(), note(nil)); err != nil || ran != 1 {
			t.Fatalf("After ran %d times, %v", ran, err)
		}
	})
}

func TestRefusals(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		if err := d.InTx(t.Context(), put("a")); err != nil {
			t.Fatal(err)
		}
		if err := d.InTx(t.Context(), put("a")); !fault.Is(err, fault.Conflict) {
			t.Errorf("a taken key: %v, want Conflict", err)
		}
		err := d.InTx(t.Context(), func(ctx context.Context, _ *db.Tx) error { return d.InTx(ctx, put("b")) })
		if !fault.Is(err, fault.Internal) {
			t.Errorf("nested: %v, want Internal", err)
		}
		gone, cancel := context.WithCancel(t.Context())
		cancel()
		if err := d.InTx(gone, put("c")); !fault.Is(err, fault.Unavailable) {
			t.Errorf("a reader who left: %v, want Unavailable", err)
		}
		err = d.InTx(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			return db.Changed(tx.NewRaw("UPDATE setting SET value = 'y' WHERE name = 'nobody'").Exec(ctx))
		})
		if !fault.Is(err, fault.Conflict) {
			t.Errorf("update of nothing: %v, want Conflict", err)
		}
		if n := count(t, d); n != 1 {
			t.Errorf("%d rows, want 1", n)
		}
	})
}

func TestSettingsTookHold(t *testing.T) {
	d := testkit.SQLite(t)
	if _, err := d.Read().NewRaw("INSERT INTO setting (name, value) VALUES ('a', 'b')").Exec(t.Context()); err == nil {
		t.Error("the reading door wrote")
	}
	err := d.InTx(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		for pragma, want := range map[string]string{"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1", "busy_timeout": "10000", "wal_autocheckpoint": "16000"} {
			var got string
			if err := tx.NewRaw("PRAGMA "+pragma).Scan(ctx, &got); err != nil {
				return err
			}
			if !strings.EqualFold(got, want) {
				t.Errorf("%s = %s, want %s", pragma, got, want)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

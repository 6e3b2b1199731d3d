package trail

import (
	"context"
	"testing"
	"time"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/kit/testkit"
)

var at = time.Date(2016, 11, 10, 1, 0, 0, 123456000, time.UTC)

func write(t *testing.T, d *db.DB, target, unit string) {
	t.Helper()
	who := access.Actor{ID: "a-1", Via: "web", From: "127.0.0.1"}
	err := d.InTx(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		return Write(ctx, tx, at, who, "thing.thing.moved", target, map[string][2]any{"state": {"a", "b"}}, At(unit), Personal("phone", "0912"))
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestTheChainTellsOfEveryAlteration(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		for _, target := range []string{"x", "y", "z"} {
			write(t, d, target, "018")
			if _, err := Seal(t.Context(), d, at); err != nil {
				t.Fatal(err)
			}
		}
		if wrong, err := Verify(t.Context(), d); err != nil || len(wrong) != 0 {
			t.Fatalf("a sound trail: %v, %v", wrong, err)
		}
		forget := func(ctx context.Context, tx *db.Tx) error { return Forget(ctx, tx, "y") }
		if err := d.InTx(t.Context(), forget); err != nil {
			t.Fatal(err)
		}
		if wrong, err := Verify(t.Context(), d); err != nil || len(wrong) != 0 {
			t.Fatalf("after forgetting a person: %v, %v", wrong, err)
		}
		for _, attempt := range []string{"UPDATE trail_entry SET act = 'other' WHERE target = 'x'", "DELETE FROM trail_entry"} {
			err := d.InTx(t.Context(), func(ctx context.Context, tx *db.Tx) error {
				_, err := tx.NewRaw(attempt).Exec(ctx)
				return err
			})
			if err == nil {
				t.Errorf("the store let through: %s", attempt)
			}
		}
		err := d.InTx(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			if _, err := tx.NewRaw("UPDATE trail_entry SET personal = '{}' WHERE target = 'z'").Exec(ctx); err != nil {
				return err
			}
			_, err := tx.NewRaw("UPDATE trail_seal SET hash = 'f' WHERE id = 1").Exec(ctx)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if wrong, err := Verify(t.Context(), d); err != nil || len(wrong) != 3 {
			t.Errorf("an altered seal and an altered value give %q, %v; want three findings", wrong, err)
		}
	})
}

func TestReadersSeeTheirUnits(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		write(t, d, "x", "018")
		write(t, d, "y", "019")
		p := access.Policy{"auditor": {Read}}
		district := p.As(access.Actor{ID: "b", Grants: []access.Grant{{Role: "auditor", Units: []string{"018", "00526"}}}})
		got, err := List(t.Context(), d, district, Filter{}, page.Read("", ""))
		if err != nil || len(got.Items) != 1 || got.Items[0].Target != "x" {
			t.Errorf("the district's auditor sees %v, %v", got.Items, err)
		}
		if _, err := List(t.Context(), d, access.Actor{ID: "c"}, Filter{}, page.Read("", "")); !fault.Is(err, fault.Denied) {
			t.Errorf("somebody else: %v, want Denied", err)
		}
	})
}

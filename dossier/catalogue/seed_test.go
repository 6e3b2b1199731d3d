package catalogue

import (
	"testing"
	"time"

	"lotrinh/dossier"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/testkit"
	"lotrinh/internal/org"
)

// house is the room over a store, with the procedures of the house brought in.
func house(t *testing.T, d *db.DB) (*Service, *clock.Fake) {
	t.Helper()
	at := clock.At(november)
	units := org.NewUnits(d, at)
	if _, err := units.LoadBuiltIn(t.Context()); err != nil {
		t.Fatal(err)
	}
	s := New(Deps{DB: d, Business: at, Units: units, Dossiers: dossier.New(dossier.Deps{DB: d, Business: at, Units: units}), BaseURL: "https://example.vn"})
	if _, err := s.Seed(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s, at
}

func TestTheHouseIsBroughtInOnceAndNothingIsOverwritten(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		s, _ := house(t, d)
		all, err := s.heads(t.Context(), "")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := d.Read().ExecContext(t.Context(), "SELECT 1"); err != nil {
			t.Fatal(err)
		}
		if err := d.InTx(t.Context(), func(ctx ctx, tx *db.Tx) error {
			if _, err := tx.NewRaw("UPDATE procedure_version SET note = 'sửa tay' WHERE procedure = 'copy'").Exec(ctx); err != nil {
				return err
			}
			_, err := tx.NewRaw("DELETE FROM procedure_version WHERE procedure = 'birth' AND state = 'draft'").Exec(ctx)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if n, err := s.Seed(t.Context()); n != 0 || err != nil {
			t.Errorf("brought in again: %d %v", n, err)
		}
		again, err := s.heads(t.Context(), "")
		if err != nil || len(again) != len(all)-1 {
			t.Errorf("%d versions, want %d: %v", len(again), len(all)-1, err)
		}
		for _, h := range again {
			if h.Procedure == "copy" && h.Note != "sửa tay" {
				t.Errorf("%+v was overwritten", h)
			}
		}
	})
}

func TestTheVersionInForceFollowsTheDay(t *testing.T) {
	d := testkit.SQLite(t)
	s, _ := house(t, d)
	for _, c := range []struct{ key, day, from string }{
		{"birth", "2016-11-10", "2016-01-01"}, {"birth", "2023-01-01", "2023-01-01"}, {"birth", "2025-06-30", "2023-01-01"}, {"birth", "2025-07-01", "2025-07-01"},
		{"birth", "2026-11-22", "2026-09-01"}, {"birth", "2027-06-01", "2026-09-01"}, {"birth_link3", "2024-06-10", "2024-06-10"}, {"foreign_birth", "2025-06-30", ""}, {"foreign_birth", "2025-07-01", "2025-07-01"},
	} {
		at, err := clock.ParseDate(c.day)
		if err != nil {
			t.Fatal(err)
		}
		o, err := s.OfferOf(t.Context(), c.key, at.Add(9*time.Hour))
		if o.From != c.from || (err == nil) != (c.from != "") {
			t.Errorf("%s on %s: %q %v", c.key, c.day, o.From, err)
		}
	}
	offers, err := s.Offers(t.Context(), november)
	if err != nil || len(offers) != 21 || offers[0].Key != "birth" {
		t.Errorf("%d offers in 2016: %v", len(offers), err)
	}
}

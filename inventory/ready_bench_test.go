package inventory

import (
	"context"
	"fmt"
	"os"
	"testing"
	"time"

	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/testkit"
	"lotrinh/inventory/readiness"
)

// BenchmarkReadiness prints how long the city takes: 584 communes, 10,000 assets with
// their facts, the shipped profiles. It runs on SQLite, and on PostgreSQL where one is set.
func BenchmarkReadiness(b *testing.B) {
	stores := map[string]func(testing.TB) *db.DB{"sqlite": testkit.SQLite}
	if os.Getenv("TEST_PG") != "" {
		stores["postgres"] = testkit.Postgres
	}
	for name, open := range stores {
		b.Run(name, func(b *testing.B) {
			h := build(b, open(b))
			h.city(b, 10_000)
			h.measure(b)
		})
	}
}

func (h house) measure(b *testing.B) {
	planner := h.as("planner", "")
	b.Run("all communes from scratch", func(b *testing.B) {
		for b.Loop() {
			if _, err := h.Rebuild(b.Context()); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("one commune", func(b *testing.B) {
		for b.Loop() {
			err := h.db.InTx(b.Context(), func(ctx context.Context, tx *db.Tx) error { return h.JudgeIn(ctx, tx, dangXa) })
			if err != nil {
				b.Fatal(err)
			}
		}
	})
	for name, f := range map[string]BoardFilter{"board of the city": {}, "board of a district": {District: giaLam}} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, err := h.Board(b.Context(), planner, f); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	b.Run("what is lacking in the city", func(b *testing.B) {
		for b.Loop() {
			if _, err := h.LineTallies(b.Context(), planner, ""); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// city puts n assets with their facts into the store.
func (h house) city(b *testing.B, n int) {
	b.Helper()
	communes := h.tree.Communes("")
	kinds := []Kind{PC, PC, PC, Printer, Scanner, WANLine, PC, UPS}
	var assets []Asset
	var known []Fact
	for i := range n {
		at := start.Add(-time.Duration(i%500) * time.Hour)
		a := Asset{ID: ident.New(at), Code: fmt.Sprintf("TB-2016-%06d", i), Unit: communes[i%len(communes)].Code, Kind: kinds[i/len(communes)%len(kinds)], Name: "Dell",
			Serial: fmt.Sprint("S", i), State: InUse, MadeAt: at, ChangedAt: at, Version: 1}
		assets = append(assets, a)
		values := map[string]string{readiness.Present: "yes"}
		switch a.Kind {
		case PC:
			values = map[string]string{readiness.Present: "yes", "os": "6.1.7601", "arch": "64", "cpu_mhz": "2400", "cores": "2", "ram_mb": fmt.Sprint(1024 << (i % 3)), "disk_free_gb": "40"}
		case WANLine:
			values = map[string]string{readiness.Present: "yes", "contract_mbps": "8", "down_mbps": "6", "up_mbps": "2", "rtt_ms": "30", "loss_percent": "0"}
		}
		for name, v := range values {
			for _, source := range []readiness.Source{readiness.Declared, readiness.Measured} {
				known = append(known, Fact{ID: ident.New(at), Asset: a.ID, Unit: a.Unit, Name: name, Value: v, Source: source, ObservedAt: at, ConfirmedAt: at, RecordedAt: at, Current: true})
			}
		}
	}
	err := h.db.InTx(b.Context(), func(ctx context.Context, tx *db.Tx) error {
		if err := insertAll(ctx, tx, assets); err != nil {
			return err
		}
		return insertAll(ctx, tx, known)
	})
	if err != nil {
		b.Fatal(err)
	}
	b.Logf("%d communes, %d assets, %d facts", len(communes), len(assets), len(known))
}

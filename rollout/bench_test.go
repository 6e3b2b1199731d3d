package rollout

import (
	"testing"

	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/testkit"
)

// BenchmarkPages serves the heavy pages with 139 communes prepared and 416 rows.
func BenchmarkPages(b *testing.B) {
	k := openDesk(b, testkit.SQLite(b))
	k.prepare(k.communes(phase1...), "training")
	for _, path := range []string{"/rollout/board", "/rollout", "/rollout/units/00556"} {
		b.Run(path, func(b *testing.B) {
			for b.Loop() {
				k.send("GET", path, nil, "planner")
			}
		})
	}
}

// BenchmarkGates judges all communes from scratch.
func BenchmarkGates(b *testing.B) {
	k := openDesk(b, testkit.SQLite(b))
	k.prepare(k.communes(phase1...), "training")
	b.Run("book read anew", func(b *testing.B) {
		for b.Loop() {
			_, err := New(k.db, clock.At(k.at.Now()), k.units, k.shop).Board(b.Context(), planner, "KH198", Filter{Phase: Any})
			k.ok(err)
		}
	})
	b.Run("book kept", func(b *testing.B) {
		for b.Loop() {
			_, err := k.Board(b.Context(), planner, "KH198", Filter{Phase: Any})
			k.ok(err)
		}
	})
	b.Run("curve of 60 days", func(b *testing.B) {
		for b.Loop() {
			_, err := k.Curve(b.Context(), planner, "KH198", Any, "2016-11-01", "2016-12-30")
			k.ok(err)
		}
	})
}

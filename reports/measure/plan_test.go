package measure

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/testkit"
)

// filled is a store with a year of two metrics for many units.
func filled(t *testing.T, d *db.DB) house {
	t.Helper()
	h := build(t, d)
	err := d.InTx(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		var flows []flowRow
		var levels []levelRow
		var told []toldRow
		for n := range 365 {
			day := clock.Date(start.AddDate(0, 0, -n))
			next, err := step(day, 1)
			if err != nil {
				return err
			}
			told = append(told, toldRow{Metric: opened, Day: day, At: start}, toldRow{Metric: open, Day: day, At: start})
			for u := range 40 {
				unit := fmt.Sprintf("%05d", u)
				flows = append(flows, flowRow{Metric: opened, Unit: unit, Day: day, N: 1})
				levels = append(levels, levelRow{Metric: open, Unit: unit, Since: day, Until: next, N: int64(n)})
			}
		}
		if err := chunked(flows, func(rows []flowRow) error { _, err := tx.NewInsert().Model(&rows).Exec(ctx); return err }); err != nil {
			return err
		}
		if err := chunked(levels, func(rows []levelRow) error { _, err := tx.NewInsert().Model(&rows).Exec(ctx); return err }); err != nil {
			return err
		}
		return chunked(told, func(rows []toldRow) error { _, err := tx.NewInsert().Model(&rows).Exec(ctx); return err })
	})
	must(t, err)
	if !d.SQLite() {
		must(t, d.InTx(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.NewRaw("ANALYZE metric_flow, metric_level, metric_told").Exec(ctx)
			return err
		}))
	}
	return h
}

// TestNoReaderWalksThroughTheStore: values of units on a day and a line of a unit are found
// by keys and ranges, however many days are kept, in the same number of queries however many
// units are asked for.
func TestNoReaderWalksThroughTheStore(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		var seen []string
		d.Watch(func(_ context.Context, q string, _ error) {
			if strings.HasPrefix(q, "SELECT") {
				seen = append(seen, q)
			}
		})
		h := filled(t, d)
		asks := func(units ...string) (n int) {
			seen = nil
			_, err := h.Values(t.Context(), reader(), ask("2016-11-08", "2016-11-14", units, opened, open))
			must(t, err)
			_, err = h.Series(t.Context(), reader(), ask("2016-10-15", "2016-11-14", units[:1], opened, open))
			must(t, err)
			return len(seen)
		}
		one := asks("00001")
		if many := asks("00001", "00003", "00004", "00005", north, south, city); many != one {
			t.Errorf("%d queries for one unit, %d for many", one, many)
		}
		for _, q := range seen {
			var plan string
			if d.SQLite() {
				var steps []struct {
					ID, Parent, Notused int
					Detail              string
				}
				must(t, d.Read().NewRaw("EXPLAIN QUERY PLAN "+strings.ReplaceAll(q, "?", "??")).Scan(t.Context(), &steps))
				for _, s := range steps {
					plan += s.Detail + "\n"
				}
			} else {
				var steps []string
				must(t, d.Read().NewRaw("EXPLAIN "+strings.ReplaceAll(q, "?", "??")).Scan(t.Context(), &steps))
				plan = strings.Join(steps, "\n")
			}
			for _, bad := range []string{"SCAN mf", "SCAN ml", "SCAN l\n", "SCAN mt", "SCAN t\n", "Seq Scan on metric_flow", "Seq Scan on metric_level"} {
				if strings.Contains(plan, bad) {
					t.Errorf("%s\n%s", q, plan)
				}
			}
		}
	})
}

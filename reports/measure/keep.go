package measure

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/reports/metric"
)

// Difference is a value that was kept and is not what counting gives. A value that is not
// there is unknown.
type Difference struct {
	Metric     metric.Key
	Dim, Unit  string
	Day        string
	Kept       int64
	Counted    int64
	Was, Found bool // whether it was kept, whether counting knows it
}

// change is what has to be written so that a day says what was counted.
type change struct {
	gone     []flowRow
	flows    []flowRow
	ended    []levelRow
	levels   []levelRow
	differed []Difference
}

// together is how many rows one statement writes.
const together = 500

// chunked writes rows some at a time.
func chunked[T any](rows []T, do func([]T) error) error {
	for part := range slices.Chunk(rows, together) {
		if err := do(part); err != nil {
			return err
		}
	}
	return nil
}

// after is the day after one.
func after(day string) (string, error) { return step(day, 1) }

// step is the day so many days away.
func step(day string, n int) (string, error) {
	at, err := clock.ParseDate(day)
	if err != nil {
		return "", err
	}
	return clock.Date(at.AddDate(0, 0, n)), nil
}

// compare reads what is kept of a day and says what has to change.
func compare(ctx context.Context, q bun.IDB, day string, r rolled) (change, error) {
	var c change
	if len(r.told) == 0 {
		return c, nil
	}
	if err := c.compareFlows(ctx, q, day, r); err != nil {
		return c, err
	}
	if err := c.compareLevels(ctx, q, day, r); err != nil {
		return c, err
	}
	slices.SortFunc(c.differed, func(a, b Difference) int {
		return cmp.Or(cmp.Compare(a.Metric, b.Metric), cmp.Compare(a.Unit, b.Unit), cmp.Compare(a.Dim, b.Dim))
	})
	return c, nil
}

func (c *change) compareFlows(ctx context.Context, q bun.IDB, day string, r rolled) error {
	told := kinds(r.told, true)
	if len(told) == 0 {
		return nil
	}
	var rows []flowRow
	if err := q.NewSelect().Model(&rows).Where("mf.metric IN (?)", bun.List(told)).Where("mf.day = ?", day).Scan(ctx); err != nil {
		return db.Sorted(err)
	}
	kept := map[flowKey]int64{}
	for _, row := range rows {
		k := flowKey{row.Metric, row.Dim, row.Unit}
		kept[k] = row.N
		if _, found := r.flows[k]; !found {
			c.gone = append(c.gone, row)
			c.differed = append(c.differed, Difference{Metric: row.Metric, Dim: row.Dim, Unit: row.Unit, Day: day, Kept: row.N, Was: true, Found: true})
		}
	}
	for k, n := range r.flows {
		if was := kept[k]; was != n {
			c.flows = append(c.flows, flowRow{Metric: k.metric, Dim: k.dim, Unit: k.unit, Day: day, N: n})
			c.differed = append(c.differed, Difference{Metric: k.metric, Dim: k.dim, Unit: k.unit, Day: day, Kept: was, Counted: n, Was: true, Found: true})
		}
	}
	return nil
}

func (c *change) compareLevels(ctx context.Context, q bun.IDB, day string, r rolled) error {
	told := kinds(r.told, false)
	if len(told) == 0 {
		return nil
	}
	next, err := after(day)
	if err != nil {
		return err
	}
	_, latest, err := toldSpan(ctx, q, told, Forever)
	if err != nil {
		return err
	}
	var rows []levelRow
	err = q.NewSelect().Model(&rows).Where("ml.metric IN (?)", bun.List(told)).Where("ml.until >= ?", day).Where("ml.since <= ?", next).
		Order("ml.metric", "ml.unit", "ml.since").Scan(ctx)
	if err != nil {
		return db.Sorted(err)
	}
	near := map[levelKey][]stretch{}
	for _, row := range rows {
		k := levelKey{row.Metric, row.Unit}
		near[k] = append(near[k], stretch{row.Since, row.Until, row.N})
	}
	for k := range r.levels {
		if _, ok := near[k]; !ok {
			near[k] = nil
		}
	}
	for k, old := range near {
		n, found := r.levels[k]
		c.level(k, old, put(old, day, next, n, found, latest[k.metric] <= day))
		if was, is := on(old, day); was != n || is != found {
			c.differed = append(c.differed, Difference{Metric: k.metric, Unit: k.unit, Day: day, Kept: was, Counted: n, Was: is, Found: found})
		}
	}
	return nil
}

// level notes which rows a unit's stretches lose and get.
func (c *change) level(k levelKey, old, fresh []stretch) {
	for _, s := range old {
		if !slices.ContainsFunc(fresh, func(f stretch) bool { return f.since == s.since }) {
			c.ended = append(c.ended, levelRow{Metric: k.metric, Unit: k.unit, Since: s.since})
		}
	}
	for _, s := range fresh {
		if !slices.Contains(old, s) {
			c.levels = append(c.levels, levelRow{Metric: k.metric, Unit: k.unit, Since: s.since, Until: s.until, N: s.n})
		}
	}
}

// kinds are those of some metrics that are flows, or those that are not.
func kinds(all []metric.Key, flows bool) []metric.Key {
	var out []metric.Key
	for _, k := range all {
		if m, ok := metric.Find(k); ok && (m.Kind == metric.Flow) == flows {
			out = append(out, k)
		}
	}
	return out
}

// clear takes away the rows that are no more, those of one kind by one statement.
func (c change) clear(ctx context.Context, tx *db.Tx) error {
	flows := map[flowRow][]string{}
	for _, r := range c.gone {
		k := flowRow{Metric: r.Metric, Dim: r.Dim, Day: r.Day}
		flows[k] = append(flows[k], r.Unit)
	}
	for k, units := range flows {
		if err := chunked(units, func(some []string) error {
			_, err := tx.NewDelete().Model((*flowRow)(nil)).Where("metric = ?", k.Metric).Where("dim = ?", k.Dim).Where("day = ?", k.Day).Where("unit IN (?)", bun.List(some)).Exec(ctx)
			return err
		}); err != nil {
			return db.Sorted(err)
		}
	}
	levels := map[levelRow][]string{}
	for _, r := range c.ended {
		k := levelRow{Metric: r.Metric, Since: r.Since}
		levels[k] = append(levels[k], r.Unit)
	}
	for k, units := range levels {
		if err := chunked(units, func(some []string) error {
			_, err := tx.NewDelete().Model((*levelRow)(nil)).Where("metric = ?", k.Metric).Where("since = ?", k.Since).Where("unit IN (?)", bun.List(some)).Exec(ctx)
			return err
		}); err != nil {
			return db.Sorted(err)
		}
	}
	return nil
}

// write puts a change in place.
func (c change) write(ctx context.Context, tx *db.Tx) error {
	if err := c.clear(ctx, tx); err != nil {
		return err
	}
	slices.SortFunc(c.flows, func(a, b flowRow) int {
		return cmp.Or(cmp.Compare(a.Metric, b.Metric), cmp.Compare(a.Dim, b.Dim), cmp.Compare(a.Unit, b.Unit))
	})
	if err := chunked(c.flows, func(rows []flowRow) error {
		_, err := tx.NewInsert().Model(&rows).On("CONFLICT (metric, dim, unit, day) DO UPDATE").Set("n = excluded.n").Exec(ctx)
		return err
	}); err != nil {
		return db.Sorted(err)
	}
	slices.SortFunc(c.levels, func(a, b levelRow) int {
		return cmp.Or(cmp.Compare(a.Metric, b.Metric), cmp.Compare(a.Unit, b.Unit), cmp.Compare(a.Since, b.Since))
	})
	return db.Sorted(chunked(c.levels, func(rows []levelRow) error {
		_, err := tx.NewInsert().Model(&rows).On("CONFLICT (metric, unit, since) DO UPDATE").Set("until = excluded.until").Set("n = excluded.n").Exec(ctx)
		return err
	}))
}

// counted is what a source told of a day, summed up the map.
type counted struct {
	day string
	rolled
}

// keep writes what was counted of days of a source, one writer of a source at a time, and
// says what differed from what was kept. upto false leaves how far the source is.
func (s *Service) keep(ctx context.Context, source string, now time.Time, days []counted, upto bool) ([]Difference, error) {
	var all []Difference
	err := s.db.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		all = nil
		row := sourceRow{Source: source, At: now, Counts: 1}
		q := tx.NewInsert().Model(&row).On("CONFLICT (source) DO UPDATE").Set("counts = ms.counts + 1")
		if upto && len(days) > 0 {
			row.Upto = days[len(days)-1].day
			q = q.Set("at = excluded.at").Set("upto = CASE WHEN ms.upto < excluded.upto THEN excluded.upto ELSE ms.upto END")
		}
		if _, err := q.Exec(ctx); err != nil {
			return db.Sorted(err)
		}
		for _, d := range days {
			c, err := keepDay(ctx, tx, now, d)
			if err != nil {
				return err
			}
			all = append(all, c.differed...)
		}
		return nil
	})
	return all, err
}

func keepDay(ctx context.Context, tx *db.Tx, now time.Time, d counted) (change, error) {
	c, err := compare(ctx, tx, d.day, d.rolled)
	if err != nil {
		return c, err
	}
	if err := c.write(ctx, tx); err != nil {
		return c, err
	}
	told := make([]toldRow, len(d.told))
	for i, k := range d.told {
		told[i] = toldRow{Metric: k, Day: d.day, At: now}
	}
	if len(told) == 0 {
		return c, nil
	}
	_, err = tx.NewInsert().Model(&told).On("CONFLICT (metric, day) DO UPDATE").Set("at = excluded.at").Exec(ctx)
	return c, db.Sorted(err)
}

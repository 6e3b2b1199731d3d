package measure

import (
	"context"
	"slices"
	"strings"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/org"
	"lotrinh/reports"
	"lotrinh/reports/metric"
)

// widest is how many units one question may name.
const widest = 1000

// Values are the metrics of some units over a span: flows summed over its days, levels and
// figures as they stood at its end, or on the last day that was told where the end is still
// to come. Rates come as their parts. It takes a constant number of queries.
func (s *Service) Values(ctx context.Context, who access.Actor, a metric.Ask) (metric.Table, error) {
	if err := s.may(who, a); err != nil {
		return nil, err
	}
	keys := metric.Base(a.Metrics...)
	out := metric.Table{}
	if len(keys) == 0 || len(a.Units) == 0 {
		return out, nil
	}
	parts, err := s.partsOf(ctx, who, a, a.Span.Until)
	if err != nil {
		return nil, err
	}
	all := parts.all()
	if len(all) == 0 {
		return out, nil
	}
	q := s.db.Read()
	at, latest, err := toldSpan(ctx, q, keys, a.Span.Until)
	if err != nil {
		return nil, err
	}
	var days []standing
	var flows []metric.Key
	for _, k := range keys {
		switch m, _ := metric.Find(k); {
		case m.Kind == metric.Flow && at[k] >= a.Span.From && at[k] != "":
			flows = append(flows, k)
		case m.Kind != metric.Flow && a.Of == "" && at[k] != "" && at[k] == min(latest[k], a.Span.Until):
			days = append(days, standing{k, at[k]})
		}
	}
	sums, err := sumsOf(ctx, q, flows, a.Of, all, a.Span)
	if err != nil {
		return nil, err
	}
	stood, err := stoodAt(ctx, q, days, all)
	if err != nil {
		return nil, err
	}
	for _, unit := range a.Units {
		for _, k := range flows {
			for _, part := range parts[unit] {
				out.Add(k, unit, sums[levelKey{k, part}])
			}
		}
		for _, d := range days {
			fill(out, d.key, unit, parts[unit], stood)
		}
	}
	return out, nil
}

// fill sums a level over the parts of a unit; a figure is never summed.
func fill(out metric.Table, k metric.Key, unit string, parts []string, stood map[levelKey]int64) {
	if m, _ := metric.Find(k); m.Kind == metric.Figure && (len(parts) != 1 || parts[0] != unit) {
		return
	}
	for _, part := range parts {
		if n, known := stood[levelKey{k, part}]; known {
			out.Add(k, unit, n)
		}
	}
}

func (s *Service) may(who access.Actor, a metric.Ask) error {
	if !who.May(reports.Overview) {
		if err := who.Need(reports.Read); err != nil {
			return err
		}
	}
	_, err := daysBetween(a.Span.From, a.Span.Until)
	if err == nil && len(a.Units) > widest {
		return fault.New(fault.Invalid, "measure.too_wide", "n", widest)
	}
	return err
}

// parts are, for each unit asked for, the units whose rows make it up for a reader.
type parts map[string][]string

func (p parts) all() []string {
	seen := map[string]bool{}
	var all []string
	for _, units := range p {
		for _, u := range units {
			if !seen[u] {
				seen[u], all = true, append(all, u)
			}
		}
	}
	slices.Sort(all)
	return all
}

// reach tells whether a reader may see a unit's metrics.
func reach(who access.Actor) func(string) bool {
	var units []string
	for _, p := range []access.Perm{reports.Read, reports.Overview} {
		everywhere, some := who.Reach(p)
		if everywhere {
			return func(string) bool { return true }
		}
		units = append(units, some...)
	}
	mine := make(map[string]bool, len(units))
	for _, u := range units {
		mine[u] = true
	}
	return func(u string) bool { return mine[u] }
}

// partsOf says which rows make up the units asked for on a day: the unit's own when it lies
// in reach, else those below it that do; communes only where a phase is asked for.
func (s *Service) partsOf(ctx context.Context, who access.Actor, a metric.Ask, day string) (parts, error) {
	atlas, err := s.units.Atlas(ctx)
	if err != nil {
		return nil, err
	}
	var phase map[string]bool
	if a.Phase != 0 {
		all, err := s.phases(ctx, day)
		if err != nil {
			return nil, err
		}
		phase = map[string]bool{}
		for _, u := range all[a.Phase] {
			phase[u] = true
		}
	}
	tree, mine, out := atlas.Tree(day), reach(who), parts{}
	for _, unit := range a.Units {
		if len(atlas.Versions(unit)) == 0 {
			continue
		}
		if phase == nil {
			out[unit] = cover(tree, unit, mine)
			continue
		}
		out[unit] = slices.DeleteFunc(communes(tree, unit), func(u string) bool { return !phase[u] || !mine(u) })
	}
	return out, nil
}

// cover are the widest units in reach that lie in a unit. A unit of another day's map stands
// for itself.
func cover(tree *org.Tree, unit string, mine func(string) bool) []string {
	if mine(unit) {
		return []string{unit}
	}
	var all []string
	for _, c := range tree.Children(unit) {
		all = append(all, cover(tree, c.Code, mine)...)
	}
	return all
}

func communes(tree *org.Tree, unit string) []string {
	if _, ok := tree.Unit(unit); !ok {
		return nil
	}
	return codes(tree.Communes(unit))
}

// values writes rows of constants; both databases call their columns column1, column2.
func values[T any](rows []T, cells func(T) []any) any {
	var b strings.Builder
	var args []any
	for i, r := range rows {
		if i > 0 {
			b.WriteString(", ")
		}
		some := cells(r)
		b.WriteString("(?" + strings.Repeat(", ?", len(some)-1) + ")")
		args = append(args, some...)
	}
	return bun.SafeQuery(b.String(), args...)
}

// toldSpan is, of each metric, the last day until another that it was told of, and the last
// day of all; a metric that was never told is in neither.
func toldSpan(ctx context.Context, q bun.IDB, keys []metric.Key, until string) (upto, latest map[metric.Key]string, err error) {
	upto, latest = map[metric.Key]string{}, map[metric.Key]string{}
	if len(keys) == 0 {
		return upto, latest, nil
	}
	var rows []struct {
		Metric metric.Key `bun:"metric"`
		Upto   string     `bun:"upto"`
		Latest string     `bun:"latest"`
	}
	err = q.NewRaw(`SELECT k.column1 AS metric,
		COALESCE((SELECT MAX(t.day) FROM metric_told AS t WHERE t.metric = k.column1 AND t.day <= ?), '') AS upto,
		COALESCE((SELECT MAX(t.day) FROM metric_told AS t WHERE t.metric = k.column1), '') AS latest
		FROM (VALUES ?) AS k`, until, values(keys, func(k metric.Key) []any { return []any{k} })).Scan(ctx, &rows)
	for _, r := range rows {
		if r.Latest != "" {
			latest[r.Metric] = r.Latest
		}
		if r.Upto != "" {
			upto[r.Metric] = r.Upto
		}
	}
	return upto, latest, db.Sorted(err)
}

// sumsOf are flows summed over a span, by unit.
func sumsOf(ctx context.Context, q bun.IDB, keys []metric.Key, dim string, units []string, span metric.Span) (map[levelKey]int64, error) {
	out := map[levelKey]int64{}
	if len(keys) == 0 {
		return out, nil
	}
	var rows []flowRow
	err := q.NewSelect().Model(&rows).ColumnExpr("mf.metric, mf.unit, SUM(mf.n) AS n").Where("mf.metric IN (?)", bun.List(keys)).Where("mf.dim = ?", dim).
		Where("mf.unit IN (?)", bun.List(units)).Where("mf.day >= ?", span.From).Where("mf.day <= ?", span.Until).GroupExpr("mf.metric, mf.unit").Scan(ctx)
	for _, r := range rows {
		out[levelKey{r.Metric, r.Unit}] = r.N
	}
	return out, db.Sorted(err)
}

// standing is a metric and the day of which its value is wanted.
type standing struct {
	key metric.Key
	day string
}

// stoodAt are levels as they stood on their days, by unit: for each the one row that began
// last, found by its key.
func stoodAt(ctx context.Context, q bun.IDB, days []standing, units []string) (map[levelKey]int64, error) {
	out := map[levelKey]int64{}
	if len(days) == 0 {
		return out, nil
	}
	var rows []struct {
		Metric metric.Key `bun:"metric"`
		Unit   string     `bun:"unit"`
		N      int64      `bun:"n"`
	}
	err := q.NewRaw(`SELECT l.metric, l.unit, l.n FROM (VALUES ?) AS k CROSS JOIN (VALUES ?) AS u
		JOIN metric_level AS l ON l.metric = k.column1 AND l.unit = u.column1
		AND l.since = (SELECT MAX(x.since) FROM metric_level AS x WHERE x.metric = k.column1 AND x.unit = u.column1 AND x.since <= k.column2)
		WHERE l.until > k.column2`,
		values(days, func(d standing) []any { return []any{d.key, d.day} }), values(units, func(u string) []any { return []any{u} })).Scan(ctx, &rows)
	for _, r := range rows {
		out[levelKey{r.Metric, r.Unit}] = r.N
	}
	return out, db.Sorted(err)
}

package measure

import (
	"context"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/reports/metric"
)

// mostMarks is how many values one question for lines may bring.
const mostMarks = 200_000

// Series are the metrics of some units from day to day, a line for each metric and unit of
// which something is known, in the order of the question. A rate's marks are made of its
// parts. Where the map changed inside the span and a reader sees only part of a unit, each
// day counts what is his on that day's map.
func (s *Service) Series(ctx context.Context, who access.Actor, a metric.Ask) ([]metric.Line, error) {
	if err := s.may(who, a); err != nil {
		return nil, err
	}
	keys := metric.Base(a.Metrics...)
	if len(keys) == 0 || len(a.Units) == 0 {
		return nil, nil
	}
	days, err := daysBetween(a.Span.From, a.Span.Until)
	if err != nil {
		return nil, err
	}
	if len(days)*len(keys)*len(a.Units) > mostMarks {
		return nil, fault.New(fault.Invalid, "measure.too_wide", "n", mostMarks)
	}
	g := gathered{told: map[standing]bool{}, n: map[marked]int64{}, known: map[marked]bool{}}
	if err := s.readTold(ctx, keys, a.Span, &g); err != nil {
		return nil, err
	}
	atlas, err := s.units.Atlas(ctx)
	if err != nil {
		return nil, err
	}
	for _, span := range cutAt(a.Span, atlas.Dates()) {
		parts, err := s.partsOf(ctx, who, a, span.Until)
		if err != nil {
			return nil, err
		}
		if err := s.readSpan(ctx, keys, a, parts, span, &g); err != nil {
			return nil, err
		}
	}
	return g.lines(a, days), nil
}

// cutAt is a span in pieces in which the map does not change.
func cutAt(span metric.Span, changes []string) []metric.Span {
	var out []metric.Span
	for _, d := range changes {
		if d <= span.From || d > span.Until {
			continue
		}
		last, err := step(d, -1)
		if err != nil {
			continue // the dates of an atlas are dates
		}
		out, span.From = append(out, metric.Span{From: span.From, Until: last}), d
	}
	return append(out, span)
}

// marked is a metric of a unit on a day.
type marked struct {
	key  metric.Key
	unit string
	day  string
}

// gathered is what was read for lines.
type gathered struct {
	told  map[standing]bool
	n     map[marked]int64
	known map[marked]bool
}

func (g *gathered) add(k metric.Key, unit, day string, n int64) {
	if g.told[standing{k, day}] {
		m := marked{k, unit, day}
		g.n[m] += n
		g.known[m] = true
	}
}

func (s *Service) readTold(ctx context.Context, keys []metric.Key, span metric.Span, g *gathered) error {
	var rows []toldRow
	err := s.db.Read().NewSelect().Model(&rows).Column("metric", "day").Where("mt.metric IN (?)", bun.List(keys)).
		Where("mt.day >= ?", span.From).Where("mt.day <= ?", span.Until).Scan(ctx)
	for _, r := range rows {
		g.told[standing{r.Metric, r.Day}] = true
	}
	return db.Sorted(err)
}

// readSpan reads the rows of the parts of a piece, and gives each to the units it is part of.
func (s *Service) readSpan(ctx context.Context, keys []metric.Key, a metric.Ask, of parts, span metric.Span, g *gathered) error {
	all := of.all()
	if len(all) == 0 {
		return nil
	}
	within := map[string][]string{}
	for unit, some := range of {
		for _, p := range some {
			within[p] = append(within[p], unit)
		}
	}
	days, err := daysBetween(span.From, span.Until)
	if err != nil {
		return err
	}
	if err := s.readFlows(ctx, keys, a, of, within, span, days, g); err != nil {
		return err
	}
	levels := kinds(keys, false)
	if len(levels) == 0 || a.Of != "" {
		return nil
	}
	var rows []levelRow
	err = s.db.Read().NewSelect().Model(&rows).Where("ml.metric IN (?)", bun.List(levels)).Where("ml.unit IN (?)", bun.List(all)).
		Where("ml.since <= ?", span.Until).Where("ml.until > ?", span.From).Scan(ctx)
	for _, r := range rows {
		m, _ := metric.Find(r.Metric)
		for _, unit := range within[r.Unit] {
			if m.Kind == metric.Figure && unit != r.Unit {
				continue
			}
			for _, day := range days {
				if r.Since <= day && day < r.Until {
					g.add(r.Metric, unit, day, r.N)
				}
			}
		}
	}
	return db.Sorted(err)
}

func (s *Service) readFlows(ctx context.Context, keys []metric.Key, a metric.Ask, of parts, within map[string][]string, span metric.Span, days []string, g *gathered) error {
	flows := kinds(keys, true)
	if len(flows) == 0 {
		return nil
	}
	for _, k := range flows {
		for unit, some := range of {
			for _, day := range days {
				if len(some) > 0 {
					g.add(k, unit, day, 0)
				}
			}
		}
	}
	var rows []flowRow
	err := s.db.Read().NewSelect().Model(&rows).Where("mf.metric IN (?)", bun.List(flows)).Where("mf.dim = ?", a.Of).
		Where("mf.unit IN (?)", bun.List(of.all())).Where("mf.day >= ?", span.From).Where("mf.day <= ?", span.Until).Scan(ctx)
	for _, r := range rows {
		for _, unit := range within[r.Unit] {
			g.add(r.Metric, unit, r.Day, r.N)
		}
	}
	return db.Sorted(err)
}

// lines puts what was read in the order of the question.
func (g *gathered) lines(a metric.Ask, days []string) []metric.Line {
	var out []metric.Line
	for _, k := range a.Metrics {
		m, ok := metric.Find(k)
		if !ok {
			continue
		}
		for _, unit := range a.Units {
			line := metric.Line{Metric: k, Unit: unit}
			for _, day := range days {
				if v := g.at(m, unit, day); v.Known {
					line.Marks = append(line.Marks, metric.Mark{Day: day, Value: v})
				}
			}
			if len(line.Marks) > 0 {
				out = append(out, line)
			}
		}
	}
	return out
}

func (g *gathered) at(m metric.Metric, unit, day string) metric.Value {
	if m.Kind != metric.Rate {
		at := marked{m.Key, unit, day}
		return metric.Value{N: g.n[at], Known: g.known[at]}
	}
	num, den := marked{m.Num, unit, day}, marked{m.Den, unit, day}
	if !g.known[num] || !g.known[den] {
		return metric.Value{}
	}
	return metric.Value{N: g.n[num], Of: g.n[den], Known: true}
}

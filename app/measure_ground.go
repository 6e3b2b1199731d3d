package app

import (
	"context"
	"strings"
	"time"

	"lotrinh/helpdesk/hotline"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/figures"
	"lotrinh/inventory"
	"lotrinh/inventory/intake"
	lines "lotrinh/inventory/line"
	"lotrinh/inventory/readiness"
	"lotrinh/reports/measure"
	"lotrinh/reports/metric"
)

// measuredReadiness tells how the equipment of communes stood: now from what is judged, of a
// day gone by from what was kept of it.
func (h *House) measuredReadiness() measure.Source {
	keys := []metric.Key{"readiness.met", "readiness.unmet", "readiness.unknown"}
	return areaSource{"readiness", keys, func(ctx context.Context, day span, told *measure.Told) error {
		tree, err := h.Units.On(ctx, day.day)
		if err != nil {
			return err
		}
		verdict := map[string]metric.Key{}
		if day.running {
			var rows []inventory.Readiness
			err = h.DB.Read().NewSelect().Model(&rows).Column("unit", "verdict").Scan(ctx)
			for _, r := range rows {
				verdict[r.Unit] = readyKey(r.Verdict)
			}
		} else {
			var rows []inventory.Day
			err = h.DB.Read().NewSelect().Model(&rows).Where("rd.day = ?", day.day).Scan(ctx)
			for _, r := range rows {
				switch {
				case r.Met+r.Waived > 0:
					verdict[r.Unit] = "readiness.met"
				case r.Unmet > 0:
					verdict[r.Unit] = "readiness.unmet"
				}
			}
			if len(rows) == 0 {
				told.Silent = keys
				return db.Sorted(err)
			}
		}
		for _, u := range tree.Communes("") {
			k, ok := verdict[u.Code]
			if !ok {
				k = "readiness.unknown"
			}
			told.Add(k, u.Code, 1)
		}
		return db.Sorted(err)
	}}
}

func readyKey(v readiness.Verdict) metric.Key {
	switch v {
	case readiness.Met, readiness.Waived:
		return "readiness.met"
	case readiness.Unmet:
		return "readiness.unmet"
	}
	return "readiness.unknown"
}

// measuredGaps tells what was lacking, from the moments of gaps and of their clocks.
func (h *House) measuredGaps() measure.Source {
	return areaSource{"gaps", []metric.Key{"gaps.open", "gaps.late", "gaps.opened", "gaps.closed"}, func(ctx context.Context, day span, told *measure.Told) error {
		stood, err := h.Inventory.GapsAt(ctx, measurer, day.until.Add(-time.Microsecond))
		if err != nil {
			return err
		}
		for _, g := range stood {
			told.Add("gaps.open", g.Unit, 1)
			if g.Overdue(day.until.Add(-time.Microsecond)) {
				told.Add("gaps.late", g.Unit, 1)
			}
		}
		for _, one := range []struct {
			n     metric.Key
			where string
			args  []any
		}{
			{"gaps.opened", "g.reported_at >= ? AND g.reported_at < ?", []any{day.from, day.until}},
			{"gaps.closed", "NOT g.open AND g.moved_at >= ? AND g.moved_at < ?", []any{day.from, day.until}},
		} {
			var rows []countedUnit
			err := h.DB.Read().NewSelect().TableExpr("gap AS g").ColumnExpr("g.unit, count(*) AS n").Where(one.where, one.args...).GroupExpr("g.unit").Scan(ctx, &rows)
			if err != nil {
				return db.Sorted(err)
			}
			for _, r := range rows {
				told.Add(one.n, r.Unit, r.N)
			}
		}
		return nil
	}}
}

// measuredAgents tells how many machines report by themselves; only the last report of each
// is kept, so days gone by cannot be told.
func (h *House) measuredAgents() measure.Source {
	keys := []metric.Key{"agents.machines", "agents.silent"}
	return areaSource{"agents", keys, func(ctx context.Context, day span, told *measure.Told) error {
		if !day.running {
			told.Silent = keys
			return nil
		}
		var rows []countedUnit
		since := day.until.AddDate(0, 0, -h.Inventory.Intake.Silent)
		err := h.DB.Read().NewSelect().Model((*intake.Sender)(nil)).ColumnExpr("sn.unit, count(*) AS n").ColumnExpr("SUM(CASE WHEN sn.good_at < ? THEN 1 ELSE 0 END) AS also", since).
			Where("NOT sn.file").Where("sn.aside_at IS NULL").Where("sn.good_at IS NOT NULL").GroupExpr("sn.unit").Scan(ctx, &rows)
		for _, r := range rows {
			told.Add("agents.machines", r.Unit, r.N-r.Also)
			told.Add("agents.silent", r.Unit, r.Also)
		}
		return db.Sorted(err)
	}}
}

// measuredLines tells in how many communes the best line in use was measured, and good; only
// how lines stand now is known.
func (h *House) measuredLines() measure.Source {
	keys := []metric.Key{"lines.measured", "lines.good"}
	return areaSource{"lines", keys, func(ctx context.Context, day span, told *measure.Told) error {
		if !day.running {
			told.Silent = keys
			return nil
		}
		var rows []countedUnit
		err := h.DB.Read().NewSelect().Model((*lines.Line)(nil)).Join("JOIN asset AS a ON a.id = l.asset").ColumnExpr("a.unit, l.health AS dim, count(*) AS n").
			Where("a.state NOT IN (?, ?)", inventory.Retired, inventory.Planned).Where("l.health <> ?", lines.Unknown).GroupExpr("a.unit, l.health").Scan(ctx, &rows)
		seen := map[string]bool{}
		for _, r := range rows {
			if !seen[r.Unit] {
				seen[r.Unit] = true
				told.Add("lines.measured", r.Unit, 1)
			}
			if r.Dim == string(lines.Fine) {
				told.Add("lines.good", r.Unit, 1)
			}
		}
		return db.Sorted(err)
	}}
}

// measuredSatisfaction tells what people answered after their tickets were closed.
func (h *House) measuredSatisfaction() measure.Source {
	return areaSource{"satisfaction", []metric.Key{"satisfaction.answers", "satisfaction.good"}, func(ctx context.Context, day span, told *measure.Told) error {
		var rows []countedUnit
		err := h.DB.Read().NewSelect().TableExpr("desk_survey AS su").ColumnExpr("su.unit, count(*) AS n").ColumnExpr("SUM(CASE WHEN su.score >= 4 THEN 1 ELSE 0 END) AS also").
			Where("su.answered_at IS NOT NULL").Where("su.answered_at >= ?", day.from).Where("su.answered_at < ?", day.until).GroupExpr("su.unit").Scan(ctx, &rows)
		for _, r := range rows {
			told.Add("satisfaction.answers", r.Unit, r.N)
			told.Add("satisfaction.good", r.Unit, r.Also)
		}
		return db.Sorted(err)
	}}
}

// measuredHotline tells the calls of a day, from their maintained figures. Calls from numbers
// that nobody knows belong to no unit and count for the city.
func (h *House) measuredHotline() measure.Source {
	return areaSource{"hotline", []metric.Key{"hotline.calls", "hotline.answered"}, func(ctx context.Context, day span, told *measure.Told) error {
		next := day.from.Add(36 * time.Hour)
		rows, err := figures.Read(ctx, h.DB.Read(), figures.Ask{Names: []string{hotline.FigureCalls}, From: day.day, Until: clock.Date(next)})
		for _, r := range rows {
			switch what, _, _ := strings.Cut(r.Dim, ":"); what {
			case "in":
				told.Add("hotline.calls", r.Unit, r.N)
			case "answered":
				told.Add("hotline.answered", r.Unit, r.N)
			}
		}
		return err
	}}
}

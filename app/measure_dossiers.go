package app

import (
	"context"

	"github.com/uptrace/bun"

	"lotrinh/dossier"
	"lotrinh/internal/kit/db"
	"lotrinh/reports/measure"
	"lotrinh/reports/metric"
)

// measuredDossiers tells what became of citizens' dossiers, from their moments; practice is
// in none of it.
func (h *House) measuredDossiers() measure.Source {
	return areaSource{"dossiers", []metric.Key{"dossiers.filed", "dossiers.online", "dossiers.accepted", "dossiers.finished", "dossiers.finished_late", "dossiers.open", "dossiers.open_late"},
		func(ctx context.Context, day span, told *measure.Told) error {
			if err := h.dossierFlows(ctx, day, told); err != nil {
				return err
			}
			return h.dossierLevels(ctx, day, told)
		}}
}

// dossierFlows counts what was filed, accepted and finished on a day, each by its own index.
func (h *House) dossierFlows(ctx context.Context, day span, told *measure.Told) error {
	for _, one := range []struct {
		moment, also string
		n, m         metric.Key
	}{
		{"submitted_at", "CASE WHEN d.channel IN ('" + string(dossier.Online) + "', '" + string(dossier.Assisted) + "') THEN 1 ELSE 0 END", "dossiers.filed", "dossiers.online"},
		{"accepted_at", "0", "dossiers.accepted", ""},
		{"finished_at", "CASE WHEN d.due_at < d.finished_at THEN 1 ELSE 0 END", "dossiers.finished", "dossiers.finished_late"},
	} {
		var rows []countedUnit
		q := h.DB.Read().NewSelect().TableExpr("dossier AS d").ColumnExpr("d.unit, d.procedure AS dim, count(*) AS n").ColumnExpr("SUM("+one.also+") AS also").
			Where("NOT d.practice").Where("d.? IS NOT NULL", bun.Ident(one.moment)).Where("d.? >= ?", bun.Ident(one.moment), day.from).
			Where("d.? < ?", bun.Ident(one.moment), day.until).GroupExpr("d.unit, d.procedure")
		if err := q.Scan(ctx, &rows); err != nil {
			return db.Sorted(err)
		}
		for _, r := range rows {
			told.Points = append(told.Points, measure.Point{Metric: one.n, Unit: r.Unit, Dim: r.Dim, N: r.N})
			if one.m != "" && r.Also > 0 {
				told.Points = append(told.Points, measure.Point{Metric: one.m, Unit: r.Unit, Dim: r.Dim, N: r.Also})
			}
		}
	}
	return nil
}

// dossierLevels counts what was accepted and not done at the end of a day: what is in work
// still, what was finished since, and what was stopped or withdrawn since.
func (h *House) dossierLevels(ctx context.Context, day span, told *measure.Told) error {
	since := []func(*bun.SelectQuery) *bun.SelectQuery{
		func(q *bun.SelectQuery) *bun.SelectQuery { return q.Where("d.open").Where("d.finished_at IS NULL") },
	}
	if !day.running {
		since = append(since, func(q *bun.SelectQuery) *bun.SelectQuery {
			return q.Where("d.finished_at IS NOT NULL").Where("d.finished_at >= ?", day.until)
		}, func(q *bun.SelectQuery) *bun.SelectQuery {
			return q.Where("d.status IN (7, 8)").Where("d.changed_at >= ?", day.until).
				Where("EXISTS (SELECT 1 FROM dossier_step AS ds WHERE ds.dossier = d.id AND ds.at >= ? AND ds.act IN (?, ?))", day.until, dossier.Stop, dossier.Withdraw)
		})
	}
	for _, narrow := range since {
		var rows []countedUnit
		// grouped by an expression: an index that has the units in order would tempt SQLite to walk through all dossiers
		err := h.DB.Read().NewSelect().TableExpr("dossier AS d").ColumnExpr("d.unit || '' AS unit, count(*) AS n").
			ColumnExpr("SUM(CASE WHEN d.due_at < ? THEN 1 ELSE 0 END) AS also", day.until).
			Where("NOT d.practice").Where("d.accepted_at < ?", day.until).Apply(narrow).GroupExpr("d.unit || ''").Scan(ctx, &rows)
		if err != nil {
			return db.Sorted(err)
		}
		for _, r := range rows {
			told.Add("dossiers.open", r.Unit, r.N)
			told.Add("dossiers.open_late", r.Unit, r.Also)
		}
	}
	return nil
}

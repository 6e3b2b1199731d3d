package app

import (
	"context"
	"time"

	"lotrinh/helpdesk"
	"lotrinh/internal/kit/db"
	"lotrinh/reports/measure"
	"lotrinh/reports/metric"
)

// counted by unit, and by a further dimension where there is one.
type countedUnit struct {
	Unit string `bun:"unit"`
	Dim  string `bun:"dim"`
	N    int64  `bun:"n"`
	Also int64  `bun:"also"`
}

// measuredTickets tells what the help desk had to do, from the moments of its tickets. A
// ticket that was taken up again counts as open since it was opened.
func (h *House) measuredTickets() measure.Source {
	return areaSource{"tickets", []metric.Key{"tickets.opened", "tickets.resolved", "tickets.in_time", "tickets.open", "tickets.late"},
		func(ctx context.Context, day span, told *measure.Told) error {
			if err := h.ticketFlows(ctx, day, told); err != nil {
				return err
			}
			return h.ticketLevels(ctx, day, told)
		}}
}

func (h *House) ticketFlows(ctx context.Context, day span, told *measure.Told) error {
	var opened []countedUnit
	err := h.DB.Read().NewSelect().TableExpr("ticket AS ti").ColumnExpr("ti.unit, ti.service AS dim, count(*) AS n").
		Where("ti.opened_at >= ?", day.from).Where("ti.opened_at < ?", day.until).GroupExpr("ti.unit, ti.service").Scan(ctx, &opened)
	if err != nil {
		return db.Sorted(err)
	}
	for _, r := range opened {
		told.Points = append(told.Points, measure.Point{Metric: "tickets.opened", Unit: r.Unit, Dim: r.Dim, N: r.N})
	}
	var done []struct {
		Unit       string     `bun:"unit"`
		ResolvedAt time.Time  `bun:"resolved_at"`
		ResolveDue *time.Time `bun:"resolve_due"`
	}
	err = h.DB.Read().NewSelect().TableExpr("ticket AS ti").ColumnExpr("ti.unit, ti.resolved_at, ti.resolve_due").
		Where("ti.resolved_at IS NOT NULL").Where("ti.resolved_at >= ?", day.from).Where("ti.resolved_at < ?", day.until).Scan(ctx, &done)
	for _, r := range done {
		told.Add("tickets.resolved", r.Unit, 1)
		if helpdesk.Kept(r.ResolvedAt, r.ResolveDue) {
			told.Add("tickets.in_time", r.Unit, 1)
		}
	}
	return db.Sorted(err)
}

// ticketLevels counts what is open on the running day, or what stood at the end of a day gone by.
func (h *House) ticketLevels(ctx context.Context, day span, told *measure.Told) error {
	if !day.running {
		stood, err := h.Desk.StoodAt(ctx, measurer, day.until.Add(-time.Microsecond), 0)
		for unit, n := range stood.Loads {
			told.Add("tickets.open", unit, n.Open)
			told.Add("tickets.late", unit, n.Late)
		}
		return err
	}
	var open []countedUnit
	err := h.DB.Read().NewSelect().TableExpr("ticket AS ti").ColumnExpr("ti.unit, count(*) AS n").
		ColumnExpr("SUM(CASE WHEN ti.phase = ? AND ti.sort_at < ? THEN 1 ELSE 0 END) AS also", helpdesk.InWork, day.until).
		Where("ti.phase <> 'done'").GroupExpr("ti.unit").Scan(ctx, &open)
	if err != nil {
		return db.Sorted(err)
	}
	for _, r := range open {
		told.Add("tickets.open", r.Unit, r.N)
		told.Add("tickets.late", r.Unit, r.Also)
	}
	return db.Sorted(err)
}

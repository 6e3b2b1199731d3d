package app

import (
	"cmp"
	"context"
	"slices"
	"time"

	"lotrinh/dossier"
	"lotrinh/dossier/tally"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/org"
	"lotrinh/reports"
)

// Dossiers is what was done with dossiers since the month of a period began, and what is
// late now, by district; nothing for whoever may not read the figures of the place, and
// where there is nothing to tell. Practice is in none of it.
func (b told) Dossiers(ctx context.Context, a reports.Ask, p reports.Period) (*reports.Cases, error) {
	if !a.Who.Covers(dossier.Figures, a.Unit) {
		return nil, nil
	}
	now := b.h.Business.Now()
	if !a.At.IsZero() {
		return b.casesAt(ctx, a, p)
	}
	tree, err := b.h.Units.Tree(ctx, now)
	if err != nil {
		return nil, err
	}
	from, until := clock.Date(p.From)[:7], clock.Date(p.Until.Add(-time.Microsecond))[:7]
	board, err := b.h.Dossiers.Tally.Board(ctx, a.Who, a.Unit, tally.Months(from, until, now))
	if err != nil {
		return nil, err
	}
	late, err := b.lateDossiers(ctx, cut(a.Who, dossier.Figures, tree, a.Unit), now)
	if err != nil {
		return nil, err
	}
	k := &reports.Cases{Since: board.Span.From, CaseCounts: caseCounts(board.Total), Href: "/dossiers/figures?unit=" + a.Unit}
	by := map[string]reports.CaseCounts{}
	for code, f := range board.Units { // of a district they are its communes
		d := tree.District(code)
		by[d] = plus(by[d], caseCounts(f))
	}
	for unit, n := range late {
		k.OpenLate += n
		d := tree.District(unit)
		by[d] = plus(by[d], reports.CaseCounts{OpenLate: n})
	}
	if k.CaseCounts == (reports.CaseCounts{}) {
		return nil, nil
	}
	k.Districts = caseTallies(tree, by)
	return k, nil
}

// lateDossiers counts the open dossiers that are late, by unit.
func (b told) lateDossiers(ctx context.Context, who access.Actor, now time.Time) (map[string]int, error) {
	var rows []struct {
		Unit string
		N    int
	}
	err := b.h.DB.Read().NewSelect().Model((*dossier.Dossier)(nil)).ColumnExpr("d.unit AS unit").ColumnExpr("count(*) AS n").Where("d.open").Where("d.due_at < ?", now).
		Where("d.practice = FALSE").Apply(who.Within(dossier.Figures, "d.unit")).GroupExpr("d.unit").Scan(ctx, &rows)
	out := make(map[string]int, len(rows))
	for _, r := range rows {
		out[r.Unit] = r.N
	}
	return out, db.Sorted(err)
}

func caseCounts(f tally.Flow) reports.CaseCounts {
	return reports.CaseCounts{Accepted: int(f[tally.Accepted]), Finished: int(f[tally.Finished]), OnTime: int(f[tally.Finished] - f[tally.FinishedLate]), Late: int(f[tally.FinishedLate])}
}

func plus(a, b reports.CaseCounts) reports.CaseCounts {
	return reports.CaseCounts{Accepted: a.Accepted + b.Accepted, Finished: a.Finished + b.Finished, OnTime: a.OnTime + b.OnTime, Late: a.Late + b.Late, OpenLate: a.OpenLate + b.OpenLate}
}

// caseTallies are the districts, the most late ones first.
func caseTallies(tree *org.Tree, by map[string]reports.CaseCounts) []reports.CaseTally {
	var all []reports.CaseTally
	for code, c := range by {
		if c != (reports.CaseCounts{}) {
			all = append(all, reports.CaseTally{Code: code, Name: tree.Name(code), CaseCounts: c, Href: "/dossiers/figures?unit=" + code})
		}
	}
	slices.SortFunc(all, func(a, b reports.CaseTally) int {
		return cmp.Or(cmp.Compare(b.OpenLate+b.Late, a.OpenLate+a.Late), cmp.Compare(a.Code, b.Code))
	})
	return all
}

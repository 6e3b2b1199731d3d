package app

import (
	"context"
	"slices"
	"time"

	"lotrinh/dossier"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/org"
	"lotrinh/reports"
	"lotrinh/reports/measure"
)

// gapsAt is what was lacking at a moment gone by.
func (b told) gapsAt(ctx context.Context, who access.Actor, tree *org.Tree, at time.Time, g reports.Gaps) (reports.Gaps, error) {
	all, err := b.h.Inventory.GapsAt(ctx, who, at)
	t := tallies{tree: tree, href: "/inventory/gaps?district="}
	for _, x := range all {
		late := 0
		if x.Overdue(at) {
			late = 1
		}
		t.add(x.Unit, 1, late)
		g.Open, g.Late = g.Open+1, g.Late+late
		if len(g.Oldest) < mostListed {
			g.Oldest = append(g.Oldest, gapItem(tree, x, at))
		}
	}
	g.Districts = t.sorted()
	return g, err
}

// ticketsAt is what the help desk had to do at a moment gone by.
func (b told) ticketsAt(ctx context.Context, who access.Actor, tree *org.Tree, at time.Time, k reports.Tickets) (reports.Tickets, error) {
	stood, err := b.h.Desk.StoodAt(ctx, who, at, mostListed)
	t := tallies{tree: tree, href: "/tickets?view=work&unit="}
	for unit, n := range stood.Loads {
		t.add(unit, int(n.Open), int(n.Late))
		k.Open, k.Hold, k.Late = k.Open+int(n.Open), k.Hold+int(n.Hold), k.Late+int(n.Late)
	}
	k.Districts = t.sorted()
	for _, x := range stood.Late {
		k.Overdue = append(k.Overdue, ticketItem(tree, x))
	}
	return k, err
}

// casesAt is what was done with dossiers from the month in which a period began until a moment
// gone by, and what was late then: counted from their moments, day by day.
func (b told) casesAt(ctx context.Context, a reports.Ask, p reports.Period) (*reports.Cases, error) {
	tree, err := b.h.Units.Tree(ctx, b.h.Business.Now())
	if err != nil {
		return nil, err
	}
	first, err := clock.ParseDate(clock.Date(p.From)[:7] + "-01")
	if err != nil {
		return nil, err
	}
	k, by := &reports.Cases{Since: clock.Date(first), Href: "/dossiers/figures?unit=" + a.Unit}, map[string]reports.CaseCounts{}
	who := cut(a.Who, dossier.Figures, tree, a.Unit)
	everywhere, mine := who.Reach(dossier.Figures)
	add := func(unit string, c reports.CaseCounts) {
		if everywhere || slices.Contains(mine, unit) {
			k.CaseCounts = plus(k.CaseCounts, c)
			d := tree.District(unit)
			by[d] = plus(by[d], c)
		}
	}
	var flows, levels measure.Told
	end := a.At.Add(time.Microsecond) // moments are counted before the end
	if err := b.h.dossierFlows(ctx, span{from: first, until: end}, &flows); err != nil {
		return nil, err
	}
	if err := b.h.dossierLevels(ctx, span{until: end}, &levels); err != nil {
		return nil, err
	}
	for _, x := range append(flows.Points, levels.Points...) {
		switch n := int(x.N); x.Metric {
		case "dossiers.accepted":
			add(x.Unit, reports.CaseCounts{Accepted: n})
		case "dossiers.finished":
			add(x.Unit, reports.CaseCounts{Finished: n, OnTime: n})
		case "dossiers.finished_late":
			add(x.Unit, reports.CaseCounts{OnTime: -n, Late: n})
		case "dossiers.open_late":
			add(x.Unit, reports.CaseCounts{OpenLate: n})
		}
	}
	if k.CaseCounts == (reports.CaseCounts{}) {
		return nil, nil
	}
	k.Districts = caseTallies(tree, by)
	return k, nil
}

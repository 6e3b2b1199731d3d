package app

import (
	"context"
	"slices"
	"strings"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/i18n"
	"lotrinh/reports"
	"lotrinh/reports/board"
	"lotrinh/rollout"
)

// openBoards are the dashboards, with what the alerts say on the overview.
func (h *House) openBoards(near told) *board.Service {
	s := board.New(board.Deps{Business: h.Business, Rollout: near, Inventory: near, HelpDesk: near, Units: near, Measures: h.Measures})
	s.OnOverview(h.Watch.Alerts.Panel)
	return s
}

// Standing is a programme as the boards show it: the board of a day with its plan and curve.
func (b told) Standing(ctx context.Context, a reports.Ask, code, day string) (board.Standing, error) {
	now := b.h.Business.Now()
	tree, err := b.h.Units.Tree(ctx, now)
	if err != nil {
		return board.Standing{}, err
	}
	who := cut(a.Who, rollout.Read, tree, a.Unit)
	rows, err := b.rows(ctx, who, code, day)
	if err != nil {
		return board.Standing{}, err
	}
	s := board.Standing{At: rows.At, Programme: programme(rows.Programme)}
	o := rollout.Overview{Programme: rows.Programme, At: now}
	for _, ph := range rows.Phases {
		if ph.Live {
			continue
		}
		o.Phases = append(o.Phases, rollout.PhaseCounts{Phase: ph})
		s.Phases = append(s.Phases, reports.Phase{No: ph.Ordinal, Name: ph.Name, NameEN: ph.NameEN, TrialOn: ph.TrialOn, OfficialOn: ph.OfficialOn})
	}
	for _, r := range rows.Rows {
		if r.Stage != rollout.Live {
			s.Communes = append(s.Communes, standingOf(r))
		}
	}
	ms, err := b.h.Rollout.Milestones(ctx, who, code)
	if err != nil {
		return board.Standing{}, err
	}
	for _, m := range ms {
		s.Milestones = append(s.Milestones, reports.Milestone{Title: m.Title, TitleEN: m.TitleEN, PlannedOn: m.PlannedOn, ActualOn: m.ActualOn})
	}
	s.Days, err = b.days(ctx, who, code, o)
	return s, err
}

// rows is the board of today, which is kept, or of a day gone by, which is counted.
func (b told) rows(ctx context.Context, who access.Actor, code, day string) (rollout.Board, error) {
	if day == clock.Date(b.h.Business.Now()) {
		return b.h.Rollout.Board(ctx, who, code, rollout.Filter{Phase: rollout.Any})
	}
	return b.h.Rollout.BoardOn(ctx, who, code, day)
}

func standingOf(r rollout.Row) board.Commune {
	c := board.Commune{Unit: r.Unit, Name: r.Name, District: r.District, DistrictName: r.DistrictName, Phase: r.Phase, Stage: string(r.Stage),
		Answer: string(r.Gate.Answer), Declared: r.Declared, Verified: r.Verified, Bare: r.Bare, Href: "/rollout/units/" + r.Unit}
	c.Reasons, c.Details = toldOf(slices.Concat(r.Held, r.Gate.Reasons))
	return c
}

// toldOf parts reasons into those by criterion and what was measured, without the names of
// people.
func toldOf(all []rollout.Reason) (reasons, details []i18n.Line) {
	for _, why := range all {
		line, ok := nameless(why.Line)
		switch {
		case !ok:
		case strings.HasPrefix(line.Key, "rollout."):
			reasons = append(reasons, line)
		default:
			details = append(details, line)
		}
	}
	return reasons, details
}

// nameless is a reason that names no person: what was found of a trained person is said of
// the audience; a gap that says who reported it is left out.
func nameless(l i18n.Line) (i18n.Line, bool) {
	if strings.HasPrefix(l.Key, "readiness.gap.") {
		return l, false
	}
	if !strings.HasPrefix(l.Key, "training.reason.") || !slices.Contains(l.Args, any("name")) {
		return l, true
	}
	said := i18n.Line{Key: "told." + l.Key}
	for i := 0; i+1 < len(l.Args); i += 2 {
		if l.Args[i] != "name" {
			said.Args = append(said.Args, l.Args[i], l.Args[i+1])
		}
	}
	return said, true
}

package incident

import (
	"context"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/ident"
)

// reachesOf are the things among those given that name one of the units.
func reachesOf(ctx context.Context, from bun.IDB, things []ident.ID, units []string) ([]ident.ID, error) {
	if len(things) == 0 || len(units) == 0 {
		return nil, nil
	}
	var ids []ident.ID
	err := from.NewSelect().TableExpr("incident_unit AS nu").ColumnExpr("DISTINCT nu.thing").Where("nu.thing IN (?)", bun.List(things)).
		Where("nu.unit IN (?)", bun.List(units)).Scan(ctx, &ids)
	return ids, db.Sorted(err)
}

// unitsOf are the units for which somebody works: everywhere, or these.
func unitsOf(who access.Actor) (everywhere bool, units []string) {
	for _, g := range who.Grants {
		if g.Everywhere {
			return true, nil
		}
		units = append(units, g.Units...)
	}
	if who.Home != "" {
		units = append(units, who.Home)
	}
	slices.Sort(units)
	return false, slices.Compact(units)
}

// Shown is an incident on the status page.
type Shown struct {
	Incident
	Here    bool     // it hits the reader's units
	Count   Count    // in numbers, of the whole city
	Updates []Update // newest first; none for strangers
}

// Work is planned work on the status page.
type Work struct {
	Maintenance
	Here bool
	Runs bool
}

// Status is what runs, what ended lately, and what is planned.
type Status struct {
	Running []Shown
	Ended   []Shown
	Planned []Work
	At      time.Time
}

// shownFor is for how long what ended stays on the status page.
const shownFor = 7 * 24 * time.Hour

// Status is the state of the services as the reader may see it: in words and with its
// course for those who are signed in, in headings for strangers.
func (s *Service) Status(ctx context.Context, who access.Actor) (Status, error) {
	now := s.Business.Now()
	st := Status{At: now}
	running, err := s.running(ctx)
	if err != nil {
		return st, err
	}
	ended, err := s.endedSince(ctx, now.Add(-shownFor))
	if err != nil {
		return st, err
	}
	work, err := s.plannedWork(ctx)
	if err != nil {
		return st, err
	}
	all := slices.Concat(running, ended)
	counts, err := s.Counts(ctx, all)
	if err != nil {
		return st, err
	}
	here, err := s.here(ctx, who, all, work)
	if err != nil {
		return st, err
	}
	course, err := s.course(ctx, who, all)
	if err != nil {
		return st, err
	}
	show := func(list []Incident) (out []Shown) {
		for _, i := range list {
			out = append(out, Shown{Incident: i, Here: here[i.ID], Count: counts[i.ID], Updates: course[i.ID]})
		}
		return out
	}
	st.Running, st.Ended = show(running), show(ended)
	for _, m := range work {
		st.Planned = append(st.Planned, Work{Maintenance: m, Here: here[m.ID], Runs: m.Runs(now)})
	}
	return st, nil
}

// here tells which incidents and works hit the reader's units, in one query at most.
func (s *Service) here(ctx context.Context, who access.Actor, incidents []Incident, work []Maintenance) (map[ident.ID]bool, error) {
	everywhere, units := unitsOf(who)
	out := map[ident.ID]bool{}
	var ask []ident.ID
	note := func(id ident.ID, all bool) {
		if everywhere || all && who.SignedIn() {
			out[id] = true
		} else if !all {
			ask = append(ask, id)
		}
	}
	for _, i := range incidents {
		note(i.ID, i.Everywhere)
	}
	for _, m := range work {
		note(m.ID, m.Everywhere)
	}
	ids, err := reachesOf(ctx, s.DB.Read(), ask, units)
	for _, id := range ids {
		out[id] = true
	}
	return out, err
}

// course is what was told of incidents, for those who are signed in.
func (s *Service) course(ctx context.Context, who access.Actor, incidents []Incident) (map[ident.ID][]Update, error) {
	if !who.SignedIn() {
		return nil, nil
	}
	var ids []ident.ID
	for _, i := range incidents {
		ids = append(ids, i.ID)
	}
	rows, err := updates(ctx, s.DB.Read(), ids...)
	out := map[ident.ID][]Update{}
	for _, u := range rows {
		if u.Body != "" {
			out[u.Incident] = append(out[u.Incident], u)
		}
	}
	return out, err
}

// Banner is what every page tells the reader: incidents and works that hit the
// reader's units, works from a day before they begin.
func (s *Service) Banner(ctx context.Context, who access.Actor) ([]Incident, []Work, error) {
	if !who.SignedIn() {
		return nil, nil, nil
	}
	now := s.Business.Now()
	running, err := s.running(ctx)
	if err != nil {
		return nil, nil, err
	}
	work, err := s.plannedWork(ctx)
	if err != nil {
		return nil, nil, err
	}
	work = slices.DeleteFunc(work, func(m Maintenance) bool { return m.From.Sub(now) > beforehand })
	here, err := s.here(ctx, who, running, work)
	if err != nil {
		return nil, nil, err
	}
	running = slices.DeleteFunc(running, func(i Incident) bool { return !here[i.ID] })
	var works []Work
	for _, m := range work {
		if here[m.ID] {
			works = append(works, Work{Maintenance: m, Here: true, Runs: m.Runs(now)})
		}
	}
	return running, works, nil
}

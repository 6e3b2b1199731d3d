package incident

import (
	"context"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/helpdesk"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/kit/search"
)

// Kinds of search documents.
const (
	kindIncident = "incident"
	kindProblem  = "problem"
)

// SearchScopes is what the reader may find of this room in the search index.
func (s *Service) SearchScopes(who access.Actor) []search.Scope {
	return []search.Scope{search.Reach(who, Read, kindIncident), search.Reach(who, Read, kindProblem)}
}

// HitPath is where a hit of the search index leads; ok is false for hits of others.
func HitPath(h search.Hit) (path string, ok bool) {
	switch {
	case h.Area != area:
		return "", false
	case h.Kind == kindProblem:
		return "/problems/" + h.Subject, true
	}
	return "/incidents/" + h.Subject, true
}

// reachRow says that an incident or a maintenance hits a commune.
type reachRow struct {
	bun.BaseModel `bun:"table:incident_unit,alias:nu"`
	Thing         ident.ID `bun:"thing,pk"`
	Unit          string   `bun:"unit,pk"`
}

func keepReach(ctx context.Context, tx *db.Tx, thing ident.ID, everywhere bool, units []string) error {
	if _, err := tx.NewDelete().Model((*reachRow)(nil)).Where("thing = ?", thing).Exec(ctx); err != nil {
		return db.Sorted(err)
	}
	if everywhere || len(units) == 0 {
		return nil
	}
	rows := make([]reachRow, len(units))
	for i, u := range units {
		rows[i] = reachRow{Thing: thing, Unit: u}
	}
	_, err := tx.NewInsert().Model(&rows).Exec(ctx)
	return db.Sorted(err)
}

// reaches are the communes that things hit, by thing; what hits everybody has none.
func reaches(ctx context.Context, from bun.IDB, things []ident.ID) (map[ident.ID][]string, error) {
	if len(things) == 0 {
		return nil, nil
	}
	var rows []reachRow
	err := from.NewSelect().Model(&rows).Where("nu.thing IN (?)", bun.List(things)).Order("nu.thing", "nu.unit").Scan(ctx)
	all := map[ident.ID][]string{}
	for _, r := range rows {
		all[r.Thing] = append(all[r.Thing], r.Unit)
	}
	return all, db.Sorted(err)
}

func (s *Service) byID(ctx context.Context, from bun.IDB, id ident.ID) (Incident, error) {
	var inc Incident
	err := from.NewSelect().Model(&inc).Where("inc.id = ?", id).Scan(ctx)
	return inc, db.Sorted(err)
}

// mostRunning is how many incidents may run at once and still be looked at.
const mostRunning = 50

// running are the incidents that run, the newest first.
func (s *Service) running(ctx context.Context) ([]Incident, error) {
	var rows []Incident
	err := s.DB.Read().NewSelect().Model(&rows).Where("inc.state = ?", Running).Order("inc.seq DESC").Limit(mostRunning).Scan(ctx)
	return rows, db.Sorted(err)
}

// mayJoin tells whether a new ticket may join an incident: while it runs.
func (s *Service) mayJoin(ctx context.Context, from bun.IDB, incident ident.ID, _ string) (bool, error) {
	return from.NewSelect().Table("incident").Where("id = ?", incident).Where("state = ?", Running).Exists(ctx)
}

// List is a page of incidents in a state, the newest first.
func (s *Service) List(ctx context.Context, who access.Actor, state State, r page.Request) (page.Page[Incident], error) {
	if err := who.Need(Read); err != nil {
		return page.Page[Incident]{}, err
	}
	var rows []Incident
	err := s.DB.Read().NewSelect().Model(&rows).Where("inc.state = ?", state).Apply(r.On("inc.seq")).Scan(ctx)
	return page.Cut(r, rows, func(i Incident) []string { return []string{seqText(i.Seq)} }), db.Sorted(err)
}

// Count is how an incident's tickets stand.
type Count struct {
	Tickets, Open int64
	Units         int // communes with a ticket
	OpenUnits     int // communes with one that is not done
}

// hit is how the tickets of a commune stand.
type hit struct{ Open, Done int64 }

// hits are the communes with tickets, by incident.
func (s *Service) hits(ctx context.Context, incidents ...ident.ID) (map[ident.ID]map[string]hit, error) {
	rows, err := s.Desk.Hits(ctx, incidents)
	all := map[ident.ID]map[string]hit{}
	for _, r := range rows {
		if all[r.Incident] == nil {
			all[r.Incident] = map[string]hit{}
		}
		h := all[r.Incident][r.Unit]
		if r.Phase == helpdesk.Done {
			h.Done += r.N
		} else {
			h.Open += r.N
		}
		all[r.Incident][r.Unit] = h
	}
	return all, err
}

func countOf(units map[string]hit) Count {
	c := Count{Units: len(units)}
	for _, h := range units {
		c.Tickets += h.Open + h.Done
		c.Open += h.Open
		if h.Open > 0 {
			c.OpenUnits++
		}
	}
	return c
}

// Counts is how the tickets of incidents stand, one query whatever their number.
func (s *Service) Counts(ctx context.Context, incidents []Incident) (map[ident.ID]Count, error) {
	var ids []ident.ID
	for _, i := range incidents {
		ids = append(ids, i.ID)
	}
	all, err := s.hits(ctx, ids...)
	out := map[ident.ID]Count{}
	for id, units := range all {
		out[id] = countOf(units)
	}
	return out, err
}

// Detail is an incident with all that its page shows.
type Detail struct {
	Incident
	Count   Count
	Updates []Update // newest first
	Told    map[ident.ID]int64
	Tickets []helpdesk.Ticket // within the reader's reach, what is open or opened again first
	Maybe   []helpdesk.Ticket // that may tell of the same
	Reach   []string
	Hit     map[string]hit
	Problem *Problem
	Names   map[ident.ID]string
}

// Get is an incident with who is hit, in a constant number of queries.
func (s *Service) Get(ctx context.Context, who access.Actor, id ident.ID) (Detail, error) {
	var d Detail
	if err := who.Need(Read); err != nil {
		return d, err
	}
	var err error
	from := s.DB.Read()
	if d.Incident, err = s.byID(ctx, from, id); err != nil {
		return d, err
	}
	if d.Updates, err = updates(ctx, from, id); err != nil {
		return d, err
	}
	if d.Told, err = toldCounts(ctx, from, d.Updates); err != nil {
		return d, err
	}
	if d.Tickets, err = s.Desk.OfIncident(ctx, who, id); err != nil {
		return d, err
	}
	slices.SortStableFunc(d.Tickets, func(a, b helpdesk.Ticket) int { return rank(a) - rank(b) })
	units, err := s.hits(ctx, id)
	if err != nil {
		return d, err
	}
	d.Hit, d.Count = units[id], countOf(units[id])
	of, err := reaches(ctx, from, []ident.ID{id})
	if err != nil {
		return d, err
	}
	d.Reach = of[id]
	if d.State == Running && who.May(helpdesk.Work) {
		if d.Maybe, err = s.maybe(ctx, who, d.Incident, d.Tickets); err != nil {
			return d, err
		}
	}
	if err := s.problemOf(ctx, &d); err != nil {
		return d, err
	}
	ids := []ident.ID{d.DeclaredBy}
	for _, u := range d.Updates {
		ids = append(ids, u.Author)
	}
	if d.NoteBy != "" {
		ids = append(ids, d.NoteBy)
	}
	d.Names, err = s.People.Names(ctx, ids)
	return d, err
}

// rank puts what was opened again first, then what is open, then what is done.
func rank(t helpdesk.Ticket) int {
	switch {
	case t.State == helpdesk.Reopened:
		return 0
	case t.Phase != helpdesk.Done:
		return 1
	}
	return 2
}

func (s *Service) problemOf(ctx context.Context, d *Detail) error {
	id := d.Incident.Problem
	if id == "" {
		return nil
	}
	p, err := s.problem(ctx, s.DB.Read(), id)
	d.Problem = &p
	return err
}

func updates(ctx context.Context, from bun.IDB, incidents ...ident.ID) ([]Update, error) {
	if len(incidents) == 0 {
		return nil, nil
	}
	var rows []Update
	err := from.NewSelect().Model(&rows).Where("iu.incident IN (?)", bun.List(incidents)).Order("iu.incident DESC", "iu.id DESC").Limit(500).Scan(ctx)
	return rows, db.Sorted(err)
}

func toldCounts(ctx context.Context, from bun.IDB, all []Update) (map[ident.ID]int64, error) {
	out := map[ident.ID]int64{}
	if len(all) == 0 {
		return out, nil
	}
	ids := make([]ident.ID, len(all))
	for i, u := range all {
		ids[i] = u.ID
	}
	var rows []struct {
		Upd ident.ID
		N   int64
	}
	err := from.NewSelect().TableExpr("incident_told AS it").ColumnExpr("it.upd, count(*) AS n").Where("it.upd IN (?)", bun.List(ids)).
		Where("it.outcome = ?", said).GroupExpr("it.upd").Scan(ctx, &rows)
	for _, r := range rows {
		out[r.Upd] = r.N
	}
	return out, db.Sorted(err)
}

// endedSince are incidents that were resolved since a moment, the newest first.
func (s *Service) endedSince(ctx context.Context, at time.Time) ([]Incident, error) {
	var rows []Incident
	err := s.DB.Read().NewSelect().Model(&rows).Where("inc.resolved_at >= ?", at).Order("inc.resolved_at DESC").Limit(mostRunning).Scan(ctx)
	return rows, db.Sorted(err)
}

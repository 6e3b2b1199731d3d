package helpdesk

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/ident"
)

// Joins asks the room of incidents whether a new ticket of a unit may still join one;
// a ticket that may not is opened without it. It is called while the house is built.
func (s *Service) Joins(may func(ctx context.Context, from bun.IDB, incident ident.ID, unit string) (bool, error)) {
	s.mayJoin = may
}

// Trouble is an incident that runs, as tickets know it.
type Trouble struct {
	ID            ident.ID
	Number, Title string
}

// Troubles asks the room of incidents which ones run, for linking many tickets at
// once. It is called while the house is built.
func (s *Service) Troubles(all func(ctx context.Context) ([]Trouble, error)) { s.troubles = all }

func (s *Service) running(ctx context.Context) ([]Trouble, error) {
	if s.troubles == nil {
		return nil, nil
	}
	return s.troubles(ctx)
}

// joins settles whether a draft keeps its incident.
func (s *Service) joins(ctx context.Context, from bun.IDB, d *Draft) error {
	if d.Incident == "" || s.mayJoin == nil {
		return nil
	}
	ok, err := s.mayJoin(ctx, from, d.Incident, d.Unit)
	if !ok {
		d.Incident = ""
	}
	return err
}

// LinkIn puts a ticket under an incident, in the caller's transaction; an empty key
// takes it out. code is what people call the incident, for the ticket's history.
func (s *Service) LinkIn(ctx context.Context, tx *db.Tx, r Ready, who access.Actor, id, incident ident.ID, code string) (Ticket, error) {
	if err := who.Need(Work); err != nil {
		return Ticket{}, err
	}
	return s.actIn(ctx, tx, r, who, id, 0, func(_ context.Context, a *action) error {
		if err := a.support(); err != nil {
			return err
		}
		a.t.Incident = incident
		act := ActLinked
		if incident == "" {
			act = ActUnlinked
		}
		a.step(act, code, false)
		a.trail("helpdesk.ticket."+string(act), map[string][2]any{"incident": {a.before.Incident, incident}})
		return nil
	})
}

// mostTogether is how many tickets of one incident are looked at.
const mostTogether = 5000

// OfIncident are the tickets of an incident within the actor's reach, the oldest first.
func (s *Service) OfIncident(ctx context.Context, who access.Actor, incident ident.ID) ([]Ticket, error) {
	if err := s.reads(who); err != nil {
		return nil, err
	}
	var rows []Ticket
	err := s.DB.Read().NewSelect().Model(&rows).Where("ti.incident = ?", incident).Where("ti.incident <> ''").Apply(within(who)).
		Order("ti.seq").Limit(mostTogether).Scan(ctx)
	return rows, db.Sorted(err)
}

// Unlinked are the newest tickets since a moment that are not done and belong to no
// incident, within the actor's reach: what a common cause is looked for in.
func (s *Service) Unlinked(ctx context.Context, who access.Actor, since time.Time, limit int) ([]Ticket, error) {
	if err := s.reads(who); err != nil {
		return nil, err
	}
	var rows []Ticket
	err := s.DB.Read().NewSelect().Model(&rows).Where("ti.id >= ?", ident.New(since)).Where("ti.opened_at >= ?", since).Where("ti.phase <> ?", Done).
		Where("ti.incident = ''").Where("ti.merged_into = ''").Apply(within(who)).Order("ti.id DESC").Limit(int64(limit)).Scan(ctx)
	return rows, db.Sorted(err)
}

// Tickets are tickets by their keys within the actor's reach, the oldest first.
func (s *Service) Tickets(ctx context.Context, who access.Actor, ids []ident.ID) ([]Ticket, error) {
	if err := s.reads(who); err != nil || len(ids) == 0 {
		return nil, err
	}
	var rows []Ticket
	err := s.DB.Read().NewSelect().Model(&rows).Where("ti.id IN (?)", bun.List(ids)).Apply(within(who)).Order("ti.seq").Scan(ctx)
	return rows, db.Sorted(err)
}

// Hit is how many tickets of an incident a unit has in one phase.
type Hit struct {
	Incident ident.ID
	Unit     string
	Phase    Phase
	N        int64
}

// Hits are who is hit by incidents, of the whole city: numbers without tickets.
func (s *Service) Hits(ctx context.Context, incidents []ident.ID) ([]Hit, error) {
	if len(incidents) == 0 {
		return nil, nil
	}
	var rows []Hit
	err := s.DB.Read().NewSelect().TableExpr("ticket AS ti").ColumnExpr("ti.incident, ti.unit, ti.phase, count(*) AS n").
		Where("ti.incident IN (?)", bun.List(incidents)).Where("ti.incident <> ''").GroupExpr("ti.incident, ti.unit, ti.phase").Scan(ctx, &rows)
	return rows, db.Sorted(err)
}

// Titles are how people put it: the titles of the newest tickets of incidents, at most
// so many together, by incident.
func (s *Service) Titles(ctx context.Context, incidents []ident.ID, limit int) (map[ident.ID][]string, error) {
	if len(incidents) == 0 {
		return nil, nil
	}
	var rows []struct {
		Incident ident.ID
		Title    string
	}
	err := s.DB.Read().NewSelect().TableExpr("ticket AS ti").ColumnExpr("ti.incident, ti.title").Where("ti.incident IN (?)", bun.List(incidents)).
		Where("ti.incident <> ''").Order("ti.seq DESC").Limit(int64(limit)).Scan(ctx, &rows)
	all := map[ident.ID][]string{}
	for _, r := range rows {
		all[r.Incident] = append(all[r.Incident], r.Title)
	}
	return all, db.Sorted(err)
}

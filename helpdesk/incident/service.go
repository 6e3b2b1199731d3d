package incident

import (
	"context"
	"slices"
	"time"

	"lotrinh/helpdesk"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/job"
	"lotrinh/internal/kit/outbox"
	"lotrinh/internal/kit/search"
	"lotrinh/internal/kit/trail"
	"lotrinh/internal/org"
)

// area is how kit packages know us.
const area = "incident"

// People knows names; app fits org behind it.
type People interface {
	// Names are the names of accounts, in one query.
	Names(ctx context.Context, accounts []ident.ID) (map[ident.ID]string, error)
}

// Deps is what the room stands on.
type Deps struct {
	DB       *db.DB
	Business clock.Clock
	Desk     *helpdesk.Service
	Units    helpdesk.Units
	People   People
	Jobs     *job.Jobs
}

// Service is the room of incidents.
type Service struct {
	Deps
}

// New is the room over its neighbours; it registers its long work.
func New(d Deps) *Service {
	s := &Service{d}
	d.Jobs.Register(SpreadJob, s.work)
	return s
}

// reachOf are the communes that codes of communes and districts stand for.
func (s *Service) reachOf(ctx context.Context, codes []string) ([]string, error) {
	if len(codes) == 0 {
		return nil, nil
	}
	tree, err := s.Units.Tree(ctx, s.Business.Now())
	if err != nil {
		return nil, err
	}
	var all []string
	var k fault.Check
	for _, code := range codes {
		_, ok := tree.Unit(code)
		k.Need(ok, "units", "incident.form.unit_unknown", "code", code)
		for _, c := range tree.Under(code) {
			if u, ok := tree.Unit(c); ok && u.Level == org.Commune {
				all = append(all, c)
			}
		}
	}
	slices.Sort(all)
	return slices.Compact(all), k.Err()
}

// Declare makes an incident and links the tickets that told of it.
func (s *Service) Declare(ctx context.Context, who access.Actor, d Draft) (Incident, error) {
	if err := who.Need(Lead); err != nil {
		return Incident{}, err
	}
	if err := d.check(); err != nil {
		return Incident{}, err
	}
	units, err := s.reachOf(ctx, d.Units)
	if err != nil {
		return Incident{}, err
	}
	ready, err := s.Desk.Ready(ctx)
	if err != nil {
		return Incident{}, err
	}
	now := s.Business.Now()
	inc := Incident{ID: ident.New(now), Year: now.In(clock.City).Year(), State: Running, DeclaredAt: now, DeclaredBy: who.ID, ChangedAt: now, Version: 1}
	inc.take(d)
	err = s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		if _, err := tx.NewInsert().Model(&inc).ExcludeColumn("seq").Returning("seq").Exec(ctx); err != nil {
			return db.Sorted(err)
		}
		if err := keepReach(ctx, tx, inc.ID, inc.Everywhere, units); err != nil {
			return err
		}
		if _, err := s.append(ctx, tx, who, inc, Declared, d.Known); err != nil {
			return err
		}
		for _, id := range d.Tickets {
			if _, err := s.Desk.LinkIn(ctx, tx, ready, who, id, inc.ID, inc.Number()); err != nil {
				return err
			}
		}
		if err := s.tell(ctx, tx, who, inc, "helpdesk.incident.declared", Declared); err != nil {
			return err
		}
		return trail.Write(ctx, tx, now, who, "helpdesk.incident.declared", string(inc.ID), map[string][2]any{"service": {"", inc.Service}, "big": {false, inc.Big}, "everywhere": {false, inc.Everywhere}})
	})
	return inc, err
}

func (i *Incident) take(d Draft) {
	i.Title, i.Service, i.Known, i.Advice, i.Everywhere, i.Big = d.Title, d.Service, d.Known, d.Advice, d.Everywhere, d.Big
}

// append adds an update to the incident's own line.
func (s *Service) append(ctx context.Context, tx *db.Tx, who access.Actor, inc Incident, kind Kind, body string) (Update, error) {
	now := s.Business.Now()
	u := Update{ID: ident.New(now), Incident: inc.ID, At: now, Author: who.ID, Kind: kind, Body: body}
	_, err := tx.NewInsert().Model(&u).Exec(ctx)
	return u, db.Sorted(err)
}

// tell writes the event and puts the incident where it is found.
func (s *Service) tell(ctx context.Context, tx *db.Tx, who access.Actor, inc Incident, topic string, kind Kind) error {
	now := s.Business.Now()
	err := outbox.Write(ctx, tx, now, Happened{topic: topic, Incident: inc.ID, Number: inc.Number(), Service: inc.Service, State: inc.State,
		Everywhere: inc.Everywhere, Big: inc.Big, Kind: kind, By: who.ID, At: now})
	if err != nil {
		return err
	}
	return search.Put(ctx, tx, search.Doc{Area: area, Kind: kindIncident, Subject: string(inc.ID), Title: inc.Number() + " " + inc.Title,
		Body: inc.Known + "\n" + inc.Advice + "\n" + inc.Answer + "\n" + inc.NoteCause, Updated: now})
}

// Happened is the body of this room's events: how the incident stands. It holds keys
// and no personal values.
type Happened struct {
	topic      string
	Incident   ident.ID          `json:"incident"`
	Number     string            `json:"number"`
	Service    helpdesk.Category `json:"service"`
	State      State             `json:"state"`
	Everywhere bool              `json:"everywhere"`
	Big        bool              `json:"big"`
	Kind       Kind              `json:"kind"`
	By         ident.ID          `json:"by"`
	At         time.Time         `json:"at"`
}

// Topic is the event's name.
func (h Happened) Topic() string { return h.topic }

// Subject is the incident.
func (h Happened) Subject() string { return string(h.Incident) }

// change runs a use case of the lead on one incident. version 0 is whichever there is.
func (s *Service) change(ctx context.Context, who access.Actor, id ident.ID, version int64, do func(ctx context.Context, tx *db.Tx, now time.Time, inc *Incident) error) (Incident, error) {
	var inc Incident
	if err := who.Need(Lead); err != nil {
		return inc, err
	}
	err := s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		inc = Incident{}
		if err := tx.NewSelect().Model(&inc).Where("inc.id = ?", id).Apply(db.ForUpdate(tx)).Scan(ctx); err != nil {
			return db.Sorted(err)
		}
		if version != 0 && version != inc.Version {
			return fault.New(fault.Conflict, "fault.changed_meanwhile")
		}
		now := s.Business.Now()
		if err := do(ctx, tx, now, &inc); err != nil {
			return err
		}
		before := inc.Version
		inc.Version, inc.ChangedAt = before+1, now
		return db.Changed(tx.NewUpdate().Model(&inc).ExcludeColumn("seq", "id", "year", "declared_at", "declared_by").
			Where("inc.id = ?", id).Where("inc.version = ?", before).Exec(ctx))
	})
	return inc, err
}

// Change corrects what an incident says and whom it hits.
func (s *Service) Change(ctx context.Context, who access.Actor, id ident.ID, version int64, d Draft) (Incident, error) {
	if err := who.Need(Lead); err != nil {
		return Incident{}, err
	}
	if err := d.check(); err != nil {
		return Incident{}, err
	}
	units, err := s.reachOf(ctx, d.Units)
	if err != nil {
		return Incident{}, err
	}
	return s.change(ctx, who, id, version, func(ctx context.Context, tx *db.Tx, now time.Time, inc *Incident) error {
		if inc.State == Closed {
			return fault.New(fault.Conflict, "incident.closed")
		}
		before := *inc
		inc.take(d)
		if err := keepReach(ctx, tx, inc.ID, inc.Everywhere, units); err != nil {
			return err
		}
		if err := s.tell(ctx, tx, who, *inc, "helpdesk.incident.updated", ""); err != nil {
			return err
		}
		return trail.Write(ctx, tx, now, who, "helpdesk.incident.changed", string(id), map[string][2]any{"service": {before.Service, inc.Service},
			"big": {before.Big, inc.Big}, "everywhere": {before.Everywhere, inc.Everywhere}})
	})
}

// Tell says something to everybody whose open ticket belongs to the incident, each by
// the channel of the ticket, and to the status page.
func (s *Service) Tell(ctx context.Context, who access.Actor, id ident.ID, version int64, body string) (Update, error) {
	return s.step(ctx, who, id, version, Told, body, func(inc *Incident, _ time.Time, _ string) error {
		if inc.State != Running {
			return fault.New(fault.Conflict, "incident.not_running")
		}
		return nil
	})
}

// Resolve says that the incident is over: each linked ticket that is open gets the
// answer and is resolved, on its own clock.
func (s *Service) Resolve(ctx context.Context, who access.Actor, id ident.ID, version int64, answer string) (Update, error) {
	return s.step(ctx, who, id, version, Solved, answer, func(inc *Incident, now time.Time, answer string) error {
		if inc.State != Running {
			return fault.New(fault.Conflict, "incident.not_running")
		}
		inc.State, inc.Answer, inc.ResolvedAt = Resolved, answer, &now
		return nil
	})
}

// Rerun says that the incident is not over after all; what is open is told.
func (s *Service) Rerun(ctx context.Context, who access.Actor, id ident.ID, version int64, why string) (Update, error) {
	return s.step(ctx, who, id, version, Again, why, func(inc *Incident, _ time.Time, _ string) error {
		if inc.State != Resolved {
			return fault.New(fault.Conflict, "incident.not_resolved")
		}
		inc.State, inc.ResolvedAt = Running, nil
		return nil
	})
}

// step is an update that changes the incident and goes to its tickets.
func (s *Service) step(ctx context.Context, who access.Actor, id ident.ID, version int64, kind Kind, body string, do func(inc *Incident, now time.Time, said string) error) (Update, error) {
	if err := who.Need(Lead); err != nil {
		return Update{}, err
	}
	body, err := message(body)
	if err != nil {
		return Update{}, err
	}
	tickets, err := s.Desk.OfIncident(ctx, who, id)
	if err != nil {
		return Update{}, err
	}
	var u Update
	_, err = s.change(ctx, who, id, version, func(ctx context.Context, tx *db.Tx, now time.Time, inc *Incident) error {
		before := inc.State
		if err := do(inc, now, body); err != nil {
			return err
		}
		if u, err = s.append(ctx, tx, who, *inc, kind, body); err != nil {
			return err
		}
		if len(tickets) > few {
			if u.Job, err = s.Jobs.Start(ctx, tx, SpreadJob, who, spread{Update: u.ID}); err != nil {
				return err
			}
			if _, err := tx.NewUpdate().Model(&u).Column("job").WherePK().Exec(ctx); err != nil {
				return db.Sorted(err)
			}
		}
		topic := map[Kind]string{Told: "helpdesk.incident.updated", Solved: "helpdesk.incident.resolved", Again: "helpdesk.incident.updated"}[kind]
		if err := s.tell(ctx, tx, who, *inc, topic, kind); err != nil {
			return err
		}
		return trail.Write(ctx, tx, now, who, "helpdesk.incident."+string(kind), string(id), map[string][2]any{"state": {before, inc.State}, "tickets": {0, len(tickets)}})
	})
	if err != nil || u.Job != "" {
		return u, err
	}
	return u, s.spread(ctx, who, u, nil)
}

// KeepNote keeps what an incident taught.
func (s *Service) KeepNote(ctx context.Context, who access.Actor, id ident.ID, n Note) (Incident, error) {
	if err := who.Need(Lead); err != nil {
		return Incident{}, err
	}
	if err := n.check(); err != nil {
		return Incident{}, err
	}
	return s.change(ctx, who, id, n.Version, func(ctx context.Context, tx *db.Tx, now time.Time, inc *Incident) error {
		if inc.State == Running {
			return fault.New(fault.Conflict, "incident.resolve_first")
		}
		inc.NoteHappened, inc.NoteCause, inc.NoteChange, inc.NoteAt, inc.NoteBy = n.Happened, n.Cause, n.Change, &now, who.ID
		if err := s.tell(ctx, tx, who, *inc, "helpdesk.incident.updated", ""); err != nil {
			return err
		}
		return trail.Write(ctx, tx, now, who, "helpdesk.incident.noted", string(id), nil)
	})
}

// Close ends an incident for good; a big one needs its note first.
func (s *Service) Close(ctx context.Context, who access.Actor, id ident.ID, version int64) (Incident, error) {
	return s.change(ctx, who, id, version, func(ctx context.Context, tx *db.Tx, now time.Time, inc *Incident) error {
		switch {
		case inc.State != Resolved:
			return fault.New(fault.Conflict, "incident.not_resolved")
		case inc.Big && inc.NoteAt == nil:
			return fault.New(fault.Conflict, "incident.note_first")
		}
		inc.State, inc.ClosedAt = Closed, &now
		if err := s.tell(ctx, tx, who, *inc, "helpdesk.incident.updated", ""); err != nil {
			return err
		}
		return trail.Write(ctx, tx, now, who, "helpdesk.incident.closed", string(id), map[string][2]any{"state": {Resolved, Closed}})
	})
}

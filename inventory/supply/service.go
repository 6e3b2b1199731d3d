package supply

import (
	"context"
	"time"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/deadline"
	"lotrinh/internal/kit/files"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/notify"
	"lotrinh/internal/kit/outbox"
	"lotrinh/internal/kit/trail"
	"lotrinh/internal/kit/worktime/calstore"
	"lotrinh/internal/org"
	"lotrinh/inventory"
)

// area is how kit packages know us.
const area = "inventory.supply"

// People tells who may do a thing at a unit, for notices; an empty unit is the city.
type People interface {
	Holding(ctx context.Context, need access.Perm, unit string) ([]ident.ID, error)
}

// Deps is what this room stands on.
type Deps struct {
	DB        *db.DB
	Stock     *inventory.Service
	Calendars deadline.Calendars
	Files     *files.Store
	People    People
	Words     *i18n.Catalog // records are written in Vietnamese, whoever reads them
}

// Service is the way from a gap to the counter.
type Service struct {
	Deps
}

// New is the room over its neighbours.
func New(d Deps) *Service { return &Service{Deps: d} }

func (s *Service) tree(ctx context.Context) (*org.Tree, error) {
	_, tree, err := s.Stock.Known(ctx)
	return tree, err
}

// step is what an open state asks: who of which unit, within how many working days.
type step struct {
	need access.Perm
	unit string
	days int64
}

// asks is the step that a request waits for.
func (r Request) asks() step {
	switch {
	case r.State == Asked:
		return step{Decide, r.Unit, 5}
	case r.Own:
		return step{Ask, r.Unit, 10}
	}
	return step{Allocate, r.Unit, 10}
}

// asks is the step that a delivery waits for.
func (d Delivery) asks() step {
	switch d.State {
	case Proposed:
		return step{Deliver, d.From, 2}
	case Agreed:
		return step{Deliver, d.From, 3}
	case Ordered:
		return step{Deliver, d.From, 15}
	case Sent:
		return step{Sign, d.Unit, 3}
	}
	return step{inventory.Inspect, d.Unit, 5}
}

// turn ends the clock of the step that was and starts the one that is asked for.
func (s *Service) turn(ctx context.Context, tx *db.Tx, now time.Time, old ident.ID, was bool, subject ident.ID, unit string, next *step) (clock ident.ID, due time.Time, err error) {
	if was {
		if _, err := deadline.Meet(ctx, tx, s.Calendars, old, now); err != nil {
			return "", time.Time{}, err
		}
	}
	if next == nil {
		return old, time.Time{}, nil
	}
	c, err := deadline.Start(ctx, tx, s.Calendars, deadline.Spec{Area: area, Subject: string(subject), Purpose: string(next.need), Unit: unit,
		Calendar: calstore.Office, Start: now, Budget: next.days, Kind: deadline.Days, Steps: []deadline.StepSpec{{Name: "late"}}})
	if err != nil {
		return "", time.Time{}, err
	}
	if c.Due != nil {
		due = *c.Due
	}
	return c.ID, due, nil
}

// told is one notice to everybody who may do a step, but the one who acts.
type told struct {
	template string
	args     []any
	link     string
	key      string
}

// tell queues a notice for whoever may do the step, and for others who are named.
func (s *Service) tell(ctx context.Context, tx *db.Tx, now time.Time, who access.Actor, st *step, n told, also ...ident.ID) error {
	readers := also
	if st != nil {
		holders, err := s.People.Holding(ctx, st.need, st.unit)
		if err != nil {
			return err
		}
		readers = append(holders, also...)
	}
	seen := map[ident.ID]bool{who.ID: true, "": true}
	var all []notify.Message
	for _, id := range readers {
		if seen[id] {
			continue
		}
		seen[id] = true
		all = append(all, notify.Message{Account: id, Template: n.template, Args: n.args, Link: n.link, Dedupe: n.key})
	}
	return notify.Write(ctx, tx, now, all...)
}

// record writes what an act leaves behind: history, trail and event.
func (s *Service) record(ctx context.Context, tx *db.Tx, now time.Time, who access.Actor, unit string, id ident.ID, act string, line i18n.Line, said string, changes map[string][2]any, events ...outbox.Body) error {
	if err := s.Stock.NoteIn(ctx, tx, unit, string(id), who, line, said); err != nil {
		return err
	}
	for _, e := range events {
		if err := outbox.Write(ctx, tx, now, e); err != nil {
			return err
		}
	}
	return trail.Write(ctx, tx, now, who, act, string(id), changes, trail.At(unit))
}

// Handlers are what this room learns: due moments that a calendar moved, and gaps that
// were closed or opened again.
func (s *Service) Handlers() []outbox.Handler {
	return []outbox.Handler{
		{Name: "supply.due", Topic: deadline.Moved{}.Topic(), Do: s.moved},
		{Name: "supply.closed", Topic: inventory.GapClosed{}.Topic(), Do: s.gapEnded},
	}
}

func (s *Service) moved(ctx context.Context, tx *db.Tx, e outbox.Event) error {
	var m deadline.Moved
	if err := e.Read(&m); err != nil || m.Area != area {
		return err
	}
	c, err := deadline.Load(ctx, tx, m.Clock)
	if err != nil {
		return err
	}
	var due any
	if c.Due != nil {
		due = *c.Due
	}
	for _, table := range []string{"supply_request", "supply_delivery"} {
		if _, err := tx.NewUpdate().Table(table).Set("due_at = ?", due).Where("clock = ?", m.Clock).Where("open").Exec(ctx); err != nil {
			return db.Sorted(err)
		}
	}
	return nil
}

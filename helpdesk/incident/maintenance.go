package incident

import (
	"context"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/helpdesk"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/outbox"
	"lotrinh/internal/kit/trail"
)

// Maintenance is planned work during which a service does not answer.
type Maintenance struct {
	bun.BaseModel `bun:"table:maintenance,alias:mt"`
	Seq           int64             `bun:"seq,pk,autoincrement"`
	ID            ident.ID          `bun:"id"`
	Title         string            `bun:"title"`
	Service       helpdesk.Category `bun:"service"`
	Body          string            `bun:"body"` // what it means for the communes
	Everywhere    bool              `bun:"everywhere"`
	From          time.Time         `bun:"from_at"`
	Until         time.Time         `bun:"until_at"`
	State         Plan              `bun:"state"`
	MadeAt        time.Time         `bun:"made_at"`
	MadeBy        ident.ID          `bun:"made_by"`
	Version       int64             `bun:"version"`
}

// Plan is whether planned work still holds.
type Plan string

// The states of planned work.
const (
	Planned   Plan = "planned"
	Cancelled Plan = "cancelled"
)

// Runs tells whether the work is under way.
func (m Maintenance) Runs(now time.Time) bool {
	return m.State == Planned && !now.Before(m.From) && now.Before(m.Until)
}

// beforehand is how long before it begins planned work is told on every page of those
// whom it hits.
const beforehand = 24 * time.Hour

// MaintenanceText is planned work as somebody typed it.
type MaintenanceText struct {
	Title, Body string
	Service     helpdesk.Category
	From, Until time.Time
	Everywhere  bool
	Units       []string
}

func (x *MaintenanceText) check(now time.Time) error {
	x.Title, x.Body = tidy(x.Title), tidy(x.Body)
	var k fault.Check
	k.Need(x.Title != "", "title", "incident.form.title_needed")
	k.Need(!long(x.Title, longestTitle), "title", "incident.form.long", "max", longestTitle)
	k.Need(slices.Contains(helpdesk.Categories, x.Service), "service", "incident.form.service_needed")
	k.Need(x.Body != "", "body", "incident.form.effect_needed")
	k.Need(!long(x.Body, longestText), "body", "incident.form.long", "max", longestText)
	k.Need(!x.From.IsZero(), "from", "incident.form.moment_needed")
	k.Need(!x.Until.IsZero(), "until", "incident.form.moment_needed")
	k.Need(x.Until.After(x.From), "until", "incident.form.until_after")
	k.Need(x.Until.After(now), "until", "incident.form.until_past")
	k.Need(x.Everywhere || len(x.Units) > 0, "units", "incident.form.units_needed")
	return k.Err()
}

// PlanMaintenance announces planned work.
func (s *Service) PlanMaintenance(ctx context.Context, who access.Actor, x MaintenanceText) (Maintenance, error) {
	if err := who.Need(Lead); err != nil {
		return Maintenance{}, err
	}
	now := s.Business.Now()
	if err := x.check(now); err != nil {
		return Maintenance{}, err
	}
	units, err := s.reachOf(ctx, x.Units)
	if err != nil {
		return Maintenance{}, err
	}
	m := Maintenance{ID: ident.New(now), Title: x.Title, Service: x.Service, Body: x.Body, Everywhere: x.Everywhere, From: x.From.UTC(), Until: x.Until.UTC(),
		State: Planned, MadeAt: now, MadeBy: who.ID, Version: 1}
	err = s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		if _, err := tx.NewInsert().Model(&m).ExcludeColumn("seq").Returning("seq").Exec(ctx); err != nil {
			return db.Sorted(err)
		}
		if err := keepReach(ctx, tx, m.ID, m.Everywhere, units); err != nil {
			return err
		}
		return s.planned(ctx, tx, who, m, "helpdesk.maintenance.planned")
	})
	return m, err
}

// CancelMaintenance calls planned work off, or ends it early.
func (s *Service) CancelMaintenance(ctx context.Context, who access.Actor, id ident.ID) (Maintenance, error) {
	var m Maintenance
	if err := who.Need(Lead); err != nil {
		return m, err
	}
	err := s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		m = Maintenance{}
		if err := tx.NewSelect().Model(&m).Where("mt.id = ?", id).Apply(db.ForUpdate(tx)).Scan(ctx); err != nil {
			return db.Sorted(err)
		}
		now := s.Business.Now()
		switch {
		case m.State == Cancelled || !now.Before(m.Until):
			return fault.New(fault.Conflict, "incident.maintenance_over")
		case m.Runs(now):
			m.Until = now
		default:
			m.State = Cancelled
		}
		m.Version++
		if err := db.Changed(tx.NewUpdate().Model(&m).Column("state", "until_at", "version").Where("mt.id = ?", id).Where("mt.version = ?", m.Version-1).Exec(ctx)); err != nil {
			return err
		}
		return s.planned(ctx, tx, who, m, "helpdesk.maintenance.cancelled")
	})
	return m, err
}

func (s *Service) planned(ctx context.Context, tx *db.Tx, who access.Actor, m Maintenance, topic string) error {
	now := s.Business.Now()
	err := outbox.Write(ctx, tx, now, PlannedWork{topic: topic, Maintenance: m.ID, Service: m.Service, Everywhere: m.Everywhere, From: m.From, Until: m.Until, By: who.ID, At: now})
	if err != nil {
		return err
	}
	return trail.Write(ctx, tx, now, who, topic, string(m.ID), map[string][2]any{"state": {"", m.State}, "from": {"", m.From}, "until": {"", m.Until}})
}

// PlannedWork is the body of the events of planned work.
type PlannedWork struct {
	topic       string
	Maintenance ident.ID          `json:"maintenance"`
	Service     helpdesk.Category `json:"service"`
	Everywhere  bool              `json:"everywhere"`
	From        time.Time         `json:"from"`
	Until       time.Time         `json:"until"`
	By          ident.ID          `json:"by"`
	At          time.Time         `json:"at"`
}

// Topic is the event's name.
func (p PlannedWork) Topic() string { return p.topic }

// Subject is the planned work.
func (p PlannedWork) Subject() string { return string(p.Maintenance) }

// plannedWork is what is planned or under way, the next first.
func (s *Service) plannedWork(ctx context.Context) ([]Maintenance, error) {
	var rows []Maintenance
	err := s.DB.Read().NewSelect().Model(&rows).Where("mt.state = ?", Planned).Where("mt.until_at > ?", s.Business.Now()).Order("mt.until_at").Limit(mostRunning).Scan(ctx)
	slices.SortStableFunc(rows, func(a, b Maintenance) int { return a.From.Compare(b.From) })
	return rows, db.Sorted(err)
}

package outlook

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/deadline"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/job"
	"lotrinh/internal/kit/outbox"
	"lotrinh/internal/kit/plot"
	"lotrinh/rollout"
)

// The rights of this room. Looking is rollout.Read, making a forecast now is rollout.Plan.
const (
	Decide access.Perm = "rollout.hold.decide" // decide on a proposed hold, release a held phase
	Set    access.Perm = "rollout.outlook.set" // say what the watch looks for, and whether it holds by itself
)

// People tells who is told of holds.
type People interface {
	Deciders(ctx context.Context) ([]ident.ID, error)
}

// Deps is what the room stands on.
type Deps struct {
	DB        *db.DB
	Business  clock.Clock
	Machine   clock.Clock // when notices are written
	Calendars deadline.Calendars
	Calendar  string // whose working days count
	Rollout   *rollout.Service
	Jobs      *job.Jobs
	People    People
}

// Service is the use cases of looking ahead. It is safe for concurrent use.
type Service struct {
	Deps
	charts *plot.Cache[plot.Chart]
}

// New is the room over its neighbours. From then on it may hold waves, adds its panel and
// its cone to the programme's page, and does its simulations as jobs.
func New(d Deps) *Service {
	s := &Service{Deps: d, charts: plot.NewCache[plot.Chart](64)}
	d.Rollout.Held(s.holds)
	d.Rollout.Looks(s.look)
	d.Jobs.Register(SimulateJob, s.simulate)
	return s
}

// Handlers count tickets as the help desk opens them.
func (s *Service) Handlers() []outbox.Handler {
	return []outbox.Handler{{Name: "outlook.tickets", Topic: "helpdesk.ticket.opened", Do: s.opened}}
}

// opened counts a ticket with its commune, day and priority.
func (s *Service) opened(ctx context.Context, tx *db.Tx, e outbox.Event) error {
	var body struct {
		Unit     string    `json:"unit"`
		Priority int       `json:"priority"`
		At       time.Time `json:"at"`
	}
	if err := e.Read(&body); err != nil {
		return err
	}
	row := ticketDay{Unit: body.Unit, Day: clock.Date(body.At), Priority: min(max(body.Priority, 1), 4), N: 1}
	_, err := tx.NewInsert().Model(&row).On("CONFLICT (day, unit, priority) DO UPDATE").Set("n = td.n + 1").Exec(ctx)
	return db.Sorted(err)
}

// programme is the programme with a code.
func (s *Service) programme(ctx context.Context, code string) (rollout.Programme, error) {
	all, err := s.Rollout.Programmes(ctx, system)
	if err != nil {
		return rollout.Programme{}, err
	}
	for _, pg := range all {
		if pg.Code == code {
			return pg, nil
		}
	}
	return rollout.Programme{}, fault.New(fault.Missing, "fault.missing")
}

// holds is this room's part in whether waves are held: one query.
func (s *Service) holds(ctx context.Context, q bun.IDB, programme ident.ID, _ time.Time) ([]rollout.Hold, error) {
	var rows []Hold
	err := q.NewSelect().Model(&rows).Join("JOIN rollout_phase AS ph ON ph.id = rh.phase").Where("ph.programme = ?", programme).
		Where("rh.state = ?", Held).Order("rh.id").Scan(ctx)
	var all []rollout.Hold
	for _, r := range rows {
		all = append(all, rollout.Hold{Phase: r.Phase, Reason: r.why(), Href: "/rollout/outlook/holds/" + string(r.ID)})
	}
	return all, db.Sorted(err)
}

// SettingsOf are what the watch of a programme looks for.
func (s *Service) SettingsOf(ctx context.Context, programme ident.ID) (Settings, error) {
	var rows []Settings
	err := s.DB.Read().NewSelect().Model(&rows).Where("os.programme = ?", programme).Scan(ctx)
	if err != nil || len(rows) == 0 {
		return usual(programme), db.Sorted(err)
	}
	return rows[0], nil
}

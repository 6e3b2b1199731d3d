package schedule

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
	"lotrinh/internal/kit/outbox"
	"lotrinh/internal/kit/trail"
	"lotrinh/internal/kit/worktime"
	"lotrinh/internal/kit/worktime/calstore"
	"lotrinh/internal/org"
	"lotrinh/rollout"
)

// Deps is what this room stands on.
type Deps struct {
	DB        *db.DB
	Business  clock.Clock
	Units     rollout.Units
	Rollout   *rollout.Service
	Calendars deadline.Calendars
}

// Service is the use cases of plans. It is safe for concurrent use.
type Service struct {
	Deps
}

// New is the room over its neighbours.
func New(d Deps) *Service { return &Service{Deps: d} }

func (s *Service) now() time.Time { return s.Business.Now() }

func (s *Service) today() string { return clock.Date(s.now()) }

func (s *Service) tree(ctx context.Context) (*org.Tree, error) { return s.Units.Tree(ctx, s.now()) }

func (s *Service) calendar(ctx context.Context) (*worktime.Calendar, error) {
	return s.Calendars.Calendar(ctx, calstore.Office)
}

// load reads a draft with its resources and tasks: three queries, however large it is.
func (s *Service) load(ctx context.Context, q bun.IDB, id ident.ID) (*book, error) {
	cal, err := s.calendar(ctx)
	if err != nil {
		return nil, err
	}
	b := &book{}
	if err := q.NewSelect().Model(&b.draft).Where("pd.id = ?", id).Scan(ctx); err != nil {
		return nil, db.Sorted(err)
	}
	if err := q.NewSelect().Model(&b.resources).Where("pr.draft = ?", id).Order("pr.ordinal").Scan(ctx); err != nil {
		return nil, db.Sorted(err)
	}
	if err := q.NewSelect().Model(&b.tasks).Where("pt.draft = ?", id).Order("pt.ordinal").Scan(ctx); err != nil {
		return nil, db.Sorted(err)
	}
	b.result = unpack[Result](b.draft.Result)
	b.axis, err = newAxis(cal, b.draft.FromOn)
	return b, err
}

// taskByID reads a task that the actor may see.
func taskByID(ctx context.Context, q bun.IDB, who access.Actor, id ident.ID) (Task, error) {
	var t Task
	if err := q.NewSelect().Model(&t).Where("pt.id = ?", id).Scan(ctx); err != nil {
		return Task{}, db.Sorted(err)
	}
	if !sees(who, t) {
		return Task{}, fault.New(fault.Missing, "fault.missing")
	}
	return t, nil
}

// sees tells whether a reader may see a task: the city's are everybody's who reads.
func sees(who access.Actor, t Task) bool {
	return who.May(rollout.Read) && (t.Unit == "" || who.Covers(rollout.Read, t.Unit))
}

// reports tells whether somebody may report on a task: its district does, and the planner.
func reports(who access.Actor, t Task) bool {
	if t.Unit == "" {
		return who.May(rollout.Plan)
	}
	return who.Covers(rollout.Declare, t.Unit)
}

func (s *Service) mayReport(who access.Actor, t Task) error {
	if t.Unit == "" {
		return who.Need(rollout.Plan)
	}
	return who.NeedAt(rollout.Declare, t.Unit)
}

// insert writes rows in parcels, so that no statement grows without bound.
func insert[T any](ctx context.Context, tx *db.Tx, rows []T) error {
	const parcel = 300
	for len(rows) > 0 {
		part := rows[:min(parcel, len(rows))]
		rows = rows[len(part):]
		if _, err := tx.NewInsert().Model(&part).Exec(ctx); err != nil {
			return db.Sorted(err)
		}
	}
	return nil
}

// turn is the draft's version going on by one: whoever saw an older one is told so.
func turn(ctx context.Context, tx *db.Tx, draft ident.ID, version int64) error {
	return db.Changed(tx.NewRaw("UPDATE plan_draft SET version = version + 1 WHERE id = ? AND version = ?", draft, version).Exec(ctx))
}

// bump is turn for whoever changes one task and saw that task's own version.
func bump(ctx context.Context, tx *db.Tx, draft ident.ID) error {
	return db.Changed(tx.NewRaw("UPDATE plan_draft SET version = version + 1 WHERE id = ?", draft).Exec(ctx))
}

// keep writes a result with the draft, in the transaction of the change that led to it.
func (s *Service) keep(ctx context.Context, tx *db.Tx, who access.Actor, d Draft, r Result) error {
	now := s.now()
	err := db.Changed(tx.NewRaw("UPDATE plan_draft SET result = ?, computed_at = ?, version = version + 1 WHERE id = ? AND version = ?",
		pack(r), now, d.ID, d.Version).Exec(ctx))
	if err != nil {
		return err
	}
	e := Computed{Draft: d.ID, Programme: d.Programme, Phase: d.Phase, Failed: r.Failed != nil}
	if err := outbox.Write(ctx, tx, now, e); err != nil {
		return err
	}
	return trail.Write(ctx, tx, now, who, "rollout.plan.computed", string(d.ID), map[string][2]any{"span": {nil, r.Span}, "late": {nil, r.Late}})
}

// Computed tells that a phase has a new calendar, or that there is none for it.
type Computed struct {
	Draft     ident.ID `json:"draft"`
	Programme string   `json:"programme"`
	Phase     int      `json:"phase"`
	Failed    bool     `json:"failed"`
}

// Topic is the event's name.
func (Computed) Topic() string { return "rollout.plan.computed" }

// Subject is the draft.
func (e Computed) Subject() string { return string(e.Draft) }

// FrozenEvent tells that a baseline was made.
type FrozenEvent struct {
	Baseline  ident.ID `json:"baseline"`
	Draft     ident.ID `json:"draft"`
	Programme string   `json:"programme"`
	Phase     int      `json:"phase"`
	Hash      string   `json:"hash"`
}

// Topic is the event's name.
func (FrozenEvent) Topic() string { return "rollout.plan.frozen" }

// Subject is the draft, so that its baselines stay in order.
func (e FrozenEvent) Subject() string { return string(e.Draft) }

// Slipped tells that somebody gave the reason of a slip.
type Slipped struct {
	Task   ident.ID `json:"task"`
	Unit   string   `json:"unit"`
	Days   int      `json:"days"`
	Reason Reason   `json:"reason"`
}

// Topic is the event's name.
func (Slipped) Topic() string { return "rollout.plan.slipped" }

// Subject is the task.
func (e Slipped) Subject() string { return string(e.Task) }

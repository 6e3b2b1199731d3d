package hotline

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/uptrace/bun"

	"lotrinh/helpdesk"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/deadline"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/fold"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/notify"
	"lotrinh/internal/kit/outbox"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/kit/trail"
)

// How a task to call back ended.
const (
	HowCalled  = "called"  // somebody called that number and was answered
	HowThrough = "through" // they called again and were answered
	HowHand    = "hand"    // somebody said so
)

// Callback is a task: call this number back.
type Callback struct {
	bun.BaseModel `bun:"table:hotline_callback,alias:hb"`
	ID            ident.ID   `bun:"id,pk"`
	Number        string     `bun:"number"`
	Unit          string     `bun:"unit"`
	Person        ident.ID   `bun:"person"`
	Night         bool       `bun:"night"` // the first call came outside of working time
	Calls         int64      `bun:"calls"`
	FirstAt       time.Time  `bun:"first_at"`
	LastAt        time.Time  `bun:"last_at"`
	Clock         ident.ID   `bun:"clock"`
	DueAt         *time.Time `bun:"due_at"`
	// SortAt orders lists: when it is due while it is open, then when it was done.
	SortAt  time.Time  `bun:"sort_at"`
	Owner   ident.ID   `bun:"owner"`
	State   string     `bun:"state"` // "open", "done"
	How     string     `bun:"how"`
	DoneAt  *time.Time `bun:"done_at"`
	DoneBy  ident.ID   `bun:"done_by"`
	Note    string     `bun:"note"`
	Call    ident.ID   `bun:"call"` // the last one missed
	Version int64      `bun:"version"`
}

// The states of a task.
const (
	Waiting = "open"
	Done    = "done"
)

// promised is how many working minutes a caller waits to be called back.
const promised = 30

// purpose is what the clock of a task is for, and stepDue its only step.
const (
	purpose = "call_back"
	stepDue = "due"
)

// tasks makes, counts up or ends the task of a call's number.
func (s *Service) tasks(ctx context.Context, tx *db.Tx, k known, was, c Call, now time.Time) error {
	switch {
	case c.Number == "" || c.State == Rejected:
		return nil // nobody to call
	case c.State == Missed && was.State != Missed:
		return s.missed(ctx, tx, k, c, now)
	case c.Reached() && !was.Reached():
		how := HowThrough
		if c.Direction == Out {
			how = HowCalled
		}
		return s.settle(ctx, tx, k.cals, k.who, c, how, now)
	}
	return nil
}

func openTask(ctx context.Context, tx *db.Tx, number string) (Callback, bool, error) {
	var rows []Callback
	err := tx.NewSelect().Model(&rows).Where("hb.number = ?", number).Where("hb.state = ?", Waiting).Apply(db.ForUpdate(tx)).Scan(ctx)
	if err != nil || len(rows) == 0 {
		return Callback{}, false, db.Sorted(err)
	}
	return rows[0], true, nil
}

func (s *Service) missed(ctx context.Context, tx *db.Tx, k known, c Call, now time.Time) error {
	b, open, err := openTask(ctx, tx, c.Number)
	if err != nil {
		return err
	}
	if open {
		b.Calls, b.LastAt, b.Call = b.Calls+1, now, c.ID
		fillID(&b.Person, c.Person)
		fill(&b.Unit, c.Unit)
		return saveTask(ctx, tx, &b)
	}
	b = Callback{ID: ident.New(now), Number: c.Number, Unit: c.Unit, Person: c.Person, Night: c.Night, Calls: 1, FirstAt: now, LastAt: now, State: Waiting, Call: c.ID, Version: 1}
	clock, err := deadline.Start(ctx, tx, k.cals, deadline.Spec{Area: area, Subject: string(b.ID), Purpose: purpose, Unit: b.Unit, Calendar: s.Calendar,
		Start: now.Truncate(time.Second), Budget: promised, Kind: deadline.Minutes, Steps: []deadline.StepSpec{{Name: stepDue}}})
	if err != nil {
		return err
	}
	b.Clock, b.DueAt = clock.ID, clock.Due
	b.sort()
	if _, err := tx.NewInsert().Model(&b).Exec(ctx); err != nil {
		return db.Sorted(err)
	}
	return trail.Write(ctx, tx, now, k.who, "hotline.callback.opened", string(b.ID), map[string][2]any{"call": {nil, c.ID}, "due": {nil, b.DueAt}}, trail.At(b.Unit))
}

// never stands for a due moment whose year has no calendar yet: last in every list.
var never = time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC)

func (b *Callback) sort() {
	switch {
	case b.DoneAt != nil:
		b.SortAt = *b.DoneAt
	case b.DueAt != nil:
		b.SortAt = *b.DueAt
	default:
		b.SortAt = never
	}
}

func saveTask(ctx context.Context, tx *db.Tx, b *Callback) error {
	was := b.Version
	b.Version++
	b.sort()
	return db.Changed(tx.NewUpdate().Model(b).WherePK().Where("version = ?", was).Exec(ctx))
}

// settle ends the open task of a call's number: somebody spoke with it.
func (s *Service) settle(ctx context.Context, tx *db.Tx, cals oneCalendar, who access.Actor, c Call, how string, now time.Time) error {
	b, open, err := openTask(ctx, tx, c.Number)
	if err != nil || !open {
		return err
	}
	by := c.Agent
	if by == "" {
		by = who.ID
	}
	return s.finish(ctx, tx, cals, who, &b, by, how, "", now)
}

func (s *Service) finish(ctx context.Context, tx *db.Tx, cals oneCalendar, who access.Actor, b *Callback, by ident.ID, how, note string, now time.Time) error {
	b.State, b.How, b.DoneAt, b.DoneBy, b.Note = Done, how, &now, by, note
	if err := saveTask(ctx, tx, b); err != nil {
		return err
	}
	if _, err := deadline.Meet(ctx, tx, cals, b.Clock, now.Truncate(time.Second)); err != nil {
		return err
	}
	return trail.Write(ctx, tx, now, who, "hotline.callback.done", string(b.ID), map[string][2]any{"state": {Waiting, Done}, "how": {nil, how}}, trail.At(b.Unit))
}

// Finish ends a task by hand: somebody says how it was settled.
func (s *Service) Finish(ctx context.Context, who access.Actor, id ident.ID, note string) error {
	note = strings.TrimSpace(fold.NFC(note))
	var k fault.Check
	k.Need(note != "", "settled", "hotline.callback.note_needed")
	k.Need(utf8.RuneCountInString(note) <= longestNote, "settled", "hotline.note_long", "max", longestNote)
	if err := who.Need(helpdesk.Work); err != nil {
		return err
	}
	if err := k.Err(); err != nil {
		return err
	}
	cals, err := s.calendar(ctx)
	if err != nil {
		return err
	}
	return s.onTask(ctx, who, id, func(ctx context.Context, tx *db.Tx, b *Callback) error {
		return s.finish(ctx, tx, cals, who, b, who.ID, HowHand, note, s.Business.Now())
	})
}

// TakeTask says that the actor will call back.
func (s *Service) TakeTask(ctx context.Context, who access.Actor, id ident.ID) error {
	return s.onTask(ctx, who, id, func(ctx context.Context, tx *db.Tx, b *Callback) error {
		was := b.Owner
		b.Owner = who.ID
		if err := saveTask(ctx, tx, b); err != nil {
			return err
		}
		return trail.Write(ctx, tx, s.Business.Now(), who, "hotline.callback.taken", string(id), map[string][2]any{"owner": {was, who.ID}}, trail.At(b.Unit))
	})
}

// onTask does something to an open task within the actor's reach.
func (s *Service) onTask(ctx context.Context, who access.Actor, id ident.ID, do func(context.Context, *db.Tx, *Callback) error) error {
	if err := who.Need(helpdesk.Work); err != nil {
		return err
	}
	return s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		var b Callback
		err := tx.NewSelect().Model(&b).Where("hb.id = ?", id).Apply(within(who, "hb.unit"), db.ForUpdate(tx)).Scan(ctx)
		if err != nil {
			return db.Sorted(err)
		}
		if b.State != Waiting {
			return fault.New(fault.Conflict, "hotline.callback.done_already")
		}
		return do(ctx, tx, &b)
	})
}

// Callbacks are a page of tasks: the open ones by when they are due, done ones the
// newest first.
func (s *Service) Callbacks(ctx context.Context, who access.Actor, state string, r page.Request) (page.Page[Callback], error) {
	if err := who.Need(helpdesk.Work); err != nil {
		return page.Page[Callback]{}, err
	}
	var rows []Callback
	q := s.DB.Read().NewSelect().Model(&rows).Where("hb.state = ?", state).Apply(within(who, "hb.unit"))
	if state == Done {
		q = q.Apply(r.On("hb.sort_at", "hb.id"))
	} else {
		q = q.Apply(r.Up("hb.sort_at", "hb.id"))
	}
	if err := q.Scan(ctx); err != nil {
		return page.Page[Callback]{}, db.Sorted(err)
	}
	p := page.Cut(r, rows, func(b Callback) []string { return []string{page.Time(b.SortAt), string(b.ID)} })
	return p, s.audit(ctx, who, p.Items)
}

// Waits is how many tasks are open within the actor's reach, and whether one is late.
func (s *Service) Waits(ctx context.Context, who access.Actor) (n int64, late bool, err error) {
	if !who.May(helpdesk.Work) {
		return 0, false, nil
	}
	var row struct{ N, Late int64 }
	err = s.DB.Read().NewSelect().TableExpr("hotline_callback AS hb").ColumnExpr("count(*) AS n").
		ColumnExpr("coalesce(sum(CASE WHEN hb.sort_at < ? THEN 1 ELSE 0 END), 0) AS late", s.Business.Now()).
		Where("hb.state = ?", Waiting).Apply(within(who, "hb.unit")).Scan(ctx, &row)
	return row.N, row.Late > 0, db.Sorted(err)
}

// Oldest is for how long the oldest open task has waited, for those who watch.
func (s *Service) Oldest(ctx context.Context) (time.Duration, error) {
	var rows []time.Time
	err := s.DB.Read().NewSelect().TableExpr("hotline_callback AS hb").Column("hb.first_at").Where("hb.state = ?", Waiting).Order("hb.first_at").Limit(1).Scan(ctx, &rows)
	if err != nil || len(rows) == 0 {
		return 0, db.Sorted(err)
	}
	return s.Business.Now().Sub(rows[0]), nil
}

// Handlers are what the hotline learns from events.
func (s *Service) Handlers() []outbox.Handler {
	return []outbox.Handler{
		{Name: "hotline.warn", Topic: deadline.Stepped{}.Topic(), Do: s.warn},
		{Name: "hotline.due_moved", Topic: deadline.Moved{}.Topic(), Do: s.dueMoved},
		{Name: "hotline.numbers", Topic: "helpdesk.ticket.opened", Do: s.learn},
	}
}

// warn tells that a task is over due: its owner, or the leads when nobody has it.
func (s *Service) warn(ctx context.Context, tx *db.Tx, e outbox.Event) error {
	var step deadline.Stepped
	if err := e.Read(&step); err != nil || step.Area != area {
		return err
	}
	var b Callback
	if err := tx.NewSelect().Model(&b).Where("hb.id = ?", step.About).Scan(ctx); err != nil {
		return db.Sorted(err)
	}
	if b.State != Waiting {
		return nil
	}
	to := []ident.ID{b.Owner}
	if b.Owner == "" {
		var err error
		if to, err = s.People.Leads(ctx, b.Unit); err != nil {
			return err
		}
	}
	all := make([]notify.Message, len(to))
	for i, account := range to {
		all[i] = notify.Message{Account: account, Template: "hotline.notice.late", Link: "/desk/hotline/callbacks", Args: []any{"n", b.Calls, "at", b.FirstAt}, Dedupe: string(e.ID)}
	}
	return notify.Write(ctx, tx, e.At, all...)
}

// dueMoved copies a due moment that a changed calendar has moved.
func (s *Service) dueMoved(ctx context.Context, tx *db.Tx, e outbox.Event) error {
	var moved deadline.Moved
	if err := e.Read(&moved); err != nil || moved.Area != area {
		return err
	}
	var b Callback
	if err := tx.NewSelect().Model(&b).Where("hb.id = ?", moved.About).Apply(db.ForUpdate(tx)).Scan(ctx); err != nil {
		return db.Sorted(err)
	}
	b.DueAt = moved.Due
	return saveTask(ctx, tx, &b)
}

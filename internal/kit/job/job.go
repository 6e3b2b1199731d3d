// Package job runs long work that people may leave and find again: imports,
// recounts, reports. A run is a row made in the transaction of the request; a
// runner of any process claims it with a lease, says how far it is, and stops when
// its owner asks. A run whose process died is claimed again when its lease ends, so
// work must be able to start over: it goes on from Run.Done or does nothing twice.
package job

import (
	"context"
	"embed"
	"encoding/json"
	"log/slog"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/page"
)

// Locale holds the sentences of this package.
//
//go:embed locale
var Locale embed.FS

// State is where a run stands.
type State string

// The states of a run.
const (
	Queued    State = "queued"
	Running   State = "running"
	Done      State = "done"
	Failed    State = "failed"
	Cancelled State = "cancelled"
)

// Ended tells whether nothing more will happen.
func (s State) Ended() bool { return s == Done || s == Failed || s == Cancelled }

// Row is a run as it is stored.
type Row struct {
	bun.BaseModel `bun:"table:job_run,alias:jr"`
	ID            ident.ID  `bun:"id,pk"`
	Kind          string    `bun:"kind"`
	Owner         ident.ID  `bun:"owner"`
	State         State     `bun:"state"`
	Input         string    `bun:"input"`
	Done          int64     `bun:"done"`
	Total         int64     `bun:"total"`
	Message       string    `bun:"message"`
	Result        string    `bun:"result"`
	Cancel        bool      `bun:"cancel"`
	Attempts      int64     `bun:"attempts"`
	Lease         ident.ID  `bun:"lease"`
	LeaseUntil    time.Time `bun:"lease_until,nullzero"`
	Made          time.Time `bun:"made"`
	Started       time.Time `bun:"started,nullzero"`
	Heartbeat     time.Time `bun:"heartbeat,nullzero"`
	Finished      time.Time `bun:"finished,nullzero"`
}

// Line is what the run last said about itself.
func (r Row) Line() i18n.Line {
	var l i18n.Line
	if json.Unmarshal([]byte(r.Message), &l) != nil || l.Key == "" {
		return i18n.L("job.state." + string(r.State))
	}
	return l
}

// Into reads the result of a finished run.
func (r Row) Into(result any) error { return unpack(r.Result, result) }

// Percent is how far the run is, 0 to 100; -1 when it does not know.
func (r Row) Percent() int {
	switch {
	case r.State == Done:
		return 100
	case r.Total <= 0:
		return -1
	}
	return int(min(100, r.Done*100/r.Total))
}

// Work does a run. It reports by run.Step and returns as soon as Step fails.
type Work func(ctx context.Context, run *Run) error

// Jobs starts, runs and shows runs. Its clock is the machine's.
type Jobs struct {
	db    *db.DB
	clock clock.Clock
	log   *slog.Logger
	actor func(ctx context.Context, id ident.ID) (access.Actor, error)
	kinds map[string]Work
	wake  chan struct{}
}

// New is a model of jobs. actor finds the present rights of a run's owner, so that
// work never does more than its owner may by then.
func New(d *db.DB, c clock.Clock, log *slog.Logger, actor func(context.Context, ident.ID) (access.Actor, error)) *Jobs {
	return &Jobs{db: d, clock: c, log: log, actor: actor, kinds: map[string]Work{}, wake: make(chan struct{}, 1)}
}

// Register says how runs of a kind are done; "job.kind.KIND" names it to people. It
// is called while the house is built, before the first run.
func (j *Jobs) Register(kind string, w Work) { j.kinds[kind] = w }

// Start queues a run in the transaction of the request that wants it.
func (j *Jobs) Start(ctx context.Context, tx *db.Tx, kind string, who access.Actor, input any) (ident.ID, error) {
	raw, err := json.Marshal(input)
	if err != nil {
		return "", db.Sorted(err)
	}
	now := j.clock.Now()
	r := Row{ID: ident.New(now), Kind: kind, Owner: who.ID, State: Queued, Input: string(raw), Message: "{}", Result: "null", Made: now}
	if _, err := tx.NewInsert().Model(&r).Exec(ctx); err != nil {
		return "", db.Sorted(err)
	}
	tx.After(func() {
		select {
		case j.wake <- struct{}{}:
		default: // somebody is already being woken
		}
	})
	return r.ID, nil
}

// Get is a run of the reader's own.
func (j *Jobs) Get(ctx context.Context, who access.Actor, id ident.ID) (Row, error) {
	var r Row
	err := j.db.Read().NewSelect().Model(&r).Where("jr.id = ?", id).Where("jr.owner = ?", who.ID).Scan(ctx)
	return r, db.Sorted(err)
}

// Last is the newest run of a kind, whoever started it, for pages whose readers may
// know of it; ok is false when there is none.
func (j *Jobs) Last(ctx context.Context, kind string) (r Row, ok bool, err error) {
	var rows []Row
	err = j.db.Read().NewSelect().Model(&rows).ExcludeColumn("input").Where("jr.kind = ?", kind).Order("jr.id DESC").Limit(1).Scan(ctx)
	if err != nil || len(rows) == 0 {
		return r, false, db.Sorted(err)
	}
	return rows[0], true, nil
}

// List is a page of the reader's own runs, newest first.
func (j *Jobs) List(ctx context.Context, who access.Actor, r page.Request) (page.Page[Row], error) {
	var rows []Row
	err := j.db.Read().NewSelect().Model(&rows).ExcludeColumn("input", "result").Where("jr.owner = ?", who.ID).Apply(r.On("jr.id")).Scan(ctx)
	return page.Cut(r, rows, func(r Row) []string { return []string{string(r.ID)} }), db.Sorted(err)
}

// Cancel asks a run of the reader's own to stop. One that has ended is a Conflict.
func (j *Jobs) Cancel(ctx context.Context, who access.Actor, id ident.ID) error {
	if _, err := j.Get(ctx, who, id); err != nil {
		return err
	}
	return j.db.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		now := j.clock.Now()
		res, err := tx.NewRaw("UPDATE job_run SET cancel = TRUE, finished = CASE WHEN state = ? THEN ? ELSE finished END, "+
			"state = CASE WHEN state = ? THEN ? ELSE state END WHERE id = ? AND owner = ? AND state IN (?, ?)",
			Queued, now, Queued, Cancelled, id, who.ID, Queued, Running).Exec(ctx)
		if err != nil {
			return db.Sorted(err)
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return fault.Because(fault.Conflict, "job.already_ended", err)
		}
		return nil
	})
}

// Forget removes ended runs older than keep, a housekeeping job of its own.
func (j *Jobs) Forget(ctx context.Context, keep time.Duration) error {
	before := j.clock.Now().Add(-keep)
	return j.db.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.NewRaw("DELETE FROM job_run WHERE state IN (?, ?, ?) AND finished < ?", Done, Failed, Cancelled, before).Exec(ctx)
		return db.Sorted(err)
	})
}

func unpack(raw string, into any) error {
	if err := json.Unmarshal([]byte(raw), into); err != nil {
		return fault.Because(fault.Internal, "fault.internal", err)
	}
	return nil
}

package job

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime/debug"
	"strings"
	"time"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
)

const (
	// lease is how long a run belongs to its runner without a sign of life.
	lease = 2 * time.Minute
	// tries is how often a run is started before it is given up.
	tries = 3
)

// Run is a claimed run in the hands of its work.
type Run struct {
	Row
	// Who is the owner with the rights of this moment.
	Who  access.Actor
	jobs *Jobs
}

// errStopped ends work whose run was cancelled or taken over.
var errStopped = errors.New("job: stopped")

// Want reads what the run was started with.
func (r *Run) Want(input any) error { return unpack(r.Input, input) }

// Step says how far the work is and keeps the lease. It fails when the work must
// stop: cancelled, or claimed by another after a silence.
func (r *Run) Step(ctx context.Context, done, total int64, key string, pairs ...any) error {
	raw, err := json.Marshal(i18n.L(key, pairs...))
	if err != nil {
		return err
	}
	now := r.jobs.clock.Now()
	var cancelled bool
	err = r.jobs.db.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		res, err := tx.NewRaw("UPDATE job_run SET done = ?, total = ?, message = ?, heartbeat = ?, lease_until = ? WHERE id = ? AND lease = ? AND state = ?",
			done, total, string(raw), now, now.Add(lease), r.ID, r.Lease, Running).Exec(ctx)
		if err := db.Changed(res, err); err != nil {
			return err
		}
		return db.Sorted(tx.NewRaw("SELECT cancel FROM job_run WHERE id = ?", r.ID).Scan(ctx, &cancelled))
	})
	if fault.Is(err, fault.Conflict) || err == nil && cancelled {
		return errStopped
	}
	r.Done, r.Total = done, total
	return err
}

// Keep stores the result that the finished run shows.
func (r *Run) Keep(result any) error {
	raw, err := json.Marshal(result)
	if err != nil {
		return fault.Because(fault.Internal, "fault.internal", err)
	}
	r.Result = string(raw)
	return nil
}

// Serve runs what is queued, at once when this process queues it, and looks for
// runs of others and for dead runners every few seconds, until ctx ends.
func (j *Jobs) Serve(ctx context.Context, every time.Duration) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		if _, err := j.RunDue(ctx); err != nil && ctx.Err() == nil {
			j.log.Error("jobs not run", "cause", err.Error())
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		case <-j.wake:
		}
	}
}

// RunDue runs everything that waits, one after the other, and tells how many runs
// it made. It may be called in several processes at once.
func (j *Jobs) RunDue(ctx context.Context) (int, error) {
	for made := 0; ; made++ {
		run, err := j.claim(ctx)
		if err != nil || run == nil {
			return made, err
		}
		if err := j.do(ctx, run); err != nil {
			return made + 1, err
		}
	}
}

// claim takes the oldest run that waits or whose runner has gone silent; nil when
// there is none.
func (j *Jobs) claim(ctx context.Context) (*Run, error) {
	now := j.clock.Now()
	const open = "(jr.state = ? OR (jr.state = ? AND jr.lease_until < ?))"
	var waiting int
	err := j.db.Read().NewRaw("SELECT count(*) FROM (SELECT 1 FROM job_run jr WHERE "+open+" LIMIT 1) AS one", Queued, Running, now).Scan(ctx, &waiting)
	if err != nil || waiting == 0 {
		return nil, db.Sorted(err)
	}
	var run *Run
	err = j.db.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		run = nil
		var rows []Row
		q := tx.NewSelect().Model(&rows).Where(open, Queued, Running, now).Order("jr.id").Limit(1)
		if !tx.SQLite() {
			q = q.For("UPDATE SKIP LOCKED")
		}
		if err := q.Scan(ctx); err != nil || len(rows) == 0 {
			return db.Sorted(err)
		}
		r := rows[0]
		if r.Attempts >= tries || r.Cancel {
			return j.bury(ctx, tx, r, now)
		}
		r.State, r.Lease, r.LeaseUntil, r.Heartbeat = Running, ident.New(now), now.Add(lease), now
		r.Attempts++
		if r.Started.IsZero() {
			r.Started = now
		}
		_, err := tx.NewUpdate().Model(&r).Column("state", "lease", "lease_until", "heartbeat", "attempts", "started").WherePK().Exec(ctx)
		run = &Run{Row: r, jobs: j}
		return db.Sorted(err)
	})
	if err == nil && run == nil {
		return j.claim(ctx)
	}
	return run, err
}

// bury ends a run that died too often or that was cancelled while its runner was away.
func (j *Jobs) bury(ctx context.Context, tx *db.Tx, r Row, now time.Time) error {
	r.State, r.Finished, r.Message = Failed, now, line("job.died", "n", r.Attempts)
	if r.Cancel {
		r.State, r.Message = Cancelled, "{}"
	}
	_, err := tx.NewUpdate().Model(&r).Column("state", "finished", "message").WherePK().Exec(ctx)
	return db.Sorted(err)
}

func (j *Jobs) do(ctx context.Context, run *Run) error {
	cause := j.work(ctx, run)
	if ctx.Err() != nil {
		return ctx.Err() // the process ends: the lease will, too, and another goes on
	}
	r := run.Row
	r.State, r.Finished = Done, j.clock.Now()
	switch {
	case errors.Is(cause, errStopped):
		r.State, r.Message = Cancelled, "{}"
	case cause != nil:
		f := fault.Of(cause)
		r.State, r.Message = Failed, line(f.Key, f.Args...)
		j.log.Error("job failed", "job", r.ID, "kind", r.Kind, "cause", cause.Error())
	default:
		r.Message = "{}"
	}
	return j.db.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		// Zero rows mean that another took over after a silence: it has the last word.
		_, err := tx.NewUpdate().Model(&r).Column("state", "finished", "message", "result").
			Where("id = ?", r.ID).Where("lease = ?", r.Lease).Where("state = ?", Running).Exec(ctx)
		return db.Sorted(err)
	})
}

// work calls the work of the run's kind; a panic is its failure, not the runner's.
func (j *Jobs) work(ctx context.Context, run *Run) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fault.Because(fault.Internal, "fault.internal", fmt.Errorf("panic: %v\n%s", p, debug.Stack()))
		}
	}()
	w, known := j.kinds[run.Kind]
	if !known {
		return fault.New(fault.Internal, "job.kind_unknown")
	}
	if name, system := strings.CutPrefix(string(run.Owner), "system:"); system {
		run.Who = access.System(name)
	} else if run.Who, err = j.actor(ctx, run.Owner); err != nil {
		return err
	}
	return w(ctx, run)
}

func line(key string, pairs ...any) string {
	raw, err := json.Marshal(i18n.L(key, pairs...))
	if err != nil {
		return "{}"
	}
	return string(raw)
}

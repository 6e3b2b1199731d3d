package reports

import (
	"context"
	"fmt"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/ident"
)

const (
	// lease is how long a run belongs to its process without a sign of life.
	lease = 2 * time.Minute
	// tries is how often a run is started before it is given up.
	tries = 3
	// pause is how long a run rests after its first failure; twice after the second.
	pause = 30 * time.Second
)

// RunDue plans what has come round and makes every report that waits; it tells how
// many it made. It is called every few seconds and at start, in any number of
// processes.
func (s *Service) RunDue(ctx context.Context) (int, error) {
	if err := s.plan(ctx); err != nil {
		return 0, err
	}
	for made := 0; ; made++ {
		r, err := s.claim(ctx)
		if err != nil || r == nil {
			return made, err
		}
		if err := s.do(ctx, *r); err != nil {
			return made, err
		}
	}
}

// plan writes the runs of every schedule whose moment has come and moves it on, each
// schedule in one transaction: whoever moves it has written its runs.
func (s *Service) plan(ctx context.Context) error {
	now := s.business.Now()
	var ready []Schedule
	err := s.db.Read().NewSelect().Model(&ready).Where("rs.enabled").Where("rs.next_run <= ?", now).Order("rs.next_run", "rs.id").Limit(200).Scan(ctx)
	if err != nil {
		return db.Sorted(err)
	}
	for _, sc := range ready {
		if err := s.planOne(ctx, sc, now); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) planOne(ctx context.Context, sc Schedule, now time.Time) error {
	d, err := s.definition(ctx, sc.Definition)
	if err != nil {
		return err
	}
	spec, err := sc.parsed()
	if err != nil {
		return err
	}
	tm, err := s.timing(ctx, d, sc.Programme, sc.worked())
	if err != nil {
		return err
	}
	come, next := tm.dues(sc, spec, now)
	rows := make([]RunRow, len(come))
	for i, one := range come {
		rows[i] = s.newRun(d, sc.Programme, sc.Cut, one.Period, one.At, kindOf(one.At, now))
		rows[i].Schedule = sc.ID
	}
	return s.db.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		res, err := tx.NewRaw("UPDATE report_schedule SET next_run = ?, next_nominal = ? WHERE id = ? AND next_run = ? AND version = ? AND enabled",
			next.At, next.Nominal, sc.ID, sc.NextRun, sc.Version).Exec(ctx)
		if err != nil {
			return db.Sorted(err)
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 || len(rows) == 0 {
			return db.Sorted(err) // another process was faster
		}
		_, err = tx.NewInsert().Model(&rows).On("CONFLICT (definition, programme, cut, period) DO NOTHING").Exec(ctx)
		return db.Sorted(err)
	})
}

// claim takes the oldest run that waits or whose process has gone silent; nil when
// there is none.
func (s *Service) claim(ctx context.Context) (*RunRow, error) {
	now := s.machine.Now()
	const open = "rr.state IN ('queued', 'rendering') AND rr.lease_until <= ?"
	var waiting int
	err := s.db.Read().NewRaw("SELECT count(*) FROM (SELECT 1 FROM report_run AS rr WHERE "+open+" LIMIT 1) AS one", now).Scan(ctx, &waiting)
	if err != nil || waiting == 0 {
		return nil, db.Sorted(err)
	}
	var claimed *RunRow
	err = s.db.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		claimed = nil
		var rows []RunRow
		q := tx.NewSelect().Model(&rows).Where(open, now).Order("rr.nominal_at", "rr.id").Limit(1)
		if !tx.SQLite() {
			q = q.For("UPDATE SKIP LOCKED")
		}
		if err := q.Scan(ctx); err != nil || len(rows) == 0 {
			return db.Sorted(err)
		}
		r := rows[0]
		r.State, r.Lease, r.LeaseUntil, r.Heartbeat = Rendering, ident.New(now), now.Add(lease), now
		r.Attempts++
		r.Version++
		_, err := tx.NewUpdate().Model(&r).Column("state", "lease", "lease_until", "heartbeat", "attempts", "version").WherePK().Exec(ctx)
		if err != nil {
			return db.Sorted(err)
		}
		claimed = &r
		return s.step(ctx, tx, r, Rendering, r.Editions+1, "", "")
	})
	return claimed, err
}

// beat says that the run is alive; Conflict when it was taken over.
func (s *Service) beat(ctx context.Context, r RunRow) error {
	now := s.machine.Now()
	return s.db.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		return db.Changed(tx.NewRaw("UPDATE report_run SET heartbeat = ?, lease_until = ? WHERE id = ? AND lease = ? AND state = ?",
			now, now.Add(lease), r.ID, r.Lease, Rendering).Exec(ctx))
	})
}

// alive gives signs of life for as long as the run is being made. Its context ends when
// the run belongs to somebody else, or was cancelled; stop tells whether that happened.
func (s *Service) alive(ctx context.Context, r RunRow) (held context.Context, stop func() bool) {
	held, end := context.WithCancel(ctx)
	pulse, quiet := s.pulse()
	var lost atomic.Bool
	var beating sync.WaitGroup
	beating.Go(func() {
		for {
			select {
			case <-held.Done():
				return
			case <-pulse:
			}
			if err := s.beat(held, r); fault.HasKey(err, "fault.changed_meanwhile") {
				lost.Store(true)
				end()
			}
		}
	})
	return held, func() bool {
		quiet()
		end()
		beating.Wait()
		return lost.Load()
	}
}

// pulses is the rhythm of signs of life: four in a lease.
func pulses() (<-chan time.Time, func()) {
	t := time.NewTicker(lease / 4)
	return t.C, t.Stop
}

// do makes a claimed run, or notes why it could not be made.
func (s *Service) do(ctx context.Context, r RunRow) error {
	held, stop := s.alive(ctx, r)
	cause := s.guarded(held, r)
	lost := stop()
	switch {
	case cause == nil:
		return nil
	case lost:
		return nil // cancelled, or taken over after a silence: nothing of it was kept
	case ctx.Err() != nil:
		return ctx.Err() // the process ends: the lease will, too, and another goes on
	case fault.HasKey(cause, "fault.changed_meanwhile"):
		return nil // the same, noticed when it was to be kept
	}
	s.log.Error("report not made", "run", r.ID, "attempt", r.Attempts, "cause", cause.Error())
	return s.failed(ctx, r, fault.Of(cause))
}

// guarded turns a panic of one report into its failure, so that the others live on.
func (s *Service) guarded(ctx context.Context, r RunRow) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fault.Because(fault.Internal, "fault.internal", fmt.Errorf("panic: %v\n%s", p, debug.Stack()))
		}
	}()
	if r.Attempts > tries {
		return fault.New(fault.Internal, "reports.run.died")
	}
	return s.make(ctx, r)
}

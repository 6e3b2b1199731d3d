package app

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/go-co-op/gocron/v2"
	"github.com/google/uuid"

	"lotrinh/internal/kit/clock"
)

// chore is work that comes round. What is due stands in the database; a chore only
// looks often enough.
type chore struct {
	name  string
	every time.Duration
	do    func(ctx context.Context) error
}

// clockwork runs chores, each at most once at a time in this process; a panic or an
// error is logged and the next round comes all the same.
type clockwork struct {
	gocron gocron.Scheduler
	chores []chore
	log    *slog.Logger
}

func startClockwork(log *slog.Logger, chores []chore) (*clockwork, error) {
	s, err := gocron.NewScheduler(gocron.WithLocation(clock.City), gocron.WithStopTimeout(10*time.Second))
	if err != nil {
		return nil, err
	}
	w := &clockwork{gocron: s, chores: chores, log: log}
	for _, c := range chores {
		_, err := s.NewJob(gocron.DurationJob(c.every), gocron.NewTask(func(ctx context.Context) { w.run(ctx, c) }),
			gocron.WithName(c.name), gocron.WithSingletonMode(gocron.LimitModeReschedule),
			gocron.WithEventListeners(gocron.AfterJobRunsWithPanic(func(_ uuid.UUID, name string, p any) {
				log.Error("chore panicked", "chore", name, "cause", p)
			})))
		if err != nil {
			return nil, errors.Join(err, s.Shutdown())
		}
	}
	s.Start()
	return w, nil
}

func (w *clockwork) run(ctx context.Context, c chore) {
	if err := c.do(ctx); err != nil && ctx.Err() == nil {
		w.log.Error("chore failed", "chore", c.name, "cause", err.Error())
	}
}

// round runs every chore once, in order: after the demo's clock has moved, so that
// what has become due is done before the next page is shown.
func (w *clockwork) round(ctx context.Context) {
	for _, c := range w.chores {
		w.run(ctx, c)
	}
}

func (w *clockwork) stop() error { return w.gocron.Shutdown() }

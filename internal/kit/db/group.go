package db

import (
	"context"
	"errors"
	"log/slog"
	"sync"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/fault"
)

// batch is the most operations that share one commit: more would make the first
// wait long for its answer.
const batch = 128

// group is the single writer of SQLite. Whoever waits while it commits shares the
// next commit.
type group struct {
	db    *bun.DB
	log   *slog.Logger
	saved func() // called behind every commit
	ops   chan *op
	wg    sync.WaitGroup
	mu    sync.RWMutex
	shut  bool
}

type op struct {
	ctx  context.Context
	do   Do
	tx   *Tx
	err  error
	done chan struct{}
}

func startGroup(db *bun.DB, log *slog.Logger, saved func()) *group {
	g := &group{db: db, log: log, saved: saved, ops: make(chan *op, batch)}
	g.wg.Add(1)
	go g.loop()
	return g
}

func (g *group) run(ctx context.Context, do Do) error {
	o := &op{ctx: ctx, do: do, done: make(chan struct{})}
	g.mu.RLock()
	if g.shut {
		g.mu.RUnlock()
		return fault.New(fault.Unavailable, "fault.unavailable")
	}
	g.ops <- o
	g.mu.RUnlock()
	<-o.done
	if o.err == nil {
		o.tx.done()
	}
	return o.err
}

func (g *group) stop() {
	g.mu.Lock()
	g.shut = true
	close(g.ops)
	g.mu.Unlock()
	g.wg.Wait()
}

func (g *group) loop() {
	defer g.wg.Done()
	for o := range g.ops {
		g.commit(o)
	}
}

// commit runs the first operation and whatever else waits, in one transaction.
func (g *group) commit(first *op) {
	btx, err := g.db.BeginTx(context.Background(), nil)
	if err != nil {
		first.finish(Sorted(err))
		return
	}
	var ok []*op
	broken := g.step(btx, first, &ok)
	for n := 1; n < batch && broken == nil; n++ {
		next, more := g.waiting()
		if !more {
			break
		}
		broken = g.step(btx, next, &ok)
	}
	if broken == nil && len(ok) > 0 {
		if broken = btx.Commit(); broken == nil {
			g.saved()
		}
	} else if back := btx.Rollback(); back != nil && broken == nil {
		g.log.Error("rollback failed", "cause", back.Error())
	}
	for _, o := range ok {
		o.finish(Sorted(broken))
	}
}

func (g *group) waiting() (*op, bool) {
	select {
	case o, open := <-g.ops:
		return o, open
	default:
		return nil, false
	}
}

// step runs one operation inside a savepoint. A failing one is undone and answered
// here. The error returned is set only when the whole transaction is lost.
func (g *group) step(btx bun.Tx, o *op, ok *[]*op) error {
	if err := o.ctx.Err(); err != nil {
		o.finish(Sorted(err))
		return nil
	}
	// An interrupted statement would make SQLite roll the shared transaction back,
	// so that one reader leaving would undo its neighbours: nothing cancels here.
	ctx := context.WithValue(context.WithoutCancel(o.ctx), insideTx{}, true)
	if _, err := btx.ExecContext(ctx, "SAVEPOINT op"); err != nil {
		o.finish(Sorted(err))
		return err
	}
	o.tx = &Tx{Tx: btx, sqlite: true}
	failed := guarded(ctx, o.tx, o.do)
	if failed != nil {
		if _, err := btx.ExecContext(ctx, "ROLLBACK TO op"); err != nil {
			o.finish(errors.Join(failed, err))
			return err
		}
	}
	if _, err := btx.ExecContext(ctx, "RELEASE op"); err != nil {
		o.finish(errors.Join(failed, Sorted(err)))
		return err
	}
	if failed != nil {
		o.finish(failed)
		return nil
	}
	*ok = append(*ok, o)
	return nil
}

func (o *op) finish(err error) {
	o.err = err
	close(o.done)
}

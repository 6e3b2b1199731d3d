package db

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/uptrace/bun"

	"lotrinh/internal/kit/fault"
)

// Tx is a running operation: a query door that also writes.
type Tx struct {
	bun.Tx
	sqlite bool
	after  []func()
}

// SQLite tells which of the two databases this is.
func (tx *Tx) SQLite() bool { return tx.sqlite }

// After runs f once the operation is safely on disk; a rollback forgets it. It is
// for hints such as caches, not for what must happen: that is the outbox's.
func (tx *Tx) After(f func()) { tx.after = append(tx.after, f) }

type insideTx struct{}

type finally struct{}

// Finally is a context in which every operation ends with do, inside the same
// transaction: when do fails, the operation is undone. It is how a request leaves
// the mark "already done" together with what it did.
func Finally(ctx context.Context, do Do) context.Context {
	return context.WithValue(ctx, finally{}, do)
}

// Do is the body of an operation. It may run again from the start when PostgreSQL
// asks for a retry, so it must set its results rather than add to them.
type Do func(ctx context.Context, tx *Tx) error

// InTx runs one operation: all of it is saved when do returns nil, none of it
// otherwise. When InTx returns nil the change survives a crash. Inside, use only
// tx. Operations do not nest.
func (d *DB) InTx(ctx context.Context, do Do) error {
	if ctx.Value(insideTx{}) != nil {
		return fault.Because(fault.Internal, "fault.internal", errors.New("db: InTx inside InTx"))
	}
	if err := ctx.Err(); err != nil {
		return Sorted(err)
	}
	if d.sqlite {
		return d.group.run(ctx, do)
	}
	for try := 1; ; try++ {
		err := d.inPostgres(ctx, do)
		if try < 4 && retryable(err) {
			continue
		}
		return err
	}
}

func (d *DB) inPostgres(ctx context.Context, do Do) error {
	btx, err := d.write.BeginTx(ctx, nil)
	if err != nil {
		return Sorted(err)
	}
	tx := &Tx{Tx: btx}
	if err := guarded(context.WithValue(ctx, insideTx{}, true), tx, do); err != nil {
		if back := btx.Rollback(); back != nil && ctx.Err() == nil {
			d.log.Error("rollback failed", "cause", back.Error())
		}
		return err
	}
	if err := btx.Commit(); err != nil {
		return Sorted(err)
	}
	tx.done()
	return nil
}

func (tx *Tx) done() {
	for _, f := range tx.after {
		f()
	}
}

// guarded turns a panic of do into an error, so that the writer lives on.
func guarded(ctx context.Context, tx *Tx, do Do) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fault.Because(fault.Internal, "fault.internal", fmt.Errorf("panic: %v\n%s", p, debug.Stack()))
		}
	}()
	if err := do(ctx, tx); err != nil {
		return err
	}
	if last, ok := ctx.Value(finally{}).(Do); ok && last != nil {
		return last(ctx, tx)
	}
	return nil
}

// retryable tells whether PostgreSQL gave up on the transaction only because of
// its neighbours: serialization_failure, deadlock_detected.
func retryable(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && (pg.Code == "40001" || pg.Code == "40P01")
}

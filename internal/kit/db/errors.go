package db

import (
	"context"
	"database/sql"
	"errors"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/uptrace/bun"
	"modernc.org/sqlite"
	sqlitelib "modernc.org/sqlite/lib"

	"lotrinh/internal/kit/fault"
)

// Sorted turns what a database says into a fault: no row is Missing, a unique or
// foreign key that does not hold is Conflict, running out of time is Unavailable.
// A fault stays as it is; anything else is Internal.
func Sorted(err error) error {
	var known *fault.Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &known):
		return err
	case errors.Is(err, sql.ErrNoRows):
		return fault.Because(fault.Missing, "fault.missing", err)
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return fault.Because(fault.Unavailable, "fault.unavailable", err)
	case Duplicate(err):
		return fault.Because(fault.Conflict, "fault.duplicate", err)
	}
	return fault.Because(fault.Internal, "fault.internal", err)
}

// Duplicate tells whether err says that a unique or primary key is taken.
func Duplicate(err error) bool {
	var lite *sqlite.Error
	if errors.As(err, &lite) {
		return lite.Code() == sqlitelib.SQLITE_CONSTRAINT_UNIQUE || lite.Code() == sqlitelib.SQLITE_CONSTRAINT_PRIMARYKEY
	}
	var pg *pgconn.PgError
	return errors.As(err, &pg) && pg.Code == "23505"
}

// Changed checks an UPDATE … WHERE version = ?: when it met no row, somebody else
// was faster, and the answer is Conflict.
func Changed(res sql.Result, err error) error {
	if err != nil {
		return Sorted(err)
	}
	n, err := res.RowsAffected()
	if err != nil {
		return Sorted(err)
	}
	if n == 0 {
		return fault.New(fault.Conflict, "fault.changed_meanwhile")
	}
	return nil
}

// ForUpdate locks the selected rows until the operation ends; on SQLite the single
// writer already does.
func ForUpdate(tx *Tx) func(*bun.SelectQuery) *bun.SelectQuery {
	return func(q *bun.SelectQuery) *bun.SelectQuery {
		if tx.sqlite {
			return q
		}
		return q.For("UPDATE")
	}
}

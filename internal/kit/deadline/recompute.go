package deadline

import (
	"context"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/outbox"
	"lotrinh/internal/kit/worktime/calstore"
)

// Fresh finds calendars as one transaction sees them, so that a process that has
// not yet heard of a change does not compute by what it remembers.
type Fresh func(tx *db.Tx) Calendars

// Stored is the Fresh of the calendar store.
func Stored(s *calstore.Store) Fresh { return func(tx *db.Tx) Calendars { return s.In(tx) } }

// stale is the setting that says whose clocks wait to be computed again: the name
// of a calendar, or every, and the event that said so last.
const (
	stale = "deadline.stale"
	every = "*"
)

// Handler notes that a calendar changed; CatchUp then does the work outside of the
// event's transaction.
func Handler() outbox.Handler {
	return outbox.Handler{Name: stale, Topic: calstore.Changed{}.Topic(), Do: func(ctx context.Context, tx *db.Tx, e outbox.Event) error {
		var c calstore.Changed
		if err := e.Read(&c); err != nil {
			return err
		}
		var marks []string
		if err := tx.NewRaw("SELECT value FROM setting WHERE name = ?", stale).Scan(ctx, &marks); err != nil {
			return db.Sorted(err)
		}
		whose := c.Calendar
		if whose == "" || len(marks) > 0 && marked(marks[0]) != whose {
			whose = every
		}
		_, err := tx.NewRaw("INSERT INTO setting (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
			stale, whose+" "+string(e.ID)).Exec(ctx)
		return db.Sorted(err)
	}}
}

// marked is whose clocks a mark names.
func marked(mark string) string {
	whose, _, _ := strings.Cut(mark, " ")
	return whose
}

// CatchUp computes the clocks again whose calendar changed since the last time, and
// tells how many moved. A scheduled job runs it. The mark is taken away only when
// all are done and no further change has come, so that an interrupted run is made up.
// Areas that compute their own clocks again are named in except.
func CatchUp(ctx context.Context, d *db.DB, fresh Fresh, now time.Time, progress func(seen, moved int), except ...string) (int, error) {
	var marks []string
	if err := d.Read().NewRaw("SELECT value FROM setting WHERE name = ?", stale).Scan(ctx, &marks); err != nil || len(marks) == 0 {
		return 0, db.Sorted(err)
	}
	whose := marked(marks[0])
	if whose == every {
		whose = ""
	}
	moved, err := Recompute(ctx, d, fresh, whose, now, progress, except...)
	if err != nil {
		return moved, err
	}
	return moved, d.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.NewRaw("DELETE FROM setting WHERE name = ? AND value = ?", stale, marks[0]).Exec(ctx)
		return db.Sorted(err)
	})
}

// recomputeBatch is how many clocks one transaction computes again.
const recomputeBatch = 500

// Recompute computes every open clock of a calendar again (of all calendars when
// the name is empty), writes a Moved event for each whose due moment changed, and
// tells how many those were. Each batch is four statements. Progress may be nil; it
// is told how many were looked at and how many moved so far.
func Recompute(ctx context.Context, d *db.DB, fresh Fresh, calendar string, now time.Time, progress func(seen, moved int), except ...string) (int, error) {
	moved, seen := 0, 0
	after := ident.ID("")
	for {
		ids, err := open(ctx, d, calendar, after, except...)
		if err != nil || len(ids) == 0 {
			return moved, err
		}
		n := 0
		err = d.InTx(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
			n, err = recompute(ctx, tx, fresh(tx), ids, now)
			return err
		})
		if err != nil {
			return moved, err
		}
		after, seen, moved = ids[len(ids)-1], seen+len(ids), moved+n
		if progress != nil {
			progress(seen, moved)
		}
	}
}

// open is the next batch of open clocks.
func open(ctx context.Context, d *db.DB, calendar string, after ident.ID, except ...string) (ids []ident.ID, err error) {
	q := d.Read().NewSelect().Model((*row)(nil)).Column("id").Where("dl.state IN ('running', 'paused')").
		Where("dl.id > ?", after).Order("dl.id").Limit(recomputeBatch)
	if calendar != "" {
		q = q.Where("dl.calendar = ?", calendar)
	}
	if len(except) > 0 {
		q = q.Where("dl.area NOT IN (?)", bun.List(except))
	}
	return ids, db.Sorted(q.Scan(ctx, &ids))
}

func recompute(ctx context.Context, tx *db.Tx, cals Calendars, ids []ident.ID, now time.Time) (int, error) {
	rows, err := held(ctx, tx, ids)
	if err != nil {
		return 0, err
	}
	var changed []row
	var events []outbox.Body
	for _, r := range rows {
		c, err := r.clock()
		if err != nil {
			return 0, err
		}
		if !c.Open() {
			continue
		}
		old, err := c.row() // as this code writes it: the store may space JSON otherwise
		if err != nil {
			return 0, err
		}
		if err := c.compute(ctx, cals); err != nil {
			return 0, err
		}
		c.Version++
		fresh, err := c.row()
		if err != nil {
			return 0, err
		}
		if same(old, fresh) {
			continue
		}
		changed = append(changed, fresh)
		if !equal(r.DueAt, c.Due) {
			events = append(events, Moved{Clock: c.ID, Area: c.Area, About: c.Subject, Purpose: c.Purpose, Unit: c.Unit, Before: utc(r.DueAt), Due: c.Due})
		}
	}
	if err := saveRows(ctx, tx, changed); err != nil {
		return 0, err
	}
	return len(events), outbox.WriteAll(ctx, tx, now, events...)
}

func same(a, b row) bool {
	return equal(a.DueAt, b.DueAt) && equal(a.NextStepAt, b.NextStepAt) && a.Steps == b.Steps &&
		a.MissingYear == b.MissingYear && a.ExpectedYear == b.ExpectedYear
}

func equal(a, b *time.Time) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.Equal(*b)
}

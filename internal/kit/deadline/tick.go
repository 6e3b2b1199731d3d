package deadline

import (
	"context"
	"time"

	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/outbox"
)

// Stepped says that a step of escalation has come.
type Stepped struct {
	Clock   ident.ID   `json:"clock"`
	Area    string     `json:"area"`
	About   string     `json:"subject"`
	Purpose string     `json:"purpose"`
	Unit    string     `json:"unit"`
	Step    string     `json:"step"`
	At      time.Time  `json:"at"`
	Due     *time.Time `json:"due"`
}

// Topic is the event's name.
func (Stepped) Topic() string { return "deadline.step" }

// Subject is the thing that the clock runs for.
func (s Stepped) Subject() string { return s.About }

// Moved says that a due moment changed without its subject's doing: a calendar did.
type Moved struct {
	Clock   ident.ID   `json:"clock"`
	Area    string     `json:"area"`
	About   string     `json:"subject"`
	Purpose string     `json:"purpose"`
	Unit    string     `json:"unit"`
	Before  *time.Time `json:"before"`
	Due     *time.Time `json:"due"`
}

// Topic is the event's name.
func (Moved) Topic() string { return "deadline.moved" }

// Subject is the thing that the clock runs for.
func (m Moved) Subject() string { return m.About }

// Tick fires every step that has come by business time, at most limit clocks at
// once, and tells how many steps it fired. It may run in several processes.
func Tick(ctx context.Context, d *db.DB, now time.Time, limit int) (int, error) {
	var waiting []ident.ID
	err := d.Read().NewSelect().Model((*row)(nil)).Column("id").Where("dl.next_step_at <= ?", now).
		Order("dl.next_step_at", "dl.id").Limit(int64(limit)).Scan(ctx, &waiting)
	if err != nil || len(waiting) == 0 {
		return 0, db.Sorted(err)
	}
	fired := 0
	for _, id := range waiting {
		n := 0
		err := d.InTx(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
			n, err = tick(ctx, tx, id, now)
			return err
		})
		if err != nil {
			return fired, err
		}
		fired += n
	}
	return fired, nil
}

func tick(ctx context.Context, tx *db.Tx, id ident.ID, now time.Time) (int, error) {
	var r row
	if err := tx.NewSelect().Model(&r).Where("dl.id = ?", id).Apply(db.ForUpdate(tx)).Scan(ctx); err != nil {
		return 0, db.Sorted(err)
	}
	c, err := r.clock()
	if err != nil {
		return 0, err
	}
	fired := c.fire(now)
	if len(fired) == 0 {
		return 0, nil // another process was faster, or the clock stopped meanwhile
	}
	for _, s := range fired {
		e := Stepped{Clock: c.ID, Area: c.Area, About: c.Subject, Purpose: c.Purpose, Unit: c.Unit, Step: s.Name, At: *s.At, Due: c.Due}
		if err := outbox.Write(ctx, tx, now, e); err != nil {
			return 0, err
		}
	}
	return len(fired), save(ctx, tx, &c)
}

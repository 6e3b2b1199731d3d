package reports

import (
	"context"
	"encoding/json"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/trail"
)

// Step is a state that a run came to, with its moment.
type Step struct {
	bun.BaseModel `bun:"table:report_run_step,alias:st"`
	ID            ident.ID  `bun:"id,pk"`
	Run           ident.ID  `bun:"run"`
	State         State     `bun:"state"`
	At            time.Time `bun:"at"` // by the business clock
	Edition       int64     `bun:"edition"`
	Attempt       int64     `bun:"attempt"`
	ByName        string    `bun:"by_name"` // empty: it happened by itself
	Note          string    `bun:"note"`    // an i18n.Line: why
}

// Why is the step's reason as a sentence; the zero Line when there is none.
func (s Step) Why() i18n.Line {
	var l i18n.Line
	if json.Unmarshal([]byte(s.Note), &l) != nil {
		return i18n.Line{}
	}
	return l
}

// step notes in the transaction of a change that the run came to a state.
func (s *Service) step(ctx context.Context, tx *db.Tx, r RunRow, to State, edition int64, by, note string) error {
	if note == "" {
		note = "{}"
	}
	row := Step{ID: ident.New(s.machine.Now()), Run: r.ID, State: to, At: s.business.Now(), Edition: edition, Attempt: r.Attempts, ByName: by, Note: note}
	_, err := tx.NewInsert().Model(&row).Exec(ctx)
	return db.Sorted(err)
}

// mostSteps is how many steps of a run a page shows.
const mostSteps = 100

// Steps are the states that a run within the reader's reach came to, in order; that it
// was queued first is its MadeAt.
func (s *Service) Steps(ctx context.Context, who access.Actor, run ident.ID) ([]Step, error) {
	r, err := s.RunOf(ctx, who, run)
	if err != nil {
		return nil, err
	}
	var rows []Step
	err = s.db.Read().NewSelect().Model(&rows).Where("st.run = ?", run).Order("st.id").Limit(mostSteps).Scan(ctx)
	first := Step{Run: run, State: Queued, At: r.MadeAt, Edition: 1, ByName: r.ByName, Note: "{}"}
	return append([]Step{first}, rows...), db.Sorted(err)
}

// MarkSending notes, in the transaction of whoever delivers reports, that a finished
// report is on its way. It tells nothing of a run that stands elsewhere.
func (s *Service) MarkSending(ctx context.Context, tx *db.Tx, run ident.ID) error {
	return s.onward(ctx, tx, run, Sending, Rendered)
}

// MarkSent notes that every receiver of a report has it or is given up. Said again, or
// while another edition is being made, it changes nothing.
func (s *Service) MarkSent(ctx context.Context, tx *db.Tx, run ident.ID) error {
	return s.onward(ctx, tx, run, Sent, Rendered, Sending)
}

func (s *Service) onward(ctx context.Context, tx *db.Tx, run ident.ID, to State, from ...State) error {
	res, err := tx.NewRaw("UPDATE report_run SET state = ?, version = version + 1 WHERE id = ? AND state IN (?)", to, run, bun.List(from)).Exec(ctx)
	if err != nil {
		return db.Sorted(err)
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return db.Sorted(err)
	}
	var r RunRow
	if err := tx.NewSelect().Model(&r).Where("rr.id = ?", run).Scan(ctx); err != nil {
		return db.Sorted(err)
	}
	s.tell(to, 0)
	return s.step(ctx, tx, r, to, r.Editions, "", "")
}

// Cancel ends a run that waits or is being made. Whoever makes it notices at the next
// sign of life, and nothing of it is kept. A report that there is already stays, and
// stands where it stood before another edition was asked for.
func (s *Service) Cancel(ctx context.Context, who access.Actor, id ident.ID) error {
	r, err := s.RunOf(ctx, who, id)
	if err != nil {
		return err
	}
	if err := who.NeedAt(Run, r.Cut); err != nil {
		return err
	}
	if r.State.Ended() {
		return fault.New(fault.Conflict, "reports.run.over")
	}
	now, to := s.business.Now(), Cancelled
	if r.Made() {
		to = r.Settled
	}
	err = s.db.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		err := db.Changed(tx.NewRaw("UPDATE report_run SET state = ?, problem = '{}', finished_at = coalesce(finished_at, ?), version = version + 1 WHERE id = ? AND state IN (?, ?)",
			to, now, id, Queued, Rendering).Exec(ctx))
		if err != nil {
			return err
		}
		if err := s.step(ctx, tx, r, Cancelled, r.Editions+1, who.Name, ""); err != nil {
			return err
		}
		return trail.Write(ctx, tx, now, who, "reports.run.cancelled", string(id), map[string][2]any{"state": {r.State, to}})
	})
	if err == nil {
		s.tell(Cancelled, 0)
	}
	return err
}

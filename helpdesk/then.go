package helpdesk

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/deadline"
	"lotrinh/internal/kit/ident"
)

// Stood is the load of units at a moment gone by.
type Stood struct {
	Loads map[string]Load // by unit
	Late  []Ticket        // the most overdue first; State and SortAt are those of then
}

// thenBatch is how many tickets are asked for with one statement.
const thenBatch = 500

// StoodAt is what Loads would have said at a moment gone by, with the tickets that were over due
// then, most of them at most. It is told from the dated steps of tickets and from their clocks;
// how much time a clock allows is taken from now. What has not changed since is counted as it
// stands, so the work grows with what happened since the moment.
func (s *Service) StoodAt(ctx context.Context, who access.Actor, at time.Time, most int) (Stood, error) {
	out := Stood{Loads: map[string]Load{}}
	if err := who.Need(Read); err != nil {
		return out, err
	}
	if everywhere, units := reach(who); !everywhere && len(units) == 0 {
		return out, nil
	}
	var still, since []Ticket
	columns := []string{"seq", "id", "year", "unit", "service", "state", "phase", "opened_at", "changed_at", "answered_at", "answer_due", "resolve_due", "next_clock", "next_due", "sort_at"}
	err := s.DB.Read().NewSelect().Model(&still).Column(columns...).Where("ti.phase <> 'done'").Apply(within(who)).Scan(ctx) // by the index of what is open: not by when it was opened
	if err != nil {
		return out, db.Sorted(err)
	}
	err = s.DB.Read().NewSelect().Model(&since).Column(columns...).Where("ti.phase = ?", Done).Where("ti.sort_at > ?", at).Where("ti.opened_at <= ?", at).Apply(within(who)).Scan(ctx)
	if err != nil {
		return out, db.Sorted(err)
	}
	moved := since
	for _, t := range still {
		switch {
		case t.OpenedAt.After(at):
		case t.ChangedAt.After(at):
			moved = append(moved, t)
		default:
			out.add(t, t.NextDue(), at)
		}
	}
	for some := range slices.Chunk(moved, thenBatch) {
		if err := s.addMoved(ctx, some, at, &out); err != nil {
			return out, err
		}
	}
	slices.SortFunc(out.Late, func(a, b Ticket) int { return cmp.Or(a.SortAt.Compare(b.SortAt), cmp.Compare(a.Seq, b.Seq)) })
	out.Late = out.Late[:min(len(out.Late), most)]
	return out, nil
}

// add counts a ticket by the state and the due moment that it had.
func (o *Stood) add(t Ticket, due *time.Time, at time.Time) {
	l := o.Loads[t.Unit]
	l.Open++
	switch {
	case t.State.Phase() == Waiting:
		l.Hold++
	case due != nil && due.Before(at):
		l.Late++
		t.SortAt = *due
		o.Late = append(o.Late, t)
	}
	o.Loads[t.Unit] = l
}

// addMoved counts tickets that have changed since the moment.
func (s *Service) addMoved(ctx context.Context, some []Ticket, at time.Time, out *Stood) error {
	ids, subjects := make([]ident.ID, len(some)), make([]string, len(some))
	for i, t := range some {
		ids[i], subjects[i] = t.ID, string(t.ID)
	}
	var steps []Step
	err := s.DB.Read().NewSelect().Model(&steps).Column("ticket", "state_after").Where("ts.ticket IN (?)", bun.List(ids)).Where("ts.at <= ?", at).Order("ts.at", "ts.id").Scan(ctx)
	if err != nil {
		return db.Sorted(err)
	}
	state := map[ident.ID]State{}
	for _, st := range steps {
		if st.After != "" {
			state[st.Ticket] = st.After
		}
	}
	by, err := deadline.Then(ctx, s.DB.Read(), s.Calendars, Area, subjects, at)
	if err != nil {
		return err
	}
	for _, t := range some {
		if t.State = cmp.Or(state[t.ID], StateNew); t.State.Phase() == Done {
			continue
		}
		var due *time.Time
		for _, c := range by[string(t.ID)] {
			if c.State == deadline.Running && c.Due != nil && (due == nil || c.Due.Before(*due)) {
				due = c.Due
			}
		}
		out.add(t, due, at)
	}
	return nil
}

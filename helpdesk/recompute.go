package helpdesk

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/helpdesk/sla"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/deadline"
	"lotrinh/internal/kit/ident"
)

// recomputeBatch is how many tickets one transaction computes again.
const recomputeBatch = 500

// Recomputed is how far a recompute is.
type Recomputed struct {
	Total int64 `json:"total"` // open tickets when it began
	Seen  int64 `json:"seen"`
	Moved int64 `json:"moved"` // whose due moments are others
	Ruled int64 `json:"ruled"` // to which another rule applies
}

// Weight is what a change of the rules would do.
type Weight struct {
	Open  int64            // open tickets
	Ruled int64            // of those, the ones that would get another rule
	Under map[string]int64 // how many would be measured by each rule
}

// Weigh tells what a book of rules would do to the open tickets: one query.
func (s *Service) Weigh(ctx context.Context, who access.Actor, book sla.Book) (Weight, error) {
	w := Weight{Under: map[string]int64{}}
	if err := who.Need(Manage); err != nil {
		return w, err
	}
	r, err := s.Ready(ctx)
	if err != nil {
		return w, err
	}
	var rows []struct {
		Ticket
		N int64
	}
	err = s.DB.Read().NewSelect().TableExpr("ticket AS ti").ColumnExpr("ti.unit, ti.kind, ti.service, ti.priority, ti.channel, ti.grp, ti.rule, count(*) AS n").
		Where("ti.phase IN (?)", bun.List([]Phase{InWork, Waiting, Asleep})).GroupExpr("ti.unit, ti.kind, ti.service, ti.priority, ti.channel, ti.grp, ti.rule").Scan(ctx, &rows)
	if err != nil {
		return w, db.Sorted(err)
	}
	for _, row := range rows {
		rule := book.Find(CaseOf(row.Ticket, r.tree))
		w.Open += row.N
		w.Under[rule.Key] += row.N
		if key, _, _ := sla.ParseRef(row.Rule); key != rule.Key {
			w.Ruled += row.N
		}
	}
	return w, nil
}

// Recompute finds the rule of every open ticket anew and computes its clocks again,
// pauses kept; done tickets are never looked at. It works in batches, each one
// transaction of few statements, and may be stopped and started over at any point.
// Progress ends it by an error.
func (s *Service) Recompute(ctx context.Context, progress func(Recomputed) error) (Recomputed, error) {
	var done Recomputed
	r, err := s.Ready(ctx)
	if err != nil {
		return done, err
	}
	if err := unfinished(s.DB.Read(), 0).ColumnExpr("count(*)").Scan(ctx, &done.Total); err != nil {
		return done, db.Sorted(err)
	}
	for after := int64(0); ; {
		var step Recomputed
		last := int64(0)
		err := s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
			step, last, err = s.recompute(ctx, tx, r, after)
			return err
		})
		if err != nil || step.Seen == 0 {
			return done, err
		}
		after = last
		done.Seen, done.Moved, done.Ruled = done.Seen+step.Seen, done.Moved+step.Moved, done.Ruled+step.Ruled
		if progress != nil {
			if err := progress(done); err != nil {
				return done, err
			}
		}
	}
}

// unfinished are the tickets that have an open clock, after one of them.
func unfinished(from bun.IDB, after int64) *bun.SelectQuery {
	return from.NewSelect().TableExpr("ticket AS ti").Where("ti.phase <> 'done'").Where("ti.seq > ?", after)
}

// recompute does one batch. Tickets are locked before their clocks, as every use case does.
func (s *Service) recompute(ctx context.Context, tx *db.Tx, r Ready, after int64) (done Recomputed, last int64, err error) {
	var rows []Ticket
	q := unfinished(tx, after).ColumnExpr("ti.*").Order("ti.seq").Limit(recomputeBatch).Apply(db.ForUpdate(tx))
	if err := q.Scan(ctx, &rows); err != nil || len(rows) == 0 {
		return done, after, db.Sorted(err)
	}
	var ids []ident.ID
	for i := range rows {
		for _, c := range rows[i].clocks() {
			ids = append(ids, c.clock)
		}
	}
	held, err := deadline.Hold(ctx, tx, ids)
	if err != nil {
		return done, after, err
	}
	cals := deadline.Calendars(r.cals)
	if s.Fresh != nil {
		cals = s.Fresh(tx)
	}
	var clocks []*deadline.Clock
	var tickets []promisedMoments
	for i := range rows {
		t := &rows[i]
		before := *t
		rule := r.rule(*t)
		changed, err := t.again(ctx, cals, rule, held)
		if err != nil {
			return done, after, err
		}
		clocks = append(clocks, changed...)
		switch key, _, _ := sla.ParseRef(before.Rule); {
		case t.Rule == before.Rule && same(*t, before):
			continue
		case key != rule.Key:
			done.Ruled++
		}
		if !same(*t, before) {
			done.Moved++
		}
		if t.Phase == InWork || t.Phase == Asleep {
			t.settle(t.ChangedAt)
		}
		tickets = append(tickets, t.moments())
	}
	if err := deadline.Save(ctx, tx, clocks...); err != nil {
		return done, after, err
	}
	done.Seen = int64(len(rows))
	if len(tickets) > 0 {
		tx.After(s.board.forget)
	}
	return done, rows[len(rows)-1].Seq, saveDue(ctx, tx, tickets)
}

// again measures a ticket by a rule and gives the clocks that are to be saved.
func (t *Ticket) again(ctx context.Context, cals deadline.Calendars, rule sla.Rule, held map[ident.ID]deadline.Clock) ([]*deadline.Clock, error) {
	var changed []*deadline.Clock
	t.Rule = rule.Ref()
	for _, one := range t.clocks() {
		c, ok := held[one.clock]
		if !ok || !c.Open() {
			continue
		}
		spec := t.spec(rule, one.of, c.Start)
		cal, err := cals.Calendar(ctx, spec.Calendar)
		if err != nil {
			return nil, err
		}
		before := c.Steps
		if err := c.Amend(spec.Calendar, spec.Budget, spec.Kind, spec.Steps); err != nil {
			return nil, err
		}
		if err := c.Compute(cal); err != nil {
			return nil, err
		}
		if !sameMoment(*one.due, c.Due) || !sameSteps(before, c.Steps) {
			changed = append(changed, &c)
		}
		*one.due = c.Due
	}
	return changed, nil
}

func same(a, b Ticket) bool {
	return sameMoment(a.AnswerDue, b.AnswerDue) && sameMoment(a.AgainDue, b.AgainDue) && sameMoment(a.ResolveDue, b.ResolveDue)
}

func sameMoment(a, b *time.Time) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.Equal(*b)
}

func sameSteps(a, b []deadline.Step) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i].Name != b[i].Name || !sameMoment(a[i].At, b[i].At) {
			return false
		}
	}
	return true
}

// promisedMoments is what a recompute writes of a ticket.
type promisedMoments struct {
	bun.BaseModel `bun:"table:ticket,alias:ti"`
	Seq           int64      `bun:"seq"`
	Rule          string     `bun:"rule"`
	AnswerDue     *time.Time `bun:"answer_due"`
	AgainDue      *time.Time `bun:"next_due"`
	ResolveDue    *time.Time `bun:"resolve_due"`
	SortAt        time.Time  `bun:"sort_at"`
}

func (t Ticket) moments() promisedMoments {
	return promisedMoments{Seq: t.Seq, Rule: t.Rule, AnswerDue: t.AnswerDue, AgainDue: t.AgainDue, ResolveDue: t.ResolveDue, SortAt: t.SortAt}
}

// saveDue writes the due moments of locked tickets in one statement. The version
// stays: nobody's words are lost by it.
func saveDue(ctx context.Context, tx *db.Tx, rows []promisedMoments) error {
	if len(rows) == 0 {
		return nil
	}
	return db.Changed(tx.NewUpdate().With("_data", tx.NewValues(&rows)).Model((*promisedMoments)(nil)).TableExpr("_data").
		Set("rule = _data.rule").Set("answer_due = _data.answer_due").Set("next_due = _data.next_due").
		Set("resolve_due = _data.resolve_due").Set("sort_at = _data.sort_at").Where("ti.seq = _data.seq").Exec(ctx))
}

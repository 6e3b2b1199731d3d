package helpdesk

import (
	"context"
	"slices"
	"time"

	"lotrinh/helpdesk/sla"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/deadline"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/worktime"
	"lotrinh/internal/org"
)

// Rules answers by which rules tickets are measured, in their order.
type Rules interface {
	Book(ctx context.Context) (sla.Book, error)
}

// standing is the table of the pauses: the promises whose clocks stand still while a
// ticket is in a state. In every other state all of them run.
var standing = map[State][]sla.Promise{
	OnHold: {sla.Resolve},
}

// Stands tells whether the clock of a promise stands still in a state.
func Stands(s State, p sla.Promise) bool { return slices.Contains(standing[s], p) }

// calendars are the rules and the calendars by which clocks run, read before the
// operation began. cal is the one of the house.
type calendars struct {
	cal   *worktime.Calendar
	book  sla.Book
	known map[string]*worktime.Calendar
	other deadline.Calendars
}

// Calendar is the calendar of a name: of a rule that holds, or of one that held when
// the clock was started.
func (c calendars) Calendar(ctx context.Context, name string) (*worktime.Calendar, error) {
	if cal, ok := c.known[name]; ok {
		return cal, nil
	}
	return c.other.Calendar(ctx, name)
}

// of is the calendar by which a ticket's clocks run, as far as lists need to know.
func (c calendars) of(t Ticket) *worktime.Calendar {
	key, _, _ := sla.ParseRef(t.Rule)
	if r, ok := c.book.Rule(key); ok && c.known[r.Calendar] != nil {
		return c.known[r.Calendar]
	}
	return c.cal
}

// calendar reads the rules and the calendars that they name.
func (s *Service) calendar(ctx context.Context) (calendars, error) {
	c := calendars{book: sla.Shipped(), known: map[string]*worktime.Calendar{}, other: s.Calendars}
	var err error
	if s.Rules != nil {
		if c.book, err = s.Rules.Book(ctx); err != nil {
			return c, err
		}
	}
	names := []string{s.Calendar}
	for _, r := range c.book {
		names = append(names, r.Calendar)
	}
	for _, name := range names {
		if c.known[name] == nil {
			if c.known[name], err = s.Calendars.Calendar(ctx, name); err != nil {
				return c, err
			}
		}
	}
	c.cal = c.known[s.Calendar]
	return c, nil
}

// CaseOf is what the rules ask of a ticket.
func CaseOf(t Ticket, tree *org.Tree) sla.Case {
	c := sla.Case{Kind: string(t.Kind), Service: string(t.Service), Priority: t.Priority, Channel: string(t.Channel), Group: string(t.Group)}
	for _, u := range tree.Path(t.Unit) {
		c.Units = append(c.Units, u.Code)
	}
	return c
}

// rule is the rule that holds for a ticket now.
func (r Ready) rule(t Ticket) sla.Rule { return r.cals.book.Find(CaseOf(t, r.tree)) }

// kinds translates what budgets count.
var kinds = map[sla.Unit]deadline.Kind{sla.Minutes: deadline.Minutes, sla.Days: deadline.Days, sla.EndOfDay: deadline.EndOfDay}

// spec is the clock of a promise by a rule.
func (t Ticket) spec(r sla.Rule, p sla.Promise, start time.Time) deadline.Spec {
	b := r.Budget(p)
	s := deadline.Spec{Area: area, Subject: string(t.ID), Purpose: string(p), Unit: t.Unit, Calendar: r.Calendar,
		Start: start.Truncate(time.Second), Budget: b.N, Kind: kinds[b.Unit]}
	for _, step := range r.Steps(p) {
		s.Steps = append(s.Steps, deadline.StepSpec{Name: step.Name(), Minutes: step.Minutes})
	}
	return s
}

// Due is when a budget that starts at a moment is used up, and the sum behind it.
func Due(cal *worktime.Calendar, start time.Time, b sla.Budget) (worktime.Due, error) {
	return deadline.Count(cal, start.Truncate(time.Second), b.N, kinds[b.Unit])
}

// begin starts the clocks of a new ticket by the rule that holds for it, which the
// ticket keeps.
func (r Ready) begin(ctx context.Context, tx *db.Tx, t *Ticket) error {
	rule := r.rule(*t)
	t.Rule = rule.Ref()
	clocks, err := deadline.StartMany(ctx, tx, r.cals, t.spec(rule, sla.Answer, t.OpenedAt), t.spec(rule, sla.Resolve, t.OpenedAt))
	if err != nil {
		return err
	}
	t.AnswerClock, t.AnswerDue = clocks[0].ID, clocks[0].Due
	t.ResolveClock, t.ResolveDue = clocks[1].ID, clocks[1].Due
	return nil
}

// asked starts the clock of the next answer with the requester's first word that
// nobody has answered; what follows does not move it.
func (a *action) asked(ctx context.Context) error {
	if a.t.AnsweredAt == nil || a.t.NextClock != "" || a.t.Phase == Done {
		return nil
	}
	c, err := deadline.Start(ctx, a.tx, a.cals, a.t.spec(a.ready.rule(*a.t), sla.Next, a.tick()))
	a.t.NextClock, a.t.AgainDue = c.ID, c.Due
	return err
}

// answer ends the clocks that wait for a word of the support side: the first answer,
// or the next one.
func (a *action) answer(ctx context.Context) error {
	if a.t.AnsweredAt == nil {
		a.t.AnsweredAt = &a.now
		if _, err := deadline.Meet(ctx, a.tx, a.cals, a.t.AnswerClock, a.tick()); err != nil {
			return err
		}
	}
	if a.t.NextClock == "" {
		return nil
	}
	_, err := deadline.Meet(ctx, a.tx, a.cals, a.t.NextClock, a.tick())
	a.t.NextClock, a.t.AgainDue = "", nil
	return err
}

// running is where a ticket keeps a promise whose clock is open.
type running struct {
	of    sla.Promise
	clock ident.ID
	due   **time.Time
}

// clocks are the promises of the ticket that are not kept yet.
func (t *Ticket) clocks() []running {
	var all []running
	if t.AnsweredAt == nil {
		all = append(all, running{sla.Answer, t.AnswerClock, &t.AnswerDue})
	}
	if t.NextClock != "" {
		all = append(all, running{sla.Next, t.NextClock, &t.AgainDue})
	}
	if t.Phase != Done {
		all = append(all, running{sla.Resolve, t.ResolveClock, &t.ResolveDue})
	}
	return all
}

// moved lets the clocks follow a change of state. why is the key of the sentence that
// a pause is explained by.
func (a *action) moved(ctx context.Context, from, to State, why string) error {
	switch {
	case to == Resolved:
		return a.keep(deadline.Meet(ctx, a.tx, a.cals, a.t.ResolveClock, a.tick()))
	case to == Reopened:
		if from == Closed && a.t.AnsweredAt == nil { // withdrawn or merged before anybody answered
			first, err := deadline.Reopen(ctx, a.tx, a.cals, a.t.AnswerClock, a.tick(), why)
			if err != nil {
				return err
			}
			a.t.AnswerDue = first.Due
		}
		return a.keep(deadline.Reopen(ctx, a.tx, a.cals, a.t.ResolveClock, a.tick(), why))
	case to == Closed:
		return a.cancel(ctx, from)
	}
	for _, c := range a.t.clocks() {
		var err error
		var now deadline.Clock
		switch before, after := Stands(from, c.of), Stands(to, c.of); {
		case after && !before:
			now, err = deadline.Pause(ctx, a.tx, a.cals, c.clock, a.tick(), why)
		case before && !after:
			now, err = deadline.Resume(ctx, a.tx, a.cals, c.clock, a.tick())
		default:
			continue
		}
		if err != nil {
			return err
		}
		*c.due = now.Due
	}
	return nil
}

func (a *action) keep(c deadline.Clock, err error) error {
	if err == nil {
		a.t.ResolveDue = c.Due
	}
	return err
}

// cancel ends what nobody asks for any more.
func (a *action) cancel(ctx context.Context, from State) error {
	open := a.t.clocks() // the ticket is done, so the one of the resolution is not among them
	if from != Resolved {
		open = append(open, running{sla.Resolve, a.t.ResolveClock, &a.t.ResolveDue})
	}
	for _, c := range open {
		now, err := deadline.Cancel(ctx, a.tx, a.cals, c.clock, a.tick())
		if err != nil {
			return err
		}
		*c.due = now.Due
	}
	a.t.NextClock, a.t.AgainDue = "", nil
	return nil
}

// reclock gives the clocks that still run what the rule that holds now allows: after
// the priority, the service, the group or the unit has changed. Pauses stay.
func (a *action) reclock(ctx context.Context) error {
	rule := a.ready.rule(*a.t)
	a.t.Rule = rule.Ref()
	for _, c := range a.t.clocks() {
		now, err := deadline.Amend(ctx, a.tx, a.cals, c.clock, a.t.spec(rule, c.of, a.now))
		if err != nil {
			return err
		}
		*c.due = now.Due
	}
	return nil
}

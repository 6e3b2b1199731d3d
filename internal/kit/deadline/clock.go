package deadline

import (
	"cmp"
	"slices"
	"time"

	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/worktime"
)

// State is where a clock stands.
type State string

// The states. Running and Paused are open; the others are the end, unless reopened.
const (
	Running   State = "running"
	Paused    State = "paused"
	Met       State = "met"       // done by its due moment
	Missed    State = "missed"    // done after it
	Cancelled State = "cancelled" // no longer asked for
)

// Kind is what a budget counts.
type Kind string

// The kinds of budget.
const (
	Minutes  Kind = "minutes"    // working minutes
	Days     Kind = "days"       // working days: same time of day on the nth that follows
	EndOfDay Kind = "end_of_day" // the closing of the nth working day that follows, 0 the first one
)

// Break is a closed stretch during which the clock stood still, and why.
type Break struct {
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
	Why  string    `json:"why,omitempty"`
}

// StepSpec asks for a step of escalation: so many working minutes after the due
// moment, before it when negative.
type StepSpec struct {
	Name    string
	Minutes int64
}

// Step is a step of escalation: when it comes, and when it fired.
type Step struct {
	Name    string     `json:"name"`
	Minutes int64      `json:"minutes"`
	At      *time.Time `json:"at,omitempty"`
	Fired   *time.Time `json:"fired,omitempty"`
}

// Spec is what a clock is started with.
type Spec struct {
	Area     string // who asks: "helpdesk"
	Subject  string // the thing: a ticket's ID
	Purpose  string // what must be done: "first_answer"
	Unit     string // the unit's code, for scope
	Calendar string
	Start    time.Time
	Budget   int64
	Kind     Kind
	Steps    []StepSpec
}

// Clock is one running clock.
type Clock struct {
	ID       ident.ID
	Area     string
	Subject  string
	Purpose  string
	Unit     string
	Calendar string
	Start    time.Time
	Budget   int64
	Kind     Kind
	// Due is nil while a year is missing. During a pause it is the moment that would
	// hold if the pause ended as it began.
	Due          *time.Time
	MissingYear  int
	ExpectedYear int // the first year counted that is only expected
	State        State
	PausedAt     *time.Time // while paused
	PausedWhy    string
	StoppedAt    *time.Time // when met, missed or cancelled
	Pauses       []Break
	Steps        []Step
	Version      int64
}

// New is a clock that runs, not yet computed.
func New(s Spec) (Clock, error) {
	var k fault.Check
	k.Need(s.Area != "" && s.Subject != "" && s.Purpose != "" && s.Calendar != "", "subject", "deadline.subject_needed")
	checkBudget(&k, s.Budget, s.Kind)
	if err := k.Err(); err != nil {
		return Clock{}, err
	}
	c := Clock{Area: s.Area, Subject: s.Subject, Purpose: s.Purpose, Unit: s.Unit, Calendar: s.Calendar,
		Start: cut(s.Start), Budget: s.Budget, Kind: s.Kind, State: Running}
	c.plan(s.Steps)
	return c, nil
}

func checkBudget(k *fault.Check, budget int64, kind Kind) {
	k.Need(kind == Minutes || kind == Days || kind == EndOfDay, "kind", "deadline.bad_kind")
	k.Need(budget >= 0 && budget <= 5_000_000, "budget", "deadline.bad_budget")
}

func cut(t time.Time) time.Time { return t.UTC().Truncate(time.Microsecond) }

// plan lays down the steps; one that is already there keeps the moment it fired.
func (c *Clock) plan(steps []StepSpec) {
	old := c.Steps
	c.Steps = nil
	for _, s := range steps {
		step := Step{Name: s.Name, Minutes: s.Minutes}
		if i := slices.IndexFunc(old, func(o Step) bool { return o.Name == s.Name }); i >= 0 {
			step.Fired = old[i].Fired
		}
		c.Steps = append(c.Steps, step)
	}
	slices.SortStableFunc(c.Steps, func(a, b Step) int { return cmp.Compare(a.Minutes, b.Minutes) })
}

// Open tells whether the clock is running or paused.
func (c *Clock) Open() bool { return c.State == Running || c.State == Paused }

// Overdue tells whether the due moment passed before the clock was stopped, or
// before now.
func (c *Clock) Overdue(now time.Time) bool {
	if !c.Open() {
		return c.State == Missed
	}
	if c.PausedAt != nil {
		now = *c.PausedAt
	}
	return c.Due != nil && now.After(*c.Due)
}

func (c *Clock) pauses() []worktime.Pause {
	all := make([]worktime.Pause, len(c.Pauses))
	for i, p := range c.Pauses {
		all[i] = worktime.Pause{From: p.From, To: p.To}
	}
	return all
}

func (c *Clock) count(cal *worktime.Calendar) (worktime.Due, error) {
	return Count(cal, c.Start, c.Budget, c.Kind, c.pauses()...)
}

// Compute sets the due moment and the moments of the steps that have not fired.
func (c *Clock) Compute(cal *worktime.Calendar) error {
	due, err := c.count(cal)
	if err != nil {
		return err
	}
	c.MissingYear, c.ExpectedYear, c.Due = due.Missing, due.Expected, nil
	if due.Known() {
		at := due.At.UTC()
		c.Due = &at
	}
	for i := range c.Steps {
		if c.Steps[i].Fired != nil {
			continue
		}
		if err := c.Steps[i].place(cal, c); err != nil {
			return err
		}
	}
	return nil
}

// place computes when a step comes. One that would lie before the start comes at
// the start; one whose year is missing has no moment yet.
func (s *Step) place(cal *worktime.Calendar, c *Clock) error {
	s.At = nil
	if c.Due == nil {
		return nil
	}
	at := *c.Due
	if s.Minutes != 0 {
		move, err := cal.AddMinutes(at, s.Minutes, c.pauses()...) // negative counts back
		if err != nil {
			return err
		}
		if !move.Known() && s.Minutes > 0 {
			return nil
		}
		if at = move.At.UTC(); !move.Known() || at.Before(c.Start) {
			at = c.Start
		}
	}
	s.At = &at
	return nil
}

// next is when the clock must be looked at again: nil when nothing is to come.
func (c *Clock) next() *time.Time {
	if c.State != Running {
		return nil
	}
	var first *time.Time
	for _, s := range c.Steps {
		if s.Fired == nil && s.At != nil && (first == nil || s.At.Before(*first)) {
			first = s.At
		}
	}
	return first
}

// fire marks the steps that have come by now and returns them in order.
func (c *Clock) fire(now time.Time) (fired []Step) {
	if c.State != Running {
		return nil
	}
	for i := range c.Steps {
		s := &c.Steps[i]
		if s.Fired == nil && s.At != nil && !s.At.After(now) {
			at := cut(now)
			s.Fired = &at
			fired = append(fired, *s)
		}
	}
	return fired
}

// last is the latest moment at which something happened to the clock.
func (c *Clock) last() time.Time {
	at := c.Start
	if n := len(c.Pauses); n > 0 && c.Pauses[n-1].To.After(at) {
		at = c.Pauses[n-1].To
	}
	if c.PausedAt != nil && c.PausedAt.After(at) {
		at = *c.PausedAt
	}
	if c.StoppedAt != nil && c.StoppedAt.After(at) {
		at = *c.StoppedAt
	}
	return at
}

// Pause stands the clock still. What happens before the last thing that happened
// is taken to happen together with it.
func (c *Clock) Pause(at time.Time, why string) error {
	if c.State != Running {
		return fault.New(fault.Conflict, "deadline.not_running")
	}
	at = latest(cut(at), c.last())
	c.State, c.PausedAt, c.PausedWhy = Paused, &at, why
	return nil
}

// Resume lets a paused clock run on. The due moment must be computed again.
func (c *Clock) Resume(at time.Time) error {
	if c.State != Paused {
		return fault.New(fault.Conflict, "deadline.not_paused")
	}
	c.close(latest(cut(at), c.last()))
	c.State = Running
	return nil
}

// close ends the open pause.
func (c *Clock) close(at time.Time) {
	if c.PausedAt != nil && c.PausedAt.Before(at) {
		c.Pauses = append(c.Pauses, Break{From: *c.PausedAt, To: at, Why: c.PausedWhy})
	}
	c.PausedAt, c.PausedWhy = nil, ""
}

// Meet ends the clock because what it waited for was done: Met or Missed.
func (c *Clock) Meet(at time.Time) error {
	if !c.Open() {
		return fault.New(fault.Conflict, "deadline.stopped")
	}
	at = latest(cut(at), c.Start)
	late := c.Overdue(at)
	c.stop(at)
	c.State = Met
	if late {
		c.State = Missed
	}
	return nil
}

// Cancel ends the clock because nobody asks for it any more.
func (c *Clock) Cancel(at time.Time) error {
	if !c.Open() {
		return fault.New(fault.Conflict, "deadline.stopped")
	}
	c.stop(latest(cut(at), c.Start))
	c.State = Cancelled
	return nil
}

func (c *Clock) stop(at time.Time) {
	if c.PausedAt != nil {
		c.close(latest(at, *c.PausedAt))
	}
	c.StoppedAt = &at
}

// Reopen lets a stopped clock run on; the time since it stopped counts as a pause.
func (c *Clock) Reopen(at time.Time, why string) error {
	if c.Open() {
		return fault.New(fault.Conflict, "deadline.not_stopped")
	}
	c.PausedAt, c.PausedWhy, c.StoppedAt = c.StoppedAt, why, nil
	c.close(latest(cut(at), c.last()))
	c.State = Running
	return nil
}

// Amend changes what the clock allows; pauses and fired steps stay.
func (c *Clock) Amend(calendar string, budget int64, kind Kind, steps []StepSpec) error {
	if !c.Open() {
		return fault.New(fault.Conflict, "deadline.stopped")
	}
	var k fault.Check
	checkBudget(&k, budget, kind)
	if err := k.Err(); err != nil {
		return err
	}
	c.Calendar, c.Budget, c.Kind = calendar, budget, kind
	c.plan(steps)
	return nil
}

func latest(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}

// Explain tells how the due moment comes about, and what stops the clock now.
func (c *Clock) Explain(cal *worktime.Calendar) ([]worktime.Step, error) {
	due, err := c.count(cal)
	if err != nil {
		return nil, err
	}
	steps := due.Steps
	if c.PausedAt != nil {
		steps = append(steps, worktime.Step{Key: "deadline.step.paused_since", Args: []any{"at", worktime.Moment{Time: c.PausedAt.In(cal.Zone())}, "why", c.PausedWhy}})
	}
	return steps, nil
}

// Left is the working time that remains at a moment, negative once it is over due.
// A paused or stopped clock stands at the moment when it was.
func (c *Clock) Left(cal *worktime.Calendar, now time.Time) (worktime.Worked, error) {
	switch {
	case c.Due == nil:
		return worktime.Worked{Missing: c.MissingYear}, nil
	case c.StoppedAt != nil:
		now = *c.StoppedAt
	case c.PausedAt != nil:
		now = *c.PausedAt
	}
	return cal.Between(now, *c.Due, c.pauses()...)
}

// PausedFor is the working time that closed pauses have taken so far.
func (c *Clock) PausedFor(cal *worktime.Calendar) (time.Duration, error) {
	all, err := cal.Between(c.Start, latest(c.last(), c.Start))
	if err != nil || !all.Known() {
		return 0, err
	}
	ran, err := cal.Between(c.Start, latest(c.last(), c.Start), c.pauses()...)
	return all.Time - ran.Time, err
}

// SayDue is the due moment in words, or that the year has no calendar yet.
func (c *Clock) SayDue(t i18n.T) string {
	if c.Due == nil {
		return t.Say("deadline.no_calendar", "year", time.Date(c.MissingYear, 1, 1, 0, 0, 0, 0, time.UTC).Format("2006"))
	}
	return t.Moment(*c.Due)
}

package hotline

import (
	"strings"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/ident"
)

// State is where a call stands.
type State string

// The states.
const (
	Ringing  State = "ringing"
	Talking  State = "talking"
	Ended    State = "ended"
	Missed   State = "missed"   // came in, and nobody took it
	Rejected State = "rejected" // a blocked caller
)

// causeForwarded is the one end of an unanswered call that somebody else took.
const causeForwarded = "forwarded"

// causeLost marks a call whose end was never told.
const causeLost = "lost"

// Call is one call.
type Call struct {
	bun.BaseModel `bun:"table:hotline_call,alias:hc"`
	ID            ident.ID   `bun:"id,pk"`
	PBX           ident.ID   `bun:"pbx"`
	CallID        string     `bun:"call_id"` // the exchange's
	Direction     string     `bun:"direction"`
	Number        string     `bun:"number"` // of the other end in its one form; empty when hidden or forgotten
	Line          string     `bun:"line"`   // ours
	Queue         string     `bun:"queue"`
	Names         string     `bun:"names"` // what the exchange calls the caller
	State         State      `bun:"state"`
	Cause         string     `bun:"cause"`
	Answering     string     `bun:"answering"` // who took it, as the exchange says
	Agent         ident.ID   `bun:"agent"`     // who that is
	BeganAt       time.Time  `bun:"began_at"`
	AnsweredAt    *time.Time `bun:"answered_at"`
	EndedAt       *time.Time `bun:"ended_at"`
	Night         bool       `bun:"night"` // began outside of working time
	Unit          string     `bun:"unit"`
	Person        ident.ID   `bun:"person"` // account or contact
	Ticket        ident.ID   `bun:"ticket"`
	Note          string     `bun:"note"`
	Version       int64      `bun:"version"`
}

// hear takes in an event. What is known stays; an event said again, or one that comes
// too late, adds only what was not known.
func (c *Call) hear(e Event, now time.Time) {
	fill(&c.Queue, e.Queue)
	fill(&c.Line, e.Line())
	if c.Direction == In {
		fill(&c.Names, strings.Join(e.Users, ", "))
	}
	switch e.Kind {
	case Answer:
		fill(&c.Answering, e.Answering)
		c.answer(now)
	case HangUp:
		fill(&c.Answering, e.Answering)
		c.hangUp(e.Cause, now)
	}
}

func fill(to *string, from string) {
	if *to == "" {
		*to = from
	}
}

func (c *Call) answer(now time.Time) {
	if c.AnsweredAt != nil || c.State == Rejected {
		return
	}
	c.AnsweredAt = &now
	if c.EndedAt != nil { // told after the end
		c.AnsweredAt, c.State = c.EndedAt, Ended
		return
	}
	c.State = Talking
}

func (c *Call) hangUp(cause string, now time.Time) {
	if c.EndedAt != nil {
		return
	}
	c.EndedAt, c.Cause = &now, cause
	switch {
	case c.State == Rejected:
	case c.AnsweredAt == nil && c.Direction == In && cause != causeForwarded:
		c.State = Missed
	default:
		c.State = Ended
	}
}

// Open tells whether the call is going on.
func (c Call) Open() bool { return c.State == Ringing || c.State == Talking }

// Reached tells whether somebody spoke.
func (c Call) Reached() bool { return c.AnsweredAt != nil }

// Talked is how long both spoke; zero while they do.
func (c Call) Talked() time.Duration {
	if c.AnsweredAt == nil || c.EndedAt == nil {
		return 0
	}
	return c.EndedAt.Sub(*c.AnsweredAt)
}

// Waited is how long it rang before somebody answered or the caller gave up.
func (c Call) Waited() time.Duration {
	switch {
	case c.AnsweredAt != nil:
		return c.AnsweredAt.Sub(c.BeganAt)
	case c.EndedAt != nil:
		return c.EndedAt.Sub(c.BeganAt)
	}
	return 0
}

// same tells whether nothing was learnt.
func (c Call) same(was Call) bool {
	return c.State == was.State && c.Queue == was.Queue && c.Names == was.Names && c.Line == was.Line && c.Answering == was.Answering &&
		c.Agent == was.Agent && (c.AnsweredAt == nil) == (was.AnsweredAt == nil) && (c.EndedAt == nil) == (was.EndedAt == nil)
}

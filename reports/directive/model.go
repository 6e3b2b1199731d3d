package directive

import (
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/ident"
	"lotrinh/reports"
)

// The rights of this room beside reports.Conclude.
const (
	Look access.Perm = "reports.directive.read" // see the directives of the units in reach
	Own  access.Perm = "reports.directive.own"  // be made the owner of one, report it done
)

// Area is the name under which files and clocks of directives are kept.
const Area = "reports.directive"

// Kind is the kind of a directive's document in the search index.
const Kind = "directive"

// State is where a directive stands.
type State string

// The states.
const (
	Open      State = "open"
	Reported  State = "reported"  // its owner says it is done
	Returned  State = "returned"  // it was not: the owner goes on
	Done      State = "done"      // confirmed
	Cancelled State = "cancelled" // no longer asked for
)

// States are all of them, in their order.
var States = []State{Open, Reported, Returned, Done, Cancelled}

// Pending tells whether the owner still has to carry it out.
func (s State) Pending() bool { return s == Open || s == Returned }

// Closed tells whether nothing more can happen to it.
func (s State) Closed() bool { return s == Done || s == Cancelled }

// Source says what a directive was concluded from.
type Source string

// The sources.
const (
	FromRun     Source = "run"
	FromMeeting Source = "meeting"
	FromNothing Source = "none"
)

// Directive is one conclusion.
type Directive struct {
	bun.BaseModel `bun:"table:directive,alias:dv"`
	ID            ident.ID    `bun:"id,pk"`
	Code          string      `bun:"code"`
	DocNo         string      `bun:"doc_no"`  // "215/TB-UBND"; empty while there is none
	DocDay        string      `bun:"doc_day"` // of the document, else of the meeting
	ConcludedBy   string      `bun:"concluded_by"`
	Text          string      `bun:"body"`
	Source        Source      `bun:"source"`
	SourceRun     ident.ID    `bun:"source_run"`
	SourceTitle   string      `bun:"source_title"`
	SourceDay     string      `bun:"source_day"`
	Unit          string      `bun:"unit"`
	Post          access.Role `bun:"post"`
	Owner         ident.ID    `bun:"owner"` // empty: whoever holds the post
	OwnerName     string      `bun:"owner_name"`
	DueDay        string      `bun:"due_day"`  // a given day, or empty
	DueDays       int64       `bun:"due_days"` // working days after DocDay when no day is given
	FirstDueAt    *time.Time  `bun:"first_due_at"`
	DueAt         *time.Time  `bun:"due_at"` // nil while a year has no calendar
	Clock         ident.ID    `bun:"clock"`
	State         State       `bun:"state"`
	MadeAt        time.Time   `bun:"made_at"`
	MadeBy        ident.ID    `bun:"made_by"`
	MadeName      string      `bun:"made_name"`
	ReportedAt    *time.Time  `bun:"reported_at"`
	ClosedAt      *time.Time  `bun:"closed_at"`
	Version       int64       `bun:"version"`
}

// Path is the address of the directive's page.
func (d Directive) Path() string { return Home + "/" + string(d.ID) }

// Late tells whether the due moment passed before the owner reported it done.
func (d Directive) Late(now time.Time) bool {
	if d.DueAt == nil || d.State == Cancelled {
		return false
	}
	if d.ReportedAt != nil && !d.State.Pending() {
		now = *d.ReportedAt
	}
	return d.DueAt.Before(now)
}

// Owns tells whether a person is the owner, by name or by post.
func (d Directive) Owns(who access.Actor) bool {
	if !who.SignedIn() || !who.Covers(Own, d.Unit) {
		return false
	}
	if d.Owner != "" {
		return d.Owner == who.ID
	}
	for _, g := range who.Grants {
		if g.Role == d.Post && (g.Everywhere || contains(g.Units, d.Unit)) {
			return true
		}
	}
	return false
}

// Extended tells whether the due moment was put off.
func (d Directive) Extended() bool {
	return d.FirstDueAt != nil && d.DueAt != nil && !d.FirstDueAt.Equal(*d.DueAt)
}

// Act is one thing that is done to a directive.
type Act string

// The acts, beside those that the table in act.go names.
const (
	Wrote   Act = "wrote"
	Report  Act = "report"
	Confirm Act = "confirm"
	Return  Act = "return"
	Extend  Act = "extend"
	Cancel  Act = "cancel"
)

// Step is one line of a directive's history, with how it stood afterwards.
type Step struct {
	bun.BaseModel `bun:"table:directive_step,alias:ds"`
	ID            ident.ID   `bun:"id,pk"`
	Directive     ident.ID   `bun:"directive"`
	At            time.Time  `bun:"at"`
	By            ident.ID   `bun:"by_account"`
	ByName        string     `bun:"by_name"`
	Act           Act        `bun:"act"`
	State         State      `bun:"state"`
	DueAt         *time.Time `bun:"due_at"`
	Said          string     `bun:"said"`
}

// Changed says that a directive went a step.
type Changed struct {
	ID    ident.ID    `json:"id"`
	Code  string      `json:"code"`
	Unit  string      `json:"unit"`
	Post  access.Role `json:"post"`
	Act   Act         `json:"act"`
	State State       `json:"state"`
	DueAt *time.Time  `json:"due_at,omitempty"`
}

// Topic is the event's name.
func (Changed) Topic() string { return "reports.directive.changed" }

// Subject is the directive.
func (e Changed) Subject() string { return "directive:" + string(e.ID) }

var _ reports.Directives = (*Service)(nil)

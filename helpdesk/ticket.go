package helpdesk

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/ident"
)

// State is where a ticket stands.
type State string

// The states.
const (
	StateNew State = "new"      // nobody has answered yet
	Open     State = "open"     // somebody works on it
	OnHold   State = "on_hold"  // waits for the requester or the vendor; the clock stands
	Resolved State = "resolved" // answered; the requester may reopen it
	Reopened State = "reopened" // the answer did not help
	Closed   State = "closed"   // done with
)

// States are all of them, in the order of forms.
var States = []State{StateNew, Open, OnHold, Resolved, Reopened, Closed}

// moves are the changes of state that exist.
var moves = map[State][]State{
	StateNew: {Open, OnHold, Resolved, Closed},
	Open:     {OnHold, Resolved, Closed},
	OnHold:   {Open, Resolved, Closed},
	Resolved: {Reopened, Closed},
	Reopened: {Open, OnHold, Resolved, Closed},
	Closed:   {Reopened}, // while its group's policy allows, or to undo a merge
}

// Phase sums up states for lists: work to do, waiting, done, and snoozed.
type Phase string

// The phases.
const (
	InWork  Phase = "work"
	Waiting Phase = "hold"
	Done    Phase = "done"
	Asleep  Phase = "asleep" // work to do, later: snoozed
)

// Phase is the phase of a state.
func (s State) Phase() Phase {
	switch s {
	case OnHold:
		return Waiting
	case Resolved, Closed:
		return Done
	}
	return InWork
}

// Party is whom a ticket on hold waits for.
type Party string

// The parties.
const (
	Requester Party = "requester"
	Vendor    Party = "vendor"
)

// Kind is what sort of ticket it is.
type Kind string

// The kinds.
const (
	Fault    Kind = "incident" // something does not work
	Request  Kind = "request"  // something is asked for
	Question Kind = "question" // how is it done
)

// Channel is the way by which a requester gets answers.
type Channel string

// The channels.
const (
	OnScreen Channel = "screen"
	ByMail   Channel = "mail"
	BySMS    Channel = "sms"
	ByPhone  Channel = "phone"
)

// Tier is who works on a ticket: the district's team, the city's, or the vendor.
type Tier string

// The tiers.
const (
	DistrictTeam Tier = "district"
	CityTeam     Tier = "city"
	VendorTier   Tier = "vendor"
)

// Category is the service that a ticket is about.
type Category string

// The categories.
const (
	Usage    Category = "usage"    // thao tác
	Account  Category = "account"  // tài khoản
	Device   Category = "device"   // thiết bị
	Line     Category = "line"     // đường truyền
	Software Category = "software" // phần mềm
)

// Categories are all of them, in the order of forms.
var Categories = []Category{Usage, Account, Device, Line, Software}

// Group is a team that answers tickets.
type Group string

// The groups.
const (
	Desk  Group = "desk"  // questions, accounts, software
	Infra Group = "infra" // devices and lines
)

// Groups are all of them.
var Groups = []Group{Desk, Infra}

// Group is the team that answers a category's tickets as the catalogue was shipped.
func (c Category) Group() Group {
	if c == Device || c == Line {
		return Infra
	}
	return Desk
}

// Levels of impact and urgency: 1 the least, 3 the most.
const (
	Least = 1
	Most  = 3
)

// PriorityOf is the priority, 1 the most pressing to 4, by how many people are hit
// and how soon they cannot go on.
func PriorityOf(impact, urgency int) int {
	switch sum := impact + urgency; {
	case sum >= 6:
		return 1
	case sum == 5:
		return 2
	case sum == 4:
		return 3
	}
	return 4
}

// quietDays is how many working days a resolved ticket waits for an objection
// before it closes by itself.
const quietDays = 3

// Ticket is one question and what became of it.
type Ticket struct {
	bun.BaseModel `bun:"table:ticket,alias:ti"`
	Seq           int64      `bun:"seq,pk,autoincrement"`
	ID            ident.ID   `bun:"id"`
	Year          int        `bun:"year"`
	Title         string     `bun:"title"`
	Unit          string     `bun:"unit"`
	Requester     ident.ID   `bun:"requester"`
	Service       Category   `bun:"service"`
	Impact        int        `bun:"impact"`
	Urgency       int        `bun:"urgency"`
	Priority      int        `bun:"priority"`
	State         State      `bun:"state"`
	Phase         Phase      `bun:"phase"`
	WaitsFor      Party      `bun:"waits_for"`
	Group         Group      `bun:"grp"`
	Owner         ident.ID   `bun:"owner"`
	Source        string     `bun:"source"`
	OpenedAt      time.Time  `bun:"opened_at"`
	AnsweredAt    *time.Time `bun:"answered_at"`
	ResolvedAt    *time.Time `bun:"resolved_at"`
	ClosedAt      *time.Time `bun:"closed_at"`
	ChangedAt     time.Time  `bun:"changed_at"`
	AnswerClock   ident.ID   `bun:"answer_clock"`
	ResolveClock  ident.ID   `bun:"resolve_clock"`
	AnswerDue     *time.Time `bun:"answer_due"`
	ResolveDue    *time.Time `bun:"resolve_due"`
	// SortAt orders lists: the next due moment while there is work, since when it
	// waits, or when it was done.
	SortAt   time.Time `bun:"sort_at"`
	Messages int64     `bun:"messages"`
	Reopened int64     `bun:"reopened"`

	Kind       Kind     `bun:"kind"`
	Parent     ident.ID `bun:"parent"`
	MergedInto ident.ID `bun:"merged_into"`
	Incident   ident.ID `bun:"incident"`
	Asset      string   `bun:"asset"`   // inventory code
	Dossier    string   `bun:"dossier"` // number
	Channel    Channel  `bun:"channel"`
	Tier       Tier     `bun:"tier"`
	Reference  string   `bun:"reference"` // the vendor's number
	Rule       string   `bun:"rule"`      // the rule that set the clocks
	// NextClock is the clock of the next answer: it runs from the requester's first
	// word that nobody has answered, once there was a first answer.
	NextClock    ident.ID   `bun:"next_clock"`
	AgainDue     *time.Time `bun:"next_due"`
	SnoozedUntil *time.Time `bun:"snoozed_until"`
	Spent        int64      `bun:"spent"`    // minutes
	Tags         string     `bun:"tags"`     // labels, joined by ", "
	Watching     int64      `bun:"watching"` // watchers
	Must         int64      `bun:"must"`     // mandatory lines of the checklist that are open
	Version      int64      `bun:"version"`
}

// Number is what people call the ticket: HT-2016-000042. Numbers may have gaps.
func (t Ticket) Number() string { return fmt.Sprintf("HT-%d-%06d", t.Year, t.Seq) }

// ParseNumber reads a number as people write it; ok is false for anything else.
func ParseNumber(s string) (seq int64, ok bool) {
	parts := strings.Split(strings.ToUpper(strings.TrimSpace(s)), "-")
	if len(parts) != 3 || parts[0] != "HT" || len(parts[1]) != 4 {
		return 0, false
	}
	seq, err := strconv.ParseInt(parts[2], 10, 64)
	return seq, err == nil && seq > 0
}

// never stands for a due moment whose year has no calendar yet: last in every list.
var never = time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC)

// NextDue is the next moment by which something is promised: the earliest of the
// clocks that run, nil when none does.
func (t Ticket) NextDue() *time.Time {
	due, _ := t.next()
	return due
}

// next is NextDue, with the clock that runs towards it.
func (t Ticket) next() (first *time.Time, clock ident.ID) {
	if t.Phase == Done {
		return nil, ""
	}
	for _, c := range t.clocks() {
		if due := *c.due; due != nil && !Stands(t.State, c.of) && (first == nil || due.Before(*first)) {
			first, clock = due, c.clock
		}
	}
	return first, clock
}

// Late tells whether the next due moment has passed.
func (t Ticket) Late(now time.Time) bool {
	due := t.NextDue()
	return due != nil && due.Before(now)
}

// move changes the state, if there is such a move.
func (t *Ticket) move(to State, now time.Time) error {
	if !slices.Contains(moves[t.State], to) {
		return fault.New(fault.Conflict, "helpdesk.ticket.no_such_move", "from", stateKey(t.State), "to", stateKey(to))
	}
	t.State, t.Phase, t.WaitsFor, t.SnoozedUntil = to, to.Phase(), "", nil
	switch to {
	case Resolved:
		t.ResolvedAt = &now
	case Reopened:
		t.ResolvedAt, t.ClosedAt = nil, nil
		t.Reopened++
	case Closed:
		t.ClosedAt = &now
	}
	return nil
}

// settle works out where the ticket stands in lists.
func (t *Ticket) settle(now time.Time) {
	t.ChangedAt = now
	switch due := t.NextDue(); {
	case t.Phase == Done && t.ClosedAt != nil:
		t.SortAt = *t.ClosedAt
	case t.Phase == Done && t.ResolvedAt != nil:
		t.SortAt = *t.ResolvedAt
	case t.Phase == Waiting:
		t.SortAt = now
	case t.Phase == Asleep && t.SnoozedUntil != nil:
		t.SortAt = t.sleepsUntil()
	case due != nil:
		t.SortAt = *due
	default:
		t.SortAt = never
	}
}

// sleepsUntil is when a snoozed ticket wakes: when it was told to, or by what is due
// next, should a calendar have brought that forward.
func (t Ticket) sleepsUntil() time.Time {
	until := *t.SnoozedUntil
	t.Phase = InWork
	if due := t.NextDue(); due != nil && due.Before(until) {
		return *due
	}
	return until
}

// visible tells whether the actor may see the ticket at all.
func (t Ticket) visible(who access.Actor) bool {
	return t.Requester == who.ID && who.SignedIn() || who.Covers(Read, t.Unit) || who.Covers(Work, t.Unit)
}

// supports tells whether the actor stands on the answering side of the ticket.
func (t Ticket) supports(who access.Actor) bool {
	return who.Covers(Work, t.Unit) && (t.Requester != who.ID || who.IsSystem())
}

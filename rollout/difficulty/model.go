package difficulty

import (
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/ident"
)

// The rights of this room; who may read the rollout reads the log.
const (
	Raise  access.Perm = "rollout.difficulty.raise"  // write a difficulty down, close it
	Answer access.Perm = "rollout.difficulty.answer" // answer with an owner and a day
	Own    access.Perm = "rollout.difficulty.own"    // be made the owner of one
)

// State is where a difficulty stands.
type State string

// The states.
const (
	Raised State = "raised"  // waits for the city's answer
	InHand State = "in_hand" // answered, its owner works on it
	Done   State = "done"    // its owner says it is done; the unit confirms or opens it again
	Closed State = "closed"
)

// States are all of them, in their order.
var States = []State{Raised, InHand, Done, Closed}

// Difficulty is one entry of the log.
type Difficulty struct {
	bun.BaseModel `bun:"table:difficulty,alias:df"`
	ID            ident.ID   `bun:"id,pk"`
	Code          string     `bun:"code"`
	Unit          string     `bun:"unit"`
	Source        string     `bun:"source"` // address of the return that it was written from
	Title         string     `bun:"title"`
	Cause         string     `bun:"cause"`
	Proposal      string     `bun:"proposal"`
	State         State      `bun:"state"`
	RaisedBy      ident.ID   `bun:"raised_by"`
	RaisedName    string     `bun:"raised_name"`
	RaisedAt      time.Time  `bun:"raised_at"`
	Answer        string     `bun:"answer"`
	AnsweredName  string     `bun:"answered_name"`
	AnsweredAt    *time.Time `bun:"answered_at"`
	Owner         ident.ID   `bun:"owner"`
	OwnerName     string     `bun:"owner_name"`
	Result        string     `bun:"result"`
	Clock         ident.ID   `bun:"clock"`
	DueAt         *time.Time `bun:"due_at"`
	Version       int64      `bun:"version"`
}

// Path is the address of the difficulty.
func (d Difficulty) Path() string { return home + "/" + string(d.ID) }

// Late tells whether the due moment of the current step has passed.
func (d Difficulty) Late(now time.Time) bool {
	return (d.State == Raised || d.State == InHand) && d.DueAt != nil && d.DueAt.Before(now)
}

// Link is a ticket or a gap that a difficulty has to do with.
type Link struct {
	bun.BaseModel `bun:"table:difficulty_link,alias:dk"`
	Difficulty    ident.ID  `bun:"difficulty,pk"`
	Href          string    `bun:"href,pk"`
	Label         string    `bun:"label"`
	LinkedAt      time.Time `bun:"linked_at"`
	ByName        string    `bun:"by_name"`
}

package helpdesk

import (
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/ident"
)

// Message is one contribution to a ticket's conversation.
type Message struct {
	bun.BaseModel `bun:"table:ticket_message,alias:tm"`
	ID            ident.ID  `bun:"id,pk"`
	Ticket        ident.ID  `bun:"ticket"`
	At            time.Time `bun:"at"`
	Author        ident.ID  `bun:"author"`
	FromAgent     bool      `bun:"from_agent"`
	Internal      bool      `bun:"internal"` // a note of the support side
	Source        string    `bun:"source"`
	Body          string    `bun:"body"`
	Why           string    `bun:"why"` // why it was filed here, when it came by mail: a sentence
}

// Act is what was done in a step.
type Act string

// The acts.
const (
	ActOpened   Act = "opened"
	ActAnswered Act = "answered" // the first answer
	ActTaken    Act = "taken"
	ActAssigned Act = "assigned" // about: the account it was given to
	ActHeld     Act = "held"     // about: the party it waits for
	ActResumed  Act = "resumed"
	ActResolved Act = "resolved"
	ActReopened Act = "reopened"
	ActClosed   Act = "closed"
	ActRanked   Act = "ranked" // about: the new priority
	ActLinked   Act = "linked" // about: the number of the incident
	ActUnlinked Act = "unlinked"

	ActKind     Act = "kind"    // about: the new kind
	ActService  Act = "service" // about: the new service
	ActGroup    Act = "group"   // about: the new group
	ActAbout    Act = "about"   // about: the equipment and the dossier
	ActSnoozed  Act = "snoozed" // about: until when
	ActWoken    Act = "woken"
	ActTied     Act = "tied" // about, from here on: the other ticket
	ActUntied   Act = "untied"
	ActParented Act = "parented"
	ActOrphaned Act = "orphaned"
	ActMerged   Act = "merged"   // into the other
	ActAbsorbed Act = "absorbed" // the other was merged into this
	ActUnmerged Act = "unmerged"
	ActReleased Act = "released" // the other's merge into this was undone
	ActSplit    Act = "split"    // the other was cut out of this
	ActFollowed Act = "followed" // a word on this, closed, made the other
)

// aboutTickets are the acts whose About is another ticket.
var aboutTickets = map[Act]bool{ActTied: true, ActUntied: true, ActParented: true, ActOrphaned: true, ActMerged: true, ActAbsorbed: true,
	ActUnmerged: true, ActReleased: true, ActSplit: true, ActFollowed: true}

// Step is one line of a ticket's history.
type Step struct {
	bun.BaseModel `bun:"table:ticket_step,alias:ts"`
	ID            ident.ID  `bun:"id,pk"`
	Ticket        ident.ID  `bun:"ticket"`
	At            time.Time `bun:"at"`
	Actor         ident.ID  `bun:"actor"`
	Act           Act       `bun:"act"`
	Before        State     `bun:"state_before"`
	After         State     `bun:"state_after"`
	About         string    `bun:"about"`
	Internal      bool      `bun:"internal"` // for the support side's eyes
}

package succession

import (
	"context"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/i18n"
)

// Participant is an area, or a room of one, that keeps rows of units. It is called inside
// the one transaction of a set, after the plan was worked out and before the units change.
type Participant interface {
	// Name says whose rows these are: a key of words, "succession.area.inventory".
	Name() string
	// Look counts what Succeed would do, and changes nothing.
	Look(ctx context.Context, q bun.IDB, p Plan) (Report, error)
	// Succeed moves the rows and keeps in the journal what each was before.
	Succeed(ctx context.Context, tx *db.Tx, p Plan, who access.Actor) (Report, error)
	// Reverse puts back what the journal says, or is a conflict that says what rests on it.
	Reverse(ctx context.Context, tx *db.Tx, p Plan) error
	// Claims are the tables with units that it answers for, and those that it leaves alone.
	Claims() (moves, stays []string)
}

// Moved is one line of a report: how many rows of a sort get another unit.
type Moved struct {
	Label string // key of words: "succession.row.asset"
	Rule  Rule
	Rows  int64
}

// Report is what a set does, or would do, to the rows of a participant.
type Report struct {
	Area     string // Participant.Name
	Moved    []Moved
	Problems []i18n.Line // what keeps the set from being confirmed
}

// Rule is why a row gets the unit that it gets: a key of words.
type Rule string

// The rules. What is not moved follows RuleIssuer.
const (
	RulePlace  Rule = "succession.rule.place"  // equipment follows the place: to the heir
	RuleWork   Rule = "succession.rule.work"   // what is open goes to the heir, who goes on with it
	RulePerson Rule = "succession.rule.person" // people and what they proved follow the person
	RuleScope  Rule = "succession.rule.scope"  // a post over a unit reaches what took over
	RuleFacts  Rule = "succession.rule.facts"  // dated facts: the old one ends, a new one begins
	RuleIssuer Rule = "succession.rule.issuer" // what was issued, closed or counted stays with who did it
)

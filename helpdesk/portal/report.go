package portal

import (
	"strings"
	"time"
	"unicode/utf8"

	"github.com/uptrace/bun"

	"lotrinh/helpdesk"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/fold"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/phone"
)

// Step is one page of the way.
type Step string

// The steps, in their order.
const (
	Place  Step = "place"  // where
	Matter Step = "matter" // what about
	Words  Step = "words"  // what happened
	Phone  Step = "phone"  // where answers go
	Code   Step = "code"   // proof of the number
	Check  Step = "check"  // all answers, before they are sent
	Done   Step = "done"   // the number, and what happens next
)

// Steps are those that ask something, in their order.
var Steps = []Step{Place, Matter, Words, Phone, Code}

// matters are what a report can be about, with the service that it belongs to.
var matters = map[string]helpdesk.Category{
	"sign_in": helpdesk.Account, "code": helpdesk.Account, "form": helpdesk.Software, "payment": helpdesk.Software,
	"result": helpdesk.Usage, "other": helpdesk.Usage,
}

// Matters are their codes in the order of the page.
var Matters = []string{"sign_in", "code", "form", "payment", "result", "other"}

// life is how long what was typed is kept before it is sent.
const life = 24 * time.Hour

// longestWords is how long a report may be, in letters.
const longestWords = 3000

// Report is a report under way, and later the tie between a ticket and a telephone.
type Report struct {
	bun.BaseModel `bun:"table:desk_report,alias:dr"`
	ID            ident.ID   `bun:"id,pk"`
	At            time.Time  `bun:"at"`
	Origin        string     `bun:"origin"` // hash of the network address
	Typed         string     `bun:"typed"`  // the place as it was typed
	Unit          string     `bun:"unit"`
	Matter        string     `bun:"matter"`
	Body          string     `bun:"body"`
	Number        string     `bun:"number"` // of the telephone, in its one form
	Code          ident.ID   `bun:"code"`   // the one-time code that was sent
	VerifiedAt    *time.Time `bun:"verified_at"`
	Ticket        ident.ID   `bun:"ticket"` // empty until it was sent
	Version       int64      `bun:"version"`
}

// next is the first step that has no answer yet, or Check.
func (r Report) next() Step {
	switch {
	case r.Ticket != "":
		return Done
	case r.Unit == "":
		return Place
	case r.Matter == "":
		return Matter
	case r.Body == "":
		return Words
	case r.Number == "":
		return Phone
	case r.VerifiedAt == nil:
		return Code
	}
	return Check
}

// may tells whether a step can be shown: none before those that it stands on, and
// nothing but the end once the report was sent.
func (r Report) may(s Step) bool {
	order := append(Steps[:len(Steps):len(Steps)], Check)
	next := r.next()
	if next == Done || s == Done {
		return s == next
	}
	for _, one := range order {
		if one == s {
			return s != Code || r.Number != "" && r.VerifiedAt == nil
		}
		if one == next {
			return false
		}
	}
	return false
}

// about takes the answer to Matter in.
func (r *Report) about(matter string) error {
	var k fault.Check
	_, known := matters[matter]
	k.Need(known, "matter", "portal.form.matter")
	if known {
		r.Matter = matter
	}
	return k.Err()
}

// tell takes the answer to Words in; what was typed stays even when it is refused.
func (r *Report) tell(body string) error {
	body = strings.TrimSpace(fold.NFC(body))
	var k fault.Check
	k.Need(utf8.RuneCountInString(body) >= 10, "body", "portal.form.words")
	k.Need(utf8.RuneCountInString(body) <= longestWords, "body", "portal.form.words_long", "max", longestWords)
	if k.OK() {
		r.Body = body
	}
	return k.Err()
}

// reach takes the answer to Phone in. Another number must be proved anew.
func (r *Report) reach(typed string) error {
	n, ok := phone.Normal(typed)
	var k fault.Check
	k.Need(ok && phone.KindOf(n) == phone.Mobile, "number", "portal.form.phone")
	if err := k.Err(); err != nil {
		return err
	}
	if n != r.Number {
		r.Number, r.Code, r.VerifiedAt = n, "", nil
	}
	return nil
}

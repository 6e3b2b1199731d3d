package incident

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/uptrace/bun"

	"lotrinh/helpdesk"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/fold"
	"lotrinh/internal/kit/ident"
)

// State is where an incident stands.
type State string

// The states.
const (
	Running  State = "running"
	Resolved State = "resolved" // answered; a big one still owes its note
	Closed   State = "closed"
)

// Incident is one trouble of many.
type Incident struct {
	bun.BaseModel `bun:"table:incident,alias:inc"`
	Seq           int64             `bun:"seq,pk,autoincrement"`
	ID            ident.ID          `bun:"id"`
	Year          int               `bun:"year"`
	Title         string            `bun:"title"`
	Service       helpdesk.Category `bun:"service"`
	Known         string            `bun:"known"`  // what is known so far
	Advice        string            `bun:"advice"` // what communes do meanwhile
	Everywhere    bool              `bun:"everywhere"`
	Big           bool              `bun:"big"`
	State         State             `bun:"state"`
	Problem       ident.ID          `bun:"problem"`
	Answer        string            `bun:"answer"` // what solved it, as every ticket was told
	DeclaredAt    time.Time         `bun:"declared_at"`
	DeclaredBy    ident.ID          `bun:"declared_by"`
	ResolvedAt    *time.Time        `bun:"resolved_at"`
	ClosedAt      *time.Time        `bun:"closed_at"`
	NoteHappened  string            `bun:"note_happened"`
	NoteCause     string            `bun:"note_cause"`
	NoteChange    string            `bun:"note_change"`
	NoteAt        *time.Time        `bun:"note_at"`
	NoteBy        ident.ID          `bun:"note_by"`
	ChangedAt     time.Time         `bun:"changed_at"`
	Version       int64             `bun:"version"`
}

// Number is what people call it: SC-2016-0007.
func (i Incident) Number() string { return fmt.Sprintf("SC-%d-%04d", i.Year, i.Seq) }

// Path is its page.
func (i Incident) Path() string { return "/incidents/" + string(i.ID) }

// Kind is what an update tells of.
type Kind string

// The kinds of updates.
const (
	Declared Kind = "declared"
	Told     Kind = "told"
	Solved   Kind = "solved"
	Again    Kind = "again" // it was thought to be solved
)

// Update is one message of an incident.
type Update struct {
	bun.BaseModel `bun:"table:incident_update,alias:iu"`
	ID            ident.ID  `bun:"id,pk"`
	Incident      ident.ID  `bun:"incident"`
	At            time.Time `bun:"at"`
	Author        ident.ID  `bun:"author"`
	Kind          Kind      `bun:"kind"`
	Body          string    `bun:"body"`
	Job           ident.ID  `bun:"job"` // the work that says it on every ticket; empty: none, or done at once
}

// told is what became of an update on one ticket.
type told struct {
	bun.BaseModel `bun:"table:incident_told,alias:it"`
	Update        ident.ID  `bun:"upd,pk"`
	Ticket        ident.ID  `bun:"ticket,pk"`
	Outcome       string    `bun:"outcome"`
	At            time.Time `bun:"at"`
}

// What became of an update on a ticket.
const (
	said    = "said"
	skipped = "skipped" // the ticket was done already
)

// Limits of what people type.
const (
	longestTitle = 150
	longestText  = 4000
)

// Draft is an incident before it exists.
type Draft struct {
	Title      string
	Service    helpdesk.Category
	Known      string
	Advice     string
	Everywhere bool
	Units      []string // codes of communes and districts, when not everywhere
	Big        bool
	Tickets    []ident.ID // linked at once
}

func tidy(s string) string { return strings.TrimSpace(fold.NFC(strings.ReplaceAll(s, "\r\n", "\n"))) }

func long(s string, most int) bool { return utf8.RuneCountInString(s) > most }

func (d *Draft) check() error {
	d.Title, d.Known, d.Advice = tidy(d.Title), tidy(d.Known), tidy(d.Advice)
	var k fault.Check
	k.Need(d.Title != "", "title", "incident.form.title_needed")
	k.Need(!long(d.Title, longestTitle), "title", "incident.form.long", "max", longestTitle)
	k.Need(slices.Contains(helpdesk.Categories, d.Service), "service", "incident.form.service_needed")
	k.Need(!long(d.Known, longestText), "known", "incident.form.long", "max", longestText)
	k.Need(!long(d.Advice, longestText), "advice", "incident.form.long", "max", longestText)
	k.Need(d.Everywhere || len(d.Units) > 0, "units", "incident.form.units_needed")
	return k.Err()
}

// Note is what an incident taught.
type Note struct {
	Version                 int64
	Happened, Cause, Change string
}

func (n *Note) check() error {
	n.Happened, n.Cause, n.Change = tidy(n.Happened), tidy(n.Cause), tidy(n.Change)
	var k fault.Check
	for _, one := range []struct{ field, text string }{{"happened", n.Happened}, {"cause", n.Cause}, {"change", n.Change}} {
		k.Need(one.text != "", one.field, "incident.form.note_needed")
		k.Need(!long(one.text, longestText), one.field, "incident.form.long", "max", longestText)
	}
	return k.Err()
}

func message(body string) (string, error) {
	body = tidy(body)
	var k fault.Check
	k.Need(body != "", "body", "incident.form.body_needed")
	k.Need(!long(body, longestText), "body", "incident.form.long", "max", longestText)
	return body, k.Err()
}

func seqText(n int64) string { return strconv.FormatInt(n, 10) }

package succession

import (
	"encoding/json"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/org"
)

// State is how far a set of changes is.
type State string

// The states. A set that waits is confirmed for a day to come.
const (
	Drafted   State = "draft"
	Previewed State = "previewed"
	Waiting   State = "waiting"
	InForce   State = "force"
	Reversed  State = "reversed"
)

// Set is a set of changes that come into force together on one day.
type Set struct {
	bun.BaseModel `bun:"table:succession_set,alias:su"`
	ID            ident.ID  `bun:"id,pk"`
	Day           string    `bun:"day"`
	Title         string    `bun:"title"`
	Basis         string    `bun:"basis"` // number of the legal document
	Draft         string    `bun:"draft"` // JSON of Draft
	State         State     `bun:"state"`
	Report        string    `bun:"report"` // JSON of Preview
	Undo          string    `bun:"undo"`   // JSON of org.Edit
	Reason        string    `bun:"reason"`
	MadeBy        ident.ID  `bun:"made_by"`
	MadeName      string    `bun:"made_name"`
	MadeAt        time.Time `bun:"made_at"`
	PreviewedAt   time.Time `bun:"previewed_at,nullzero"`
	DecidedBy     ident.ID  `bun:"decided_by"`
	DecidedName   string    `bun:"decided_name"`
	DecidedAt     time.Time `bun:"decided_at,nullzero"`
	ForceAt       time.Time `bun:"force_at,nullzero"` // when the rows were moved
	ForceSeq      int64     `bun:"force_seq"`         // the order of coming into force; 0: never
	ReversedName  string    `bun:"reversed_name"`
	ReversedAt    time.Time `bun:"reversed_at,nullzero"`
	ReverseReason string    `bun:"reverse_reason"`
	Version       int64     `bun:"version"`
}

// Open tells whether the set can still be changed.
func (s Set) Open() bool { return s.State == Drafted || s.State == Previewed }

// Preview is what a set does, or would do.
type Preview struct {
	Summary Summary
	Reports []Report
	Scopes  int64 // posts that a person will have to look at
}

// Words is the draft of the set.
func (s Set) Words() (Draft, error) {
	var d Draft
	err := json.Unmarshal([]byte(s.Draft), &d)
	return d, db.Sorted(err)
}

// Told is the report as it was counted last: at the preview, or when it came into force.
func (s Set) Told() (Preview, error) {
	var p Preview
	if s.Report == "" || s.Report == "{}" {
		return p, nil
	}
	err := json.Unmarshal([]byte(s.Report), &p)
	return p, db.Sorted(err)
}

func (s Set) undo() (org.Edit, error) {
	var e org.Edit
	err := json.Unmarshal([]byte(s.Undo), &e)
	return e, db.Sorted(err)
}

// heirRow is one unit's heir while a set is carried out, for statements that move rows.
type heirRow struct {
	bun.BaseModel `bun:"table:succession_heir,alias:sh"`
	Set           ident.ID `bun:"set_id,pk"`
	From          string   `bun:"from_code,pk"`
	To            string   `bun:"to_code"`
}

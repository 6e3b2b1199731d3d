package register

import (
	"encoding/json"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/ident"
)

// Series is the numbers of one kind of book in a unit and a year: its row is raised in
// the transaction that signs an entry. Before is the last number on paper when the
// register began here.
type Series struct {
	bun.BaseModel `bun:"table:register_series,alias:rs"`
	Unit          string    `bun:"unit,pk"`
	Kind          Kind      `bun:"kind,pk"`
	Year          int64     `bun:"year,pk"`
	Practice      bool      `bun:"practice,pk"`
	Before        int64     `bun:"before"`
	Last          int64     `bun:"last"`
	Volume        int64     `bun:"volume"`
	InVolume      int64     `bun:"in_volume"`
	Capacity      int64     `bun:"capacity"`
	Voided        int64     `bun:"voided"`
	OpenedAt      time.Time `bun:"opened_at"`
	OpenedBy      ident.ID  `bun:"opened_by"`
}

// Entry is one entry of a register. Content is what was signed, word for word; Hash is
// its SHA-256.
type Entry struct {
	bun.BaseModel `bun:"table:register_entry,alias:re"`
	ID            ident.ID        `bun:"id,pk"`
	Unit          string          `bun:"unit"`
	Kind          Kind            `bun:"kind"`
	Year          int64           `bun:"year"`
	Practice      bool            `bun:"practice"`
	Volume        int64           `bun:"volume"`
	Number        int64           `bun:"number"`
	Dossier       ident.ID        `bun:"dossier"`
	Day           string          `bun:"day"` // of registration, 2016-11-10
	Subject       string          `bun:"subject"`
	Content       json.RawMessage `bun:"content,type:json"`
	Hash          string          `bun:"hash"`
	At            time.Time       `bun:"at"`
	Officer       ident.ID        `bun:"officer"`
	OfficerName   string          `bun:"officer_name"`
	Proof         string          `bun:"proof"`
}

// Book is the name of the entry's book.
func (e Entry) Book() string { return Code(e.Kind, e.Year, e.Volume, e.Practice) }

// Path is the page of the entry.
func (e Entry) Path() string { return entriesAt + "/" + string(e.ID) }

// party is a person that an entry is about or names, for searches and conflicts.
type party struct {
	bun.BaseModel `bun:"table:register_party,alias:rp"`
	Entry         ident.ID `bun:"entry,pk"`
	Position      int64    `bun:"position,pk"`
	Role          string   `bun:"role"`
	Unit          string   `bun:"unit"`
	Practice      bool     `bun:"practice"`
	Name          string   `bun:"name"`
	Fold          string   `bun:"fold"`
	Born          string   `bun:"born"`
	PID           string   `bun:"pid"`
}

// key keeps an event from being registered twice while it is not released.
type key struct {
	bun.BaseModel `bun:"table:register_key,alias:rk"`
	ID            ident.ID  `bun:"id,pk"`
	Kind          string    `bun:"kind"`
	Value         string    `bun:"value"`
	Practice      bool      `bun:"practice"`
	Entry         ident.ID  `bun:"entry"`
	ReleasedAt    time.Time `bun:"released_at,nullzero"`
}

// Void says why a number is not valid.
type Void struct {
	bun.BaseModel `bun:"table:register_void,alias:rv"`
	Entry         ident.ID  `bun:"entry,pk"`
	Reason        string    `bun:"reason"`
	At            time.Time `bun:"at"`
	By            ident.ID  `bun:"by"`
	ByName        string    `bun:"by_name"`
}

// FactKind is what a fact does to the entry that it points at.
type FactKind string

// The kinds of facts.
const (
	Correction FactKind = "correction"
	Annulment  FactKind = "annulment"
)

// Change is one value of an entry before and after.
type Change struct {
	Field string `json:"field"`
	From  string `json:"from"`
	To    string `json:"to"`
}

// Fact is a correction or an annulment of an entry, by a decision.
type Fact struct {
	bun.BaseModel `bun:"table:register_fact,alias:rf"`
	ID            ident.ID  `bun:"id,pk"`
	Entry         ident.ID  `bun:"entry"`
	Seq           int64     `bun:"seq"`
	Kind          FactKind  `bun:"kind"`
	DecisionNo    string    `bun:"decision_no"`
	DecisionDay   string    `bun:"decision_day"`
	Changes       []Change  `bun:"changes,type:json"`
	Reason        string    `bun:"reason"`
	Hash          string    `bun:"hash"`
	At            time.Time `bun:"at"`
	By            ident.ID  `bun:"by"`
	ByName        string    `bun:"by_name"`
	Proof         string    `bun:"proof"`
}

// Proposal is what somebody read in the paper register that differs from the entry. It
// changes nothing until another person decides.
type Proposal struct {
	bun.BaseModel `bun:"table:register_proposal,alias:rpr"`
	ID            ident.ID  `bun:"id,pk"`
	Entry         ident.ID  `bun:"entry"`
	Unit          string    `bun:"unit"`
	Page          string    `bun:"page"` // of the paper book
	Changes       []Change  `bun:"changes,type:json"`
	Note          string    `bun:"note"`
	State         string    `bun:"state"` // open, accepted, dismissed
	At            time.Time `bun:"at"`
	By            ident.ID  `bun:"by"`
	ByName        string    `bun:"by_name"`
	DecidedAt     time.Time `bun:"decided_at,nullzero"`
	DecidedBy     ident.ID  `bun:"decided_by"`
	DecidedName   string    `bun:"decided_name"`
	Reason        string    `bun:"reason"`
	Fact          ident.ID  `bun:"fact"`
	Ver           int64     `bun:"ver"`
}

// The states of a proposal.
const (
	ProposalOpen      = "open"
	ProposalAccepted  = "accepted"
	ProposalDismissed = "dismissed"
)

// Lock ends a year of a series with its count.
type Lock struct {
	bun.BaseModel `bun:"table:register_lock,alias:rl"`
	ID            ident.ID  `bun:"id,pk"`
	Unit          string    `bun:"unit"`
	Kind          Kind      `bun:"kind"`
	Year          int64     `bun:"year"`
	Practice      bool      `bun:"practice"`
	Before        int64     `bun:"before"`
	Last          int64     `bun:"last"`
	Entries       int64     `bun:"entries"`
	Voided        int64     `bun:"voided"`
	Digest        string    `bun:"digest"` // SHA-256 over the hashes of the entries, in their order
	At            time.Time `bun:"at"`
	By            ident.ID  `bun:"by"`
	ByName        string    `bun:"by_name"`
	Proof         string    `bun:"proof"`
}

// Held is the locked record of a dead person.
type Held struct {
	bun.BaseModel `bun:"table:person_lock,alias:pl"`
	ID            ident.ID  `bun:"id,pk"`
	PID           string    `bun:"pid"`
	Name          string    `bun:"name"`
	Fold          string    `bun:"fold"`
	Born          string    `bun:"born"`
	Practice      bool      `bun:"practice"`
	Entry         ident.ID  `bun:"entry"`
	LockedAt      time.Time `bun:"locked_at"`
	UnlockedAt    time.Time `bun:"unlocked_at,nullzero"`
	UnlockedBy    ident.ID  `bun:"unlocked_by"`
}

// Signature is what a signing leader decided about a result.
type Signature struct {
	bun.BaseModel `bun:"table:dossier_signature,alias:sg"`
	ID            ident.ID        `bun:"id,pk"`
	Dossier       ident.ID        `bun:"dossier"`
	Entry         ident.ID        `bun:"entry"` // empty where the procedure has no register
	Unit          string          `bun:"unit"`
	Practice      bool            `bun:"practice"`
	Decision      string          `bun:"decision"` // signed, refused
	Content       json.RawMessage `bun:"content,type:json"`
	Hash          string          `bun:"hash"`
	Reason        string          `bun:"reason"`
	At            time.Time       `bun:"at"`
	Day           string          `bun:"day"`
	By            ident.ID        `bun:"signer"`
	ByName        string          `bun:"signer_name"`
	Post          ident.ID        `bun:"post"` // the post that gave the authority
	Proof         string          `bun:"proof"`
}

// The decisions of a signing leader.
const (
	DidSign   = "signed"
	DidRefuse = "refused"
)

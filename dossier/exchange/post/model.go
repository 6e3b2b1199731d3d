package post

import (
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/ident"
)

// The modes of a partner.
const (
	ByHTTP = "http"
	ByFile = "file" // a person carries export sheets and acknowledgements
	Off    = "off"  // messages are written and wait
)

// Modes are all of them.
var Modes = []string{ByHTTP, ByFile, Off}

// Partner is another office, as an administrator set it up. Secrets never leave the store.
type Partner struct {
	bun.BaseModel   `bun:"table:exchange_partner,alias:xp"`
	Code            string    `bun:"code,pk"`
	Mode            string    `bun:"mode"`
	Endpoint        string    `bun:"endpoint"` // http(s)://host/path; events, case, ledger and outbox lie under it
	Source          string    `bun:"source"`   // how it calls itself; empty believes any
	Secret          string    `bun:"secret"`   // sealed
	SecretBefore    string    `bun:"secret_before"`
	Pull            bool      `bun:"pull"`  // its messages are fetched as well
	Place           string    `bun:"place"` // code of the unit that a ticket about it belongs to
	ReceivedMinutes int64     `bun:"received_minutes"`
	ResultMinutes   int64     `bun:"result_minutes"`
	Failures        int64     `bun:"failures"`
	OpenUntil       time.Time `bun:"open_until,nullzero"` // its circuit is open until then
	AnsweredAt      time.Time `bun:"answered_at,nullzero"`
	Problem         string    `bun:"problem"`
	Ver             int64     `bun:"ver"`
}

// Broken tells whether the partner is left alone at a moment.
func (p Partner) Broken(now time.Time) bool { return p.OpenUntil.After(now) }

// The states of a message.
const (
	Waiting = "waiting"
	Sending = "sending"
	Sent    = "sent"
	Dead    = "dead"    // given up: a person must look
	Dropped = "dropped" // set aside by a person
)

// What a message wants to hear, and has heard.
const (
	Arrival  = 1 // that it arrived
	Receipt  = 2 // a case number as well
	Result   = 3 // a result as well
	Received = "received"
	Asked    = "completion"
	Rejected = "rejected"
	Done     = "done"
)

// Message is one message to a partner.
type Message struct {
	bun.BaseModel `bun:"table:exchange_message,alias:xm"`
	ID            ident.ID  `bun:"id,pk"`
	Partner       string    `bun:"partner"`
	Dossier       string    `bun:"dossier"` // code: the subject of the conversation
	Ref           ident.ID  `bun:"ref"`     // the dossier's row
	Unit          string    `bun:"unit"`
	Leg           string    `bun:"leg"`
	Seq           int64     `bun:"seq"`
	Type          string    `bun:"type"`
	Key           string    `bun:"idemkey"`
	Thing         string    `bun:"thing"`
	Revision      int64     `bun:"revision"`
	Data          string    `bun:"data"`
	Hash          string    `bun:"hash"`     // of the normalised fields
	Compared      bool      `bun:"compared"` // the nightly comparison asks the partner about it
	State         string    `bun:"state"`
	Doubt         bool      `bun:"doubt"` // it may have arrived
	At            time.Time `bun:"at"`
	NextAt        time.Time `bun:"next_at"` // when it is due; the end of the lease while it is sent
	Attempts      int64     `bun:"attempts"`
	Problem       string    `bun:"problem"`
	SentAt        time.Time `bun:"sent_at,nullzero"`
	Expects       int64     `bun:"expects"`
	ExpectBy      time.Time `bun:"expect_by,nullzero"` // when the next thing should have been heard
	Alarmed       bool      `bun:"alarmed"`
	ReceivedAt    time.Time `bun:"received_at,nullzero"`
	CaseNo        string    `bun:"case_no"`
	Result        string    `bun:"result"`
	ResultAt      time.Time `bun:"result_at,nullzero"`
	ResultNo      string    `bun:"result_no"`
	Replies       int64     `bun:"replies"`
	Batch         string    `bun:"batch"` // of the export sheet that carried it
}

// The states of what came in.
const (
	Applied     = "applied"
	Parked      = "parked"      // something before it has not come yet
	Quarantined = "quarantined" // a version that we do not know
	Stale       = "stale"       // its place in the order was taken
	Refused     = "refused"     // it cannot be applied
)

// In is one message that came in.
type In struct {
	bun.BaseModel `bun:"table:exchange_inbox,alias:xi"`
	ID            ident.ID  `bun:"id,pk"`
	Source        string    `bun:"source"` // code of the partner
	Message       string    `bun:"message"`
	Hash          string    `bun:"hash"`
	Type          string    `bun:"type"`
	Subject       string    `bun:"subject"`
	Ref           ident.ID  `bun:"ref"`
	Seq           int64     `bun:"seq"`
	Body          string    `bun:"body"`
	State         string    `bun:"state"`
	Problem       string    `bun:"problem"`
	At            time.Time `bun:"at"`
	DoneAt        time.Time `bun:"done_at,nullzero"`
}

// Incident is something between offices that ought not to happen.
type Incident struct {
	bun.BaseModel `bun:"table:exchange_incident,alias:xc"`
	ID            ident.ID  `bun:"id,pk"`
	Partner       string    `bun:"partner"`
	Kind          string    `bun:"kind"`
	Message       string    `bun:"message"`
	Note          string    `bun:"note"`
	At            time.Time `bun:"at"`
	ClosedAt      time.Time `bun:"closed_at,nullzero"`
	ClosedBy      ident.ID  `bun:"closed_by"`
	Reason        string    `bun:"reason"`
}

// The kinds of incidents.
const (
	OtherBody  = "other_body"  // the same id came with another body
	OtherThere = "other_there" // the partner has our key with another body
	BadData    = "bad_data"    // contents break their schema
	OutOfTurn  = "out_of_turn" // a place in the order came twice
	UnknownKey = "unknown_key" // an answer to what we never sent
	NotApplied = "not_applied" // the house cannot do what it asks
)

// Replay is a wish to send many given-up messages again. Another person grants it.
type Replay struct {
	bun.BaseModel `bun:"table:exchange_replay,alias:xr"`
	ID            ident.ID  `bun:"id,pk"`
	Partner       string    `bun:"partner"`
	Reason        string    `bun:"reason"`
	UpTo          ident.ID  `bun:"up_to"`
	N             int64     `bun:"n"`
	AskedBy       ident.ID  `bun:"asked_by"`
	AskedName     string    `bun:"asked_name"`
	AskedAt       time.Time `bun:"asked_at"`
	DoneBy        ident.ID  `bun:"done_by"`
	DoneAt        time.Time `bun:"done_at,nullzero"`
}

package inspection

import (
	"encoding/json"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/ident"
	"lotrinh/rollout/ask"
)

// The rights of this room; who may read the rollout reads rounds.
const (
	Arrange access.Perm = "rollout.inspection.arrange" // plan rounds and visits
	Inspect access.Perm = "rollout.inspection.inspect" // hand records in, sign, close findings
	Mend    access.Perm = "rollout.inspection.mend"    // say that a finding is mended
)

// Round is an inspection of several communes by one team with one checklist.
type Round struct {
	bun.BaseModel `bun:"table:inspection_round,alias:ip"`
	ID            ident.ID  `bun:"id,pk"`
	Code          string    `bun:"code"`
	Programme     string    `bun:"programme"` // code
	Title         string    `bun:"title"`
	Checklist     string    `bun:"checklist"` // JSON of ask.Form, as it was when the round was planned
	MadeBy        ident.ID  `bun:"made_by"`
	MadeName      string    `bun:"made_name"`
	MadeAt        time.Time `bun:"made_at"`
	Version       int64     `bun:"version"`
}

// Form is the checklist of the round.
func (r Round) Form() (ask.Form, error) { return ask.Parse([]byte(r.Checklist)) }

// Path is the address of the round.
func (r Round) Path() string { return home + "/" + string(r.ID) }

// Member is somebody of the team.
type Member struct {
	bun.BaseModel `bun:"table:inspection_member,alias:im"`
	Round         ident.ID `bun:"round,pk"`
	Account       ident.ID `bun:"account,pk"`
	Name          string   `bun:"name"`
	Lead          bool     `bun:"lead"`
}

// VisitState is where a visit stands.
type VisitState string

// The states of a visit.
const (
	Planned   VisitState = "planned"
	HandedIn  VisitState = "handed_in"
	Signed    VisitState = "signed"
	Cancelled VisitState = "cancelled"
)

// Visit is one commune of a round.
type Visit struct {
	bun.BaseModel `bun:"table:inspection_visit,alias:iv"`
	ID            ident.ID   `bun:"id,pk"`
	Round         ident.ID   `bun:"round"`
	Unit          string     `bun:"unit"`
	Day           string     `bun:"day"`      // "2016-11-15"
	Position      int64      `bun:"position"` // on the day's route, from 1
	State         VisitState `bun:"state"`
	Record        ident.ID   `bun:"record"` // that the phone gave it
	AnswersJSON   string     `bun:"answers"`
	NotesJSON     string     `bun:"notes"` // by the item's key
	Seen          int64      `bun:"seen"`  // how many pieces of equipment
	Remark        string     `bun:"remark"`
	SawAt         *time.Time `bun:"saw_at"`
	ArrivedAt     *time.Time `bun:"arrived_at"`
	By            ident.ID   `bun:"by_account"`
	ByName        string     `bun:"by_name"`
	Signer        string     `bun:"signer"`
	SignerPost    string     `bun:"signer_post"`
	SignedAt      *time.Time `bun:"signed_at"`
	Hash          string     `bun:"hash"` // of what was signed: SHA-256, hexadecimal
	Reason        string     `bun:"reason"`
	Version       int64      `bun:"version"`
}

// Path is the address of the visit.
func (v Visit) Path() string { return home + "/visits/" + string(v.ID) }

// Answers are what was found, and the notes by the item's key.
func (v Visit) Answers() (a ask.Answers, notes map[string]string, err error) {
	if v.AnswersJSON == "" {
		return a, nil, nil
	}
	if err = json.Unmarshal([]byte(v.AnswersJSON), &a); err == nil {
		err = json.Unmarshal([]byte(v.NotesJSON), &notes)
	}
	if err != nil {
		err = fault.Because(fault.Internal, "fault.internal", err)
	}
	return a, notes, err
}

// FindingState is where a finding stands.
type FindingState string

// The states of a finding.
const (
	Open   FindingState = "open"
	Mended FindingState = "mended" // the unit says so; somebody who inspects is to see
	Closed FindingState = "closed"
)

// Finding is a no of a checklist, followed until closed.
type Finding struct {
	bun.BaseModel `bun:"table:inspection_finding,alias:fn"`
	ID            ident.ID     `bun:"id,pk"`
	Visit         ident.ID     `bun:"visit"`
	Unit          string       `bun:"unit"`
	Item          string       `bun:"item"`      // key of the question
	Criterion     string       `bun:"criterion"` // that it speaks to; may be empty
	Title         string       `bun:"title"`
	Note          string       `bun:"note"`
	State         FindingState `bun:"state"`
	Owner         ident.ID     `bun:"owner"`
	OwnerName     string       `bun:"owner_name"` // the unit's own while empty
	Result        string       `bun:"result"`
	Clock         ident.ID     `bun:"clock"`
	DueAt         *time.Time   `bun:"due_at"`
	Version       int64        `bun:"version"`
}

// Late tells whether a finding should be mended by now.
func (f Finding) Late(now time.Time) bool {
	return f.State == Open && f.DueAt != nil && f.DueAt.Before(now)
}

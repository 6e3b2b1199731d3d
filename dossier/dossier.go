package dossier

import (
	"encoding/json"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/ident"
)

// Dossier is one dossier as it stands. What it says of persons beside the few fields that
// lists and checks for duplicates need is kept apart, in its answers.
type Dossier struct {
	bun.BaseModel `bun:"table:dossier,alias:d"`
	ID            ident.ID  `bun:"id,pk"`
	Track         string    `bun:"track"`      // given at submission, for following; 10 characters
	Submission    string    `bun:"submission"` // the sender's key: the same one again is the same dossier
	Code          string    `bun:"code"`       // official, given at acceptance; empty before
	Procedure     string    `bun:"procedure"`
	Version       ident.ID  `bun:"version"`
	Unit          string    `bun:"unit"` // the commune at acceptance, for ever
	Channel       Channel   `bun:"channel"`
	Status        Status    `bun:"status"`
	Stage         string    `bun:"stage"` // key of a step of the version
	Waiting       Waiting   `bun:"waiting"`
	Practice      bool      `bun:"practice"`
	Open          bool      `bun:"open"`
	Subject       string    `bun:"subject"` // whom it is about
	SubjectFold   string    `bun:"subject_fold"`
	Born          string    `bun:"born"` // 2016-11-02, or empty
	SubjectPID    string    `bun:"subject_pid"`
	MotherPID     string    `bun:"mother_pid"`
	ProofNo       string    `bun:"proof_no"` // number of the birth or death proof
	Applicant     string    `bun:"applicant"`
	Phone         string    `bun:"phone"` // in its one form, or empty
	Handler       ident.ID  `bun:"handler"`
	HandlerName   string    `bun:"handler_name"`
	SubmittedAt   time.Time `bun:"submitted_at"`
	AcceptedAt    time.Time `bun:"accepted_at,nullzero"`
	DueAt         time.Time `bun:"due_at,nullzero"` // none before acceptance and while the clock stands
	FirstDueAt    time.Time `bun:"first_due_at,nullzero"`
	FinishedAt    time.Time `bun:"finished_at,nullzero"`
	ReturnedAt    time.Time `bun:"returned_at,nullzero"`
	ChangedAt     time.Time `bun:"changed_at"`
	Steps         int64     `bun:"steps"`
	Ver           int64     `bun:"ver"`
}

// Path is the page of the dossier.
func (d Dossier) Path() string { return "/dossiers/" + string(d.ID) }

// Number is what people call it by: the official code, the tracking code before it has one.
func (d Dossier) Number() string {
	if d.Code != "" {
		return d.Code
	}
	return d.Track
}

// Late tells whether it is past its due moment: an open one now, another when it was
// finished.
func (d Dossier) Late(now time.Time) bool {
	if d.DueAt.IsZero() {
		return false
	}
	if !d.FinishedAt.IsZero() {
		now = d.FinishedAt
	}
	return now.After(d.DueAt)
}

// Step is one line of a dossier's history. At is when it happened, RecordedAt when the
// system learned of it. Data holds what the act needs later, without persons where events
// or lists show it.
type Step struct {
	bun.BaseModel `bun:"table:dossier_step,alias:ds"`
	ID            ident.ID        `bun:"id,pk"`
	Dossier       ident.ID        `bun:"dossier"`
	Seq           int64           `bun:"seq"`
	At            time.Time       `bun:"at"`
	RecordedAt    time.Time       `bun:"recorded_at"`
	Act           Act             `bun:"act"`
	Was           Status          `bun:"was"`
	Status        Status          `bun:"status"`
	Stage         string          `bun:"stage"`
	Waiting       Waiting         `bun:"waiting"`
	Actor         ident.ID        `bun:"actor"`
	ActorName     string          `bun:"actor_name"`
	Said          string          `bun:"said"`
	Data          json.RawMessage `bun:"data,type:json"`
}

// Document is a paper that a dossier wants: present or missing. Its files lie in
// kit/files, area "dossier", owned by the dossier with the document's key.
type Document struct {
	bun.BaseModel `bun:"table:dossier_document,alias:dd"`
	ID            ident.ID `bun:"id,pk"`
	Dossier       ident.ID `bun:"dossier"`
	Key           string   `bun:"key"`
	Shown         bool     `bun:"shown"` // to be shown only
	State         string   `bun:"state"` // present, missing
	Note          string   `bun:"note"`
}

// Leg is the part of another authority.
type Leg struct {
	bun.BaseModel `bun:"table:dossier_leg,alias:dl"`
	ID            ident.ID  `bun:"id,pk"`
	Dossier       ident.ID  `bun:"dossier"`
	Kind          string    `bun:"kind"`
	Partner       string    `bun:"partner"`
	State         LegState  `bun:"state"`
	Open          bool      `bun:"open"`
	DueAt         time.Time `bun:"due_at,nullzero"`
	CaseNo        string    `bun:"case_no"` // the partner's own number
	ResultNo      string    `bun:"result_no"`
	ResultAt      time.Time `bun:"result_at,nullzero"`
	Reason        string    `bun:"reason"`
	ChangedAt     time.Time `bun:"changed_at"`
	Ver           int64     `bun:"ver"`
}

// LegState is how a leg stands.
type LegState string

// The states of a leg.
const (
	LegWaiting    LegState = "waiting"
	LegSent       LegState = "sent"
	LegReceived   LegState = "received"
	LegAccepted   LegState = "accepted"
	LegIncomplete LegState = "needs_completion"
	LegRejected   LegState = "rejected"
	LegDone       LegState = "done"
)

// Over tells whether the partner does nothing more.
func (s LegState) Over() bool { return s == LegRejected || s == LegDone }

// Version is one version of a procedure.
type Version struct {
	bun.BaseModel `bun:"table:procedure_version,alias:pv"`
	ID            ident.ID        `bun:"id,pk"`
	Procedure     string          `bun:"procedure"`
	From          string          `bun:"effective_from"` // first day, 2016-01-01
	State         string          `bun:"state"`          // draft, published, withdrawn
	Definition    json.RawMessage `bun:"definition,type:json"`
	Hash          string          `bun:"hash"` // SHA-256 of the definition
	Note          string          `bun:"note"`
	MadeBy        ident.ID        `bun:"made_by"`
	MadeAt        time.Time       `bun:"made_at"`
	Ver           int64           `bun:"ver"`
}

// The states of a version.
const (
	Draft         = "draft"
	Published     = "published"
	WithdrawnRule = "withdrawn"
)

package rollout

import "lotrinh/internal/kit/ident"

// StageMoved tells that a commune moved to another stage, forwards or back.
type StageMoved struct {
	Programme string   `json:"programme"` // code
	Unit      string   `json:"unit"`
	Phase     int      `json:"phase"` // ordinal
	From      Stage    `json:"from"`
	To        Stage    `json:"to"`
	Move      ident.ID `json:"move"`
	Waived    []string `json:"waived,omitempty"` // criteria that a waiver stood in for
}

// Topic is the event's name.
func (StageMoved) Topic() string { return "rollout.stage.moved" }

// Subject is the commune in its programme.
func (e StageMoved) Subject() string { return e.Programme + "/" + e.Unit }

// MembersChanged tells that communes joined, left or changed phases.
type MembersChanged struct {
	Programme string   `json:"programme"`
	Units     []string `json:"units"`
}

// Topic is the event's name.
func (MembersChanged) Topic() string { return "rollout.members.changed" }

// Subject is the programme.
func (e MembersChanged) Subject() string { return e.Programme }

// WaiverGiven tells that communes may pass without a criterion for a while.
type WaiverGiven struct {
	Waiver    ident.ID `json:"waiver"`
	Programme string   `json:"programme"`
	Criterion string   `json:"criterion"`
	Units     []string `json:"units"`
	Until     string   `json:"until"` // last day covered
}

// Topic is the event's name.
func (WaiverGiven) Topic() string { return "rollout.waiver.given" }

// Subject is the waiver.
func (e WaiverGiven) Subject() string { return string(e.Waiver) }

// WaiverExpired tells, once, that the last day of a waiver is over.
type WaiverExpired struct {
	Waiver    ident.ID `json:"waiver"`
	Programme string   `json:"programme"`
	Criterion string   `json:"criterion"`
	Units     []string `json:"units"`
	Until     string   `json:"until"`
	// Fallen are the units whose gate of the official stage is not met without it.
	Fallen []string `json:"fallen"`
}

// Topic is the event's name.
func (WaiverExpired) Topic() string { return "rollout.waiver.expired" }

// Subject is the waiver.
func (e WaiverExpired) Subject() string { return string(e.Waiver) }

// WaiverRevoked tells that a waiver was taken back before its last day.
type WaiverRevoked struct {
	Waiver    ident.ID `json:"waiver"`
	Programme string   `json:"programme"`
	Criterion string   `json:"criterion"`
	Units     []string `json:"units"`
}

// Topic is the event's name.
func (WaiverRevoked) Topic() string { return "rollout.waiver.revoked" }

// Subject is the waiver.
func (e WaiverRevoked) Subject() string { return string(e.Waiver) }

// EvidenceRecorded tells that something new is known of a criterion.
type EvidenceRecorded struct {
	Programme string   `json:"programme"`
	Criterion string   `json:"criterion"`
	Kind      Kind     `json:"kind"`
	Answer    Answer   `json:"answer"`
	Source    string   `json:"source"`
	Units     []string `json:"units"`
}

// Topic is the event's name.
func (EvidenceRecorded) Topic() string { return "rollout.evidence.recorded" }

// Subject is the criterion in its programme.
func (e EvidenceRecorded) Subject() string { return e.Programme + "/" + e.Criterion }

// CriterionTold tells that a checklist asks more, less or otherwise than before.
type CriterionTold struct {
	Programme string `json:"programme"`
	Key       string `json:"key"`
	Act       string `json:"act"` // added, changed or withdrawn
}

// Topic is the event's name.
func (CriterionTold) Topic() string { return "rollout.criterion.told" }

// Subject is the criterion in its programme.
func (e CriterionTold) Subject() string { return e.Programme + "/" + e.Key }

package rollout

import (
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/ident"
)

// Programme is a plan that brings a service to many communes.
type Programme struct {
	bun.BaseModel `bun:"table:rollout_programme,alias:pg"`
	ID            ident.ID `bun:"id,pk"`
	Code          string   `bun:"code"`
	Title         string   `bun:"title"`
	TitleEN       string   `bun:"title_en"`
	LegalBasis    string   `bun:"legal_basis"`
	DecidedOn     string   `bun:"decided_on"`
	PlanHash      string   `bun:"plan_hash"` // of the plan file as last imported
	Kind          string   `bun:"kind"`      // OfUnits or OfServices: what its phases are waves of
	Revision      int64    `bun:"revision"`  // grows with every fact of the programme
	Rewritten     int64    `bun:"rewritten"` // grows when marks of older evidence change: what was kept of it is read anew
	Version       int64    `bun:"version"`
}

// What the phases of a programme are waves of: communes, which pass gates, or services,
// whose steps the room of services keeps.
const (
	OfUnits    = "units"
	OfServices = "services"
)

// Phase is a wave of communes with its planned days. Live marks the wave in which
// the service ran before the programme: it has no days and no gate.
type Phase struct {
	bun.BaseModel `bun:"table:rollout_phase,alias:ph"`
	ID            ident.ID `bun:"id,pk"`
	Programme     ident.ID `bun:"programme"`
	Ordinal       int      `bun:"ordinal"`
	Name          string   `bun:"name"`
	NameEN        string   `bun:"name_en"`
	TrialOn       string   `bun:"trial_on"`
	OfficialOn    string   `bun:"official_on"`
	Live          bool     `bun:"live"`
	Version       int64    `bun:"version"`
}

// PhaseState is where a phase stands in its plan.
type PhaseState string

// The states of a phase, by its planned days.
const (
	PhaseLive     PhaseState = "live"
	PhasePlanned  PhaseState = "planned"
	PhaseTrial    PhaseState = "trial"
	PhaseOfficial PhaseState = "official"
)

// State is where the plan says the phase is at a moment.
func (p Phase) State(at time.Time) PhaseState {
	today := clock.Date(at)
	switch {
	case p.Live:
		return PhaseLive
	case today >= p.OfficialOn:
		return PhaseOfficial
	case today >= p.TrialOn:
		return PhaseTrial
	}
	return PhasePlanned
}

// Membership is the fact that a commune belongs to a phase from a day until a day;
// the last day is open while UntilDay is empty, and not included.
type Membership struct {
	bun.BaseModel `bun:"table:rollout_phase_unit,alias:pu"`
	ID            ident.ID `bun:"id,pk"`
	Programme     ident.ID `bun:"programme"`
	Phase         ident.ID `bun:"phase"`
	Unit          string   `bun:"unit"`
	FromDay       string   `bun:"from_day"`
	UntilDay      string   `bun:"until_day"`
}

// Milestone is a day that the plan promises; ActualOn is empty until it is reached.
type Milestone struct {
	bun.BaseModel `bun:"table:rollout_milestone,alias:ms"`
	ID            ident.ID `bun:"id,pk"`
	Programme     ident.ID `bun:"programme"`
	Phase         ident.ID `bun:"phase"` // empty for a milestone of the whole programme
	Key           string   `bun:"key"`
	Title         string   `bun:"title"`
	TitleEN       string   `bun:"title_en"`
	PlannedOn     string   `bun:"planned_on"`
	ActualOn      string   `bun:"actual_on"`
	Note          string   `bun:"note"`
	Version       int64    `bun:"version"`
}

// Late tells whether the day went by, or was reached, after the plan.
func (m Milestone) Late(at time.Time) bool {
	if m.ActualOn != "" {
		return m.ActualOn > m.PlannedOn
	}
	return clock.Date(at) > m.PlannedOn
}

// Source says what satisfies a criterion.
type Source string

// A declared criterion trusts what the commune says; a verified one does not.
const (
	Declared Source = "declared"
	Verified Source = "verified"
)

// The sorts of evidence. The neighbour behind Readiness answers for equipment; a client
// installed and tried and a line within its limits are measured by the inventory; a
// practice dossier that came to its end is a test; training and accounts are proved by who
// attended and who signed in; posted is the support number and the procedures on the board.
// All but equipment people may see for themselves as well.
const (
	EvidenceEquipment  = "equipment"
	EvidenceInstalled  = "installed"
	EvidenceLine       = "line"
	EvidenceOneStop    = "one_stop"
	EvidenceTraining   = "training"
	EvidenceAccounts   = "accounts"
	EvidenceTest       = "test_dossier"
	EvidencePosted     = "posted"
	EvidenceInspection = "inspection"
	EvidenceTold       = "communication"
)

// EvidenceSorts are the sorts from which a planner chooses, in the order of the work.
var EvidenceSorts = []string{EvidenceEquipment, EvidenceInstalled, EvidenceLine, EvidenceOneStop, EvidenceTraining, EvidenceAccounts, EvidenceTest,
	EvidencePosted, EvidenceInspection, EvidenceTold}

// Criterion is one line of a phase's checklist as it is asked since a moment; how it was
// asked before is a PastCriterion. Reason is why it is asked so.
type Criterion struct {
	bun.BaseModel `bun:"table:rollout_criterion,alias:cr"`
	ID            ident.ID  `bun:"id,pk"`
	Programme     ident.ID  `bun:"programme"`
	Phase         ident.ID  `bun:"phase"`
	Ordinal       int       `bun:"ordinal"`
	Key           string    `bun:"key"`
	Title         string    `bun:"title"`
	TitleEN       string    `bun:"title_en"`
	Source        Source    `bun:"source"`
	Evidence      string    `bun:"evidence"`
	Must          bool      `bun:"must"`
	Stage         Stage     `bun:"stage"`    // the first stage that needs it
	TTLDays       int       `bun:"ttl_days"` // 0: evidence does not grow stale
	Since         time.Time `bun:"since"`
	Reason        string    `bun:"reason"`
	ActorName     string    `bun:"actor_name"`
	Version       int64     `bun:"version"`
}

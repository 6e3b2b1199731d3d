package inventory

import (
	"time"

	"lotrinh/internal/kit/ident"
	"lotrinh/inventory/readiness"
)

// ReadinessChanged says that the answer for a unit, or a reason for it, is another.
type ReadinessChanged struct {
	Unit    string             `json:"unit"`
	Verdict readiness.Verdict  `json:"verdict"`
	Before  readiness.Verdict  `json:"before,omitempty"`
	Reasons []readiness.Reason `json:"reasons"`
	At      time.Time          `json:"at"`
}

// Topic is the event's name.
func (ReadinessChanged) Topic() string { return "inventory.readiness.changed" }

// Subject is the unit, so that its answers stay in order.
func (e ReadinessChanged) Subject() string { return "unit:" + e.Unit }

// gapEvent is what every event about a gap says.
type gapEvent struct {
	ID       ident.ID `json:"id"`
	Code     string   `json:"code"`
	Unit     string   `json:"unit"`
	Kind     GapKind  `json:"kind"`
	What     Kind     `json:"what"`
	Quantity int64    `json:"quantity"`
	State    GapState `json:"state"`
	Owner    ident.ID `json:"owner,omitempty"`
	By       ident.ID `json:"by"`
}

// Subject is the gap.
func (e gapEvent) Subject() string { return "gap:" + string(e.ID) }

// GapReported says that somebody reported a lack.
type GapReported struct{ gapEvent }

// Topic is the event's name.
func (GapReported) Topic() string { return "inventory.gap.reported" }

// GapMoved says that a gap went a step on its way, back to the start included.
type GapMoved struct{ gapEvent }

// Topic is the event's name.
func (GapMoved) Topic() string { return "inventory.gap.moved" }

// GapClosed says that a lack is no more, or never was (state declined).
type GapClosed struct{ gapEvent }

// Topic is the event's name.
func (GapClosed) Topic() string { return "inventory.gap.closed" }

// AssetTransferred says that an asset stands in another unit from now on.
type AssetTransferred struct {
	ID   ident.ID `json:"id"`
	Code string   `json:"code"`
	Kind Kind     `json:"kind"`
	From string   `json:"from"`
	To   string   `json:"to"`
	By   ident.ID `json:"by"`
}

// Topic is the event's name.
func (AssetTransferred) Topic() string { return "inventory.asset.transferred" }

// Subject is the asset.
func (e AssetTransferred) Subject() string { return "asset:" + string(e.ID) }

// ProfilePublished says that a version of a requirement profile applies from now on.
type ProfilePublished struct {
	ID       ident.ID `json:"id"`
	Code     string   `json:"code"`
	Revision int64    `json:"revision"`
	Phase    string   `json:"phase,omitempty"`
	By       ident.ID `json:"by"`
}

// Topic is the event's name.
func (ProfilePublished) Topic() string { return "inventory.profile.published" }

// Subject is the profile, all its versions.
func (e ProfilePublished) Subject() string { return "profile:" + e.Code }

// ProfileWithdrawn says that a requirement profile is asked for no more from a moment on.
type ProfileWithdrawn struct {
	ID       ident.ID  `json:"id"`
	Code     string    `json:"code"`
	Revision int64     `json:"revision"`
	From     time.Time `json:"from"`
	By       ident.ID  `json:"by"`
}

// Topic is the event's name.
func (ProfileWithdrawn) Topic() string { return "inventory.profile.withdrawn" }

// Subject is the profile, all its versions.
func (e ProfileWithdrawn) Subject() string { return "profile:" + e.Code }

// RequirementWaived says that a commune is excused from a line of a profile.
type RequirementWaived struct {
	ID      ident.ID  `json:"id"`
	Unit    string    `json:"unit"`
	Profile string    `json:"profile"`
	Line    string    `json:"line"`
	Until   time.Time `json:"until"`
	By      ident.ID  `json:"by"`
}

// Topic is the event's name.
func (RequirementWaived) Topic() string { return "inventory.requirement.waived" }

// Subject is the unit.
func (e RequirementWaived) Subject() string { return "unit:" + e.Unit }

func eventOf(g Gap, by ident.ID) gapEvent {
	return gapEvent{ID: g.ID, Code: g.Code, Unit: g.Unit, Kind: g.Kind, What: g.What, Quantity: g.Quantity, State: g.State, Owner: g.Owner, By: by}
}

package rollout

import (
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/ident"
)

// Waiver lets communes pass without a criterion through a last day, UntilDay,
// which is covered to its end in the city. Step is what is done instead meanwhile.
type Waiver struct {
	bun.BaseModel `bun:"table:rollout_waiver,alias:wv"`
	ID            ident.ID  `bun:"id,pk"`
	Programme     ident.ID  `bun:"programme"`
	Criterion     string    `bun:"criterion"`
	Reason        string    `bun:"reason"`
	Step          string    `bun:"step"`
	Signer        string    `bun:"signer"`
	UntilDay      string    `bun:"until_day"`
	GivenAt       time.Time `bun:"given_at"`
	GivenBy       string    `bun:"given_by"`
	GivenByName   string    `bun:"given_by_name"`
	RevokedAt     time.Time `bun:"revoked_at,nullzero"`
	RevokedByName string    `bun:"revoked_by_name"`
	RevokeReason  string    `bun:"revoke_reason"`
	ExpiryTold    bool      `bun:"expiry_told"`
	Version       int64     `bun:"version"`
	Units         []string  `bun:"-"`
}

// WaiverState is how a waiver stands at a moment.
type WaiverState string

// The states of a waiver.
const (
	InForce WaiverState = "in_force"
	Expired WaiverState = "expired"
	Revoked WaiverState = "revoked"
)

// State is how the waiver stands at a moment.
func (w *Waiver) State(at time.Time) WaiverState {
	switch {
	case !w.RevokedAt.IsZero() && !at.Before(w.RevokedAt):
		return Revoked
	case clock.Date(at) > w.UntilDay:
		return Expired
	}
	return InForce
}

// Covers tells whether the waiver stands in for its criterion at a moment.
func (w *Waiver) Covers(at time.Time) bool {
	return !at.Before(w.GivenAt) && w.State(at) == InForce
}

type waiverUnit struct {
	bun.BaseModel `bun:"table:rollout_waiver_unit,alias:wu"`
	Waiver        ident.ID `bun:"waiver,pk"`
	Unit          string   `bun:"unit,pk"`
}

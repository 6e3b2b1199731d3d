package loop

import (
	"context"
	"strings"

	"lotrinh/helpdesk"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/site/ui"
)

// What may be done here.
const (
	Decide access.Perm = "helpdesk.proposal.decide" // accept or decline what tickets suggest
	Tell   access.Perm = "helpdesk.signal.tell"     // tell the help desk that a machine is in trouble
)

// Perms are all of them, for the policy.
var Perms = []access.Perm{Decide, Tell}

// Gaps is the inventory, where a gap is opened; app fits it in.
type Gaps interface {
	// Devices are the kinds of devices that a gap can be about.
	Devices(t i18n.T) []ui.Option
	// Open opens a gap for a device that keeps failing, in the transaction that takes
	// the proposal up, and tells its address.
	Open(ctx context.Context, tx *db.Tx, who access.Actor, unit, device, reason string) (string, error)
}

// Deps is what this room stands on.
type Deps struct {
	DB       *db.DB
	Business clock.Clock
	Units    helpdesk.Units
	People   helpdesk.People
	Words    *i18n.Catalog
	Desk     *helpdesk.Service
	Gaps     Gaps
}

// Service closes the loop.
type Service struct {
	Deps
}

// New is the room over its neighbours.
func New(d Deps) *Service { return &Service{d} }

// reason is why a gap is opened, for its note.
func (s *Service) reason(p Proposal) string {
	var numbers []string
	for _, e := range p.Evidence() {
		numbers = append(numbers, e.Number)
	}
	return s.Words.In(i18n.VI).Say("loop.gap.note", "n", len(numbers), "numbers", strings.Join(numbers, ", "))
}

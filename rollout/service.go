package rollout

import (
	"context"
	"embed"
	"time"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/plot"
	"lotrinh/internal/org"
)

// Locale holds the sentences of this package.
//
//go:embed locale
var Locale embed.FS

// Verdict is a neighbour's answer about one commune, with its reasons unless it is met,
// and the page of what proves it.
type Verdict struct {
	Answer  Answer
	Reasons []Reason
	Link    string // path of a page, empty when there is none
}

// Readiness is the neighbour that knows the equipment of communes: its verdict for
// each of the units that it has one for, at a moment, in a constant number of queries.
type Readiness interface {
	All(ctx context.Context, units []string, at time.Time) (map[string]Verdict, error)
}

// Units answers what the city consisted of at a moment.
type Units interface {
	Tree(ctx context.Context, at time.Time) (*org.Tree, error)
	Atlas(ctx context.Context) (*org.Atlas, error)
}

// Service is the use cases of the rollout. It is safe for concurrent use.
type Service struct {
	db     *db.DB
	clock  clock.Clock
	units  Units
	ready  Readiness
	books  books
	charts *plot.Cache[plot.Chart]
	// holders and looks are who adds to what the rollout itself knows; set while the house is put together.
	holders []Holds
	looks   []Look
	// EquipmentAt is the page that tells of a commune's equipment, with :unit for its code.
	EquipmentAt string
}

// New serves the rollout; c is the business clock.
func New(d *db.DB, c clock.Clock, units Units, ready Readiness) *Service {
	return &Service{db: d, clock: c, units: units, ready: ready, books: newBooks(), charts: plot.NewCache[plot.Chart](64)}
}

// reach checks that the actor may do p in every one of the units.
func reach(who access.Actor, p access.Perm, units []string) error {
	if err := who.Need(p); err != nil {
		return err
	}
	everywhere, within := who.Reach(p)
	if everywhere {
		return nil
	}
	mine := make(map[string]bool, len(within))
	for _, u := range within {
		mine[u] = true
	}
	for _, u := range units {
		if !mine[u] {
			return fault.New(fault.Missing, "fault.missing")
		}
	}
	return nil
}

package rollout

import (
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/ident"
)

// Stage is how far a commune is in a programme.
type Stage string

// The stages, in order. Live stands apart: the service ran there before.
const (
	Preparing Stage = "preparing"
	Trial     Stage = "trial"
	Official  Stage = "official"
	Live      Stage = "live"
)

// Stages are all stages, in the order in which people read them.
var Stages = []Stage{Preparing, Trial, Official, Live}

func (s Stage) rank() int {
	switch s {
	case Preparing:
		return 1
	case Trial:
		return 2
	case Official:
		return 3
	}
	return 0
}

// Next is the stage that follows, empty when none does.
func (s Stage) Next() Stage {
	switch s {
	case Preparing:
		return Trial
	case Trial:
		return Official
	}
	return ""
}

// Aim is the stage whose gate a commune at this stage is held against: the next
// one, or the official one once it got there. A live commune has none.
func (s Stage) Aim() Stage {
	if s == Official {
		return Official
	}
	return s.Next()
}

// Progress is where a commune stands now.
type Progress struct {
	bun.BaseModel `bun:"table:rollout_progress,alias:pr"`
	Programme     ident.ID  `bun:"programme,pk"`
	Unit          string    `bun:"unit,pk"`
	Phase         ident.ID  `bun:"phase"`
	Stage         Stage     `bun:"stage"`
	Since         time.Time `bun:"since"`
	Version       int64     `bun:"version"`
}

// StageChange is one line of a commune's history; lines are never altered.
type StageChange struct {
	bun.BaseModel `bun:"table:rollout_stage_change,alias:sc"`
	Seq           int64     `bun:"seq,pk,autoincrement"` // the order of writing
	ID            ident.ID  `bun:"id"`
	Programme     ident.ID  `bun:"programme"`
	Unit          string    `bun:"unit"`
	Phase         ident.ID  `bun:"phase"`
	From          Stage     `bun:"from_stage"` // empty on the first line
	To            Stage     `bun:"to_stage"`
	At            time.Time `bun:"at"`
	Actor         string    `bun:"actor"`
	ActorName     string    `bun:"actor_name"`
	Reason        string    `bun:"reason"`
	Move          ident.ID  `bun:"move"`
	Waived        string    `bun:"waived"` // keys of the criteria that a waiver stood in for
}

package reports

import (
	"encoding/json"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/reports/period"
)

// State is where a run stands.
type State string

// The states of a run. A report exists from Rendered on; Sending and Sent are told by
// whoever delivers it.
const (
	Queued    State = "queued"
	Rendering State = "rendering"
	Rendered  State = "rendered"
	Sending   State = "sending"
	Sent      State = "sent"
	Failed    State = "failed"
	Cancelled State = "cancelled"
)

// Ended tells whether nothing more is made by itself.
func (s State) Ended() bool { return s != Queued && s != Rendering }

// Kind says why a run exists.
type Kind string

// The kinds of runs.
const (
	Scheduled Kind = "scheduled"
	MadeUp    Kind = "made_up" // its moment had passed while nobody ran
	Manual    Kind = "manual"
)

// RunRow is one report of one period.
type RunRow struct {
	bun.BaseModel `bun:"table:report_run,alias:rr"`
	ID            ident.ID    `bun:"id,pk"`
	Definition    string      `bun:"definition"`
	Programme     string      `bun:"programme"`
	Cut           string      `bun:"cut"`
	PeriodKey     string      `bun:"period"`
	PeriodKind    period.Kind `bun:"period_kind"`
	PeriodFrom    time.Time   `bun:"period_from"`
	PeriodUntil   time.Time   `bun:"period_until"`
	Kind          Kind        `bun:"kind"`
	Schedule      ident.ID    `bun:"schedule"` // empty for a manual run
	NominalAt     time.Time   `bun:"nominal_at"`
	MadeAt        time.Time   `bun:"made_at"` // when the row was written, by the business clock
	State         State       `bun:"state"`
	Attempts      int64       `bun:"attempts"`
	Lease         ident.ID    `bun:"lease"`
	LeaseUntil    time.Time   `bun:"lease_until"` // while queued: not before
	Heartbeat     time.Time   `bun:"heartbeat"`
	FinishedAt    *time.Time  `bun:"finished_at"` // by the business clock
	Problem       string      `bun:"problem"`
	By            ident.ID    `bun:"by_account"`
	ByName        string      `bun:"by_name"`
	Editions      int64       `bun:"editions"` // how many snapshots there are
	Settled       State       `bun:"settled"`  // while another edition is made: where the run stood before
	Reason        string      `bun:"reason"`   // why another edition was asked for
	AskedBy       string      `bun:"asked_by"` // who asked for it
	Version       int64       `bun:"version"`
}

// Made tells whether there is a report, whatever the run is doing now.
func (r RunRow) Made() bool { return r.Editions > 0 }

// Period is what the run reports.
func (r RunRow) Period() Period {
	return Period{Key: r.PeriodKey, From: r.PeriodFrom.UTC(), Until: r.PeriodUntil.UTC(), Kind: r.PeriodKind}
}

// Trouble is what went wrong, as a sentence; the zero Line when nothing did.
func (r RunRow) Trouble() i18n.Line {
	var l i18n.Line
	if json.Unmarshal([]byte(r.Problem), &l) != nil {
		return i18n.Line{}
	}
	return l
}

// madeUpAfter is how long after its nominal moment a run counts as made up.
const madeUpAfter = time.Hour

func kindOf(nominal, now time.Time) Kind {
	if now.Sub(nominal) > madeUpAfter {
		return MadeUp
	}
	return Scheduled
}

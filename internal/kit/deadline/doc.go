// Package deadline is a running clock: a budget of working time that a thing may
// take, with pauses, a due moment, steps of escalation around it, and an
// explanation. Tickets, dossiers and gaps use the same one.
//
// What always holds:
//   - The due moment is a function of calendar, start, budget and pauses: computing
//     it again from the row gives the same moment.
//   - Of one purpose of one subject at most one clock is open.
//   - A clock that runs into a year without calendar has no due moment but names
//     the year; it is computed when the year's calendar arrives.
//   - A step fires once, in the transaction that says so to the outbox, and only
//     while the clock runs: never during a pause, never after the end.
package deadline

import (
	"context"
	"embed"

	"lotrinh/internal/kit/worktime"
)

// Locale is what the package says, in every language.
//
//go:embed locale
var Locale embed.FS

// Calendars finds a calendar by its name; calstore.Store is one.
type Calendars interface {
	Calendar(ctx context.Context, name string) (*worktime.Calendar, error)
}

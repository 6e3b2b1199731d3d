// Package outlook looks ahead: when a phase will be done and how sure that is, and
// whether a wave that went live is healthy enough for the next one to follow.
//
// What always holds:
//   - A forecast is a row with all its inputs and their hash. It is never changed but
//     for the mark that it was scored; the same inputs on the same day make one row.
//   - Done means: the gate of the official stage is met by evidence or waiver, as the
//     curve of verified communes counts it. "Blocked" is a commune with a must criterion
//     that was seen not to be met.
//   - A sentence "85 %" is scored as kept when all was done by its day, and as broken as
//     soon as that day is over; what never named a day is not scored.
//   - A wave is the communes of a phase that first went live in one week. Its tickets by
//     priority and day are counters that follow the help desk's events.
//   - The watch proposes to hold the next wave, once for each wave. A person decides with
//     a reason; a setting may let it hold by itself; only a person releases, with a reason.
package outlook

import "embed"

// Locale holds the sentences of this package.
//
//go:embed locale
var Locale embed.FS

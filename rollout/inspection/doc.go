// Package inspection is the room of inspection rounds: a team, a plan of visits by day and
// route, a checklist that is filled in on a phone without a line, minutes to sign on both
// sides, and findings that are followed until closed.
//
// What always holds:
//   - A record carries the ID that the phone gave it and arrives once.
//   - In the transaction of its arrival what was seen becomes evidence: each answer that
//     speaks to a criterion is a verification by inspection, which outranks what was
//     declared. Of equipment the inventory answers: what was seen of it is told there.
//   - A no has a note and becomes a finding with a due moment of working time; it is
//     closed only by somebody who inspects.
//   - Signed minutes are never altered: their hash covers every word.
package inspection

import "embed"

// Locale holds the sentences of this package.
//
//go:embed locale
var Locale embed.FS

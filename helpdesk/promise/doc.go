// Package promise is the room where the rules of sla are kept, tried out and put in
// order, and where the due moments of open tickets are computed again after a rule
// or a calendar has changed.
//
// What always holds:
//   - Every version of a rule is kept, so that a ticket can always tell by what it
//     was measured and why.
//   - Whatever changes a rule starts a recompute in the same transaction; it is a job
//     with progress, looks at open tickets only and keeps their pauses.
//   - What a change would do is told before it is done.
//
// Words: rule, terms, budget and ladder as in package sla.
package promise

import "embed"

// Locale holds the sentences of this package.
//
//go:embed locale
var Locale embed.FS

// Package exchange is the room of a dossier's dealings with other offices: legs of
// interlinked dossiers, personal numbers, the ministry's software, the national portal, and
// what the citizen is told on the way.
//
// What always holds:
//   - A message to an office is written in the transaction of the act that it tells of, and
//     says no more than that office has a use for. Practice dossiers tell nobody anything.
//   - Legs run side by side. One that is rejected keeps no other back; the dossier goes
//     on when every leg is over.
//   - A personal number comes from the population database or not at all, is checked, and
//     is kept with where it came from.
//   - What offices say differently is shown field by field and decided by a person. The
//     register is never changed from here.
//   - Where an office is, and with which secret, is set up on a page; a secret is never
//     shown again. Only hosts that whoever runs the house has allowed are reached.
//   - A citizen is told each thing once, by code and without names.
package exchange

import "embed"

// Locale holds the sentences of this package.
//
//go:embed locale
var Locale embed.FS

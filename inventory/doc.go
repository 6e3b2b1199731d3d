// Package inventory knows what equipment each commune has, what a phase asks for,
// and whether the one meets the other.
//
// What always holds:
//   - A fact is never overwritten: what was declared stands beside what was
//     measured, each with its source, its moment and who observed it.
//   - A published requirement profile never changes; a new version replaces it.
//   - The stored readiness of a unit is what readiness.Judge says of its stored
//     facts, its open gaps and the published profiles; it is written in the
//     transaction of the change, and Rebuild proves it.
//   - An asset moves through its states only along the allowed moves, and a gap
//     through its own; closing a gap takes its lack back.
//   - Whoever reads or changes is kept to the units of their own rights, in the
//     query itself.
package inventory

import "embed"

// Locale holds the sentences of this area.
//
//go:embed locale
var Locale embed.FS

// Package install follows the software of a phase onto each PC: planned, installed, the
// connection tried, with who said so and what measured it.
//
// What always holds:
//   - An install is one software on one PC. Its state is what Fold says of its events,
//     in whatever order they arrived; an event never changes, and the ID that its
//     maker gave it makes it arrive once.
//   - A measured event comes from a machine: the program stood in the list of the PC's
//     agent, or the PC's browser reached the configured address.
//   - Where a PC stands is the inventory's to say: an install follows its asset.
package install

import "embed"

// Locale holds the sentences of this package.
//
//go:embed locale
var Locale embed.FS

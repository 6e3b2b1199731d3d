// Package suppose is the room where one asks "what if": which communes become ready
// if so much equipment is given, and the least that makes chosen communes ready. The
// answers are those of the pure engine inventory/whatif over what is stored now.
//
// What always holds:
//   - Nothing is changed by asking, and nothing is kept: the question is the address.
//   - Whoever asks gets answers about the units of their right to ask, and spare items
//     of these only.
//   - A question costs the same number of queries however many communes it is about.
package suppose

import "embed"

// Locale holds the sentences of this package.
//
//go:embed locale
var Locale embed.FS

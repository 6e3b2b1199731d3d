// Package tier takes tickets beyond the desk: to another tier with what was tried, to
// a vendor with the clock of its contract, to the commune by a field visit, onto its
// screen by a remote session.
//
// What always holds:
//   - A ticket is with at most one vendor at a time, and the case says since when,
//     by which clocks and under which number of the vendor's.
//   - The vendor's clocks are its own: they run while the ticket's resolution stands.
//   - A month's score counts the cases handed over in that month, and is computed
//     from the cases alone.
//   - A signed record of a visit is never changed: its hash covers every word of it.
package tier

import "embed"

// Locale holds the sentences of this package.
//
//go:embed locale
var Locale embed.FS

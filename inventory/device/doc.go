// Package device keeps what agents reported about machines, says which asset each
// machine is, and puts what was measured beside what was declared.
//
// What always holds:
//   - A report never moves an asset: seen in another commune it is a notice that a person
//     settles, and until then nothing that comes from outside the sender's own units
//     becomes a fact of the asset.
//   - A device is linked by identity.Decide or by a person; why is kept with the link.
//   - Nothing that a person typed is overwritten: what differs is listed until a person
//     takes the measured value or keeps the declared one and says why.
//   - Of a section is kept what its hash is and since when; its body lies once, with the
//     messages, so that a report that says nothing new writes no more than a moment.
//   - What a device measured can be withdrawn: the facts stay in the history, are current
//     no more, and what they had replaced is current again.
package device

import "embed"

// Locale holds the sentences of this package.
//
//go:embed locale
var Locale embed.FS

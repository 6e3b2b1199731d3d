// Package line knows the communes' WAN lines: who provides them, how good they are,
// and when they were down. A line is an asset of kind line; what this room keeps
// stands beside it.
//
// What always holds:
//   - What a contract promises is a declared fact. What a line is, is measured: by
//     probes from the server and by a page in the browser at the counter, in working
//     hours, over fourteen days, and unknown while the samples are too few.
//   - Facts go to the inventory in the transaction that computes them, so the
//     commune's readiness follows.
//   - The figures of a day can be computed anew from the raw samples for as long as
//     those are kept.
//   - The server probes only addresses that a person with the right to configure set;
//     what is not a public address is probed only where the administrator allows its
//     network, and no redirect is followed.
//   - A run of the measuring page moves at most RunBytes both ways; the server counts.
//   - A line has at most one open outage, and a trouble is told to the help desk once.
package line

import "embed"

// Locale holds the sentences of this package.
//
//go:embed locale
var Locale embed.FS

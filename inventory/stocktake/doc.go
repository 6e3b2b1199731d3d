// Package stocktake counts what stands in a commune, or in one place of it, against
// what the inventory says.
//
// What always holds:
//   - The list of what is expected is taken when the count begins and never changes.
//   - One unit and place has at most one open count; who begins it again resumes it.
//   - A tag counts once, however often, by whomever and from whichever phone it is
//     scanned. A tag that nobody knows is kept.
//   - Ending writes that what was found is present, by the evidence of whoever scanned
//     it: seen, where that person may inspect, else photo. What was expected and not
//     found, and what belongs elsewhere, is proposed to people and changed by nobody else.
//   - A scan made before the end that arrives after it still counts.
package stocktake

import "embed"

// Locale holds the sentences of this package.
//
//go:embed locale
var Locale embed.FS

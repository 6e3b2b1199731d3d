// Package supply is the way from a gap to a thing on the counter: what a district
// lacks, its request, the decision with amounts, what is bought or moved from
// elsewhere, the delivery with one signed record, and the proof that the thing is there.
//
// What always holds:
//   - A gap stands in at most one live request, and an asset in at most one delivery
//     on its way: the database refuses the second.
//   - Of a line, seen ≤ received ≤ allocated ≤ approved ≤ asked.
//   - Amounts are whole đồng. A request's totals are the sums of its lines.
//   - Each open step has an owner, or a unit whose people own it, and a due moment in
//     working time.
//   - A signed record never changes: its hash covers every item of it. The gaps are
//     delivered then, and closed only when the things are seen.
//   - Every act is one transaction: the thing, its gaps, its history, events, notices.
package supply

import "embed"

// Locale holds the sentences of this package.
//
//go:embed locale
var Locale embed.FS

// Package feedback is what applicants say about how they were served, in their own words,
// and what the commune answers: proposals and complaints of indicator 8 of Circular
// 01/2018/TT-VPCP.
//
// What always holds:
//   - Nobody who reads it is told whose dossier it was: the procedure, the day and the
//     words, no code and no name. The answer goes to the applicant's own page.
//   - There is one for a dossier. Saying something else takes the answer back: it is open
//     again, and counts in the month in which it was said.
//   - How much came and was answered is counted in the transaction of the change; counting
//     from scratch gives the same (Figures).
//   - What is said of practice is not kept.
package feedback

import "embed"

// Locale holds the sentences of this package.
//
//go:embed locale
var Locale embed.FS

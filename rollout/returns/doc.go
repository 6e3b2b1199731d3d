// Package returns is the room of periodic returns (báo cáo định kỳ): what communes,
// districts and departments report every month.
//
// What always holds:
//   - A round has one sheet for everybody who must hand in. Its form and its due moment
//     are those of the day when the round opened; the due moment is counted on working
//     time and moves only by an extension with its reason.
//   - What was handed in is an edition that is never altered; what is accepted is locked,
//     and a correction is a further edition. The former one counts until then.
//   - Expected are all sheets but the exempt ones. Reported are those handed in and not
//     sent back; on time those first handed in by their due moment.
//   - Each step of chasing is told once: the day before, when late, and after two more
//     working days to whoever looks after the late.
//   - What the system knew when the return was handed in stands beside what was reported.
package returns

import "embed"

// Locale holds the sentences of this package.
//
//go:embed locale
var Locale embed.FS

// Package term counts until when an authority must have decided a dossier. It is pure:
// neither a database nor the machine's clock; the due moment follows from the rule of
// the procedure's version, the history of the dossier and the office's calendar, so it
// can be computed again at any time and explains itself.
//
// What always holds:
//   - A due moment is the closing of a working day, or none while the clock stands.
//   - The day of acceptance is not counted (Civil Code 2015, art. 147).
//   - What needs no stated term is due on the day of acceptance, or on the next working
//     day when it was accepted after 15:00 (Law 60/2014/QH13, art. 5.3).
//   - From the sending of a letter of verification to the reply nothing is counted
//     (Decree 123/2015/NĐ-CP, art. 3.4), unless the act's own rule says how much longer
//     it may then take.
//   - A completed dossier starts from zero (Decree 61/2018/NĐ-CP, art. 19).
//   - A year without a calendar has no due moment and is named.
package term

import "embed"

// Locale is what the package says, in every language.
//
//go:embed locale
var Locale embed.FS

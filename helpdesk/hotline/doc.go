// Package hotline is the help desk's telephone: an exchange tells it of every call in
// the manner of Zammad's generic interface, agents see who calls before they answer,
// and a call that nobody took becomes a task with a due moment.
//
// What always holds:
//   - A call is one row, whichever of its events comes first, twice or never: an event
//     said again changes nothing, and a later one never undoes what is known.
//   - Of one number at most one task to call back is open, however often it called. It
//     is due in working time, so a call of the night is due in the morning. It ends
//     when somebody spoke with that number, or by hand with a note.
//   - The secret of an exchange is kept as a hash; a wrong one, a revoked one and none
//     are answered alike.
//   - Numbers and names of callers are for those who answer tickets; whoever is shown
//     one leaves a line in the trail, and both are forgotten when their time is over.
//   - Numbers are compared in their one form (kit/phone).
//
// Words: exchange (PBX), call, caller, task to call back, seat (where an agent sits).
package hotline

import "embed"

// Locale holds the sentences of this package.
//
//go:embed locale
var Locale embed.FS

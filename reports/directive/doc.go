// Package directive is the room of conclusions (kết luận, chỉ đạo) of reports and
// meetings: what was concluded, by whom, under which document, who carries it out and by
// when, followed until it is confirmed.
//
// What always holds:
//   - Everything that happens to a directive is a step, written in the same transaction
//     and never altered. How directives stood at any moment is read from the steps, so a
//     report of a past period says the same whenever it is made.
//   - The due moment is counted by kit/deadline: the closing of a given day (the next
//     working day when it is none, as the Civil Code has it), or of the nth working day
//     after the document's. An extension keeps the first due moment.
//   - The owner is a post at a unit, and may be one person who holds it. Only the owner
//     reports a directive done; only who may conclude confirms, returns, extends, cancels.
//   - A closed directive (done or cancelled) never changes again.
//   - Conclusions typed together are written together or not at all.
package directive

import "embed"

// Locale holds the sentences of this package.
//
//go:embed locale
var Locale embed.FS

// Package helpdesk carries a commune's question to whoever can answer it: a ticket
// with its conversation, its state, its two clocks (first answer and resolution) in
// Vietnamese working time, and the history of every step.
//
// What always holds:
//   - States change only along the moves of the table in ticket.go, and every step is
//     a row that both sides see; only internal notes and who was asked to take it are
//     the support side's own.
//   - A first answer is a public message of the support side; notes are none.
//   - The clock of the resolution stands still while a ticket is on hold, and says so.
//   - Nothing that is merged, split or linked moves a message; merging is undone by
//     reopening. A snoozed ticket never sleeps past what is promised.
//   - Counters per unit change with the ticket and are provable from scratch.
//   - An act of the support side names the version that it saw: whoever comes second
//     is told, and loses nothing of what was typed.
//
// Words: ticket, message, group, owner, on hold, as in other help desks.
package helpdesk

import "embed"

// Locale holds the sentences of this package.
//
//go:embed locale
var Locale embed.FS

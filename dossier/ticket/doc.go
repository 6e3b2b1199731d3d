// Package ticket keeps the one-stop counter at work while the line is down: provisional
// tickets with numbers from a block that was reserved for that counter, kept in the
// browser, and given their official code once when the line is back.
//
// What always holds:
//   - A ticket is named by an ID that the browser made and by its number. Sent again,
//     however often and however late, it is answered with the dossier that it became:
//     ticket, dossier and code are one transaction. A number never names two tickets.
//   - Numbers come from blocks: no two counters share one.
//   - The official code and the due moment count from the moment that is written on the
//     ticket. That moment is never in the future, and never before the page was last
//     loaded with a line: the page carries its own moment, signed.
//   - The provisional number leads to the official one and says nothing else.
package ticket

import "embed"

// Locale holds the sentences of this package.
//
//go:embed locale
var Locale embed.FS

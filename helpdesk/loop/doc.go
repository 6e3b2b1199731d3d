// Package loop closes the loop between tickets and the rest of the rollout: what
// tickets repeat becomes a proposal, and what machines say becomes a ticket.
//
// What always holds:
//   - A proposal names its reason: the tickets that it was drawn from. Accepting and
//     declining are one press each; what was declined is not proposed again for a month.
//   - Other areas learn of proposals by events; nothing here changes their tables.
//   - One trouble of one thing is one ticket, however often it is signalled: while its
//     ticket is open, a further signal adds nothing, and the end of the trouble a note.
//   - A ticket that a machine opened is declined in one press, and the thing that
//     signalled is then not heard for seven days.
package loop

import "embed"

// Locale holds the sentences of this package.
//
//go:embed locale
var Locale embed.FS

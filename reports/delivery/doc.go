// Package delivery is the room that brings finished reports to people: into their inbox
// on the site, by mail with the charts inside and the files along, and by a link for
// somebody without an account; and to machines, into a folder or by a webhook.
//
// What is always true:
//   - A run that is finished is learned from its event. One row for each run, edition,
//     channel and recipient is written before anything is sent, and the store refuses a
//     second one. Nothing goes out that has no row.
//   - A row is claimed with a lease and the lease is renewed in the moment of sending, so
//     that two processes on one store never send one row at the same time. A mail always
//     carries the Message-ID that is computed from run, edition and recipient: where a
//     process dies between the server's "taken" and our note of it, the second copy is
//     recognised as the first.
//   - Whether a person may still see the report is asked when it is sent, not when the
//     list was made; an address outside only as long as its domain is allowed.
//   - Wishes and quiet hours are those of kit/notify. Who wants the screen alone gets no
//     mail, and the row says so. A report that comes round within an hour before offices
//     open is not held back: it lies there when they do.
//   - What a mail says is read from the frozen snapshot alone.
//   - Machines get reports as people do, by rows: a folder gets whole files, each once and
//     none outside of the folder of the configuration; a webhook gets a signed event whose
//     ID never changes, at an address that the guard lets through.
//   - A mail that comes back is noted at its row.
//   - A link opens one run, ends by itself, can be taken back, is counted and limited, and
//     opens nothing that its maker may not see any more.
package delivery

import "embed"

// Locale holds the sentences of this package.
//
//go:embed locale
var Locale embed.FS

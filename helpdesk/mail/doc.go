// Package mail is the help desk's post room: it takes mail out of mailboxes over IMAP,
// puts it on tickets, and carries answers to whoever asked by mail.
//
// What always holds:
//   - A mail is taken exactly once: its place in the mailbox (UIDVALIDITY, UID) and its
//     Message-ID are written in the transaction that makes the ticket or the message;
//     the server is told only afterwards. Whoever dies in between starts again and
//     finds what was done.
//   - Every mail has a row in the journal that says what became of it and why.
//   - What a machine wrote is never answered and never opens a ticket again.
//   - One mail that cannot be understood holds up no other: it goes to quarantine.
//   - Passwords of mailboxes come from a file or the environment; no row, no archive
//     and no line of the log holds them.
//
// What becomes of a mail is decided by the engine in rules. The room looks up what the
// engine asks for, writes, and sends through kit/notify.
package mail

import "embed"

// Locale holds the sentences of this package.
//
//go:embed locale
var Locale embed.FS

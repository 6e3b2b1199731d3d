// Package office is where officers work on dossiers: the queue, the counter, the
// examination, letters to other communes, slips, hand-overs, the return of results, and
// what becomes old.
//
// What always holds:
//   - Every open dossier stands on exactly one desk, with the moment by which it must be
//     looked at; the row follows every act in the act's own transaction.
//   - Each paper that the law wants (forms 01 to 05) is made in the transaction of the act
//     that it tells of, numbered without gaps by unit and year, and kept as it was.
//   - The tracking book has one line for every accepted dossier, numbered without gaps.
//   - A dossier of an event that another live dossier registers already is neither
//     accepted nor registered; one that may be is registered only after an officer said
//     why it is another event.
//   - A completion is asked for within three working days and names what is missing; an
//     apology comes at least one working day before the due moment.
//   - Letters to other authorities stop the clock together: from the first that went out
//     to the last reply.
package office

import "embed"

// Locale holds the sentences of this package.
//
//go:embed locale
var Locale embed.FS

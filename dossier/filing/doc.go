// Package filing is the citizens' room of the dossier service: a dossier is typed over
// days, on a phone, on a slow line, and arrives once; afterwards it is followed, completed,
// confirmed, withdrawn and rated by whoever filed it.
//
// What always holds:
//   - A draft is kept by the server from the first answer on, for 30 days after the last
//     one. The signed address of its pages proves whose it is; nothing of a person is in it.
//   - Every answer carries a stamp that grows; a save that comes late or twice never
//     undoes a newer answer. Without script a page is one save.
//   - A draft becomes one dossier: its key is the submission's key, so pressing again,
//     from two pages or after a lost reply gives the same dossier.
//   - A photo travels in parts of 256 KB by the hash of its content: a broken line goes
//     on where it was, and the same picture twice is kept once.
//   - Sent means proved: by a code read on the telephone, or by an officer at the counter
//     who may receive dossiers there and whom the record names as the helper.
//   - A stranger who knows a code learns whether the dossier is done and nothing else, in
//     the same words whatever it is about. Everything else takes the code and a one-time
//     code on the applicant's telephone; the answer never tells whether a number was right.
//   - Text messages say a code; never a name, a procedure or what is wrong.
//   - Whoever reads a person's record is in the trail, the applicant too.
package filing

import "embed"

// Locale holds the sentences of this package.
//
//go:embed locale
var Locale embed.FS

// Package dossier is what the rollout exists for: families file a dossier once, the
// commune's one-stop office accepts it, officers examine, register and sign it, other
// authorities do their legs, and the result goes back on time.
//
// What always holds:
//   - A dossier moves only by the acts of one table (Acts): from which statuses, to which
//     one, with which right. Its history is append-only and the database keeps it so.
//   - Filing is not acceptance: the official code, the due moment and the version of the
//     procedure are those of the moment of acceptance, and stay.
//   - The due moment follows from the version's rule and the history; computing it again
//     gives the same (dossier/term).
//   - A completion is asked for once, a new date is given once; the database knows no
//     second (Decree 61/2018/NĐ-CP, art. 11 and 19).
//   - A practice dossier has codes of its own and is apart from real ones everywhere.
//   - Events, trail and logs hold keys, never what is known about a person; whoever reads
//     a person's record is in the trail.
//
// Rooms around it: catalogue (procedures), filing (citizens), office (officers), register
// (books and signatures), tally (figures), exchange (other authorities).
package dossier

import "embed"

// Locale holds the sentences of this package.
//
//go:embed locale
var Locale embed.FS

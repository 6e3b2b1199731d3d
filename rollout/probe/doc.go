// Package probe keeps the gates of the programme (cổng chung): the data centre, the SMS
// gateway, the wide-area network and the links to the police, the insurance and the
// ministry. No commune can mend these, so they stand above the gates of communes: one
// that is shut holds every wave that depends on it, at once.
//
// What always holds:
//   - A gate is off (watched by nobody, holds nobody), open, shut, or stale. Whether it
//     holds is a pure function of its row and the moment: Gate.Verdict. Nobody stores
//     it, so a check that stays away and a declaration that runs out shut it by
//     themselves. What is stored beside it is what was told last.
//   - A declaration has a reason and an end; while it lasts it stands above what was
//     probed, and both are shown.
//   - Every change of a verdict is one row of history, one event and one notice to those
//     who keep gates, whether a probe, a person or time made it.
//   - Only addresses that a person with the right set are called, and only where the
//     guard of the house lets calls go; no redirect is followed.
package probe

import "embed"

// Locale holds the sentences of this package.
//
//go:embed locale
var Locale embed.FS

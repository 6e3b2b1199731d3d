// Package succession changes the map: communes that merge, split, change their name or
// their district, levels that end, all from one day on, and what that does to the rows
// of every area.
//
// A set (đợt thay đổi) is drafted from files or by form, previewed, confirmed with the
// legal document and a reason, and can be reversed. What always holds:
//   - Nothing changes before a set is confirmed; a set for a day to come waits for it.
//   - A set comes into force in one transaction in which every area takes part: the
//     versions of units, people and posts, and the rows of each Participant.
//   - Each unit that ends, or gives all it had, has one heir, its main receiver. Equipment,
//     open tickets, open gaps and dossiers in work go to the heir; people go with their
//     desk; what was issued, closed or counted keeps the code of who did it, and the heir
//     may read it (see org.Atlas.Scope).
//   - A post over a district that ends becomes one post over each of its successors; a post
//     over a commune follows the heir. All of them are listed until a person looked at them.
//   - What a set did to each row is in its journal. A reversal puts back exactly that, and
//     is refused, with the number of rows and where, when something later rests on it.
//
// Where the sources name no main receiver, org.MainOf proposes one and the planner decides:
// a set with a proposal that nobody looked at is not confirmed.
package succession

import "embed"

// Locale holds the sentences of this package.
//
//go:embed locale
var Locale embed.FS

// Package issuance is the room where the officers of communes get their accounts: who is
// asked for, who decides, how a first password comes into the right hands, who has never
// come in, who moves and leaves, and who looks over all of it each quarter.
//
// What always holds:
//   - A request is for one person in one post of one commune. The same roster sent again
//     changes nothing; it never touches an account, let alone its password.
//   - What looks like the same person twice waits until somebody of the district has
//     said whether it is. One person has one account, however many posts.
//   - Only a person who was trained for the post gets an account, and only after the
//     district has approved.
//   - A first password exists in one place only: on the paper that is printed, or in the
//     message that is sent, in the very act that makes it. It is never stored; a letter
//     that is lost is replaced by another password.
//   - An account counts for the gate when its owner has come in and chosen a password:
//     issued is not activated. The verdict is written in the transaction of the fact, for
//     communes whose roster is kept here, and for no others.
//   - Posts are dated: moving and leaving end them on a day, and the history stays.
package issuance

import "embed"

// Locale holds the sentences of this package.
//
//go:embed locale
var Locale embed.FS

// Package feed is the room of a person's calendar: milestones, days of phases, classes,
// due days of reports and conclusions, on a page and as a feed that calendar programs
// read under a secret address.
//
// What always holds:
//   - The address is kept as a hash only, belongs to one person and can be taken back.
//   - What the feed holds is what the person may see at the moment of reading; an account
//     that is closed has no feed.
//   - A feed is read so many times an hour at most; the same content has the same ETag.
package feed

import "embed"

// Locale holds the sentences of this package.
//
//go:embed locale
var Locale embed.FS

// Package knowledge is the help desk's collection of answers: articles in Vietnamese
// that communes find while they type a ticket, that agents put into an answer, and
// that citizens may read without signing in where an article says so.
//
// What always holds:
//   - Who may read an article is its audience: everybody, people who are signed in, or
//     the support side. The audience is part of every query and of the search scope.
//   - What is written is Markdown; what is shown has been rendered without raw HTML and
//     then washed by an allow-list. Pictures come from this article only.
//   - Every saving is an edition, kept whole. Restoring is a new edition with old words.
//   - One reader has one verdict on an article; the counters on the row are the sums of
//     the verdicts and are provable from them.
package knowledge

import "embed"

// Locale holds the sentences of this package.
//
//go:embed locale
var Locale embed.FS

// Package incident is the room of the help desk where one trouble of many communes is
// handled as one: declared once, told to everybody who asked, solved once.
//
// What always holds:
//   - A ticket belongs to one incident at most and keeps its own life: its own clock,
//     its own answer, its own verdict. It can be opened again alone, and the incident
//     shows it.
//   - A message to all is said on each ticket by the help desk's own use case, in a
//     transaction of its own, at most once per ticket however often the work starts over.
//   - Who is hit is told in numbers to everybody who is signed in; tickets and people are
//     seen within the reader's reach only. What strangers read names no person.
//   - A big incident is not closed before its note says what happened, why, and what
//     will be changed.
package incident

import "embed"

// Locale holds the sentences of this package.
//
//go:embed locale
var Locale embed.FS

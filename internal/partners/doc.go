// Package partners plays the offices outside, for tests and for the demo: the police's
// residence desk, the social insurance, the ministry's civil-status software, the
// population database (the only place where personal numbers are made), the national
// portal, and a gateway of text messages with a telephone to read them on.
//
// What always holds:
//   - It knows the wire between offices and nothing of the house: what it proves is what
//     goes over the line. It has a process and a store of its own.
//   - An office takes a key once, with one body. The same again is a duplicate; the same
//     key with another body is refused.
//   - Whatever an office was told to do wrong (be down, drop the line before or after it
//     has saved, answer twice, late, in the wrong order, with another body, in a newer
//     version) it does in the way in which it happens to real ones.
//   - It has no door-keeper for its own pages: it listens on this machine only.
package partners

import "embed"

// Locale holds the sentences of this package.
//
//go:embed locale
var Locale embed.FS

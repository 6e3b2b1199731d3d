// Package identity says which machine a report is about, from scored evidence, and
// says why. It knows neither a database nor HTTP.
//
// What always holds:
//   - A placeholder is no evidence: what makers leave where a number should be is
//     known by a list, and by being the same on more than Crowd machines.
//   - A name never links, and no sum of what it adds to nothing does.
//   - What speaks against a link can only make the answer more careful: more
//     contradicting evidence never turns a doubt into a link.
//   - The order of candidates, and of marks within one, changes nothing.
//   - Every answer carries its reasons, each a sentence with its weight.
package identity

import "embed"

// Locale holds the sentences of the reasons.
//
//go:embed locale
var Locale embed.FS

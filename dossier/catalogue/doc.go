// Package catalogue is the room of procedures: what the administration offers, in which
// version since which day, for citizens who look for it and for administrators who keep
// it.
//
// What always holds:
//   - A published version never changes. What changes is a draft: a copy of a version,
//     edited with forms, tried out as citizens see it, published from a day on.
//   - A version is published for today or later, and for one day a procedure has one;
//     only a version that is not in force yet can be withdrawn. So dossiers keep the
//     version they stand on.
//   - The procedures of the house (data/) are brought in once, each version by its
//     procedure and first day; what an administrator made of them stays.
//   - What no text confirmed is named (Definition.Doubts) and marked.
package catalogue

import "embed"

// Locale holds the sentences of this room.
//
//go:embed locale
var Locale embed.FS

// data are the procedures of the house: parts that forms share, then one file for each.
//
//go:embed data
var data embed.FS

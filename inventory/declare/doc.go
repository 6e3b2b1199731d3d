// Package declare takes what officers declare with a phone: a piece of equipment, its
// state, and pictures of it. It also holds the page where work on the spot begins.
//
// What always holds:
//   - A declaration carries the ID that the phone gave it and arrives once.
//   - It has at least one picture, and what it says is recorded as evidence by photo.
//   - What stands in the inventory under the same serial number, in the same commune, is
//     the same thing; the same number elsewhere is refused and said.
package declare

import "embed"

// Locale holds the sentences of this package.
//
//go:embed locale
var Locale embed.FS

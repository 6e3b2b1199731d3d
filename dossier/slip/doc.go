// Package slip writes the papers of a dossier: the six forms of Circular
// 01/2018/TT-VPCP and drafts of certificates. It is pure: what stands on a paper comes
// in as one value, so that a kept value prints the same bytes again years later.
//
// What always holds:
//   - Forms 01 to 05 are A5, form 06 is A4; all are in Vietnamese.
//   - The same slip gives the same bytes. A reprint says that it is a copy.
//   - The screen and the paper are drawn from one Doc, so they never differ.
//   - A certificate is a draft, and says so over the whole page, until it is signed.
package slip

import "embed"

// Locale is what the package says, in every language.
//
//go:embed locale
var Locale embed.FS

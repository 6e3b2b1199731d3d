// Package gallery keeps the definitions of reports: which there are, their versions,
// the draft that somebody works on, and which version runs of now are made by.
//
// What always holds:
//   - A published version never changes; the database refuses it. A report names the
//     version that it was made by and carries its text.
//   - A definition has at most one draft. A draft may be wrong; only one that
//     define.Parse accepts is published, with a reason.
//   - What the product brings are published versions as well. A newer one comes into
//     force by itself unless the house put a version of its own into force.
//   - A preview reads what its reader may see and stores nothing.
package gallery

import "embed"

// Locale holds the sentences of this package.
//
//go:embed locale
var Locale embed.FS

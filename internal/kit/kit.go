// Package kit holds the sentences of the tools below it that have no catalogue of
// their own: the edge, the store, the archive.
package kit

import "embed"

// Locale is those sentences.
//
//go:embed locale
var Locale embed.FS

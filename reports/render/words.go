package render

import "embed"

// Locale holds the sentences of this package's refusals.
//
//go:embed locale
var Locale embed.FS

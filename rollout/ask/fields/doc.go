// Package fields draws questions that are data as inputs of a page, and answers as words.
// It holds the sentences of package ask.
package fields

import "embed"

// Locale holds the sentences of this package and of package ask.
//
//go:embed locale
var Locale embed.FS

// Package notices shows a person what the product told them, lets them choose how
// they are told, and shows administrators what waits to be sent and why.
package notices

import "embed"

// Locale holds the sentences of these pages.
//
//go:embed locale
var Locale embed.FS

// Package changes is the pages on which planners and administrators change the map: sets
// of changes from files or by form, their preview, confirmation and reversal, and the
// posts that a person has to look at afterwards. What happens behind them is
// org/succession's.
package changes

import "embed"

// Locale is the sentences of these pages.
//
//go:embed locale
var Locale embed.FS

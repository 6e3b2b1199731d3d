// Package admin is the pages of whoever runs the house: people and their posts, the
// units of any day, the trail, the years of working time. What happens behind them is
// org's and the kit's.
package admin

import "embed"

// Locale is the sentences of these pages.
//
//go:embed locale
var Locale embed.FS

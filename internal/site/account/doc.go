// Package account is the pages of one's own account: signing in and out, a forgotten
// password, the profile, sessions and API tokens. What happens behind them is org's.
package account

import "embed"

// Locale is the sentences of these pages.
//
//go:embed locale
var Locale embed.FS

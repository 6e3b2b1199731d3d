// Package duty is the roster of the teams: who is on duty when, who stands in for
// whoever is away, and to whom a new ticket goes where a group wants that decided.
//
// What always holds:
//   - An exception of a day replaces the weekly pattern of that person on that day; on
//     a day off the pattern does not hold.
//   - A ticket is given only to somebody who is on duty, not away, and may work on it.
//   - Whoever is away keeps nothing that must move: open tickets go to the stand-in
//     when the absence begins, and both are told once.
//   - Load is shown by name, never ranked.
package duty

import "embed"

// Locale holds the sentences of this package.
//
//go:embed locale
var Locale embed.FS

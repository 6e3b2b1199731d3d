// Package difficulty is the log of difficulties (khó khăn, vướng mắc): what keeps a
// commune or a district from going on, by what cause, with what proposal, and what the
// city answered.
//
// What always holds:
//   - A difficulty has one due moment of working time: until it is answered that of the
//     answer, afterwards that of whoever owns it. Closed it has none.
//   - The city's answer names an owner and a day; only the unit, or the city, closes.
//   - Each step of lateness is told once, to those whose turn it is.
//   - Tickets and gaps are linked by their own address; the link is made only by somebody
//     who may see them.
package difficulty

import "embed"

// Locale holds the sentences of this package.
//
//go:embed locale
var Locale embed.FS

// Package survey asks one question when a ticket is closed: were you satisfied? By a
// link in the mail, on the ticket's page, or by answering a text message with a digit.
//
// What always holds:
//   - A ticket is asked about once, and only when somebody answered it. What a rule or
//     a machine opened is not asked about.
//   - A link works without signing in, for one ticket, for 30 days, and shows its number
//     and nothing else. An answer may be changed for seven days, then it stands.
//   - The figures are FigureAsked, FigureAnswers, FigureScore (the sum of the scores) and
//     FigureLow, by unit, service (the dimension) and day: of the asking for the first,
//     of the first answer for the others. An average is FigureScore by FigureAnswers.
//   - A score of 1 or 2 is told to those who lead the support of the unit, once.
package survey

import "embed"

// Locale holds the sentences of this package.
//
//go:embed locale
var Locale embed.FS

// Package worktime counts working time as an office has it: several intervals a
// day, lunch breaks, Tết, days in lieu, make-up Saturdays, any time zone. It is
// pure: neither a database nor the machine's clock.
//
// What always holds:
//   - A moment is working time when its wall clock reads inside an interval of its
//     day. Where clocks are put forward the missing hour is no working time, where
//     they are put back the repeated hour counts twice.
//   - Adding gives the earliest moment by which the amount has passed, so landing
//     on a closing gives that closing (17:30, not 08:00 of the next day); going
//     back gives the latest, so landing on an opening gives that opening.
//   - A moment outside working time first moves to the next opening (going back:
//     to the last closing), even when nothing is added.
//   - A pause is taken out of working time; overlapping pauses count once.
//   - A year without a calendar is never counted as if it had no holidays: the
//     answer is then "no calendar for that year", which is an answer, not an error.
//   - Every answer tells how it was counted, in a bounded number of steps.
package worktime

import "embed"

// Locale is what the package says, in every language.
//
//go:embed locale
var Locale embed.FS

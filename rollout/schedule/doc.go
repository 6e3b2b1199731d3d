// Package schedule is the plan of a phase as work on days: shipments, set-ups, classes,
// announcements, rehearsals and cut-overs of every commune, drafted from the phase,
// placed by rollout/planner, tried out in variants, frozen as baselines.
//
// What always holds:
//   - A phase has one draft. Its tasks are what is to be done; its result is where the
//     planner put them, and was checked by the planner's own verifier before it is kept.
//   - What is done stays where it was done, what is promised where it was promised; no
//     other task begins before today.
//   - A variant changes nothing until it is adopted; it remembers its question and answer.
//   - A baseline never changes: the database refuses, and its hash covers every byte of
//     its content, which is canonical JSON.
//   - A slip is the working days by which a task ends after the baseline; its reasons
//     and comments are lines that are only added.
//   - A rehearsal is decided on once, and keeps the gates and the times that it was decided
//     on; after a go the cut-overs of its place are planned with the time it took.
//
// Days are the city's working days of the office calendar; a year without a calendar is
// never planned into.
package schedule

import "embed"

// Locale holds the sentences of this package.
//
//go:embed locale
var Locale embed.FS

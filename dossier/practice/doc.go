// Package practice lets officers prove that they can do it: sample dossiers of invented
// people go the whole way of a real one, done by the same officers on the same pages.
//
// What always holds:
//   - A practice dossier is apart from real ones everywhere: its codes begin with THU-, it
//     stands in practice books, in no figure, and nothing of it goes to another authority;
//     those steps are left out, and the page says so. No answer of a partner is played.
//   - People and papers of a sample are invented and say so; personal numbers are never
//     made up, so they stay blank.
//   - Nobody passes by pressing a button: a practice dossier that was handed back at the
//     end passes each officer who did a step of it, once for each procedure, with the
//     moment of the first time.
package practice

import "embed"

// Locale holds the sentences of this package.
//
//go:embed locale
var Locale embed.FS

// Package form is the pure engine of the forms that procedures ask for: what is asked,
// when it is shown and needed, what is wrong with the answers, and how they are written
// down for people, for paper and for other offices.
//
// A form is data (Form, read from and written to JSON), so that an administrator changes
// it without a release. What always holds:
//   - Answers are flat: one text a key. A field with parts keeps them under the field's
//     key ("mother.paper.no"); a row of a repeated group under its number
//     ("stays.0.from").
//   - Nothing panics, whatever the form and whatever the answers hold; a form that Faults
//     finds nothing wrong with behaves as its author reads it.
//   - A condition looks at earlier answers only, and what is not shown counts as not
//     answered, so that showing has one order and cannot go in circles.
//   - Errors keep a dossier from being sent; warnings are for the officer who examines it.
//   - What can be derived (a date in words, a name in capitals) is derived, never typed.
//   - Two spellings of one answer (composed or not, "òa" or "oà", spaces) have one
//     canonical form and one hash.
package form

import "embed"

// Locale holds the sentences about answers.
//
//go:embed locale
var Locale embed.FS

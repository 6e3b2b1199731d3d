// Package site is the frame of every page: the layout of staff pages and the barer one
// of sign-in and citizens' pages, the shared words, the book of parts. The parts
// themselves are in ui, what browsers fetch besides pages in assets.
//
// A page is a Frame around a body. Where htmx asks, the answer is the body alone, so
// one view serves both.
package site

import "embed"

// Locale is the sentences of the frame and of the parts, and the shared ones: faults,
// forms, roles, days of the week.
//
//go:embed locale
var Locale embed.FS

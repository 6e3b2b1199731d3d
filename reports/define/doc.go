// Package define is reports as data: what a report is called, whom it is for, which
// period it covers and what stands in it. It reads a definition, says what is wrong
// with it and where, tells which metrics and lists have to be read for it, and makes
// the blocks of a report out of figures that were read. It is pure: the versions of
// definitions are kept by reports/gallery, figures are read by package reports.
//
// What always holds:
//   - A definition that Parse accepts composes: no input panics, loops or grows beyond
//     the caps of this package, whatever the figures say or leave unsaid.
//   - The same definition, frame and language give the same blocks.
//   - What nobody told is unknown, which is not zero: it is written in words, and a
//     comparison with it does not hold.
//
// # Figures inside a text
//
// A text holds places: {{NAME}} or {{NAME|FORM}}, spaces around both allowed. "{{{{"
// writes two braces. NAME is one of
//
//	programme basis where from until day hour next_from next_until   words of the report
//	list.LIST                                                        how many entries a list has
//	KEY                                                              a metric of the catalogue
//
// and FORM, of a metric only, is one of
//
//	now              its value of the period, as readers write it (as without a form)
//	before           its value of the period before
//	change           "tăng 3 (từ 10 lên 13)"
//	diff             "+3", "−2"; of a share in points
//	of:KEY           "33/53 (62,3%)"
//	best, worst      the district that does best or worst, with its value
//	name             what the metric is called
//
// # Conditions
//
// A condition compares numbers and joins what it compared:
//
//	list.held > 0 and (dossiers.late_share >= 5% or not gaps.open|change <= 0)
//
// with = <> < <= > >=, "and" before "or", "not" before both. A metric stands for its
// value, with |before or |change for those.
package define

import "embed"

// Locale holds the sentences of this package.
//
//go:embed locale
var Locale embed.FS

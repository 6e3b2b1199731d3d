// Package metric is the catalogue of what the product counts, as the one place that
// numbers of pages, reports, mails, tables and the API come from, with the arithmetic
// that rolls them up. It is pure: who stores and collects values is reports/measure.
//
// What always holds:
//   - A Flow happened on days and is summed over days and units; a Level stands at the
//     end of a day and is summed over units; a Rate is its numerator over its
//     denominator, each summed first, so a district's rate is never a mean of rates; a
//     Figure is told by its source for a unit and a day as it is and never summed.
//   - Values are whole numbers in the metric's smallest step; Scale says how many of
//     them make one of its unit (an index of 0,85 is 850 of scale 1000).
//   - What nobody told is unknown, which is not zero.
package metric

import "embed"

// Locale holds names and definitions: "metric.KEY" and "metric.KEY.say".
//
//go:embed locale
var Locale embed.FS

// Package measure keeps what every metric of the catalogue was on every day, for every
// commune, district and the city: the one place that pages, reports, alerts and the API
// read numbers of days from.
//
// What always holds:
//   - A source (one for each area, in app) says what its metrics were on a day, from the
//     area's own dated facts: the moment a thing happened decides its day, in Hanoi time.
//     Practice data is in no metric. What a source cannot say of a day it is silent about,
//     and then what was kept of that day stays.
//   - A day is counted again while it runs, once more when it is over, and some days
//     longer, so that facts recorded late reach the day on which they happened. Counting
//     is a function of the facts: to count twice, or on two nodes, changes nothing.
//   - Flows are rows by day, without the zeros; levels and figures are rows with a first
//     and a last day, a new one only when the value changed. Both hold districts and the
//     city as the map was on that day, so that yesterday's numbers survive a merger.
//   - A day that nobody told of a metric is unknown, which is not zero.
//   - A reader gets what lies in the reach of his right to read reports: a district's row
//     with the district, the city's with the city, else the sum of what is his.
//   - Counting a day from scratch gives what is kept (Check); Rebuild puts it in place and
//     says what differed.
package measure

import "embed"

// Locale holds the sentences of this package.
//
//go:embed locale
var Locale embed.FS

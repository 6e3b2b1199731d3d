// Package tally is the figures of dossiers: how many were filed, accepted, finished, on
// time or late, how many came online, were asked to be completed, how long they took and
// how long partners let them wait, and the points of Circular 01/2018/TT-VPCP.
//
// What always holds:
//   - Every figure follows from the histories of dossiers by one pure function. It changes
//     in the transaction of the act that it counts, by what the history says after it
//     less what it said before; counting from scratch gives the same (Figures).
//   - Practice dossiers are in no figure.
//   - Durations are kept as histograms of calendar time; a percentile is the upper bound
//     of its bucket, so it is never told better than it is.
//   - A figure belongs to the month in which what it counts happened.
//   - What cannot be measured (how many procedures the one-stop unit takes, complaints that
//     came on paper) a commune declares once a year with a document; every indicator says
//     whether it was measured, said by applicants or declared, and how it was computed.
//   - The numbers of the scoring are dated. New ones begin on a coming day, so what was
//     finished keeps its points.
//   - Of what nobody measured (how people were treated, where nobody rated) there is no
//     figure, rather than zero.
package tally

import "embed"

// Locale holds the sentences of this package.
//
//go:embed locale
var Locale embed.FS

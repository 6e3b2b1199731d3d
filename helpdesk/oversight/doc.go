// Package oversight shows how the help desk stands to those who answer for it: district
// by district for the leadership, and week by week for the teams.
//
// What always holds:
//   - Everything is read from maintained figures within the reader's reach; the number of
//     queries does not depend on how many tickets or units there are.
//   - Teams and services are compared, people are not: everybody sees their own figures
//     and nobody else's.
package oversight

import "embed"

// Locale holds the sentences of this package.
//
//go:embed locale
var Locale embed.FS

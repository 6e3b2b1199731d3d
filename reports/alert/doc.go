// Package alert is the room of alerts: rules over the catalogue of metrics, checked every
// few minutes, and the episodes in which a number of a unit was out of bounds.
//
// What always holds:
//   - Of one rule and unit at most one episode is open: an index of the database says so.
//   - A check of a rule is claimed by moving its moment on in the transaction that writes
//     what the check brought about. So two processes never check twice, an episode is
//     never without its notices, and a crossing is told once.
//   - When a number opens or closes an episode is said by the pure engine judge.
//   - An episode keeps the name and the bound of the rule as they were when it opened.
//   - Values are kept in ten-thousandths of the metric's unit: 0.0512 is 512.
package alert

import "embed"

// Locale holds the sentences of this package.
//
//go:embed locale
var Locale embed.FS

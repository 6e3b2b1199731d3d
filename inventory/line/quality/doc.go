// Package quality says how good a line is, from samples: percentiles of the round
// trip, loss, speed and availability in working hours. It is pure: neither a database
// nor the machine's clock.
//
// What always holds:
//   - Only samples taken in working time count; a year without a calendar has none.
//   - A percentile is one of the values (nearest rank), so the order in which samples
//     come in changes nothing.
//   - Too little is unknown: fewer than Enough measurements, or fewer than EnoughDays
//     days, give no figure rather than a guess.
//   - What fell into an outage counts as unavailability and not as loss as well.
package quality

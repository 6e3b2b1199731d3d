// Package judge decides when a number raises an alert and when the alert is over. It is
// pure: it is told values and remembers nothing but the State that its caller keeps.
//
// What always holds:
//   - Of one rule and unit at most one alert is open; between two openings lies a closing.
//   - A value between the clear threshold and the threshold changes nothing (hysteresis).
//   - A rule that holds n checks opens and closes only after n such checks in a row.
//   - What is unknown, or rests on too few, neither opens nor closes.
package judge

// Package sla says by when a ticket is answered and resolved: rules in a stated
// order, of which the first one that fits holds.
//
// What always holds:
//   - A book always answers: its last rule has no conditions, is never switched off
//     and cannot be moved.
//   - The answer names its reasons: the conditions that held, and for every rule that
//     stands before it the first condition that did not.
//   - The engine is pure: it knows neither a database nor the time.
//
// Words: rule, promise, budget, ladder (the steps at which somebody is told).
package sla

// Package readiness judges whether a unit can do what a phase asks of it: a pure
// function of what is known, what is asked and the moment.
//
// What always holds:
//   - There are three answers. What is missing, too old or contradicted leaves the
//     question open: Unknown, never Unmet and never Met.
//   - Every answer that is not Met names its reasons, each with its number, its
//     source and its day.
//   - Evidence counts by its source: seen on the spot before probed from outside,
//     measured by the machine, photographed, and declared; stale evidence counts
//     for nothing.
//   - A gap that somebody reported and nobody closed is declared evidence of a lack.
//   - Each line of a profile is counted by itself, over the assets in use or in
//     store at the unit.
package readiness

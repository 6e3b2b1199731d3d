// Package readiness judges whether a unit can do what a phase asks of it: a pure
// function of what is known, what is asked, what was waived, and the moment.
//
// What always holds:
//   - What is missing, too old, below the evidence asked for or contradicted leaves
//     the question open: Unknown, never Unmet and never Met.
//   - Every answer that is not Met names its reasons, each with its number, its
//     source and its day.
//   - The strongest fresh source speaks. When a strong source (a machine, a probe, an
//     inspection) said otherwise later, nobody is believed until somebody looks again.
//   - A gap that somebody reported and nobody closed is declared evidence of a lack.
//   - Assets in use or in store at the unit count. A distinct line shares no asset with
//     another distinct line of its profile: assets fill places by maximum matching.
//   - One more asset never makes an answer worse, and the order in which anything is
//     told does not matter.
//   - Until Result.Stale nothing changes unless something is told.
package readiness

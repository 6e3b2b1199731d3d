// Package score gives the points of Circular 01/2018/TT-VPCP, articles 13 to 15: nine
// indicators of 0, 1 or 2 points, for a dossier, an officer and a unit, and the band
// that a sum falls into. It is pure: facts in, points out.
//
// What always holds:
//
//   - An indicator without data is left out, not zero (art. 15.4b): it neither adds
//     points nor counts in what could be reached, and bands move with what could be
//     reached.
//
//   - A mean is rounded to one decimal, half up, in whole tenths: no floats.
//
//   - A sum of means is the sum of the rounded means, as people add up what they see.
//
//   - Partners that overran their own term do not make the commune late (Rules.Parts).
//
//   - Rules are dated: what ended on a day is measured by the rules of that day (Book).
//
// Not in the sources that we have and therefore settings of Rules, to be checked by the
// office that uses them: the shares of indicator 5, which indicators make an officer's
// sum, how often an indicator counts (once), and how long before the due moment "early"
// begins.
package score

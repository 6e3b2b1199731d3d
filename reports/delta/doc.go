// Package delta says what differs between two editions of a report's frozen figures.
// It knows JSON and, to say values, the catalogue of metrics: two texts are walked side by side, and each
// place whose value differs, was added or has gone is one Change, named by its path.
//
// What is always true:
//   - Members of lists are matched by what identifies them (code, unit, key, no, day),
//     not by their place, where every member on both sides has it and none has it twice.
//     So a row that came to stand elsewhere is no difference.
//   - The same two texts give the same changes in the same order: sums first, then what
//     belongs to one member of a list, each in the order of the text.
//   - Equal texts give no change; comparing the other way round gives as many, with old
//     and new exchanged.
//   - Addresses and moments of reading are not compared: they tell nothing about the city.
//
// Say puts a change into words of the catalogue for the fields that are known; a field
// that is not known is said by its name.
//
// The package is pure: no database, no HTTP.
package delta

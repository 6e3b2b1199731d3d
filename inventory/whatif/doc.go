// Package whatif says what more equipment would change: which communes become ready
// when so much is given, and the least that makes chosen communes ready. It is pure:
// what is known comes in, readiness.Judge answers, nothing is stored.
//
// What always holds:
//   - A commune is ready when its own judge says so of what it would then have; the
//     package has no second opinion of what a requirement means.
//   - More equipment never makes a commune less ready: of every lot the fewest items
//     that do are found by halving, and no commune is given an item it does not need.
//   - Equipment that is given counts as seen today, and answers the open reports of
//     its kind, the smallest first, as soon as there is enough of it for each.
//   - With one lot the number of communes made ready is the largest possible. With
//     several it is too, as long as the table of everything that may be used up stays
//     within tableLimit; beyond that it is what the best of many weightings finds, and
//     AtMost is a number that no division can exceed.
//   - Of divisions that make equally many ready, the one with the fewest items is
//     taken; among equals, the communes that were named first.
//   - Nobody is given more than PerUnit items of one lot.
package whatif

// Package whatif says what more equipment would change: which communes become ready
// when so much is given, and the least that makes chosen communes ready. It is pure:
// what is known comes in, readiness.Judge answers, nothing is stored.
//
// What always holds:
//   - A commune is ready when its own judge says so of what it would then have; the
//     package has no second opinion of what a requirement means.
//   - A commune of which nothing was ever recorded is left out and named: what nobody
//     has looked at is not known to be missing.
//   - More equipment never makes a commune less ready: of every lot the fewest items
//     that do are found by halving, and no commune is given an item it does not need.
//   - Equipment that is given counts as seen today, and answers the open reports of
//     its kind, the smallest first, as soon as there is enough of it for each. What is
//     repaired or changed answers reports of what is broken or too weak.
//   - With one lot the number of communes made ready is the largest possible. With
//     several it is too, as long as the table of everything that may be used up stays
//     within tableLimit; beyond that it is what the best of many weightings finds, and
//     AtMost is a number that no division can exceed.
//   - Of divisions that make equally many ready, the one with the fewest items is
//     taken; among equals, the communes that were named first.
//   - Nobody is given more than PerUnit items of one lot.
//   - A shopping list buys the fewest items, once everything was done that may be done
//     with what is there; then no step of it can be left out. What is bought satisfies
//     every line of its kind, of alternatives the first.
//   - What is spare elsewhere replaces purchases one by one, the weakest that will do;
//     no commune gets worse by giving. It is not proved to replace as many as it could.
package whatif

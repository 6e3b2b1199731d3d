// Package register is the register books of a commune and the signatures that stand
// behind a result: entries with gap-free numbers, corrections as new facts, the lock of a
// year, the leader's list, and who may not act for whom.
//
// What always holds:
//   - A number is given in the transaction in which the civil-status officer writes and
//     signs the entry, after proving again to be the holder of the account. The database
//     refuses a number that is not the next one, and an entry in a locked year.
//   - An entry, a void, a fact, a lock and a signature never change: the database refuses
//     it. Each keeps the hash of exactly what was signed, who, when and how it was proved.
//   - A number that was voided is never given again.
//   - What an entry says now is its content with the facts laid over it in their order;
//     an annulled entry says nothing.
//   - The paper register outranks the database: what paper says becomes a proposal, which
//     another person turns into a correction or dismisses. Nothing is overwritten.
//   - An event is registered once in the whole city (number of the birth proof with the
//     day of birth, personal number of the dead); a void or an annulment frees it.
//   - The record of a dead person is locked, and only an annulment unlocks it.
//   - Nobody examines, registers or signs for oneself or a declared relative, and nobody
//     signs without a post of signing leader that reaches the unit on that day.
//   - Practice has books of its own.
package register

import "embed"

// Locale holds the sentences of this package.
//
//go:embed locale
var Locale embed.FS

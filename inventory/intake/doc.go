// Package intake is the door of the inventory agents: what they send by themselves, and
// the files that stand for them.
//
// What always holds:
//   - A sender is believed only within the units of its key. Keys belong to a commune or
//     a district, are kept as a hash, shown once, and can be revoked.
//   - An agent that asks without credentials is told how to, as often as it asks: its
//     first tries never carry any. Wrong credentials are counted, and lock nobody out.
//   - Every message of an agent is answered with a REPLY that it understands.
//   - A body that was kept is kept once, however often it is sent; a section that did not
//     change is stored once, whoever sent it.
//   - What became of a message is written in its transaction: the log, the sender's
//     state, the facts. A refused one leaves its reason with the sender.
package intake

import "embed"

// Locale holds the sentences of this package.
//
//go:embed locale
var Locale embed.FS

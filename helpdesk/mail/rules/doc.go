// Package rules reads a mail and says what becomes of it. It is pure: Parse turns the
// bytes of a mail into a Mail, Ask tells what must be known to judge it, and Decide
// judges it by what was found. The room around it, helpdesk/mail, looks things up,
// writes and sends.
//
// What always holds:
//   - Every sequence of bytes is a mail: what cannot be read is noted in Broken, and
//     what is left is read.
//   - What a machine wrote is never answered and never opens a ticket again.
//   - A Message-ID that we sent is trusted before a plus address, a plus address
//     before a number in the subject; the number only from somebody who takes part.
//   - Every verdict says why, as keys with values, in the order of the rules.
package rules

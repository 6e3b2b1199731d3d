// Package otp makes one-time codes and proves them: whoever reads the message on a
// telephone says its code back.
//
// What always holds:
//   - A code has six digits from the machine's randomness, lives ten minutes, works
//     once and bears five wrong tries. The store keeps its hash, and the number and
//     the network address that asked only as hashes.
//   - A number gets at most three codes in a quarter of an hour and eight a day, an
//     address at most twenty an hour, so that nobody is pestered and the messages are
//     not emptied.
//   - A try is counted whether or not it is right, in the caller's transaction, which
//     must therefore be saved: Check tells a verdict and is no error.
package otp

import "embed"

// Locale holds the sentences of this package.
//
//go:embed locale
var Locale embed.FS

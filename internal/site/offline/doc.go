// Package offline lets pages for work in the field be used without a line. A form on
// such a page is kept on the phone and sent to the operation of the API that does the
// same, when the line is back; assets/src/offline.js is the part in the browser.
//
// What always holds:
//   - A record carries an ID that the phone made (or the form, without script). The
//     receiving use case answers a second sending of that ID with the first record,
//     however much later it comes: that is how a record arrives once.
//   - A record that waits belongs to the account that made it and is sent in its
//     session only; it is thrown away by that person alone, or once it arrived.
//   - Pages are kept for the signed-in account, and dropped at sign-out.
package offline

import "embed"

// Locale holds the sentences of this package.
//
//go:embed locale
var Locale embed.FS

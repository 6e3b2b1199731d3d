// Package portal lets citizens report what does not work without an account, and lets
// them follow it: one thing a page, in plain words, without script, on a slow line.
//
// What always holds:
//   - What was typed is kept by the server from the first page on, for a day; the
//     address of the pages proves whose it is, and nothing else of a person is in it.
//   - A report is sent only after a code, read on a telephone, was said back: so its
//     number is real, and answers go there. The number is the only thing we ask about
//     a person.
//   - Text messages say a ticket's number, a link and a code; never what it is about.
//   - Following a report takes its number and its code; ten wrong tries an hour for a
//     report, and thirty for a network address, are all.
//   - Where no gateway is configured nobody is led into a form that cannot be sent.
package portal

import "embed"

// Locale holds the sentences of this package.
//
//go:embed locale
var Locale embed.FS

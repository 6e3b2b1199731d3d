// Package notify tells people things: in their list on the screen, by mail and by text
// message.
//
// A notice is written in the transaction of the change that it tells of, as a
// template and its values; its words are chosen when it is sent, in the language of
// whoever gets it. The dedupe key makes it one notice however often it is written.
// Sending is tried again with growing pauses and always carries the same
// Message-ID. A text message is handed over at most once: what may have been sent is not
// sent again by itself. Without a mail server or a gateway the notices wait, and the
// list says so: nothing pretends to be sent. Outside working time only what is critical
// goes out; a person chooses by kind of notice how and when.
package notify

import "embed"

// Locale holds the sentences of this package.
//
//go:embed locale
var Locale embed.FS

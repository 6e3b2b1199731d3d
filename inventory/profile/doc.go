// Package profile is the room in which requirement profiles are written, compared,
// tried out and published, and in which a commune's figures and waivers are told.
//
// What always holds:
//   - What is published never changes; what changes is a draft, one for a code.
//   - The form of a line is a list of rows, each with its depth: the whole tree of
//     conditions, edited without script and without code. Rows become the tree and the
//     tree becomes rows without loss.
//   - Before a draft is published its page shows which communes get another answer.
package profile

import "embed"

// Locale holds the sentences of this room.
//
//go:embed locale
var Locale embed.FS

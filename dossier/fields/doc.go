// Package fields draws the forms of dossier/form as inputs and reads what was typed into
// them: for citizens one group a page, for officers the same at the counter.
//
// What always holds:
//   - Every form works without script: what may apply is drawn and says when it does;
//     script only hides what does not apply.
//   - An input is called as its answer is ("child.name"), so that a fault leads to it.
//   - What cannot be read stays as it was typed, and is judged by form.Check.
package fields

import "embed"

// Locale holds the sentences around inputs.
//
//go:embed locale
var Locale embed.FS

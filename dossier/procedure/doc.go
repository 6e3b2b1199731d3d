// Package procedure is the form of what the administration offers: one version of an
// administrative procedure as data, from its legal basis to its steps. It is pure. A
// version never changes once dossiers stand on it; a change of the law is a new version
// with its first day, and a dossier keeps the one in force on the day of acceptance
// (Law 60/2014/QH13, art. 76; Decree 07/2025/NĐ-CP, art. 5).
package procedure

import "embed"

// Locale is what the package says, in every language.
//
//go:embed locale
var Locale embed.FS

// Package importer takes tables that people keep in XLSX or CSV. A table is read
// and previewed: every fault of every row at its cell, and what would be created,
// updated, skipped or is in conflict. Nothing is changed until the preview is
// confirmed; then all good rows are saved in one transaction, and the whole import
// can be undone as long as nobody has changed its rows since.
package importer

import "embed"

// Locale holds the sentences of this package.
//
//go:embed locale
var Locale embed.FS

// The limits of a table.
const (
	MaxRows    = 20_000
	MaxColumns = 100
	MaxCell    = 2_000
)

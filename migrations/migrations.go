// Package migrations holds every change of the schema as SQL, in order. A file is
// never edited once it has been released; the two databases run the same files,
// with the words of kit/db in place of {{.time}}, {{.json}}, {{.int}}, {{.blob}}
// and {{.serial}}.
package migrations

import "embed"

// Files are the migrations, named by 14 digits and a word or two.
//
//go:embed *.sql
var Files embed.FS

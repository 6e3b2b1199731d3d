// Package views holds the pages of imports.
package views

import "lotrinh/internal/site/ui"

// Upload asks for a table.
type Upload struct {
	Header  ui.HeaderData
	Form    ui.FormData
	Field   ui.Field
	Columns ui.TableData
}

// Run is an import with its rows.
type Run struct {
	Header  ui.HeaderData
	Notices []ui.NoticeData
	Figures []ui.FigureData
	Label   string
	Tabs    []ui.Tab
	Table   ui.TableData
}

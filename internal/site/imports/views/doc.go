// Package views holds the pages of imports.
package views

import "lotrinh/internal/site/ui"

// Upload asks for a table.
type Upload struct {
	Header  ui.HeaderData
	Form    ui.FormData
	Fields  []ui.Field
	Columns ui.TableData
}

// Run is an import with its rows.
type Run struct {
	Header  ui.HeaderData
	Notices []ui.NoticeData
	Figures []ui.FigureData
	Label   string
	Tabs    []ui.Tab
	Decide  *Decide // about all rows at once; nil when none waits
	Table   ui.TableData
}

// Decide is a form of buttons, one for each decision. Row is empty when it is about
// every row that waits.
type Decide struct {
	Action, Row, Only string
	Lead              string
	Buttons           []Button
}

// Button is a decision; Taken marks the one that was taken.
type Button struct {
	Value, Label string
	Taken        bool
}

// Line is a row of the table: what it holds, what it is about, values beside each
// other, what is wrong with it, and what can be decided.
type Line struct {
	Text     string
	About    string
	Sides    []Side
	Problems []string
	Decide   *Decide
}

// Side is a value of the table beside the one that is known.
type Side struct{ Label, Have, Told string }

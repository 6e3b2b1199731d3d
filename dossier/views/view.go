// Package views are the pages of dossiers.
package views

import (
	"github.com/a-h/templ"

	"lotrinh/internal/site/ui"
)

// Dossier is the page of one dossier.
type Dossier struct {
	Header   ui.HeaderData
	Practice bool
	Errors   ui.Errors
	Is       []ui.Fact
	Way      []ui.Step
	Rooms    []templ.Component
	History  []ui.Event
}

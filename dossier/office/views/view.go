// Package views are the pages of officers.
package views

import (
	"github.com/a-h/templ"
	fieldviews "lotrinh/dossier/fields/views"

	"lotrinh/dossier/slip"
	"lotrinh/internal/site/ui"
)

// QueueView is the work queue.
type QueueView struct {
	Head   ui.HeaderData
	Filter ui.FilterData
	Table  ui.TableData
	Batch  *BatchView
	Note   *ui.NoticeData
}

// BatchView hands several dossiers over.
type BatchView struct {
	Action, Label, Hint string
	Hidden              []ui.Hidden
}

// FormView is a page that asks for something.
type FormView struct {
	Head    ui.HeaderData
	Notices []ui.NoticeData
	Form    *ui.FormData
	Tables  []TableView
	More    []templ.Component
}

// AmendView is a whole declaration to be mended.
type AmendView struct {
	Head   ui.HeaderData
	Hint   ui.NoticeData
	Form   ui.FormData
	Said   ui.Field
	Groups []fieldviews.Asked
}

// IntakeView is the whole form of a procedure at the counter.
type IntakeView struct {
	Head     ui.HeaderData
	Form     ui.FormData
	By       []fieldviews.Item
	Known    []ui.Field // whom it is about, where the form does not ask
	Groups   []fieldviews.Asked
	Papers   []PaperItem
	Doubts   []string
	Sure     *ui.Field
	Practice ui.Field
}

// PaperItem is a paper of a dossier: what it is, whether it is there, its photos.
type PaperItem struct {
	Title, Hint    string
	State          string // of a dossier's paper, in words
	Show, Optional bool
	When, WhenSaid string
	Tick           ui.Field
	Upload         *ui.Field
	Sent           []SentFile
	Drop           string // the name of the button that takes a file away; empty where none may go
}

// SentFile is a photo or paper that was sent.
type SentFile struct{ ID, Name, Size, Href, Thumb, Alt string }

// TableView is a table with its title.
type TableView struct {
	Title string
	Table ui.TableData
}

// Choice is one procedure that can be taken at the counter.
type Choice struct {
	Group string
	Items []Item
}

// Item is a link with what it leads to.
type Item struct {
	Label, Note, Href string
	Do                *ui.Action
}

// PanelView is a card on the page of a dossier.
type PanelView struct {
	ID, Title string
	Docs      []PaperItem
	Facts     []ui.Fact
	Notices   []ui.NoticeData
	Table     *ui.TableData
	Items     []Item
	Parts     []templ.Component
	Forms     []ui.FormData
	Titles    []string
	Links     []ui.Action
}

// SlipView is a slip on the screen.
type SlipView struct {
	Head ui.HeaderData
	Doc  slip.Doc
	Hash string
}

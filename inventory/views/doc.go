// Package views holds the pages of the inventory. What a page shows is put together
// by inventory/pages*.go; the views know neither the service nor the request.
package views

import (
	"github.com/a-h/templ"

	"lotrinh/internal/site/ui"
)

// Listed is a page that is a head, figures, a filter and a table.
type Listed struct {
	Header  ui.HeaderData
	Figures []ui.FigureData
	Filter  ui.FilterData
	Table   ui.TableData
}

// Reason is one sentence behind an answer.
type Reason struct {
	State ui.State
	Text  string
	Href  string
}

// Photo is a picture with its thumbnail.
type Photo struct {
	Href, Thumb, Name string
}

// Value is one known value with its source and its age.
type Value struct {
	Text  string
	State ui.State // the source, in its colour
	Age   string
}

// Known is everything known of one fact of an asset; Differ tells that the sources
// contradict each other.
type Known struct {
	Label  string
	Values []Value
	Differ string
}

// Said is everything that one source says of an asset, in one line.
type Said struct {
	State ui.State // the source, in its colour
	Text  string
	Age   string
}

// Unit is the page of a commune.
type Unit struct {
	Header  ui.HeaderData
	Why     ui.CardData
	Reasons []Reason
	AllWell string // instead of reasons
	Gaps    ui.CardData
	GapList ui.TableData
	Assets  ui.CardData
	List    ui.TableData
	Notes   ui.CardData
	History []ui.Event
	Rooms   []templ.Component // what the rooms of the area have to say
}

// Asset is the page of an asset.
type Asset struct {
	Header  ui.HeaderData
	Is      []ui.Fact
	Facts   ui.CardData
	Known   []Known
	None    ui.EmptyData
	Past    ui.CardData
	History ui.TableData
	Papers  ui.CardData
	Files   []Paper
	Attach  *ui.FormData // nil for those who may only look
	Notes   ui.CardData
	Events  []ui.Event
	Rooms   []templ.Component
}

// Assets is the list of assets.
type Assets struct {
	Header  ui.HeaderData
	Figures []ui.FigureData
	Filter  ui.FilterData
	Table   ui.TableData
	Picked  string // where the chosen ones are sent
	Total   int64
	Edits   bool
}

// Edited is a change of many assets on its way: what will become of each, or what did.
type Edited struct {
	Header ui.HeaderData
	Note   ui.NoticeData
	Go     *ui.FormData // nil when it is done
	Table  ui.TableData
}

// Paper is a file of an asset.
type Paper struct {
	Href, Name, Day string
	Drop            *ui.Action
}

// Gap is the page of a gap.
type Gap struct {
	Header   ui.HeaderData
	Is       []ui.Fact
	Photos   ui.CardData
	Shots    []Photo
	Diagnose *ui.FormData // cause and remedy
	Causes   []ui.Field
	Move     *ui.FormData
	Fields   []ui.Field
	Steps    ui.CardData
	Events   []ui.Event
	Rooms    []templ.Component
}

// Form is a page that asks.
type Form struct {
	Header ui.HeaderData
	Tabs   []ui.Tab
	Label  string // of the tabs
	Form   ui.FormData
	Fields []ui.Field
}

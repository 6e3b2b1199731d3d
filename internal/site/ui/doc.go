// Package ui holds the shared parts of pages, one file each, in the manner of Tabler.
// A part Foo takes its words from i18n.T and its content from FooData; words given to
// it are already translated. /_book shows every part in every state.
//
// A page's body is a stack of parts; the frame gives them their distance:
//
//	templ Board(t i18n.T, v BoardView) {
//		@ui.PageHeader(t, ui.HeaderData{Crumbs: v.Path, Title: v.Title, Lead: t.Say("rollout.board.lead"),
//			Action: &ui.Action{Label: t.Say("rollout.board.move"), Href: "/rollout/move", Icon: "route"}})
//		@ui.Figures(ui.FigureData{Label: …, Value: t.Int(v.Live), Of: t.Say("x.of", "n", 139), SoWhat: …, Tone: ui.Late, Href: "/rollout?late=1"})
//		@ui.FilterBar(t, ui.FilterData{Action: "/rollout", Results: "results", Presets: …, Fields: []ui.Field{{Kind: ui.Search, Name: "q", Label: …, Value: v.Query}}})
//		<div id="results" class="card">@ui.Table(t, ui.TableData{Caption: …, Count: v.Count, Columns: …, Rows: rows(t, v), Empty: …, Pager: …})</div>
//	}
//
// Head and navigation:
//
//	PageHeader(t, HeaderData)  Crumbs(t, []Crumb)  Tabs(t, label, []Tab)  Stepper(t, label, []Step)  Pager(t, PagerData)
//
// Showing:
//
//	Card(t, CardData){…}  Figures(FigureData...)  Facts(t, []Fact)  Todo(t, []TodoItem, EmptyData)  Empty(t, EmptyData)
//	Badge(State)  Badges(State...)  DueMoment(t, Due)  DueCell(t, Due)  Timeline(t, []Event)  Notice(t, NoticeData)
//	Progress(t, ProgressData)  Job(t, JobData)  Chart(t, Plotted(title, wide, narrow))  Tiles(t, legend, []TileGroup)  Panel(t, PanelData){…}
//	Code(t, code)  ErrorPage(t, ErrorPageData)  Done(title){…}  Icon(name)
//
// Tables: Table(t, TableData); cells are components: Text, Main, MainPanel, Link, Two,
// Number, Badge, DueCell, Progress with Bare. The first cell of a row with Href is Main
// (or MainPanel for the side panel). Checkboxes: TableData.Pick names them. To act on
// many rows put the table in a form whose <div class="card-header lt-row-2"> holds
// <output data-picked="NAME"> (how many) and the buttons: it stays in sight.
//
// Forms: Form(t, FormData{Action, Fields, Errors, Submit}), more as children. A refused
// form comes back with Errors: ui.ErrorsOf(t, err) and each Field with its typed Value;
// the fault's field names are the fields' names. Input(t, Field) is one field alone.
// Words for Go: Age(t, at, now), Span(t, d, perDay).
//
// Acting: Button(t, Action, class) is a link, a posting button (Post), or one that asks
// first (Post and Confirm). ConfirmDialog is the question alone.
//
// Columns of cards: <div class="lt-cols">, main and side: <div class="lt-side">, a stack
// of parts in a column: <div class="lt-stack">, buttons or badges in a row: "lt-row-1",
// "lt-row-2", a quieter line: "lt-note". Besides these, Tabler's own classes for grid,
// spacing, text, buttons, cards, forms. A test names classes that were not built:
// assets/README.md. There is no style attribute and no script in a page: the content
// security policy forbids both.
package ui

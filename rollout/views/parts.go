// Package views holds the pages of the rollout. What a page shows is put together by
// rollout/pages*.go; the views know neither the service nor the request.
package views

import (
	"github.com/a-h/templ"

	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/site/ui"
)

// ProgrammeChoice is a way to another programme.
type ProgrammeChoice struct {
	Title, Href string
	Active      bool
}

// District is a line of the districts' table.
type District struct {
	Name, Sub, Href                         string
	Total, Preparing, Trial, Official, Live int64
	Declared, Verified, Beyond              int64
	BeyondHref                              string
	IsLive                                  bool
}

// Phase is a phase with its planned days and how far it is.
type Phase struct {
	Name, Days, Href string
	Change           string // where its days are changed, for who may
	State            ui.State
	Progress         ui.ProgressData
	Note             string
	Live             bool
}

// Milestone is a promised day. Href leads to where it is marked, for who may.
type Milestone struct {
	Title, Planned, Actual, Note, Href string
	State                              ui.State
}

// Overview is what the programme's page shows.
type Overview struct {
	Header     ui.HeaderData
	Choices    []ProgrammeChoice
	Holds      []ui.NoticeData
	Figures    []ui.FigureData
	Panels     []templ.Component
	Chart      ui.ChartData
	Phases     []Phase
	Milestones []Milestone
	Districts  []District
	// Maps are the ways to count the table by district, and MapNote says what is shown; both
	// empty while the units are those of the plan.
	Maps    []ProgrammeChoice
	MapNote string
}

// BoardRow is a commune on the board. Code and Version make its checkbox.
type BoardRow struct {
	Code, Version, Name, District string
	Stage, Gate                   ui.State
	Why                           string
}

// BoardTable is the communes with what can be done to a selection.
type BoardTable struct {
	Caption string
	Rows    []BoardRow
	Pick    bool // the reader may move or waive
	Waive   bool
	Stages  []ui.Option // to which a selection may be moved
	Hidden  []ui.Hidden
	Place   bool // rows say their district
	Empty   ui.EmptyData
}

// Board is what the board shows.
type Board struct {
	Header ui.HeaderData
	Filter ui.FilterData
	Table  BoardTable
}

// DistrictPage is what a district's page shows.
type DistrictPage struct {
	Header  ui.HeaderData
	Figures []ui.FigureData
	Chart   ui.ChartData
	Moves   []ui.Action // move the whole district
	Table   BoardTable
}

// Answer is one kind of evidence for a criterion: its verdict, from where and when.
type Answer struct {
	State ui.State
	From  string // "Kiểm tra thực tế · Trần Văn Bình"
	Age   string
	At    string
	Note  string
	Link  string // the page of what proves it
	Where string // what that page is
}

// Criterion is a line of a commune's gate.
type Criterion struct {
	Title, Sub         string
	Declared, Verified *Answer
	State              ui.State
	Waiver             string
	Declare, Verify    string // where to answer, for who may
	Why                []string
	Log, LogWord       string // where everything ever observed of it stands
}

// WaiverRow is a waiver in a list.
type WaiverRow struct {
	Criterion, Reason, Step, Signer, Given, Until string
	State                                         ui.State
	Units                                         string
	Ended                                         string
	Revoke                                        string // where it is taken back, for who may
}

// Unit is what a commune's page shows.
type Unit struct {
	Header   ui.HeaderData
	Hold     *ui.NoticeData // its whole wave is held
	Notice   *ui.NoticeData
	Criteria []Criterion
	Facts    []ui.Fact
	Moves    []ui.Action
	History  []ui.Event
	Evidence []ui.Event
	Waivers  []WaiverRow
}

// Waivers is the list of waivers.
type Waivers struct {
	Header ui.HeaderData
	Rows   []WaiverRow
	Empty  ui.EmptyData
}

// FormPage is a page with one form.
type FormPage struct {
	Header ui.HeaderData
	Notice *ui.NoticeData
	Facts  []ui.Fact
	Form   ui.FormData
	Fields []ui.Field
}

// Outcome is a commune in a move: what becomes of it, and why not.
type Outcome struct {
	Name, Sub, Href string
	From, To        ui.State
	Note            string
	Why             []string
}

// Move is a preview or the result of a move.
type Move struct {
	Header  ui.HeaderData
	Notice  ui.NoticeData
	Form    *ui.FormData // confirms, or undoes
	Fields  []ui.Field
	Refused []Outcome
	Moved   []Outcome
}

func cells(all ...templ.Component) []templ.Component { return all }

func districtColumns(t i18n.T) []ui.Column {
	return []ui.Column{
		{Label: t.Say("rollout.col.district")},
		{Label: t.Say("rollout.col.total"), Num: true},
		{Label: t.Say("rollout.stage.preparing"), Num: true, Quiet: true},
		{Label: t.Say("rollout.stage.trial"), Num: true},
		{Label: t.Say("rollout.stage.official"), Num: true},
		{Label: t.Say("rollout.col.progress")},
		{Label: t.Say("rollout.col.beyond"), Num: true},
	}
}

func districtRows(t i18n.T, all []District) []ui.Row {
	rows := make([]ui.Row, 0, len(all))
	for _, d := range all {
		progress := ui.Progress(t, ui.ProgressData{Label: d.Name, Declared: d.Declared, Verified: d.Verified, Planned: -1, Total: d.Total, Bare: true})
		if d.IsLive {
			progress = ui.Badge(ui.State{Tone: ui.Live, Word: t.Say("rollout.stage.live")})
		}
		name := ui.Two(d.Name, d.Sub)
		if d.Href != "" {
			name = ui.Main(d.Href, d.Name, d.Sub)
		}
		rows = append(rows, ui.Row{Href: d.Href, Cells: cells(name, ui.Number(t, d.Total), ui.Number(t, d.Preparing),
			ui.Number(t, d.Trial), ui.Number(t, d.Official), progress, beyond(t, d))})
	}
	return rows
}

func milestoneRows(t i18n.T, all []Milestone) []ui.Row {
	rows := make([]ui.Row, 0, len(all))
	for _, m := range all {
		rows = append(rows, ui.Row{Href: m.Href, Cells: cells(milestone(t, m), ui.Badge(m.State))})
	}
	return rows
}

func milestoneColumns(t i18n.T) []ui.Column {
	return []ui.Column{{Label: t.Say("rollout.col.milestone")}, {Label: t.Say("rollout.col.state")}}
}

func waiverColumns(t i18n.T) []ui.Column {
	return []ui.Column{{Label: t.Say("rollout.col.criterion")}, {Label: t.Say("rollout.col.units")}, {Label: t.Say("rollout.col.signer")},
		{Label: t.Say("rollout.col.until")}, {Label: t.Say("rollout.col.state")}}
}

func waiverRows(t i18n.T, all []WaiverRow) []ui.Row {
	rows := make([]ui.Row, 0, len(all))
	for _, w := range all {
		rows = append(rows, ui.Row{Cells: cells(waiverWhat(t, w), ui.Text(w.Units), ui.Two(w.Signer, w.Given), ui.Text(w.Until), waiverState(t, w))})
	}
	return rows
}

func movedRows(all []Outcome) []ui.Row {
	rows := make([]ui.Row, 0, len(all))
	for _, o := range all {
		rows = append(rows, ui.Row{Href: o.Href, Cells: cells(ui.Main(o.Href, o.Name, o.Sub), steps(o), ui.Text(o.Note))})
	}
	return rows
}

func refusedRows(all []Outcome) []ui.Row {
	rows := make([]ui.Row, 0, len(all))
	for _, o := range all {
		rows = append(rows, ui.Row{Href: o.Href, Cells: cells(ui.Main(o.Href, o.Name, o.Sub), reasons(o.Why))})
	}
	return rows
}

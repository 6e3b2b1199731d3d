package define

import (
	"lotrinh/internal/kit/i18n"
	"lotrinh/reports/metric"
	"lotrinh/reports/period"
)

// Both is a text in both languages; English may be empty and is Vietnamese then.
type Both struct {
	VI string `json:"vi"`
	EN string `json:"en,omitempty"`
}

// In is the text in a language.
func (b Both) In(l i18n.Lang) string {
	if l == i18n.EN && b.EN != "" {
		return b.EN
	}
	return b.VI
}

// Definition is a report as data.
type Definition struct {
	Key         string      `json:"key"`
	Title       Both        `json:"title"`          // what it is called: "Báo cáo tiến độ tuần"
	About       Both        `json:"about"`          // what one of them is about; a text with places
	Summary     Both        `json:"summary"`        // for the gallery
	Form        Form        `json:"form,omitempty"` // report when empty
	Period      period.Kind `json:"period"`
	Spec        string      `json:"spec"`            // the schedule that is offered, five fields
	CatchUp     int64       `json:"catch_up"`        // how many missed periods are made up
	Audience    []string    `json:"audience"`        // roles that get it
	Cut         Cut         `json:"cut"`             // what it is made for
	Orientation string      `json:"orientation"`     // portrait or landscape
	Pages       int         `json:"pages,omitempty"` // the most that paper may take; 0 is any
	Sections    []Section   `json:"sections"`
}

// Form is which kind of paper a report is.
type Form string

// The forms: báo cáo, tờ trình and phiếu.
const (
	Report     Form = "report"
	Submission Form = "submission"
	Sheet      Form = "sheet"
)

// Cut says for which parts of the city a report is made.
type Cut string

// The cuts: the whole city, each district for itself, both.
const (
	City      Cut = "city"
	Districts Cut = "districts"
	Either    Cut = "either"
)

// Section is a heading with what stands under it. One without blocks is left out.
type Section struct {
	Heading     Both    `json:"heading"`
	If          string  `json:"if,omitempty"`
	Orientation string  `json:"orientation,omitempty"` // as the report's when empty
	Blocks      []Block `json:"blocks"`
}

// Kind is what a block is.
type Kind string

// The kinds of blocks.
const (
	Text  Kind = "text"
	Table Kind = "table"
	Chart Kind = "chart"
	List  Kind = "list"
	Ready Kind = "ready"
)

// Kinds are all of them, in the order in which an editor offers them.
var Kinds = []Kind{Text, Table, Chart, List, Ready}

// Block is one thing of a section. Which fields count depends on the kind.
type Block struct {
	Kind    Kind         `json:"kind"`
	If      string       `json:"if,omitempty"`
	Text    Both         `json:"text,omitzero"`     // of a text: with places. A line that opens with "- " is an item
	Name    Both         `json:"name,omitzero"`     // caption of a table or a list, finding of a chart; with places
	Rows    Rows         `json:"rows,omitempty"`    // of a table
	Metrics []metric.Key `json:"metrics,omitempty"` // rows of a table of metrics; what a chart shows
	Columns []Column     `json:"columns,omitempty"`
	Spark   metric.Key   `json:"spark,omitempty"` // a line of this metric ends each row of a table of districts
	Foot    string       `json:"foot,omitempty"`  // sum
	Sort    *Sort        `json:"sort,omitempty"`
	Most    int          `json:"most,omitempty"` // rows of a table, bars of a chart, entries of a list
	Chart   string       `json:"chart,omitempty"`
	Of      metric.Key   `json:"of,omitempty"`     // what the chart's metric is a part of
	Target  float64      `json:"target,omitempty"` // of a chart of attainment; a share of one for shares
	List    string       `json:"list,omitempty"`
	Item    Both         `json:"item,omitzero"` // an entry as a sentence; a table when empty
	None    Both         `json:"none,omitzero"` // said when the list is empty
	Ready   string       `json:"ready,omitempty"`
}

// Rows says what the rows of a table are.
type Rows string

// The rows.
const (
	ByDistrict Rows = "districts"
	ByCommune  Rows = "communes"
	ByMetric   Rows = "metrics"
)

// Column is a column of a table.
type Column struct {
	Metric metric.Key `json:"metric,omitempty"` // none in a table of metrics
	Show   Show       `json:"show,omitempty"`   // now when empty
	Of     metric.Key `json:"of,omitempty"`     // of a share
	Head   Both       `json:"head,omitzero"`    // the metric's name when empty
}

// Show says which of a metric's values a column shows.
type Show string

// What columns show; share is the metric over another.
const (
	Now    Show = "now"
	Before Show = "before"
	Change Show = "change"
	Share  Show = "share"
)

// Sort orders the rows of a table by a column, 0 being the names.
type Sort struct {
	Column int  `json:"column"`
	Desc   bool `json:"desc,omitempty"`
}

// The lists that a report may hold.
const (
	Held         = "held"         // communes that are held back, with the reasons
	Gaps         = "gaps"         // late gaps of equipment
	Tickets      = "tickets"      // overdue tickets
	Difficulties = "difficulties" // open difficulties with cause and proposal
	Milestones   = "milestones"   // late and coming ones
	Directives   = "directives"   // of last time, and what became of them
	Waves        = "waves"        // what begins in the next period
	Purchases    = "purchases"    // what was approved to be bought and is not there yet
	Services     = "services"     // essential services with how many provinces offer them
)

// Lists are all lists.
var Lists = []string{Held, Gaps, Tickets, Difficulties, Milestones, Directives, Waves, Purchases, Services}

// Charts are all charts, each with how many metrics it takes at least and at most.
var Charts = map[string][2]int{
	"bars": {1, 1}, "stacked": {2, 6}, "lollipop": {0, 1}, "pareto": {0, 1}, "attainment": {1, 12}, "ages": {0, 0}, "trend": {1, 1}, "multiples": {1, 2},
}

// Parts are the ready-made parts, drawn by package reports from the figures of the
// programme, the equipment, the help desk and the dossiers.
var Parts = []string{"standing", "week", "curve", "districts", "tiles", "cases", "held", "gaps", "tickets", "next"}

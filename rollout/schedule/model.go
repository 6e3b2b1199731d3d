package schedule

import (
	"encoding/json"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/ident"
	"lotrinh/rollout/planner"
)

// Kind is what sort of work a task is.
type Kind string

// The kinds of tasks.
const (
	Milestone Kind = "milestone"
	Class     Kind = "class"
	Shipment  Kind = "shipment"
	Setup     Kind = "setup"
	Telling   Kind = "telling" // posters, loudspeakers, volunteers, text messages, posting of procedures
	Rehearsal Kind = "rehearsal"
	Cutover   Kind = "cutover"
	Other     Kind = "other"
)

// Kinds are all kinds, in the order of the work.
var Kinds = []Kind{Telling, Class, Shipment, Setup, Rehearsal, Cutover, Milestone, Other}

// Draft is the plan of a phase in the making. FromOn is the first day of its axis.
type Draft struct {
	bun.BaseModel `bun:"table:plan_draft,alias:pd"`
	ID            ident.ID   `bun:"id,pk"`
	Programme     string     `bun:"programme"` // code
	Phase         int        `bun:"phase"`     // ordinal
	FromOn        string     `bun:"from_on"`
	Result        string     `bun:"result"` // JSON of Result
	ComputedAt    *time.Time `bun:"computed_at"`
	MadeBy        ident.ID   `bun:"made_by"`
	MadeName      string     `bun:"made_name"`
	MadeAt        time.Time  `bun:"made_at"`
	Version       int64      `bun:"version"`
}

// Path is the draft's page.
func (d Draft) Path() string { return Home + "/" + string(d.ID) }

// Span is some days, both included, with what a resource offers on each.
type Span struct {
	From     string `json:"from"`
	Until    string `json:"until"`
	Capacity int    `json:"capacity"`
}

// Resource is something that tasks share: Capacity of it each working day, but for the
// days that say otherwise.
type Resource struct {
	bun.BaseModel `bun:"table:plan_resource,alias:pr"`
	ID            ident.ID `bun:"id,pk"`
	Draft         ident.ID `bun:"draft"`
	Ordinal       int      `bun:"ordinal"` // from 0: how needs name it
	Key           string   `bun:"key"`
	Capacity      int      `bun:"capacity"`
	Days          string   `bun:"days"` // JSON list of Span
	Version       int64    `bun:"version"`
}

// Spans are the days that differ.
func (r Resource) Spans() []Span { return unpack[[]Span](r.Days) }

// Task is a piece of work of a draft. A task that was drafted has a Step, whose words
// name it; one that a person added has a Title. Unit is where it is done: a commune, a
// district, or empty for the city; Owner is the unit that answers for it.
type Task struct {
	bun.BaseModel `bun:"table:plan_task,alias:pt"`
	ID            ident.ID `bun:"id,pk"`
	Draft         ident.ID `bun:"draft"`
	Ordinal       int      `bun:"ordinal"` // from 0, without gaps: how links name it
	Kind          Kind     `bun:"kind"`
	Step          string   `bun:"step"`
	Number        int      `bun:"number"` // of a class within its phase
	Title         string   `bun:"title"`
	Unit          string   `bun:"unit"`
	Owner         string   `bun:"owner"`
	Duration      int      `bun:"duration"`    // working days
	Links         string   `bun:"links"`       // JSON list of planner.Link, by ordinal
	Needs         string   `bun:"needs"`       // JSON list of planner.Need, by ordinal of the resource
	ReleaseOn     string   `bun:"release_on"`  // not before; empty: at once
	DueOn         string   `bun:"due_on"`      // to be done by the end of it; empty: none
	PromisedOn    string   `bun:"promised_on"` // the day on which it begins for certain; empty: none
	DoneOn        string   `bun:"done_on"`     // the day on which it was finished; empty: not yet
	Note          string   `bun:"note"`
	Version       int64    `bun:"version"`
}

// Path is the task's page.
func (t Task) Path() string { return Home + "/tasks/" + string(t.ID) }

func (t Task) after() []planner.Link { return unpack[[]planner.Link](t.Links) }
func (t Task) needs() []planner.Need { return unpack[[]planner.Need](t.Needs) }

// Result is where the planner put the tasks, by ordinal, as days of the axis; End leaves
// the last day out. Failed says why there is no plan; then there is nothing else.
type Result struct {
	Start     []int               `json:"start,omitempty"`
	End       []int               `json:"end,omitempty"`
	Span      int                 `json:"span,omitempty"`
	Late      int                 `json:"late,omitempty"`
	Moved     int                 `json:"moved,omitempty"`
	Schedules int                 `json:"schedules,omitempty"`
	Least     planner.Bound       `json:"least"`
	Failed    *planner.Impossible `json:"failed,omitempty"`
}

// planned tells whether a task has a place.
func (r Result) planned(t Task) bool { return t.Ordinal < len(r.Start) }

// Change is one thing that a variant asks: that nothing in a place begins before a day,
// that a task begins on a day, or that a resource offers so much a day.
type Change struct {
	Unit     string   `json:"unit,omitempty"` // a district or a commune: Day is the first on which its tasks may begin
	Task     ident.ID `json:"task,omitempty"` // Day is when it begins
	Day      string   `json:"day,omitempty"`
	Resource int      `json:"resource"` // ordinal; -1: none
	Capacity int      `json:"capacity,omitempty"`
}

// Variant is a question of "what if" with its answer.
type Variant struct {
	bun.BaseModel `bun:"table:plan_variant,alias:pv"`
	ID            ident.ID  `bun:"id,pk"`
	Draft         ident.ID  `bun:"draft"`
	Name          string    `bun:"name"`
	Changes       string    `bun:"changes"` // JSON list of Change
	Result        string    `bun:"result"`
	MadeBy        ident.ID  `bun:"made_by"`
	MadeName      string    `bun:"made_name"`
	MadeAt        time.Time `bun:"made_at"`
	Version       int64     `bun:"version"`
}

// Path is the variant's page.
func (v Variant) Path() string { return Home + "/variants/" + string(v.ID) }

// Baseline is a plan that was agreed on. Content is canonical JSON of Frozen.
type Baseline struct {
	bun.BaseModel `bun:"table:plan_baseline,alias:pb"`
	ID            ident.ID  `bun:"id,pk"`
	Draft         ident.ID  `bun:"draft"`
	Name          string    `bun:"name"`
	Content       string    `bun:"content"`
	Hash          string    `bun:"hash"` // SHA-256 of Content, hexadecimal
	MadeBy        ident.ID  `bun:"made_by"`
	MadeName      string    `bun:"made_name"`
	MadeAt        time.Time `bun:"made_at"`
}

// Path is the baseline's page.
func (b Baseline) Path() string { return Home + "/baselines/" + string(b.ID) }

// Reason is why a task slipped.
type Reason string

// Reasons are all reasons of slips, in the order in which people read them.
var Reasons = []Reason{"equipment", "premises", "network", "staff", "training", "accounts", "neighbour", "weather", "holiday", "decision", "estimate", "other"}

// Slip is one reason that somebody gave for a task that ends later than agreed, or one
// more word on it. Lines are only added.
type Slip struct {
	bun.BaseModel `bun:"table:plan_slip,alias:ps"`
	ID            ident.ID  `bun:"id,pk"`
	Draft         ident.ID  `bun:"draft"`
	Task          ident.ID  `bun:"task"`
	Unit          string    `bun:"unit"`
	Days          int       `bun:"days"` // working days late when it was written
	Reason        Reason    `bun:"reason"`
	Comment       string    `bun:"comment"`
	MadeBy        ident.ID  `bun:"made_by"`
	MadeName      string    `bun:"made_name"`
	MadeAt        time.Time `bun:"made_at"`
}

// unpack reads what pack wrote.
func unpack[T any](text string) T {
	var v T
	if json.Unmarshal([]byte(text), &v) != nil {
		var none T
		return none
	}
	return v
}

// pack writes what is only ever read as a whole.
func pack(v any) string {
	raw, err := json.Marshal(v)
	if err != nil {
		return "null"
	}
	return string(raw)
}

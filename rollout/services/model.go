package services

import (
	"slices"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/ident"
	"lotrinh/rollout"
)

// The rights of this room; rollout.Read lets people see it.
const (
	Report access.Perm = "rollout.service.report" // steps of the procedures of departments that one is appointed for
	Tell   access.Perm = "rollout.service.unit"   // steps and quantities of units in scope
	Keep   access.Perm = "rollout.service.keep"   // names, focal points, targets, published counts
)

// Step is how far a service is; empty: not submitted yet.
type Step string

// The steps, in order.
const (
	Waiting   Step = ""
	Submitted Step = "submitted"
	Surveyed  Step = "surveyed"
	Built     Step = "built"
	Tested    Step = "tested"
	Live      Step = "live"
)

// Steps are all steps in order, the first being none.
var Steps = []Step{Waiting, Submitted, Surveyed, Built, Tested, Live}

func (s Step) rank() int { return slices.Index(Steps, s) }

// word is the name of the step in message keys.
func (s Step) word() string {
	if s == Waiting {
		return "waiting"
	}
	return string(s)
}

// stepOf is the step of a commune that a programme carries.
func stepOf(s rollout.Stage) Step {
	switch s {
	case rollout.Preparing:
		return Surveyed
	case rollout.Trial:
		return Tested
	case rollout.Official, rollout.Live:
		return Live
	}
	return Waiting
}

// Level is who offers a service.
type Level string

// The levels. Link is a connection between systems, counted like a national service.
const (
	Department Level = "department"
	District   Level = "district"
	Commune    Level = "commune"
	National   Level = "national"
	Link       Level = "link"
)

// Item is a service: a procedure of a department, a group of procedures of districts or
// communes, or one of the essential services of the country.
type Item struct {
	bun.BaseModel `bun:"table:service_item,alias:si"`
	ID            ident.ID  `bun:"id,pk"`
	Programme     ident.ID  `bun:"programme"`
	Key           string    `bun:"key"` // S05-12, XA-1, TY-14
	Level         Level     `bun:"level"`
	Lead          string    `bun:"lead"`      // code of the department, empty for others
	LeadName      string    `bun:"lead_name"` // who leads, as written
	Ordinal       int       `bun:"ordinal"`
	Name          string    `bun:"name"` // empty: a slot that waits for its name
	Wave          int       `bun:"wave"` // ordinal of the phase; 0: not assigned
	Step          Step      `bun:"step"` // of a department's procedure
	Since         time.Time `bun:"since,nullzero"`
	Carried       string    `bun:"carried"` // code of the programme that carries it
	Version       int64     `bun:"version"`
}

// Change is one line of a service's history; Unit is empty for a department's procedure.
type Change struct {
	bun.BaseModel `bun:"table:service_step,alias:sp"`
	Seq           int64     `bun:"seq,pk,autoincrement"`
	ID            ident.ID  `bun:"id"`
	Item          ident.ID  `bun:"item"`
	Unit          string    `bun:"unit"`
	From          Step      `bun:"from_step"`
	To            Step      `bun:"to_step"`
	At            time.Time `bun:"at"`
	Actor         string    `bun:"actor"`
	ActorName     string    `bun:"actor_name"`
	Note          string    `bun:"note"`
	Latest        bool      `bun:"latest"`
}

// Focal is the appointment of an account as a department's focal point, on the days
// [From, Until); an empty Until is no end.
type Focal struct {
	bun.BaseModel `bun:"table:service_focal,alias:sf"`
	ID            ident.ID `bun:"id,pk"`
	Lead          string   `bun:"lead"`
	Account       ident.ID `bun:"account"`
	Name          string   `bun:"account_name"`
	From          string   `bun:"from_day"`
	Until         string   `bun:"until_day"`
	Version       int64    `bun:"version"`
}

// On tells whether the appointment holds on a day.
func (f Focal) On(day string) bool { return f.From <= day && (f.Until == "" || day < f.Until) }

// Coverage is a published count: Done of Total on a day. Places are codes of provinces,
// when it is known which ones.
type Coverage struct {
	bun.BaseModel `bun:"table:service_coverage,alias:sc"`
	Seq           int64     `bun:"seq,pk,autoincrement"`
	ID            ident.ID  `bun:"id"`
	Item          ident.ID  `bun:"item"`
	Done          int       `bun:"done"`
	Total         int       `bun:"total"`
	AsOf          string    `bun:"as_of"`
	Source        string    `bun:"source"`
	Places        []string  `bun:"places"`
	RecordedAt    time.Time `bun:"recorded_at"`
	Actor         string    `bun:"actor"`
	ActorName     string    `bun:"actor_name"`
}

// Moved tells that a service is at another step.
type Moved struct {
	Item ident.ID `json:"item"`
	Key  string   `json:"key"`
	Unit string   `json:"unit"` // empty for a department's procedure
	From Step     `json:"from"`
	To   Step     `json:"to"`
}

// Topic is the event's name.
func (Moved) Topic() string { return "rollout.service.moved" }

// Subject is the service in its unit.
func (m Moved) Subject() string { return m.Key + "/" + m.Unit }

// Counted tells that a unit reported how far a quantity target is.
type Counted struct {
	Target ident.ID `json:"target"`
	Unit   string   `json:"unit"`
	AsOf   string   `json:"as_of"`
	Done   []int64  `json:"done"` // by stage
}

// Topic is the event's name.
func (Counted) Topic() string { return "rollout.service.counted" }

// Subject is the target in the unit.
func (c Counted) Subject() string { return string(c.Target) + "/" + c.Unit }

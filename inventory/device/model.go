package device

import (
	"encoding/json"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/inventory"
	"lotrinh/inventory/identity"
)

// State is what is known of the asset that a device is.
type State string

// The states of a device.
const (
	Linked  State = "linked"  // it is an asset
	Doubted State = "doubt"   // it may be one: a person decides
	Nowhere State = "nowhere" // it is new, and nothing says in which commune it stands
)

// Device is one machine as agents reported it.
type Device struct {
	bun.BaseModel `bun:"table:device,alias:d"`
	ID            ident.ID         `bun:"id,pk"`
	Asset         ident.ID         `bun:"asset"` // empty while it is open
	Unit          string           `bun:"unit"`  // the commune of the last report, or what its key covers
	Sender        ident.ID         `bun:"sender"`
	AgentID       string           `bun:"agent_id"`
	Agent         string           `bun:"agent"` // program and version
	Host          string           `bun:"host"`
	Model         string           `bun:"model"` // maker and model
	Serial        string           `bun:"serial"`
	Tag           string           `bun:"tag"`
	State         State            `bun:"state"`
	Finding       identity.Finding `bun:"finding"`
	ReadingJSON   string           `bun:"reading"`
	WhyJSON       string           `bun:"why"`
	Message       ident.ID         `bun:"message"` // the last one
	FirstAt       time.Time        `bun:"first_at"`
	TakenAt       time.Time        `bun:"taken_at"` // when the last report was so
	LastAt        time.Time        `bun:"last_at"`  // when it came
	Version       int64            `bun:"version"`
}

// Title is what a device is called.
func (d Device) Title() string {
	for _, s := range []string{d.Host, d.Model, d.Serial, d.AgentID} {
		if s != "" {
			return s
		}
	}
	return string(d.ID)
}

// Reading is what the last report tells of a machine, in facts.
type Reading struct {
	Facts   map[string]string `json:"facts"`
	Dropped []identity.Mark   `json:"dropped,omitempty"` // what stood where evidence should be
	IP      string            `json:"ip,omitempty"`
}

// Reading is what the last report tells.
func (d Device) Reading() Reading {
	var r Reading
	if json.Unmarshal([]byte(d.ReadingJSON), &r) != nil {
		return Reading{}
	}
	return r
}

// Why are the reasons for the link, or for the lack of one.
func (d Device) Why() []identity.Reason {
	var out []identity.Reason
	if json.Unmarshal([]byte(d.WhyJSON), &out) != nil {
		return nil
	}
	return out
}

type markRow struct {
	bun.BaseModel `bun:"table:device_mark,alias:dm"`
	Device        ident.ID      `bun:"device,pk"`
	Kind          identity.Kind `bun:"kind,pk"`
	Value         string        `bun:"value,pk"`
	Maker         string        `bun:"maker"`
}

// Section is one section of a device's last report.
type Section struct {
	bun.BaseModel `bun:"table:device_section,alias:ds"`
	Device        ident.ID  `bun:"device,pk"`
	Name          string    `bun:"name,pk"`
	Hash          string    `bun:"hash"`
	Entries       int64     `bun:"entries"`
	Since         time.Time `bun:"since"` // when it became this
	Message       ident.ID  `bun:"message"`
	Gone          bool      `bun:"gone"` // the last whole report did not have it
}

// Change is a line of a device's history.
type Change struct {
	bun.BaseModel `bun:"table:device_change,alias:dc"`
	ID            ident.ID  `bun:"id,pk"`
	Device        ident.ID  `bun:"device"`
	At            time.Time `bun:"at"`
	Message       ident.ID  `bun:"message"`
	LineJSON      string    `bun:"line"`
}

// Line is what changed, in words.
func (c Change) Line() i18n.Line {
	var l i18n.Line
	if json.Unmarshal([]byte(c.LineJSON), &l) != nil {
		return i18n.L("device.change.unreadable")
	}
	return l
}

// DoubtState is where a doubt is.
type DoubtState string

// The states of a doubt.
const (
	Open   DoubtState = "open"
	Merged DoubtState = "merged" // it is that asset
	Apart  DoubtState = "apart"  // it is a machine of its own
)

// Doubt is a device that may be an asset that is known.
type Doubt struct {
	bun.BaseModel `bun:"table:device_doubt,alias:dd"`
	ID            ident.ID   `bun:"id,pk"`
	Device        ident.ID   `bun:"device"`
	Unit          string     `bun:"unit"`
	MatchesJSON   string     `bun:"matches"`
	State         DoubtState `bun:"state"`
	Asset         ident.ID   `bun:"asset"` // the best match; once decided, the asset that the device is
	MadeAt        time.Time  `bun:"made_at"`
	DecidedBy     ident.ID   `bun:"decided_by"`
	DecidedName   string     `bun:"decided_name"`
	DecidedAt     time.Time  `bun:"decided_at,nullzero"`
	Said          string     `bun:"said"`
	Version       int64      `bun:"version"`
}

// Matches are the assets that it may be, best first.
func (d Doubt) Matches() []identity.Match {
	var out []identity.Match
	if json.Unmarshal([]byte(d.MatchesJSON), &out) != nil {
		return nil
	}
	return out
}

// PlaceState is where a sighting in another commune is.
type PlaceState string

// The states of a sighting.
const (
	Unsettled PlaceState = "open"
	Moved     PlaceState = "moved" // a person transferred the asset there
	Stays     PlaceState = "stays" // a person said that it belongs where it is
	Back      PlaceState = "back"  // it was seen at its own place again
)

// Elsewhere is an asset that was seen in another commune than its own.
type Elsewhere struct {
	bun.BaseModel `bun:"table:device_elsewhere,alias:de"`
	ID            ident.ID   `bun:"id,pk"`
	Device        ident.ID   `bun:"device"`
	Asset         ident.ID   `bun:"asset"`
	Unit          string     `bun:"unit"`
	SeenUnit      string     `bun:"seen_unit"`
	State         PlaceState `bun:"state"`
	FirstAt       time.Time  `bun:"first_at"`
	LastAt        time.Time  `bun:"last_at"`
	Message       ident.ID   `bun:"message"`
	DecidedBy     ident.ID   `bun:"decided_by"`
	DecidedName   string     `bun:"decided_name"`
	DecidedAt     time.Time  `bun:"decided_at,nullzero"`
	Said          string     `bun:"said"`
	Version       int64      `bun:"version"`
}

// Attached is a thing at a device: a monitor, a printer, a scanner.
type Attached struct {
	bun.BaseModel `bun:"table:device_thing,alias:dt"`
	Device        ident.ID       `bun:"device,pk"`
	Thing         string         `bun:"thing,pk"`
	Unit          string         `bun:"unit"`
	Kind          inventory.Kind `bun:"kind"`
	Name          string         `bun:"name"`
	Serial        string         `bun:"serial"`
	Asset         ident.ID       `bun:"asset"` // empty while it is in no register
	FirstAt       time.Time      `bun:"first_at"`
	Gone          bool           `bun:"gone"`
}

// Difference is a fact that was declared one way and measured another.
type Difference struct {
	bun.BaseModel `bun:"table:fact_difference,alias:fd"`
	Asset         ident.ID  `bun:"asset,pk"`
	Name          string    `bun:"name,pk"`
	Unit          string    `bun:"unit"`
	Declared      string    `bun:"declared"`
	DeclaredAt    time.Time `bun:"declared_at"`
	DeclaredBy    string    `bun:"declared_by"`
	Measured      string    `bun:"measured"`
	MeasuredAt    time.Time `bun:"measured_at"`
	MeasuredBy    string    `bun:"measured_by"`
	Ref           string    `bun:"ref"`
	State         string    `bun:"state"` // open, kept
	DecidedBy     ident.ID  `bun:"decided_by"`
	DecidedName   string    `bun:"decided_name"`
	DecidedAt     time.Time `bun:"decided_at,nullzero"`
	Said          string    `bun:"said"`
	// Installed is the memory that was measured in the slots; it is not kept.
	Installed string `bun:"installed,scanonly"`
}

func written(v any) (string, error) {
	raw, err := json.Marshal(v)
	if err != nil {
		return "", fault.Because(fault.Internal, "fault.internal", err)
	}
	return string(raw), nil
}

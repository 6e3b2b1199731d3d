package gallery

import (
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/ident"
)

// Design is the right to change definitions of reports.
const Design access.Perm = "reports.definition.change"

// State is where a version stands.
type State string

// The states.
const (
	Draft     State = "draft"
	Published State = "published"
)

// Entry is a definition: which of its versions runs are made by.
type Entry struct {
	bun.BaseModel `bun:"table:report_definition,alias:rd"`
	Key           string   `bun:"key,pk"`
	Place         int64    `bun:"place"`
	InForce       ident.ID `bun:"in_force"` // a published version; empty before the first one
	Version       int64    `bun:"version"`
}

// Version is one version of a definition. Shipped is its number among those that the
// product brought, 0 for one of the house.
type Version struct {
	bun.BaseModel `bun:"table:report_definition_version,alias:rv"`
	ID            ident.ID   `bun:"id,pk"`
	Definition    string     `bun:"definition"`
	No            int64      `bun:"no"`
	State         State      `bun:"state"`
	Shipped       int64      `bun:"shipped"`
	Body          string     `bun:"body"`
	Hash          string     `bun:"hash"`
	Reason        string     `bun:"reason"`
	MadeAt        time.Time  `bun:"made_at"`
	MadeBy        ident.ID   `bun:"made_by"`
	MadeName      string     `bun:"made_name"`
	PublishedAt   *time.Time `bun:"published_at"`
	PublishedName string     `bun:"published_name"`
	Version       int64      `bun:"version"`
}

// Changed says that another version of a definition is in force.
type Changed struct {
	Definition string `json:"definition"`
	No         int64  `json:"no"`
	Hash       string `json:"hash"`
}

// Topic is the event's name.
func (Changed) Topic() string { return "reports.definition.changed" }

// Subject is the definition.
func (c Changed) Subject() string { return c.Definition }

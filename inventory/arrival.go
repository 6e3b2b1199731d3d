package inventory

import (
	"context"
	"time"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/ident"
	"lotrinh/inventory/agent"
)

// Arrival is what an agent, or a file that stands for one, brought in: the report of one
// machine, or the devices that a machine found in its network. Exactly one of Report and
// Found is there.
type Arrival struct {
	Message ident.ID // the row of the log; facts that come of it carry it as their ref
	Sender  ident.ID // who sent it: a DeviceID within Scope, kept by the intake
	Scope   string   // unit of the key or of the person who sent a file: a commune, a district, the city
	Units   []string // every unit of Scope's subtree, Scope first; what lies outside is not the sender's to tell of
	Unit    string   // the commune, when Scope is one or the tag names one within Scope; else empty
	Tag     string   // as sent
	File    bool     // came as a file by hand, not from an agent over the line
	Report  *agent.Report
	Found   []agent.Device
	At      time.Time    // when it was received
	TakenAt time.Time    // when it was so: At for agents, the machine's own word for files, never after At
	Who     access.Actor // the system as "agent", or the person who sent the file
}

// Kept is what became of an arrival.
type Kept struct {
	Asset ident.ID // the machine that it is now linked to; empty while that is open, and for Found
	Made  bool     // the asset is new
	Doubt bool     // a person must look: a possible match, a clone, another commune
}

// Keeper takes in what arrived, in the transaction that writes the message: it finds or
// makes the asset and records the facts. It is told of each body once; an error undoes
// the message and is shown to the sender.
type Keeper interface {
	Keep(ctx context.Context, tx *db.Tx, in Arrival) (Kept, error)
}

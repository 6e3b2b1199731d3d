package stocktake

import (
	"slices"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/fold"
	"lotrinh/internal/kit/ident"
	"lotrinh/inventory"
	"lotrinh/inventory/readiness"
)

// Take is the right to count: begin, scan, end.
const Take access.Perm = "inventory.stocktake.take"

// State is where a count stands.
type State string

// The states of a count.
const (
	Open      State = "open"
	Closed    State = "closed"
	Cancelled State = "cancelled"
)

// Count is one stock-take.
type Count struct {
	bun.BaseModel `bun:"table:stocktake,alias:st"`
	ID            ident.ID   `bun:"id,pk"`
	Unit          string     `bun:"unit"`
	Place         string     `bun:"place"` // empty for the whole unit
	PlaceFold     string     `bun:"place_fold"`
	State         State      `bun:"state"`
	StartedBy     ident.ID   `bun:"started_by"`
	StarterName   string     `bun:"starter_name"`
	StartedAt     time.Time  `bun:"started_at"`
	EndedBy       ident.ID   `bun:"ended_by"`
	EnderName     string     `bun:"ender_name"`
	EndedAt       *time.Time `bun:"ended_at"`
	Said          string     `bun:"said"`
	Version       int64      `bun:"version"`
}

// Expected is one asset that should be found, as the inventory knew it at the start.
type Expected struct {
	bun.BaseModel `bun:"table:stocktake_expected,alias:se"`
	Stocktake     ident.ID        `bun:"stocktake,pk"`
	Asset         ident.ID        `bun:"asset,pk"`
	Code          string          `bun:"code"`
	Kind          inventory.Kind  `bun:"kind"`
	Name          string          `bun:"name"`
	Serial        string          `bun:"serial"`
	Place         string          `bun:"place"`
	State         inventory.State `bun:"state"`
}

// How a tag was read.
const (
	Typed  = "typed"
	Camera = "camera"
)

// Scan is one tag that was found, with the asset behind it as the inventory knew it
// when the scan arrived; Asset is empty for a tag that nobody knows.
type Scan struct {
	bun.BaseModel `bun:"table:stocktake_scan,alias:ss"`
	ID            ident.ID         `bun:"id,pk"`
	Stocktake     ident.ID         `bun:"stocktake"`
	Key           string           `bun:"key"` // one asset or one unknown tag counts once
	Tag           string           `bun:"tag"`
	Asset         ident.ID         `bun:"asset"`
	Code          string           `bun:"code"`
	Kind          inventory.Kind   `bun:"kind"`
	Name          string           `bun:"name"`
	Place         string           `bun:"place"`
	State         inventory.State  `bun:"state"`
	Unit          string           `bun:"unit"`
	How           string           `bun:"how"`
	Source        readiness.Source `bun:"source"`
	At            time.Time        `bun:"at"`
	ArrivedAt     time.Time        `bun:"arrived_at"`
	By            ident.ID         `bun:"by_account"`
	ByName        string           `bun:"by_name"`
}

// Group is what a scan means for a count.
type Group string

// The groups of a result.
const (
	Found     Group = "found"     // expected and found
	Missing   Group = "missing"   // expected and not found
	Surplus   Group = "surplus"   // found and not expected
	Elsewhere Group = "elsewhere" // found, and belongs to another commune
)

// Groups are all groups, in the order in which a report tells them.
var Groups = []Group{Found, Missing, Surplus, Elsewhere}

// Hit is an expected asset with the scan that found it.
type Hit struct {
	Expected
	Scan Scan
}

// Result is a count sorted into its four groups. Every expected asset stands in
// exactly one of Found and Missing, every scan in exactly one of the others.
type Result struct {
	Found     []Hit
	Missing   []Expected
	Surplus   []Scan
	Elsewhere []Scan
}

// Sorted sorts what was expected and what was scanned into the groups.
func Sorted(unit string, expected []Expected, scans []Scan) Result {
	var r Result
	by := make(map[ident.ID]Scan, len(scans))
	listed := make(map[ident.ID]bool, len(expected))
	for _, e := range expected {
		listed[e.Asset] = true
	}
	for _, s := range scans {
		switch {
		case s.Asset != "" && listed[s.Asset]:
			by[s.Asset] = s
		case s.Asset != "" && s.Unit != unit:
			r.Elsewhere = append(r.Elsewhere, s)
		default:
			r.Surplus = append(r.Surplus, s)
		}
	}
	for _, e := range expected {
		if s, ok := by[e.Asset]; ok {
			r.Found = append(r.Found, Hit{e, s})
		} else {
			r.Missing = append(r.Missing, e)
		}
	}
	return r
}

// GroupOf is the group of one scan.
func GroupOf(unit string, expected bool, s Scan) Group {
	switch {
	case expected:
		return Found
	case s.Asset != "" && s.Unit != unit:
		return Elsewhere
	}
	return Surplus
}

// ReadTag is the code in what was scanned or typed: a label may hold it alone or as
// the end of an address.
func ReadTag(raw string) string {
	raw = strings.TrimSpace(fold.NFC(raw))
	if strings.Contains(raw, "://") {
		raw, _, _ = strings.Cut(raw, "#")
		raw, _, _ = strings.Cut(raw, "?")
		parts := strings.FieldsFunc(raw, func(r rune) bool { return r == '/' })
		if len(parts) == 0 {
			return ""
		}
		raw = parts[len(parts)-1]
	}
	return strings.ToUpper(strings.Join(strings.Fields(raw), " "))
}

// longestTag is how many letters a tag may have.
const longestTag = 120

// counted are the states of what should stand where the inventory says.
var counted = []inventory.State{inventory.InUse, inventory.Spare, inventory.Broken, inventory.Repair}

// countable tells whether an asset belongs on the list of a count: lines bear no label.
func countable(a inventory.Asset, place string) bool {
	return a.Kind != inventory.WANLine && slices.Contains(counted, a.State) && (place == "" || fold.Key(a.Place) == place)
}

// Proposal is a change that a count suggests; people decide.
type Proposal struct {
	bun.BaseModel `bun:"table:stocktake_proposal,alias:sp"`
	ID            ident.ID      `bun:"id,pk"`
	Stocktake     ident.ID      `bun:"stocktake"`
	Unit          string        `bun:"unit"` // of the count
	Kind          Change        `bun:"kind"`
	Asset         ident.ID      `bun:"asset"`
	Code          string        `bun:"code"`
	Name          string        `bun:"name"`
	From          string        `bun:"from_unit"`
	To            string        `bun:"to_unit"`
	State         ProposalState `bun:"state"`
	DecidedBy     ident.ID      `bun:"decided_by"`
	DeciderName   string        `bun:"decider_name"`
	DecidedAt     *time.Time    `bun:"decided_at"`
	Said          string        `bun:"said"`
	Version       int64         `bun:"version"`
}

// Change is what is proposed.
type Change string

// The changes that a count proposes.
const (
	Transfer Change = "transfer"  // it stands here and belongs elsewhere: move it in the books
	WriteOff Change = "write_off" // it was not found: retire it
	Use      Change = "use"       // it was only planned and is there: in use
)

// ProposalState is where a proposal stands.
type ProposalState string

// The states of a proposal.
const (
	Waits     ProposalState = "open"
	Accepted  ProposalState = "accepted"
	Declined  ProposalState = "declined"
	Withdrawn ProposalState = "withdrawn" // found after all
)

package inventory

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
)

// GapKind is what sort of lack a gap is.
type GapKind string

// The kinds of gaps.
const (
	Lacking   GapKind = "missing"
	BelowSpec GapKind = "below_spec"
	BrokenGap GapKind = "broken"
	OtherGap  GapKind = "other"
)

// GapKinds are all kinds of gaps, in the order in which the form offers them.
var GapKinds = []GapKind{Lacking, BelowSpec, BrokenGap, OtherGap}

// days is how many working days a gap of a kind may stay open.
func (k GapKind) days() int64 {
	if k == BrokenGap {
		return 5
	}
	return 10
}

// GapState is where a gap is on its way.
type GapState string

// The states of a gap. Closed and Declined are the ends, from which it may be
// opened again.
const (
	GapOpen   GapState = "open"
	Requested GapState = "requested"
	Ordered   GapState = "ordered"
	Delivered GapState = "delivered"
	Closed    GapState = "closed"
	Declined  GapState = "declined"
)

// GapStates are all states of a gap.
var GapStates = []GapState{GapOpen, Requested, Ordered, Delivered, Closed, Declined}

var gapMoves = map[GapState][]GapState{
	GapOpen:   {Requested, Delivered, Closed, Declined},
	Requested: {GapOpen, Ordered, Delivered, Closed, Declined},
	Ordered:   {GapOpen, Requested, Delivered, Closed, Declined},
	Delivered: {GapOpen, Ordered, Closed},
	Closed:    {GapOpen},
	Declined:  {GapOpen},
}

// Next are the states that a gap may move to.
func (s GapState) Next() []GapState { return gapMoves[s] }

// Ended tells whether the gap is no longer a lack.
func (s GapState) Ended() bool { return s == Closed || s == Declined }

// Gap is a reported lack.
type Gap struct {
	bun.BaseModel `bun:"table:gap,alias:g"`
	ID            ident.ID  `bun:"id,pk"`
	Code          string    `bun:"code"` // TH-2016-000017
	Unit          string    `bun:"unit"`
	Kind          GapKind   `bun:"kind"`
	What          Kind      `bun:"what"`
	Asset         ident.ID  `bun:"asset"`
	Quantity      int64     `bun:"quantity"`
	Note          string    `bun:"note"`
	State         GapState  `bun:"state"`
	Owner         ident.ID  `bun:"owner"`
	OwnerName     string    `bun:"owner_name"`
	Clock         ident.ID  `bun:"clock"`
	DueAt         time.Time `bun:"due_at,nullzero"`
	Open          bool      `bun:"open"`
	ReportedBy    ident.ID  `bun:"reported_by"`
	ReporterName  string    `bun:"reporter_name"`
	ReportedAt    time.Time `bun:"reported_at"`
	MovedAt       time.Time `bun:"moved_at"`
	Answer        string    `bun:"answer"`
	Cause         Cause     `bun:"cause"`
	Remedy        Remedy    `bun:"remedy"`
	Requirement   string    `bun:"requirement"` // the profile's line that it keeps from being met: "vdi-client-2016/pc", or nothing
	DeliveredAt   time.Time `bun:"delivered_at,nullzero"`
	Version       int64     `bun:"version"`
}

// Overdue tells whether an open gap is past its due moment.
func (g Gap) Overdue(now time.Time) bool { return g.Open && !g.DueAt.IsZero() && now.After(g.DueAt) }

// Line is the gap in one sentence.
func (g Gap) Line() i18n.Line {
	return i18n.L("inventory.gap.line."+string(g.Kind), "n", g.Quantity, "kind", kindKey(g.What))
}

// move takes a gap to another state along the allowed moves.
func (g *Gap) move(to GapState, answer string, at time.Time) error {
	if !slices.Contains(gapMoves[g.State], to) {
		return fault.New(fault.Conflict, "inventory.gap.bad_move", "from", gapStateKey(g.State), "to", gapStateKey(to))
	}
	var k fault.Check
	k.Need(to != Declined || answer != "", "answer", "inventory.gap.answer_needed")
	k.Need(utf8.RuneCountInString(answer) <= 1000, "answer", "inventory.form.long", "limit", 1000)
	if err := k.Err(); err != nil {
		return err
	}
	g.State, g.Open, g.MovedAt = to, !to.Ended(), at
	if to == Delivered {
		g.DeliveredAt = at
	}
	if answer != "" {
		g.Answer = answer
	}
	return nil
}

// GapForm is what a person typed about a gap.
type GapForm struct {
	Unit, Kind, What, Quantity, Note, Asset string
	Cause, Remedy                           string // what the kind suggests when empty
	Requirement                             string // set by the product, not typed
}

func (f *GapForm) check(known func(unit string) bool) (int64, error) {
	f.Note = strings.TrimSpace(f.Note)
	var k fault.Check
	k.Need(known(f.Unit), "unit", "inventory.form.unit_needed")
	k.Need(slices.Contains(GapKinds, GapKind(f.Kind)), "kind", "inventory.form.gap_kind_needed")
	k.Need(slices.Contains(Kinds, Kind(f.What)), "what", "inventory.form.kind_needed")
	n, err := readFigure(f.Quantity)
	k.Need(err == nil && n == float64(int64(n)) && n >= 1 && n <= 999, "quantity", "inventory.form.count_bad")
	k.Need(utf8.RuneCountInString(f.Note) <= 1000, "note", "inventory.form.long", "limit", 1000)
	k.Need(GapKind(f.Kind) != OtherGap || f.Note != "" || f.Requirement != "", "note", "inventory.form.note_needed")
	k.Need(f.Cause == "" || slices.Contains(Causes, Cause(f.Cause)), "cause", "inventory.form.cause_needed")
	k.Need(f.Remedy == "" || slices.Contains(Remedies, Remedy(f.Remedy)), "remedy", "inventory.form.remedy_needed")
	return int64(n), k.Err()
}

func kindKey(k Kind) i18n.Key         { return i18n.Key("inventory.kind." + string(k)) }
func stateKey(s State) i18n.Key       { return i18n.Key("inventory.state." + string(s)) }
func gapStateKey(s GapState) i18n.Key { return i18n.Key("inventory.gap.state." + string(s)) }

package inventory

import (
	"math"
	"slices"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/fold"
	"lotrinh/internal/kit/ident"
)

// Kind is what sort of equipment an asset is.
type Kind string

// The kinds of equipment.
const (
	PC      Kind = "pc"
	Monitor Kind = "monitor"
	Printer Kind = "printer"
	Scanner Kind = "scanner"
	Kiosk   Kind = "kiosk"
	WANLine Kind = "line"
	UPS     Kind = "ups"
)

// Kinds are all kinds of equipment, in the order in which forms offer them.
var Kinds = []Kind{PC, Monitor, Printer, Scanner, Kiosk, WANLine, UPS}

// State is where an asset is in its life.
type State string

// The states of an asset.
const (
	Planned State = "planned" // to be bought or delivered
	InUse   State = "in_use"
	Broken  State = "broken"
	Repair  State = "repair"
	Spare   State = "spare"
	Retired State = "retired" // the end
)

// States are all states of an asset.
var States = []State{Planned, InUse, Broken, Repair, Spare, Retired}

// moves are the allowed moves of an asset.
var moves = map[State][]State{
	Planned: {InUse, Spare, Retired},
	InUse:   {Broken, Repair, Spare, Retired},
	Broken:  {Repair, InUse, Retired},
	Repair:  {InUse, Spare, Broken, Retired},
	Spare:   {InUse, Broken, Repair, Retired},
	Retired: nil,
}

// Next are the states that an asset may move to.
func (s State) Next() []State { return moves[s] }

// Asset is one piece of equipment.
type Asset struct {
	bun.BaseModel `bun:"table:asset,alias:a"`
	ID            ident.ID  `bun:"id,pk"`
	Code          string    `bun:"code"` // TB-2016-000042
	Unit          string    `bun:"unit"`
	Kind          Kind      `bun:"kind"`
	Name          string    `bun:"name"` // maker and model
	Serial        string    `bun:"serial"`
	Place         string    `bun:"place"`
	State         State     `bun:"state"`
	Custodian     string    `bun:"custodian"` // who answers for it, by name
	Supplier      string    `bun:"supplier"`
	Contract      string    `bun:"contract"`
	BoughtOn      string    `bun:"bought_on"`      // 2016-08-15, empty when not known
	WarrantyUntil string    `bun:"warranty_until"` // the last day, 2019-08-14
	Note          string    `bun:"note"`
	Tag           string    `bun:"tag"` // the number that the office itself has given it
	Fold          string    `bun:"fold"`
	CustodianFold string    `bun:"custodian_fold"`
	MadeBy        ident.ID  `bun:"made_by"`
	MadeAt        time.Time `bun:"made_at"`
	ChangedAt     time.Time `bun:"changed_at"`
	Version       int64     `bun:"version"`
}

// move takes the asset to another state along the allowed moves.
func (a *Asset) move(to State) error {
	if a.State == to {
		return nil
	}
	if !slices.Contains(moves[a.State], to) {
		return fault.New(fault.Conflict, "inventory.asset.bad_move", "from", stateKey(a.State), "to", stateKey(to))
	}
	a.State = to
	return nil
}

func (a *Asset) refold() {
	a.Fold = fold.Key(strings.Join([]string{a.Code, a.Name, a.Serial, a.Tag, a.Place, a.Custodian, a.Supplier, a.Contract}, " "))
	a.CustodianFold = fold.Key(a.Custodian)
}

// Grave tells whether a move to the state must say why.
func (s State) Grave() bool { return s == Broken || s == Repair || s == Retired }

// WarrantyLeft is how many days of the warranty are left, that of now included; below
// one it is over. ok is false when its last day is not known.
func (a Asset) WarrantyLeft(now time.Time) (days int, ok bool) {
	last, err := time.ParseInLocation(time.DateOnly, a.WarrantyUntil, clock.City)
	if err != nil {
		return 0, false
	}
	from, _ := clock.Day(now)
	return int(math.Round(last.Sub(from).Hours()/24)) + 1, true
}

// WarrantySoon is how many days before its end a warranty is shown as ending.
const WarrantySoon = 90

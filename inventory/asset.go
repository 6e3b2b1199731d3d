package inventory

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/uptrace/bun"

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
	Fold          string    `bun:"fold"`
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

func (a *Asset) refold() { a.Fold = fold.Key(a.Code + " " + a.Name + " " + a.Serial + " " + a.Place) }

// AssetForm is what a person typed about an asset; Facts are declared values by name.
type AssetForm struct {
	Unit, Kind, Name, Serial, Place, State string
	Facts                                  map[string]string
	// Seen tells that the values were looked at on the spot, by somebody who may say so.
	Seen bool
	// Measured tells that a program on the machine said so, and no person.
	Measured bool
}

func (f *AssetForm) check(known func(unit string) bool) error {
	f.Name, f.Serial, f.Place = tidy(f.Name), strings.ToUpper(tidy(f.Serial)), tidy(f.Place)
	if slices.Contains(placeholders, fold.Key(f.Serial)) {
		f.Serial = ""
	}
	var k fault.Check
	k.Need(known(f.Unit), "unit", "inventory.form.unit_needed")
	k.Need(slices.Contains(Kinds, Kind(f.Kind)), "kind", "inventory.form.kind_needed")
	k.Need(f.Name != "", "name", "inventory.form.name_needed")
	k.Need(utf8.RuneCountInString(f.Name) <= 120, "name", "inventory.form.long", "limit", 120)
	k.Need(utf8.RuneCountInString(f.Serial) <= 60, "serial", "inventory.form.long", "limit", 60)
	k.Need(utf8.RuneCountInString(f.Place) <= 120, "place", "inventory.form.long", "limit", 120)
	k.Need(slices.Contains(States, State(f.State)), "state", "inventory.form.state_needed")
	for _, n := range FactNames(Kind(f.Kind)) {
		if raw := strings.TrimSpace(f.Facts[n]); raw != "" {
			v, err := ReadFact(n, raw)
			if err != nil {
				e := fault.Of(err)
				k.Need(false, "fact_"+n, e.Key, e.Args...)
			}
			f.Facts[n] = v
		}
	}
	return k.Err()
}

// placeholders are what makers leave where a serial number should be.
var placeholders = []string{"n a", "na", "none", "khong", "khong co", "0", "123456789", "0123456789", "to be filled by o e m",
	"default string", "system serial number", "not specified", "xxxxxxx"}

func tidy(s string) string { return strings.Join(strings.Fields(fold.NFC(s)), " ") }

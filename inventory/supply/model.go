package supply

import (
	"slices"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/inventory"
)

// The rights of this room. Checking at the counter is inventory.Inspect, looking is
// inventory.Look.
const (
	Ask      access.Perm = "inventory.supply.request"  // ask for a district, and buy what it may buy itself
	Decide   access.Perm = "inventory.supply.approve"  // decide on requests, with amounts
	Allocate access.Perm = "inventory.supply.allocate" // order, and move spare equipment
	Deliver  access.Perm = "inventory.supply.deliver"  // agree to a transfer, send, hand over
	Sign     access.Perm = "inventory.supply.sign"     // sign for what arrived
)

// RequestState is where a request stands.
type RequestState string

// The states of a request. Refused, Cancelled and Done are the ends.
const (
	Asked     RequestState = "asked"
	Approved  RequestState = "approved"
	Partly    RequestState = "partly"
	Refused   RequestState = "refused"
	Cancelled RequestState = "cancelled"
	Done      RequestState = "done"
)

// RequestStates are all states of a request.
var RequestStates = []RequestState{Asked, Approved, Partly, Refused, Cancelled, Done}

var requestMoves = map[RequestState][]RequestState{
	Asked:    {Approved, Partly, Refused, Cancelled},
	Approved: {Partly, Done, Cancelled},
	Partly:   {Done, Cancelled},
}

// Granted tells whether something was approved and the request is not over.
func (s RequestState) Granted() bool { return s == Approved || s == Partly }

// Request is what a district asks the city for.
type Request struct {
	bun.BaseModel `bun:"table:supply_request,alias:sr"`
	ID            ident.ID     `bun:"id,pk"`
	Code          string       `bun:"code"` // DN-2016-000001
	Unit          string       `bun:"unit"` // the district
	Own           bool         `bun:"own"`  // the district asks to buy on its own
	Note          string       `bun:"note"`
	State         RequestState `bun:"state"`
	Open          bool         `bun:"open"` // somebody must act and the clock runs
	AskedTotal    int64        `bun:"asked_total"`
	ApprovedTotal int64        `bun:"approved_total"`
	MadeBy        ident.ID     `bun:"made_by"`
	MadeName      string       `bun:"made_name"`
	MadeAt        time.Time    `bun:"made_at"`
	DecidedBy     ident.ID     `bun:"decided_by"`
	DecidedName   string       `bun:"decided_name"`
	DecidedAt     time.Time    `bun:"decided_at,nullzero"`
	Reason        string       `bun:"reason"`
	Owner         ident.ID     `bun:"owner"`
	OwnerName     string       `bun:"owner_name"`
	Clock         ident.ID     `bun:"clock"`
	DueAt         time.Time    `bun:"due_at,nullzero"`
	MovedAt       time.Time    `bun:"moved_at"`
	Version       int64        `bun:"version"`
}

func (r *Request) move(to RequestState, at time.Time) error {
	if !slices.Contains(requestMoves[r.State], to) {
		return fault.New(fault.Conflict, "supply.bad_move", "from", requestKey(r.State), "to", requestKey(to))
	}
	r.State, r.MovedAt = to, at
	return nil
}

// Path is the request's page.
func (r Request) Path() string { return "/inventory/supply/requests/" + string(r.ID) }

// Line is what a request asks for one commune: the remedy of one gap.
type Line struct {
	bun.BaseModel `bun:"table:supply_line,alias:sl"`
	ID            ident.ID         `bun:"id,pk"`
	Request       ident.ID         `bun:"request"`
	Unit          string           `bun:"unit"` // the commune
	Kind          inventory.Kind   `bun:"kind"`
	Remedy        inventory.Remedy `bun:"remedy"`
	Spec          string           `bun:"spec"`
	Gap           ident.ID         `bun:"gap"`
	Live          bool             `bun:"live"`
	Asked         int64            `bun:"asked"`
	AskedPrice    int64            `bun:"asked_price"` // đồng for one
	Approved      int64            `bun:"approved"`
	ApprovedPrice int64            `bun:"approved_price"` // đồng for one, at most
	Allocated     int64            `bun:"allocated"`
	Received      int64            `bun:"received"`
	Seen          int64            `bun:"seen"`
	Trimmed       int64            `bun:"trimmed"` // approved once, cut before it was allocated
}

// Left is how many are approved and not yet on their way.
func (l Line) Left() int64 { return l.Approved - l.Allocated }

// Limits of what may be asked for: with them no sum of amounts overflows.
const (
	MaxPrice = 1_000_000_000_000 // đồng for one piece
	MaxLines = 500
)

// totals are the sums of lines in đồng.
func totals(lines []Line) (asked, approved int64) {
	for _, l := range lines {
		asked += l.Asked * l.AskedPrice
		approved += l.Approved * l.ApprovedPrice
	}
	return asked, approved
}

// Source is where the things of a delivery come from.
type Source string

// The sources of deliveries.
const (
	Bought   Source = "bought"
	Transfer Source = "transfer"
)

// DeliveryState is where a delivery stands.
type DeliveryState string

// The states of a delivery. Proposed waits for the giving unit's word, Agreed and
// Ordered for sending, Sent for the receiver's signature, Signed for the things to be
// seen at the counters.
const (
	Proposed DeliveryState = "asked"
	Agreed   DeliveryState = "agreed"
	Ordered  DeliveryState = "ordered"
	Sent     DeliveryState = "sent"
	Signed   DeliveryState = "signed"
	Finished DeliveryState = "done"
	Declined DeliveryState = "refused"
	Recalled DeliveryState = "cancelled"
)

// DeliveryStates are all states of a delivery.
var DeliveryStates = []DeliveryState{Proposed, Agreed, Ordered, Sent, Signed, Finished, Declined, Recalled}

var deliveryMoves = map[DeliveryState][]DeliveryState{
	Proposed: {Agreed, Declined, Recalled},
	Agreed:   {Sent, Recalled},
	Ordered:  {Sent, Recalled},
	Sent:     {Signed, Recalled},
	Signed:   {Finished},
}

// Next are the states that a delivery may move to.
func (s DeliveryState) Next() []DeliveryState { return deliveryMoves[s] }

// open tells whether somebody must act.
func (s DeliveryState) open() bool {
	return s == Proposed || s == Agreed || s == Ordered || s == Sent || s == Signed
}

// Delivery is things that go to one receiver together and are signed for together.
type Delivery struct {
	bun.BaseModel `bun:"table:supply_delivery,alias:sd"`
	ID            ident.ID      `bun:"id,pk"`
	Code          string        `bun:"code"` // BB-2016-000001, DC-2016-000001
	Source        Source        `bun:"source"`
	Request       ident.ID      `bun:"request"`
	From          string        `bun:"from_unit"` // who gives; of what is bought, who buys: the district, or "" for the city
	Unit          string        `bun:"unit"`      // who receives: a commune or the district
	State         DeliveryState `bun:"state"`
	Open          bool          `bun:"open"`
	Supplier      string        `bun:"supplier"`
	Contract      string        `bun:"contract"`
	Giver         string        `bun:"giver"` // who hands over, by name
	GiverPost     string        `bun:"giver_post"`
	SentAt        time.Time     `bun:"sent_at,nullzero"`
	Pin           string        `bun:"pin"`   // the code that the giver tells the receiver, who types it instead of drawing
	Tries         int64         `bun:"tries"` // wrong codes typed
	SignedAt      time.Time     `bun:"signed_at,nullzero"`
	SignedBy      ident.ID      `bun:"signed_by"`
	Signer        string        `bun:"signer"`
	SignerPost    string        `bun:"signer_post"`
	Way           string        `bun:"way"`  // "drawn", "paper" or "code"
	Hash          string        `bun:"hash"` // of what was signed: SHA-256, hexadecimal
	Reason        string        `bun:"reason"`
	MadeBy        ident.ID      `bun:"made_by"`
	MadeName      string        `bun:"made_name"`
	MadeAt        time.Time     `bun:"made_at"`
	Owner         ident.ID      `bun:"owner"`
	OwnerName     string        `bun:"owner_name"`
	Clock         ident.ID      `bun:"clock"`
	DueAt         time.Time     `bun:"due_at,nullzero"`
	MovedAt       time.Time     `bun:"moved_at"`
	Version       int64         `bun:"version"`
}

func (d *Delivery) move(to DeliveryState, at time.Time) error {
	if !slices.Contains(deliveryMoves[d.State], to) {
		return fault.New(fault.Conflict, "supply.bad_move", "from", deliveryKey(d.State), "to", deliveryKey(to))
	}
	d.State, d.Open, d.MovedAt = to, to.open(), at
	return nil
}

// Path is the delivery's page.
func (d Delivery) Path() string { return "/inventory/supply/deliveries/" + string(d.ID) }

// Item is one thing of a delivery. Held tells that it is on its way; of something
// bought, Asset is filled when the record is signed.
type Item struct {
	bun.BaseModel `bun:"table:supply_item,alias:si"`
	ID            ident.ID       `bun:"id,pk"`
	Delivery      ident.ID       `bun:"delivery"`
	Line          ident.ID       `bun:"line"`
	Unit          string         `bun:"unit"` // the commune where it will stand
	Kind          inventory.Kind `bun:"kind"`
	Name          string         `bun:"name"`
	Serial        string         `bun:"serial"`
	Asset         ident.ID       `bun:"asset"`
	Code          string         `bun:"code"`  // of the asset
	Price         int64          `bun:"price"` // đồng; 0 of what was moved
	Held          bool           `bun:"held"`
	SeenAt        time.Time      `bun:"seen_at,nullzero"`
}

func requestKey(s RequestState) i18n.Key   { return i18n.Key("supply.request.state." + string(s)) }
func deliveryKey(s DeliveryState) i18n.Key { return i18n.Key("supply.delivery.state." + string(s)) }

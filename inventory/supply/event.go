package supply

import "lotrinh/internal/kit/ident"

// requestEvent is what every event about a request says.
type requestEvent struct {
	ID            ident.ID     `json:"id"`
	Code          string       `json:"code"`
	Unit          string       `json:"unit"`
	Own           bool         `json:"own"`
	State         RequestState `json:"state"`
	AskedTotal    int64        `json:"asked_total"`
	ApprovedTotal int64        `json:"approved_total"`
	By            ident.ID     `json:"by"`
}

// Subject is the request.
func (e requestEvent) Subject() string { return "supply:" + string(e.ID) }

func eventOf(r Request, by ident.ID) requestEvent {
	return requestEvent{r.ID, r.Code, r.Unit, r.Own, r.State, r.AskedTotal, r.ApprovedTotal, by}
}

// Requested says that a district asks for equipment.
type Requested struct{ requestEvent }

// Topic is the event's name.
func (Requested) Topic() string { return "inventory.supply.requested" }

// Decided says that a request was approved, in full or in part, or refused.
type Decided struct{ requestEvent }

// Topic is the event's name.
func (Decided) Topic() string { return "inventory.supply.approved" }

// Trimmed says that part of what was approved and not yet on its way was cut.
type Trimmed struct{ requestEvent }

// Topic is the event's name.
func (Trimmed) Topic() string { return "inventory.supply.trimmed" }

// Withdrawn says that a request was taken back.
type Withdrawn struct{ requestEvent }

// Topic is the event's name.
func (Withdrawn) Topic() string { return "inventory.supply.cancelled" }

// deliveryEvent is what every event about a delivery says.
type deliveryEvent struct {
	ID      ident.ID      `json:"id"`
	Code    string        `json:"code"`
	Source  Source        `json:"source"`
	Request ident.ID      `json:"request"`
	From    string        `json:"from,omitempty"`
	Unit    string        `json:"unit"`
	State   DeliveryState `json:"state"`
	Items   int           `json:"items"`
	By      ident.ID      `json:"by"`
}

// Subject is the delivery.
func (e deliveryEvent) Subject() string { return "supply:" + string(e.ID) }

func deliveryOf(d Delivery, items int, by ident.ID) deliveryEvent {
	return deliveryEvent{d.ID, d.Code, d.Source, d.Request, d.From, d.Unit, d.State, items, by}
}

// Allocated says that things were ordered or asked from elsewhere for a request.
type Allocated struct{ deliveryEvent }

// Topic is the event's name.
func (Allocated) Topic() string { return "inventory.supply.allocated" }

// Delivered says that a delivery went a step: agreed, sent, refused or taken back.
type Delivered struct{ deliveryEvent }

// Topic is the event's name.
func (Delivered) Topic() string { return "inventory.supply.delivered" }

// HandedOver says that the record of a delivery was signed.
type HandedOver struct{ deliveryEvent }

// Topic is the event's name.
func (HandedOver) Topic() string { return "inventory.supply.signed" }

// Proved says that everything of a delivery was seen at its counter.
type Proved struct{ deliveryEvent }

// Topic is the event's name.
func (Proved) Topic() string { return "inventory.supply.verified" }

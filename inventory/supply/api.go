package supply

import (
	"time"

	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/page"
	"lotrinh/inventory"
)

// NeedJSON is something that a district lacks, as the API shows it.
type NeedJSON struct {
	Key         string           `json:"key" doc:"names the need in a request"`
	Unit        string           `json:"unit"`
	Kind        inventory.Kind   `json:"kind"`
	Quantity    int64            `json:"quantity"`
	Cause       inventory.Cause  `json:"cause"`
	Remedy      inventory.Remedy `json:"remedy"`
	Requirement string           `json:"requirement,omitempty" doc:"profile/line that it keeps from being met"`
	Gap         ident.ID         `json:"gap,omitempty" doc:"absent of what nobody reported yet"`
	Request     ident.ID         `json:"request,omitempty" doc:"the live request that asks for it"`
}

// WantIn chooses a need.
type WantIn struct {
	Key   string `json:"key"`
	Price int64  `json:"price" doc:"đồng for one, an estimate"`
}

// RequestIn is what a district asks.
type RequestIn struct {
	District string   `json:"district"`
	Own      bool     `json:"own,omitempty" doc:"it asks to buy on its own"`
	Note     string   `json:"note,omitempty"`
	Wants    []WantIn `json:"wants"`
}

// GrantIn is the answer to one line.
type GrantIn struct {
	Line     ident.ID `json:"line"`
	Approved int64    `json:"approved"`
	Price    int64    `json:"price" doc:"đồng for one, at most"`
}

// DecisionIn is the city's answer; lines that it leaves out are refused.
type DecisionIn struct {
	Grants []GrantIn `json:"grants"`
	Reason string    `json:"reason,omitempty" doc:"needed when less is approved than was asked"`
}

// BuyIn is how many are bought for a line.
type BuyIn struct {
	Line ident.ID `json:"line"`
	N    int64    `json:"n"`
}

// PlanIn says where the things of a request come from.
type PlanIn struct {
	Buy        []BuyIn    `json:"buy,omitempty"`
	Spares     []ident.ID `json:"spares,omitempty" doc:"spare assets of elsewhere"`
	Supplier   string     `json:"supplier,omitempty"`
	Contract   string     `json:"contract,omitempty"`
	ToDistrict bool       `json:"to_district,omitempty" doc:"one delivery to the district"`
}

// StepIn takes a delivery a step.
type StepIn struct {
	State  DeliveryState `json:"state" doc:"agreed, refused, sent or cancelled"`
	Giver  string        `json:"giver,omitempty"`
	Post   string        `json:"post,omitempty"`
	Reason string        `json:"reason,omitempty"`
}

// SignIn signs for a delivery with the code that the giver says.
type SignIn struct {
	Signer string `json:"signer"`
	Post   string `json:"post"`
	Code   string `json:"code"`
}

// LineJSON is a line of a request.
type LineJSON struct {
	ID            ident.ID       `json:"id"`
	Unit          string         `json:"unit"`
	Kind          inventory.Kind `json:"kind"`
	Gap           ident.ID       `json:"gap"`
	Asked         int64          `json:"asked"`
	AskedPrice    int64          `json:"asked_price"`
	Approved      int64          `json:"approved"`
	ApprovedPrice int64          `json:"approved_price"`
	Allocated     int64          `json:"allocated"`
	Received      int64          `json:"received"`
	Seen          int64          `json:"seen"`
	Trimmed       int64          `json:"trimmed" doc:"approved once, cut before it was allocated"`
}

// RequestJSON is a request; lines only where one is shown.
type RequestJSON struct {
	ID            ident.ID     `json:"id"`
	Code          string       `json:"code"`
	District      string       `json:"district"`
	Own           bool         `json:"own"`
	State         RequestState `json:"state"`
	AskedTotal    int64        `json:"asked_total" doc:"đồng"`
	ApprovedTotal int64        `json:"approved_total" doc:"đồng"`
	Reason        string       `json:"reason"`
	Due           *time.Time   `json:"due"`
	Lines         []LineJSON   `json:"lines,omitempty"`
	Version       int64        `json:"version"`
}

// ItemJSON is a thing of a delivery.
type ItemJSON struct {
	ID     ident.ID       `json:"id"`
	Unit   string         `json:"unit"`
	Kind   inventory.Kind `json:"kind"`
	Name   string         `json:"name"`
	Serial string         `json:"serial"`
	Asset  ident.ID       `json:"asset,omitempty"`
	SeenAt *time.Time     `json:"seen_at"`
}

// DeliveryJSON is a delivery; items only where one is shown.
type DeliveryJSON struct {
	ID       ident.ID      `json:"id"`
	Code     string        `json:"code"`
	Source   Source        `json:"source" doc:"bought or transfer"`
	Request  ident.ID      `json:"request"`
	From     string        `json:"from,omitempty"`
	Unit     string        `json:"unit"`
	State    DeliveryState `json:"state"`
	SignedAt *time.Time    `json:"signed_at"`
	Hash     string        `json:"hash,omitempty"`
	Due      *time.Time    `json:"due"`
	Items    []ItemJSON    `json:"items,omitempty"`
	Version  int64         `json:"version"`
}

func moment(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

func requestJSON(r Request, lines []Line) RequestJSON {
	out := RequestJSON{ID: r.ID, Code: r.Code, District: r.Unit, Own: r.Own, State: r.State, AskedTotal: r.AskedTotal, ApprovedTotal: r.ApprovedTotal, Reason: r.Reason,
		Due: moment(r.DueAt), Version: r.Version}
	for _, l := range lines {
		out.Lines = append(out.Lines, LineJSON{ID: l.ID, Unit: l.Unit, Kind: l.Kind, Gap: l.Gap, Asked: l.Asked, AskedPrice: l.AskedPrice, Approved: l.Approved,
			ApprovedPrice: l.ApprovedPrice, Allocated: l.Allocated, Received: l.Received, Seen: l.Seen, Trimmed: l.Trimmed})
	}
	return out
}

func deliveryJSON(d Delivery, items []Item) DeliveryJSON {
	out := DeliveryJSON{ID: d.ID, Code: d.Code, Source: d.Source, Request: d.Request, From: d.From, Unit: d.Unit, State: d.State, SignedAt: moment(d.SignedAt), Hash: d.Hash,
		Due: moment(d.DueAt), Version: d.Version}
	for _, it := range items {
		out.Items = append(out.Items, ItemJSON{ID: it.ID, Unit: it.Unit, Kind: it.Kind, Name: it.Name, Serial: it.Serial, Asset: it.Asset, SeenAt: moment(it.SeenAt)})
	}
	return out
}

func (s *Service) api(r *httpx.Router) {
	const tag, at = "supply", "/api/v1/inventory/supply"
	state := httpx.Param{Name: "state", Doc: "a state, or all; what is not over unasked"}
	r.API(httpx.Op{Method: "GET", Path: at + "/needs", ID: "listNeeds", Tag: tag, Summary: "What a district lacks: its shopping list",
		Query: []httpx.Param{{Name: "district", Doc: "code of a district or of a commune"}}, Out: httpx.List[NeedJSON]{}}, s.apiNeeds)
	r.API(httpx.Op{Method: "GET", Path: at + "/requests", ID: "listSupplyRequests", Tag: tag, Summary: "Requests within reach, newest first",
		Query: append([]httpx.Param{{Name: "district", Doc: "code of a district"}, state}, httpx.Paged...), Out: httpx.List[RequestJSON]{}}, s.apiRequests)
	r.API(httpx.Op{Method: "POST", Path: at + "/requests", ID: "requestSupply", Tag: tag, Summary: "Ask for what a district lacks", In: RequestIn{}, Out: RequestJSON{}, Status: 201, Creates: true}, s.apiAsk)
	r.API(httpx.Op{Method: "GET", Path: at + "/requests/:id", ID: "getSupplyRequest", Tag: tag, Summary: "One request with its lines", Out: RequestJSON{}}, s.apiRequest)
	r.API(httpx.Op{Method: "POST", Path: at + "/requests/:id/decide", ID: "decideSupply", Tag: tag, Summary: "Approve a request, in full or in part, or refuse it",
		In: DecisionIn{}, Out: RequestJSON{}, Changes: true}, s.apiDecide)
	r.API(httpx.Op{Method: "POST", Path: at + "/requests/:id/allocate", ID: "allocateSupply", Tag: tag, Summary: "Order and move things for a request",
		In: PlanIn{}, Out: httpx.List[DeliveryJSON]{}, Changes: true}, s.apiAllocate)
	r.API(httpx.Op{Method: "POST", Path: at + "/requests/:id/trim", ID: "trimSupply", Tag: tag, Summary: "Cut down what was approved and is not on its way",
		In: TrimIn{}, Out: RequestJSON{}, Changes: true}, s.apiTrim)
	r.API(httpx.Op{Method: "GET", Path: at + "/deliveries", ID: "listDeliveries", Tag: tag, Summary: "Deliveries seen from either side, newest first",
		Query: append([]httpx.Param{state}, httpx.Paged...), Out: httpx.List[DeliveryJSON]{}}, s.apiDeliveries)
	r.API(httpx.Op{Method: "GET", Path: at + "/deliveries/:id", ID: "getDelivery", Tag: tag, Summary: "One delivery with its things", Out: DeliveryJSON{}}, s.apiDelivery)
	r.API(httpx.Op{Method: "POST", Path: at + "/deliveries/:id/step", ID: "stepDelivery", Tag: tag, Summary: "Agree to, refuse, send or take back a delivery",
		In: StepIn{}, Out: DeliveryJSON{}, Changes: true}, s.apiStep)
	r.API(httpx.Op{Method: "POST", Path: at + "/deliveries/:id/sign", ID: "signDelivery", Tag: tag, Summary: "Sign for a delivery with the giver's code",
		In: SignIn{}, Out: DeliveryJSON{}, Changes: true}, s.apiSign)
}

func (s *Service) apiNeeds(c *httpx.Ctx) error {
	needs, err := s.Needs(c.Std(), c.Who, c.Query("district", c.Who.Home))
	if err != nil {
		return err
	}
	out := httpx.List[NeedJSON]{Items: []NeedJSON{}}
	for _, n := range needs {
		out.Items = append(out.Items, NeedJSON{Key: n.Key, Unit: n.Unit, Kind: n.Kind, Quantity: n.Quantity, Cause: n.Cause, Remedy: n.Remedy, Requirement: n.Requirement, Gap: n.Gap, Request: n.Request})
	}
	return c.Reply(0, out)
}

func (s *Service) apiRequests(c *httpx.Ctx) error {
	all, err := s.Requests(c.Std(), c.Who, Filter{State: c.Query("state"), Unit: c.Query("district")}, page.Read(c.Query("after"), c.Query("limit")))
	if err != nil {
		return err
	}
	out := httpx.List[RequestJSON]{Items: []RequestJSON{}, Next: all.Next}
	for _, r := range all.Items {
		out.Items = append(out.Items, requestJSON(r, nil))
	}
	return c.Reply(0, out)
}

func (s *Service) apiAsk(c *httpx.Ctx) error {
	in, err := httpx.ReadJSON[RequestIn](c)
	if err != nil {
		return err
	}
	f := RequestForm{District: in.District, Own: in.Own, Note: in.Note}
	for _, w := range in.Wants {
		f.Wants = append(f.Wants, Want(w))
	}
	r, lines, err := s.Ask(c.Std(), c.Who, f)
	if err != nil {
		return err
	}
	return c.Created("/api/v1/inventory/supply/requests/"+string(r.ID), r.Version, requestJSON(r, lines))
}

func (s *Service) apiRequest(c *httpx.Ctx) error {
	key, err := id(c)
	if err != nil {
		return err
	}
	v, err := s.Request(c.Std(), c.Who, key)
	if err != nil {
		return err
	}
	return c.ReplyVersion(0, v.Version, requestJSON(v.Request, v.Lines))
}

func (s *Service) apiDecide(c *httpx.Ctx) error {
	if err := c.Who.Need(Decide); err != nil {
		return err
	}
	key, version, err := httpx.ReadChange(c)
	if err != nil {
		return err
	}
	in, err := httpx.ReadJSON[DecisionIn](c)
	if err != nil {
		return err
	}
	d := Decision{Grants: map[ident.ID]Grant{}, Reason: in.Reason}
	for _, g := range in.Grants {
		d.Grants[g.Line] = Grant{g.Approved, g.Price}
	}
	if _, err := s.Decide(c.Std(), c.Who, key, version, d); err != nil {
		return httpx.Stale(err)
	}
	return s.apiRequest(c)
}

func (s *Service) apiAllocate(c *httpx.Ctx) error {
	if !c.Who.May(Ask) {
		if err := c.Who.Need(Allocate); err != nil {
			return err
		}
	}
	key, version, err := httpx.ReadChange(c)
	if err != nil {
		return err
	}
	in, err := httpx.ReadJSON[PlanIn](c)
	if err != nil {
		return err
	}
	p := Plan{Buy: map[ident.ID]int64{}, Spares: in.Spares, Supplier: in.Supplier, Contract: in.Contract, ToDistrict: in.ToDistrict}
	for _, b := range in.Buy {
		p.Buy[b.Line] += b.N
	}
	made, err := s.Allocate(c.Std(), c.Who, key, version, p)
	if err != nil {
		return httpx.Stale(err)
	}
	out := httpx.List[DeliveryJSON]{Items: []DeliveryJSON{}}
	for _, d := range made {
		out.Items = append(out.Items, deliveryJSON(d, nil))
	}
	return c.Reply(0, out)
}

func (s *Service) apiDeliveries(c *httpx.Ctx) error {
	all, err := s.Deliveries(c.Std(), c.Who, Filter{State: c.Query("state")}, page.Read(c.Query("after"), c.Query("limit")))
	if err != nil {
		return err
	}
	out := httpx.List[DeliveryJSON]{Items: []DeliveryJSON{}, Next: all.Next}
	for _, d := range all.Items {
		out.Items = append(out.Items, deliveryJSON(d, nil))
	}
	return c.Reply(0, out)
}

func (s *Service) apiDelivery(c *httpx.Ctx) error {
	key, err := id(c)
	if err != nil {
		return err
	}
	v, err := s.Delivery(c.Std(), c.Who, key)
	if err != nil {
		return err
	}
	return c.ReplyVersion(0, v.Version, deliveryJSON(v.Delivery, v.Items))
}

func (s *Service) apiStep(c *httpx.Ctx) error {
	if err := c.Who.Need(Deliver); err != nil {
		return err
	}
	key, version, err := httpx.ReadChange(c)
	if err != nil {
		return err
	}
	in, err := httpx.ReadJSON[StepIn](c)
	if err != nil {
		return err
	}
	if _, err := s.Step(c.Std(), c.Who, key, version, Move{To: in.State, Giver: in.Giver, Post: in.Post, Reason: in.Reason}); err != nil {
		return httpx.Stale(err)
	}
	return s.apiDelivery(c)
}

func (s *Service) apiSign(c *httpx.Ctx) error {
	if err := c.Who.Need(Sign); err != nil {
		return err
	}
	key, version, err := httpx.ReadChange(c)
	if err != nil {
		return err
	}
	in, err := httpx.ReadJSON[SignIn](c)
	if err != nil {
		return err
	}
	if _, err := s.Sign(c.Std(), c.Who, key, version, Signature{Name: in.Signer, Post: in.Post, Way: Code, Code: in.Code}); err != nil {
		return httpx.Stale(err)
	}
	return s.apiDelivery(c)
}

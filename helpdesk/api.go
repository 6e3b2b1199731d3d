package helpdesk

import (
	"context"
	"time"

	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/page"
)

// TicketOut is a ticket as the API shows it.
type TicketOut struct {
	ID         ident.ID     `json:"id"`
	Number     string       `json:"number" doc:"what people call it; numbers may have gaps"`
	Title      string       `json:"title"`
	Unit       string       `json:"unit" doc:"code of the unit"`
	Requester  ident.ID     `json:"requester"`
	Service    string       `json:"service" doc:"code of a service of the catalogue: usage, account, device, line, software …"`
	Impact     int          `json:"impact"`
	Urgency    int          `json:"urgency"`
	Priority   int          `json:"priority" doc:"1 the most pressing to 4"`
	State      string       `json:"state" doc:"new, open, on_hold, resolved, reopened or closed"`
	WaitsFor   string       `json:"waits_for,omitempty" doc:"requester or vendor, while on hold"`
	Group      string       `json:"group"`
	Owner      ident.ID     `json:"owner,omitempty"`
	OpenedAt   time.Time    `json:"opened_at"`
	AnsweredAt *time.Time   `json:"answered_at,omitempty"`
	ResolvedAt *time.Time   `json:"resolved_at,omitempty"`
	ClosedAt   *time.Time   `json:"closed_at,omitempty"`
	Kind       string       `json:"kind" doc:"incident, request or question"`
	Parent     ident.ID     `json:"parent,omitempty"`
	MergedInto ident.ID     `json:"merged_into,omitempty" doc:"the ticket that answers for this one"`
	Asset      string       `json:"asset,omitempty" doc:"inventory code of the equipment"`
	Dossier    string       `json:"dossier,omitempty" doc:"number of the dossier"`
	Tags       []string     `json:"tags,omitempty"`
	Spent      int64        `json:"spent,omitempty" doc:"minutes worked"`
	Snoozed    *time.Time   `json:"snoozed_until,omitempty"`
	Fields     Answers      `json:"fields,omitempty" doc:"answers to what the service asks; of one ticket only"`
	AnswerDue  *time.Time   `json:"answer_due,omitempty"`
	ResolveDue *time.Time   `json:"resolve_due,omitempty"`
	Late       bool         `json:"late" doc:"past its next due moment"`
	Version    int64        `json:"version"`
	Messages   []MessageOut `json:"messages,omitempty" doc:"the newest first, at most 200; of one ticket only"`
}

// Answers are what was put into the fields of a service, by their codes.
type Answers map[string]string

// MessageOut is a message as the API shows it.
type MessageOut struct {
	ID       ident.ID  `json:"id"`
	At       time.Time `json:"at"`
	Author   ident.ID  `json:"author"`
	Support  bool      `json:"support" doc:"written by the answering side"`
	Internal bool      `json:"internal"`
	Body     string    `json:"body"`
	Ticket   ident.ID  `json:"ticket" doc:"the ticket it was written on: this one, or one merged into it"`
	Why      string    `json:"why,omitempty" doc:"why it was filed here, when it came by mail"`
}

// TicketIn is a new ticket.
type TicketIn struct {
	Unit      string   `json:"unit" doc:"code of the unit that needs help"`
	Requester ident.ID `json:"requester,omitempty" doc:"for somebody else; needs the right to answer"`
	Title     string   `json:"title"`
	Body      string   `json:"body"`
	Service   string   `json:"service" doc:"code of a service of the catalogue: usage, account, device, line, software …"`
	Impact    int      `json:"impact" doc:"1 one person, 2 the office, 3 several communes"`
	Urgency   int      `json:"urgency" doc:"1 work goes on, 2 slow, 3 stopped"`
	Kind      string   `json:"kind,omitempty" doc:"incident, request or question; empty: as its service says"`
	Asset     string   `json:"asset,omitempty" doc:"inventory code of the equipment"`
	Dossier   string   `json:"dossier,omitempty" doc:"number of the dossier"`
	Fields    Answers  `json:"fields,omitempty" doc:"answers to what the service asks, by the code of the field"`
}

// MessageIn is a new message.
type MessageIn struct {
	Body     string `json:"body"`
	Internal bool   `json:"internal,omitempty" doc:"a note that the requester never sees"`
}

// StateIn asks for a change of state.
type StateIn struct {
	State    string `json:"state" doc:"open (resume), on_hold, resolved, reopened or closed"`
	WaitsFor string `json:"waits_for,omitempty" doc:"requester or vendor, with on_hold"`
	Body     string `json:"body,omitempty" doc:"what is told the other side; needed but for open and closed"`
	Children string `json:"children,omitempty" doc:"of a parent that is resolved or closed: resolve its open children with the same words, or leave them"`
	Anyway   bool   `json:"anyway,omitempty" doc:"resolve although mandatory lines of the checklist are open"`
}

func (s *Service) out(t Ticket) TicketOut {
	return TicketOut{ID: t.ID, Number: t.Number(), Title: t.Title, Unit: t.Unit, Requester: t.Requester, Service: string(t.Service),
		Impact: t.Impact, Urgency: t.Urgency, Priority: t.Priority, State: string(t.State), WaitsFor: string(t.WaitsFor), Group: string(t.Group),
		Owner: t.Owner, OpenedAt: t.OpenedAt, AnsweredAt: t.AnsweredAt, ResolvedAt: t.ResolvedAt, ClosedAt: t.ClosedAt,
		Kind: string(t.Kind), Parent: t.Parent, MergedInto: t.MergedInto, Asset: t.Asset, Dossier: t.Dossier, Tags: t.TagList(), Spent: t.Spent, Snoozed: t.SnoozedUntil,
		AnswerDue: t.AnswerDue, ResolveDue: t.ResolveDue, Late: t.Late(s.Business.Now()), Version: t.Version}
}

func (s *Service) api(r *httpx.Router) {
	filters := []httpx.Param{
		{Name: "view", Doc: "which list; own tickets for callers who only ask", Enum: []string{"mine", "free", "work", "late", "hold", "asleep", "done"}},
		{Name: "unit", Doc: "code of a unit, with what lies under it"}, {Name: "group", Doc: "code of a group"},
		{Name: "service", Doc: "as in a ticket"}, {Name: "priority", Doc: "1 to 4"}, {Name: "tag", Doc: "a tag, marks or not"}, {Name: "q", Doc: "words to search for, marks or not"},
	}
	s.toolAPI(r)
	r.API(httpx.Op{Method: "GET", Path: "/api/v1/tickets", ID: "listTickets", Tag: area, Summary: "Tickets, the next due first",
		Query: append(filters, httpx.Paged...), Out: httpx.List[TicketOut]{}}, s.apiList)
	r.API(httpx.Op{Method: "POST", Path: "/api/v1/tickets", ID: "openTicket", Tag: area, Summary: "Ask for help",
		In: TicketIn{}, Out: TicketOut{}, Status: 201, Creates: true}, s.apiOpen)
	r.API(httpx.Op{Method: "GET", Path: "/api/v1/tickets/:id", ID: "getTicket", Tag: area, Summary: "A ticket with its conversation", Out: TicketOut{}}, s.apiGet)
	r.API(httpx.Op{Method: "POST", Path: "/api/v1/tickets/:id/messages", ID: "writeOnTicket", Tag: area, Summary: "Answer, add, or leave a note",
		In: MessageIn{}, Out: TicketOut{}, Status: 201, Creates: true}, s.apiWrite)
	r.API(httpx.Op{Method: "PUT", Path: "/api/v1/tickets/:id/state", ID: "changeTicketState", Tag: area, Summary: "Hold, resume, resolve, reopen or close",
		In: StateIn{}, Out: TicketOut{}, Changes: true}, s.apiState)
}

func (s *Service) apiList(c *httpx.Ctx) error {
	var rows page.Page[Ticket]
	var err error
	r := page.Read(c.Query("after"), c.Query("limit"))
	if c.Who.May(Read) || c.Who.May(Work) {
		var a asked
		if a, err = (&pages{Service: s}).asked(c); err != nil {
			return err
		}
		rows, err = s.Queue(c.Std(), c.Who, a.Filter, r)
	} else {
		rows, err = s.Mine(c.Std(), c.Who, r)
	}
	if err != nil {
		return err
	}
	list := httpx.List[TicketOut]{Items: []TicketOut{}, Next: rows.Next}
	for _, t := range rows.Items {
		list.Items = append(list.Items, s.out(t))
	}
	return c.Reply(0, list)
}

func (s *Service) apiOpen(c *httpx.Ctx) error {
	in, err := httpx.ReadJSON[TicketIn](c)
	if err != nil {
		return err
	}
	d := Draft{Unit: in.Unit, Requester: in.Requester, Title: in.Title, Body: in.Body,
		Service: Category(in.Service), Impact: in.Impact, Urgency: in.Urgency, Source: "api",
		Kind: Kind(in.Kind), Asset: in.Asset, Dossier: in.Dossier, Fields: in.Fields}
	if err := s.draftSubject(c.Std(), c.Who, &d); err != nil {
		return err
	}
	var t Ticket
	c.Creates(func() httpx.Creation {
		return httpx.Creation{Location: "/api/v1/tickets/" + string(t.ID), Version: t.Version, Body: s.out(t)}
	})
	_, err = s.in(c.Std(), func(ctx context.Context, tx *db.Tx, r Ready) (Ticket, error) {
		var err error
		t, err = s.OpenIn(ctx, tx, r, c.Who, d)
		return t, err
	})
	if err != nil {
		return err
	}
	return c.Made()
}

func (s *Service) apiGet(c *httpx.Ctx) error {
	id, err := ident.Parse(c.Params("id"))
	if err != nil {
		return err
	}
	d, err := s.Get(c.Std(), c.Who, id, page.Read(c.Query("after"), "200"))
	if err != nil {
		return err
	}
	out := s.out(d.Ticket)
	out.Fields = d.Answers
	for _, m := range d.Conversation.Items {
		out.Messages = append(out.Messages, MessageOut{m.ID, m.At, m.Author, m.FromAgent, m.Internal, m.Body, m.Ticket, m.Why})
	}
	return c.ReplyVersion(0, d.Version, out)
}

func (s *Service) apiWrite(c *httpx.Ctx) error {
	id, err := ident.Parse(c.Params("id"))
	if err != nil {
		return err
	}
	in, err := httpx.ReadJSON[MessageIn](c)
	if err != nil {
		return err
	}
	var t Ticket
	if in.Internal {
		t, err = s.Note(c.Std(), c.Who, id, Words{Body: in.Body})
	} else {
		t, err = s.Reply(c.Std(), c.Who, id, Words{Body: in.Body})
	}
	if err != nil {
		return err
	}
	return c.Created("/api/v1/tickets/"+string(t.ID), t.Version, s.out(t))
}

func (s *Service) apiState(c *httpx.Ctx) error {
	id, version, err := httpx.ReadChange(c)
	if err != nil {
		return err
	}
	in, err := httpx.ReadJSON[StateIn](c)
	if err != nil {
		return err
	}
	var t Ticket
	w := Words{Version: version, Body: in.Body, Children: Then(in.Children), Anyway: in.Anyway}
	switch State(in.State) {
	case Open:
		t, err = s.Resume(c.Std(), c.Who, id, version)
	case OnHold:
		t, err = s.Hold(c.Std(), c.Who, id, Party(in.WaitsFor), w)
	case Resolved:
		t, err = s.Resolve(c.Std(), c.Who, id, w)
	case Reopened:
		t, err = s.Reopen(c.Std(), c.Who, id, w)
	case Closed:
		t, err = s.CloseAs(c.Std(), c.Who, id, w)
	default:
		var k fault.Check
		k.Need(false, "state", "helpdesk.form.state_unknown")
		err = k.Err()
	}
	if err != nil {
		return httpx.Stale(err)
	}
	return c.ReplyVersion(0, t.Version, s.out(t))
}

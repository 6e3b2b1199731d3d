package helpdesk

import (
	"strconv"
	"time"

	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/ident"
)

// ClassIn says what sort of ticket it is; what is left out stays.
type ClassIn struct {
	Kind    string `json:"kind,omitempty" doc:"incident, request or question"`
	Service string `json:"service,omitempty" doc:"code of a service of the catalogue"`
	Group   string `json:"group,omitempty" doc:"code of a group"`
}

// SubjectIn says what a ticket is about.
type SubjectIn struct {
	Asset   string `json:"asset" doc:"inventory code of the equipment; empty: none"`
	Dossier string `json:"dossier" doc:"number of the dossier; empty: none"`
}

// FieldsIn answers what the ticket's service asks.
type FieldsIn struct {
	Fields map[string]string `json:"fields" doc:"by the code of the field; dates as 2006-01-02"`
}

// TagsIn are all the tags of a ticket.
type TagsIn struct {
	Tags []string `json:"tags"`
}

// LinkIn ties a ticket to another one.
type LinkIn struct {
	To     ident.ID `json:"to"`
	Kind   string   `json:"kind" doc:"relates, duplicates or causes"`
	Reason string   `json:"reason,omitempty"`
}

// ParentIn puts a ticket under another one.
type ParentIn struct {
	Parent ident.ID `json:"parent" doc:"empty: under none"`
}

// MergeIn merges a ticket into another one.
type MergeIn struct {
	Into ident.ID `json:"into" doc:"empty: undo the merge"`
}

// SplitIn makes a message a ticket of its own.
type SplitIn struct {
	Message ident.ID `json:"message"`
	Title   string   `json:"title,omitempty" doc:"empty: that of the first ticket"`
}

// SnoozeIn puts a ticket out of the way.
type SnoozeIn struct {
	Until *time.Time `json:"until,omitempty" doc:"empty: the next working morning; never later than what is due"`
	Awake bool       `json:"awake,omitempty" doc:"bring it back now"`
}

// SpentIn is time that was worked.
type SpentIn struct {
	Minutes int64  `json:"minutes"`
	Note    string `json:"note,omitempty"`
}

// CheckIn marks a line of the checklist.
type CheckIn struct {
	Done bool `json:"done"`
}

// WatcherIn says whether somebody watches.
type WatcherIn struct {
	Watching bool `json:"watching"`
}

// ServiceOut is a service of the catalogue as the API shows it.
type ServiceOut struct {
	Code      string     `json:"code"`
	Name      string     `json:"name"`
	Group     string     `json:"group"`
	Kind      string     `json:"kind"`
	Impact    int        `json:"impact"`
	Urgency   int        `json:"urgency"`
	Active    bool       `json:"active"`
	Checklist []Item     `json:"checklist"`
	Fields    []FieldDef `json:"fields"`
}

// GroupOut is a group as the API shows it.
type GroupOut struct {
	Code         string `json:"code"`
	Name         string `json:"name"`
	FollowUp     string `json:"follow_up" doc:"what a word on a closed ticket does: reopen or new"`
	FollowUpDays int    `json:"follow_up_days"`
	Active       bool   `json:"active"`
}

// TagOut is a tag with how many tickets have it.
type TagOut struct {
	Tag   string `json:"tag"`
	Label string `json:"label"`
	Uses  int64  `json:"uses"`
}

func (s *Service) toolAPI(r *httpx.Router) {
	change := func(method, path, id, summary string, in any, do func(*httpx.Ctx, ident.ID, int64) (Ticket, error)) {
		r.API(httpx.Op{Method: method, Path: "/api/v1/tickets/:id/" + path, ID: id, Tag: area, Summary: summary, In: in, Out: TicketOut{}, Changes: true}, s.apiChange(do))
	}
	add := func(path, id, summary string, in any, do func(*httpx.Ctx, ident.ID) (Ticket, error)) {
		r.API(httpx.Op{Method: "POST", Path: "/api/v1/tickets/:id/" + path, ID: id, Tag: area, Summary: summary, In: in, Out: TicketOut{}, Status: 201, Creates: true}, s.apiMake(do))
	}
	change("PUT", "class", "classifyTicket", "Say what sort of ticket it is, and who works on it", ClassIn{}, s.apiClass)
	change("PUT", "subject", "setTicketSubject", "Say which equipment and which dossier it is about", SubjectIn{}, s.apiSubject)
	change("PUT", "fields", "setTicketFields", "Answer what its service asks", FieldsIn{}, s.apiFields)
	change("PUT", "tags", "setTicketTags", "Give it exactly these tags", TagsIn{}, s.apiTags)
	change("PUT", "parent", "setTicketParent", "Put it under another ticket, or under none", ParentIn{}, s.apiParent)
	change("PUT", "merge", "mergeTicket", "Merge it into another ticket, or undo that", MergeIn{}, s.apiMerge)
	change("PUT", "snooze", "snoozeTicket", "Put it out of the way until a moment, or bring it back", SnoozeIn{}, s.apiSnooze)
	change("PUT", "checks/:position", "checkTicket", "Mark a line of its checklist", CheckIn{}, s.apiCheck)
	change("PUT", "watchers/:person", "watchTicket", "Let somebody watch it, or no longer", WatcherIn{}, s.apiWatch)
	change("DELETE", "links/:link", "unlinkTicket", "Take a link away", nil, s.apiUnlink)
	add("links", "linkTicket", "Tie it to another ticket", LinkIn{}, s.apiLink)
	add("split", "splitTicket", "Make one of its messages a ticket of its own", SplitIn{}, s.apiSplit)
	add("spent", "spendOnTicket", "Note time that was worked on it", SpentIn{}, s.apiSpent)
	r.API(httpx.Op{Method: "GET", Path: "/api/v1/tickets/pick", ID: "pickTickets", Tag: area, Summary: "Tickets that a number or some words may mean",
		Query: []httpx.Param{{Name: "q", Doc: "HT-2016-000042, 42, or words"}}, Out: httpx.List[TicketOut]{}}, s.apiPick)
	r.API(httpx.Op{Method: "GET", Path: "/api/v1/desk/services", ID: "listServices", Tag: area, Summary: "The catalogue of services", Out: httpx.List[ServiceOut]{}}, s.apiServices)
	r.API(httpx.Op{Method: "GET", Path: "/api/v1/desk/groups", ID: "listGroups", Tag: area, Summary: "The groups that answer tickets", Out: httpx.List[GroupOut]{}}, s.apiGroups)
	r.API(httpx.Op{Method: "GET", Path: "/api/v1/desk/tags", ID: "listTags", Tag: area, Summary: "Tags in use, the most used first",
		Query: []httpx.Param{{Name: "q", Doc: "how the tag begins, marks or not"}}, Out: httpx.List[TagOut]{}}, s.apiTagList)
}

// apiChange is a change of one ticket at the version that the caller saw.
func (s *Service) apiChange(do func(*httpx.Ctx, ident.ID, int64) (Ticket, error)) func(*httpx.Ctx) error {
	return func(c *httpx.Ctx) error {
		id, version, err := httpx.ReadChange(c)
		if err != nil {
			return err
		}
		t, err := do(c, id, version)
		if err != nil {
			return httpx.Stale(err)
		}
		return c.ReplyVersion(0, t.Version, s.out(t))
	}
}

// apiMake adds something to a ticket; the answer is the ticket that has it.
func (s *Service) apiMake(do func(*httpx.Ctx, ident.ID) (Ticket, error)) func(*httpx.Ctx) error {
	return func(c *httpx.Ctx) error {
		id, err := ident.Parse(c.Params("id"))
		if err != nil {
			return err
		}
		t, err := do(c, id)
		if err != nil {
			return err
		}
		return c.Created("/api/v1/tickets/"+string(t.ID), t.Version, s.out(t))
	}
}

func (s *Service) apiClass(c *httpx.Ctx, id ident.ID, version int64) (Ticket, error) {
	in, err := httpx.ReadJSON[ClassIn](c)
	if err != nil {
		return Ticket{}, err
	}
	return s.Sort(c.Std(), c.Who, id, version, Kind(in.Kind), Category(in.Service), Group(in.Group))
}

func (s *Service) apiSubject(c *httpx.Ctx, id ident.ID, version int64) (Ticket, error) {
	in, err := httpx.ReadJSON[SubjectIn](c)
	if err != nil {
		return Ticket{}, err
	}
	return s.SetSubject(c.Std(), c.Who, id, version, in.Asset, in.Dossier)
}

func (s *Service) apiFields(c *httpx.Ctx, id ident.ID, version int64) (Ticket, error) {
	in, err := httpx.ReadJSON[FieldsIn](c)
	if err != nil {
		return Ticket{}, err
	}
	return s.SetFields(c.Std(), c.Who, id, version, in.Fields)
}

func (s *Service) apiTags(c *httpx.Ctx, id ident.ID, version int64) (Ticket, error) {
	in, err := httpx.ReadJSON[TagsIn](c)
	if err != nil {
		return Ticket{}, err
	}
	return s.SetTags(c.Std(), c.Who, id, version, in.Tags)
}

func (s *Service) apiParent(c *httpx.Ctx, id ident.ID, version int64) (Ticket, error) {
	in, err := httpx.ReadJSON[ParentIn](c)
	if err != nil {
		return Ticket{}, err
	}
	return s.SetParent(c.Std(), c.Who, id, version, in.Parent)
}

func (s *Service) apiMerge(c *httpx.Ctx, id ident.ID, version int64) (Ticket, error) {
	in, err := httpx.ReadJSON[MergeIn](c)
	if err != nil {
		return Ticket{}, err
	}
	if in.Into == "" {
		return s.Unmerge(c.Std(), c.Who, id, version)
	}
	return s.Merge(c.Std(), c.Who, id, version, in.Into)
}

func (s *Service) apiSnooze(c *httpx.Ctx, id ident.ID, version int64) (Ticket, error) {
	in, err := httpx.ReadJSON[SnoozeIn](c)
	if err != nil {
		return Ticket{}, err
	}
	if in.Awake {
		return s.Wake(c.Std(), c.Who, id, version)
	}
	until := time.Time{}
	if in.Until != nil {
		until = *in.Until
	}
	return s.Snooze(c.Std(), c.Who, id, version, until)
}

// current is nil when the ticket stands at the version that the caller saw, for changes
// that rest on nothing else.
func (s *Service) current(c *httpx.Ctx, id ident.ID, version int64) error {
	if err := c.Who.Need(Work); err != nil {
		return err
	}
	t, err := s.one(c.Std(), s.DB.Read(), c.Who, id)
	if err == nil && t.Version != version {
		err = fault.New(fault.Conflict, "fault.changed_meanwhile")
	}
	return err
}

func (s *Service) apiCheck(c *httpx.Ctx, id ident.ID, version int64) (Ticket, error) {
	in, err := httpx.ReadJSON[CheckIn](c)
	if err != nil {
		return Ticket{}, err
	}
	if err := s.current(c, id, version); err != nil {
		return Ticket{}, err
	}
	position, err := strconv.Atoi(c.Params("position"))
	if err != nil {
		return Ticket{}, fault.New(fault.Missing, "fault.missing")
	}
	return s.Tick(c.Std(), c.Who, id, position, in.Done)
}

func (s *Service) apiWatch(c *httpx.Ctx, id ident.ID, version int64) (Ticket, error) {
	in, err := httpx.ReadJSON[WatcherIn](c)
	if err != nil {
		return Ticket{}, err
	}
	person, err := ident.Parse(c.Params("person"))
	if err != nil {
		return Ticket{}, err
	}
	if err := s.current(c, id, version); err != nil {
		return Ticket{}, err
	}
	if in.Watching {
		return s.Watch(c.Std(), c.Who, id, person)
	}
	return s.Unwatch(c.Std(), c.Who, id, person)
}

func (s *Service) apiUnlink(c *httpx.Ctx, id ident.ID, version int64) (Ticket, error) {
	link, err := ident.Parse(c.Params("link"))
	if err != nil {
		return Ticket{}, err
	}
	if err := s.current(c, id, version); err != nil {
		return Ticket{}, err
	}
	return s.Unlink(c.Std(), c.Who, id, link)
}

func (s *Service) apiLink(c *httpx.Ctx, id ident.ID) (Ticket, error) {
	in, err := httpx.ReadJSON[LinkIn](c)
	if err != nil {
		return Ticket{}, err
	}
	return s.Link(c.Std(), c.Who, id, in.To, LinkKind(in.Kind), in.Reason)
}

func (s *Service) apiSplit(c *httpx.Ctx, id ident.ID) (Ticket, error) {
	in, err := httpx.ReadJSON[SplitIn](c)
	if err != nil {
		return Ticket{}, err
	}
	return s.Split(c.Std(), c.Who, id, in.Message, in.Title)
}

func (s *Service) apiSpent(c *httpx.Ctx, id ident.ID) (Ticket, error) {
	in, err := httpx.ReadJSON[SpentIn](c)
	if err != nil {
		return Ticket{}, err
	}
	return s.Spend(c.Std(), c.Who, id, in.Minutes, in.Note)
}

func (s *Service) apiPick(c *httpx.Ctx) error {
	rows, err := s.Pick(c.Std(), c.Who, c.Query("q"), 20)
	if err != nil {
		return err
	}
	list := httpx.List[TicketOut]{Items: []TicketOut{}}
	for _, t := range rows {
		list.Items = append(list.Items, s.out(t))
	}
	return c.Reply(0, list)
}

func (s *Service) apiServices(c *httpx.Ctx) error {
	if err := signedIn(c.Who); err != nil {
		return err
	}
	cat, err := s.Catalogue(c.Std())
	if err != nil {
		return err
	}
	list := httpx.List[ServiceOut]{Items: []ServiceOut{}}
	for _, o := range cat.Offers {
		list.Items = append(list.Items, ServiceOut{Code: string(o.Code), Name: o.name(c.T), Group: string(o.Group), Kind: string(o.Kind), Impact: o.Impact, Urgency: o.Urgency,
			Active: o.Active, Checklist: append([]Item{}, o.Checklist...), Fields: append([]FieldDef{}, o.Fields...)})
	}
	return c.Reply(0, list)
}

func (s *Service) apiGroups(c *httpx.Ctx) error {
	if err := signedIn(c.Who); err != nil {
		return err
	}
	cat, err := s.Catalogue(c.Std())
	if err != nil {
		return err
	}
	list := httpx.List[GroupOut]{Items: []GroupOut{}}
	for _, g := range cat.Teams {
		list.Items = append(list.Items, GroupOut{Code: string(g.Code), Name: g.name(c.T), FollowUp: string(g.FollowUp), FollowUpDays: g.FollowUpDays, Active: g.Active})
	}
	return c.Reply(0, list)
}

func (s *Service) apiTagList(c *httpx.Ctx) error {
	rows, err := s.SuggestTags(c.Std(), c.Who, c.Query("q"), 50)
	if err != nil {
		return err
	}
	list := httpx.List[TagOut]{Items: []TagOut{}}
	for _, t := range rows {
		list.Items = append(list.Items, TagOut{t.Key, t.Label, t.Uses})
	}
	return c.Reply(0, list)
}

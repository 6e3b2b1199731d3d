package incident

import (
	"slices"
	"time"

	"lotrinh/helpdesk"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/page"
)

// Out is an incident as the API shows it.
type Out struct {
	ID         ident.ID    `json:"id"`
	Number     string      `json:"number"`
	Title      string      `json:"title"`
	Service    string      `json:"service" doc:"usage, account, device, line or software"`
	State      string      `json:"state" doc:"running, resolved or closed"`
	Everywhere bool        `json:"everywhere"`
	Big        bool        `json:"big"`
	Known      string      `json:"known,omitempty"`
	Advice     string      `json:"advice,omitempty" doc:"what communes do meanwhile"`
	DeclaredAt time.Time   `json:"declared_at"`
	ResolvedAt *time.Time  `json:"resolved_at,omitempty"`
	Units      int         `json:"units" doc:"communes with a ticket"`
	Tickets    int64       `json:"tickets"`
	Open       int64       `json:"open" doc:"of these, not done"`
	Version    int64       `json:"version"`
	Updates    []UpdateOut `json:"updates,omitempty" doc:"newest first; of one incident only"`
	Reach      []string    `json:"reach,omitempty" doc:"codes of the communes that it is said to hit; of one incident only"`
}

// UpdateOut is a message of an incident as the API shows it.
type UpdateOut struct {
	At   time.Time `json:"at"`
	Kind string    `json:"kind" doc:"declared, told, solved or again"`
	Body string    `json:"body"`
}

// In is a new incident.
type In struct {
	Title      string     `json:"title"`
	Service    string     `json:"service" doc:"usage, account, device, line or software"`
	Known      string     `json:"known,omitempty"`
	Advice     string     `json:"advice,omitempty"`
	Everywhere bool       `json:"everywhere,omitempty"`
	Units      []string   `json:"units,omitempty" doc:"codes of communes or districts"`
	Big        bool       `json:"big,omitempty"`
	Tickets    []ident.ID `json:"tickets,omitempty"`
}

// UpdateIn is a message to all.
type UpdateIn struct {
	Body     string `json:"body"`
	Resolves bool   `json:"resolves,omitempty" doc:"it is over: every linked ticket is answered with this"`
}

// StatusOut is the state of the services.
type StatusOut struct {
	At      time.Time       `json:"at"`
	Running []StatusLineOut `json:"running"`
	Ended   []StatusLineOut `json:"ended" doc:"in the last seven days"`
	Planned []StatusLineOut `json:"planned"`
}

// StatusLineOut is one line of the state of the services. It names no person.
type StatusLineOut struct {
	Title   string     `json:"title"`
	Service string     `json:"service"`
	From    time.Time  `json:"from"`
	Until   *time.Time `json:"until,omitempty"`
}

func outOf(i Incident, n Count) Out {
	return Out{ID: i.ID, Number: i.Number(), Title: i.Title, Service: string(i.Service), State: string(i.State), Everywhere: i.Everywhere, Big: i.Big,
		Known: i.Known, Advice: i.Advice, DeclaredAt: i.DeclaredAt, ResolvedAt: i.ResolvedAt, Units: n.Units, Tickets: n.Tickets, Open: n.Open, Version: i.Version}
}

func (s *Service) api(r *httpx.Router) {
	const tag = "helpdesk"
	r.API(httpx.Op{Method: "GET", Path: "/api/v1/status", ID: "getStatus", Tag: tag, Summary: "State of the services: running, ended lately, planned", Out: StatusOut{}, Open: true}, s.apiStatus)
	r.API(httpx.Op{Method: "GET", Path: "/api/v1/incidents", ID: "listIncidents", Tag: tag, Summary: "Incidents in a state, the newest first",
		Query: append([]httpx.Param{{Name: "state", Doc: "running unasked", Enum: []string{"running", "resolved", "closed"}}}, httpx.Paged...), Out: httpx.List[Out]{}}, s.apiList)
	r.API(httpx.Op{Method: "POST", Path: "/api/v1/incidents", ID: "declareIncident", Tag: tag, Summary: "Declare an incident", In: In{}, Out: Out{}, Status: 201, Creates: true}, s.apiDeclare)
	r.API(httpx.Op{Method: "GET", Path: "/api/v1/incidents/:id", ID: "getIncident", Tag: tag, Summary: "An incident with its course", Out: Out{}}, s.apiGet)
	r.API(httpx.Op{Method: "POST", Path: "/api/v1/incidents/:id/updates", ID: "updateIncident", Tag: tag, Summary: "Tell everybody who is hit, or say that it is over",
		In: UpdateIn{}, Out: Out{}, Status: 201, Creates: true}, s.apiUpdate)
}

func (s *Service) apiStatus(c *httpx.Ctx) error {
	st, err := s.Status(c.Std(), c.Who)
	if err != nil {
		return err
	}
	o := StatusOut{At: st.At, Running: []StatusLineOut{}, Ended: []StatusLineOut{}, Planned: []StatusLineOut{}}
	for _, x := range st.Running {
		o.Running = append(o.Running, StatusLineOut{x.Title, string(x.Service), x.DeclaredAt, nil})
	}
	for _, x := range st.Ended {
		o.Ended = append(o.Ended, StatusLineOut{x.Title, string(x.Service), x.DeclaredAt, x.ResolvedAt})
	}
	for _, x := range st.Planned {
		o.Planned = append(o.Planned, StatusLineOut{x.Title, string(x.Service), x.From, &x.Until})
	}
	return c.Reply(0, o)
}

func (s *Service) apiList(c *httpx.Ctx) error {
	state := State(c.Query("state"))
	if !slices.Contains([]State{Running, Resolved, Closed}, state) {
		state = Running
	}
	rows, err := s.List(c.Std(), c.Who, state, page.Read(c.Query("after"), c.Query("limit")))
	if err != nil {
		return err
	}
	counts, err := s.Counts(c.Std(), rows.Items)
	if err != nil {
		return err
	}
	list := httpx.List[Out]{Items: []Out{}, Next: rows.Next}
	for _, i := range rows.Items {
		list.Items = append(list.Items, outOf(i, counts[i.ID]))
	}
	return c.Reply(0, list)
}

func (s *Service) apiDeclare(c *httpx.Ctx) error {
	in, err := httpx.ReadJSON[In](c)
	if err != nil {
		return err
	}
	inc, err := s.Declare(c.Std(), c.Who, Draft{Title: in.Title, Service: helpdesk.Category(in.Service), Known: in.Known, Advice: in.Advice,
		Everywhere: in.Everywhere, Units: in.Units, Big: in.Big, Tickets: in.Tickets})
	if err != nil {
		return err
	}
	return c.Created("/api/v1/incidents/"+string(inc.ID), inc.Version, outOf(inc, Count{}))
}

func (s *Service) apiGet(c *httpx.Ctx) error {
	id, err := ident.Parse(c.Params("id"))
	if err != nil {
		return err
	}
	d, err := s.Get(c.Std(), c.Who, id)
	if err != nil {
		return err
	}
	o := outOf(d.Incident, d.Count)
	o.Reach = d.Reach
	for _, u := range d.Updates {
		o.Updates = append(o.Updates, UpdateOut{u.At, string(u.Kind), u.Body})
	}
	return c.ReplyVersion(0, d.Version, o)
}

func (s *Service) apiUpdate(c *httpx.Ctx) error {
	id, err := ident.Parse(c.Params("id"))
	if err != nil {
		return err
	}
	in, err := httpx.ReadJSON[UpdateIn](c)
	if err != nil {
		return err
	}
	if in.Resolves {
		_, err = s.Resolve(c.Std(), c.Who, id, 0, in.Body)
	} else {
		_, err = s.Tell(c.Std(), c.Who, id, 0, in.Body)
	}
	if err != nil {
		return err
	}
	inc, err := s.byID(c.Std(), s.DB.Read(), id)
	if err != nil {
		return err
	}
	counts, err := s.Counts(c.Std(), []Incident{inc})
	if err != nil {
		return err
	}
	return c.Created("/api/v1/incidents/"+string(id), inc.Version, outOf(inc, counts[id]))
}

package intake

import (
	"slices"
	"strings"
	"time"

	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/page"
	"lotrinh/inventory"
)

// KeyIn asks for a key.
type KeyIn struct {
	Unit string `json:"unit" doc:"code of a commune or a district"`
	Note string `json:"note,omitempty"`
}

// KeyOut is a key of agents.
type KeyOut struct {
	ID        ident.ID   `json:"id"`
	Login     string     `json:"login"`
	Unit      string     `json:"unit"`
	Note      string     `json:"note"`
	MadeAt    time.Time  `json:"made_at"`
	UsedAt    *time.Time `json:"used_at"`
	RevokedAt *time.Time `json:"revoked_at"`
	Password  string     `json:"password,omitempty" doc:"told once, when the key is made"`
	Path      string     `json:"path,omitempty" doc:"the secret path, told once"`
}

// SenderOut is one agent and how it stands.
type SenderOut struct {
	ID      ident.ID   `json:"id"`
	Device  string     `json:"device" doc:"DEVICEID; @ and an address for what named no machine"`
	Unit    string     `json:"unit" doc:"the commune; the key's district while it is not known"`
	State   State      `json:"state" enum:"failing,silent,never,fine,file,aside"`
	Agent   string     `json:"agent"`
	Tag     string     `json:"tag"`
	Remote  string     `json:"remote"`
	TLS     string     `json:"tls"`
	Asset   ident.ID   `json:"asset,omitempty"`
	Doubt   bool       `json:"doubt"`
	SeenAt  time.Time  `json:"seen_at"`
	GoodAt  *time.Time `json:"good_at"`
	BadAt   *time.Time `json:"bad_at"`
	Problem string     `json:"problem,omitempty" doc:"why the last refused message was refused"`
}

// MessageOut is one message of the log.
type MessageOut struct {
	ID     ident.ID  `json:"id"`
	At     time.Time `json:"at"`
	Kind   string    `json:"kind"`
	Result Result    `json:"result" enum:"kept,refused"`
	Hash   string    `json:"hash"`
	Wire   int64     `json:"wire"`
	Size   int64     `json:"size"`
	Remote string    `json:"remote"`
	File   string    `json:"file,omitempty"`
	Asset  ident.ID  `json:"asset,omitempty"`
	Note   string    `json:"note,omitempty" doc:"why it was refused, or what was repaired"`
}

// TakenOut is what became of a file.
type TakenOut struct {
	Result  Result   `json:"result" enum:"kept,repeated,noted,refused"`
	Device  string   `json:"device"`
	Message ident.ID `json:"message,omitempty"`
	Asset   ident.ID `json:"asset,omitempty"`
	Doubt   bool     `json:"doubt"`
	Repairs []string `json:"repairs"`
}

func (s *Service) api(r *httpx.Router) {
	const tag, base = "inventory", "/api/v1/inventory/"
	r.API(httpx.Op{Method: "GET", Path: base + "agent-keys", ID: "listAgentKeys", Tag: tag, Summary: "Keys of inventory agents, newest first", Query: httpx.Paged, Out: httpx.List[KeyOut]{}}, s.apiKeys)
	r.API(httpx.Op{Method: "POST", Path: base + "agent-keys", ID: "makeAgentKey", Tag: tag, Summary: "Admit the agents of a unit; the password is told once", In: KeyIn{}, Out: KeyOut{}, Status: 201}, s.apiMakeKey)
	r.API(httpx.Op{Method: "DELETE", Path: base + "agent-keys/:id", ID: "revokeAgentKey", Tag: tag, Summary: "Revoke a key", Out: KeyOut{}}, s.apiRevokeKey)
	r.API(httpx.Op{Method: "GET", Path: base + "agents", ID: "listAgents", Tag: tag, Summary: "Agents and how they stand", Out: httpx.List[SenderOut]{},
		Query: append([]httpx.Param{{Name: "state", Doc: "only those in this state", Enum: []string{"failing", "silent", "never", "fine", "file", "aside"}},
			{Name: "unit", Doc: "code of a unit, with all below it"}, {Name: "days", Doc: "from how many days an agent is silent"}}, httpx.Paged...)}, s.apiSenders)
	r.API(httpx.Op{Method: "GET", Path: base + "agents/:id/messages", ID: "listAgentMessages", Tag: tag, Summary: "What an agent sent, newest first", Query: httpx.Paged, Out: httpx.List[MessageOut]{}}, s.apiMessages)
	r.API(httpx.Op{Method: "POST", Path: base + "reports", ID: "sendInventory", Tag: tag, Summary: "Send one inventory file, XML or JSON, its bytes as the body; sending it again is fine", Out: TakenOut{},
		Query: []httpx.Param{{Name: "unit", Doc: "code of the unit of the machine; a tag in the file may name a commune below it"}, {Name: "name", Doc: "name of the file, for the log"}}, Body: mostWire}, s.apiReport)
}

func keyOut(k Key) KeyOut {
	return KeyOut{ID: k.ID, Login: k.Login, Unit: k.Unit, Note: k.Note, MadeAt: k.MadeAt, UsedAt: k.UsedAt, RevokedAt: k.RevokedAt}
}

func listed[T, O any](p page.Page[T], of func(T) O) httpx.List[O] {
	out := httpx.List[O]{Items: []O{}, Next: p.Next}
	for _, x := range p.Items {
		out.Items = append(out.Items, of(x))
	}
	return out
}

func (s *Service) apiKeys(c *httpx.Ctx) error {
	rows, err := s.AllKeys(c.Std(), c.Who, page.Read(c.Query("after"), c.Query("limit")))
	if err != nil {
		return err
	}
	return c.Reply(0, listed(rows, keyOut))
}

func (s *Service) apiMakeKey(c *httpx.Ctx) error {
	in, err := httpx.ReadJSON[KeyIn](c)
	if err != nil {
		return err
	}
	made, err := s.MakeKey(c.Std(), c.Who, in.Unit, in.Note)
	if err != nil {
		return err
	}
	out := keyOut(made.Key)
	out.Password, out.Path = made.Plain, made.Path()
	return c.Reply(201, out)
}

func (s *Service) apiRevokeKey(c *httpx.Ctx) error {
	id, err := idOf(c)
	if err != nil {
		return err
	}
	k, err := s.RevokeKey(c.Std(), c.Who, id)
	if err != nil {
		return err
	}
	return c.Reply(0, keyOut(k))
}

func (s *Service) apiSenders(c *httpx.Ctx) error {
	f := readFilter(c)
	rows, err := s.Senders(c.Std(), c.Who, f, page.Read(c.Query("after"), c.Query("limit")))
	if err != nil {
		return err
	}
	now := s.Business.Now()
	return c.Reply(0, listed(rows, func(x Sender) SenderOut {
		out := SenderOut{ID: x.ID, Device: x.Device, Unit: x.Unit, State: x.StateAt(now, s.after(f)), Agent: x.Agent, Tag: x.Tag, Remote: x.Remote, TLS: x.TLS, Asset: x.Asset, Doubt: x.Doubt,
			SeenAt: x.SeenAt, GoodAt: x.GoodAt, BadAt: x.BadAt}
		if line, ok := x.Problem(); ok {
			out.Problem = c.T.Line(line)
		}
		return out
	}))
}

func (s *Service) apiMessages(c *httpx.Ctx) error {
	id, err := idOf(c)
	if err != nil {
		return err
	}
	_, rows, err := s.Sender(c.Std(), c.Who, id, page.Read(c.Query("after"), c.Query("limit")))
	if err != nil {
		return err
	}
	return c.Reply(0, listed(rows, func(m Message) MessageOut {
		return MessageOut{ID: m.ID, At: m.At, Kind: string(m.Kind), Result: m.Result, Hash: m.Hash, Wire: m.Wire, Size: m.Size, Remote: m.Remote, File: m.File, Asset: m.Asset, Note: m.Note(c.T)}
	}))
}

func (s *Service) apiReport(c *httpx.Ctx) error {
	if err := c.Who.Need(inventory.Edit); err != nil {
		return err
	}
	name := c.Query("name")
	if name == "" {
		name = "api"
	}
	all, err := s.TakeFiles(c.Std(), c.Who, c.Query("unit"), []File{{name, c.Request().Body()}})
	if err != nil {
		return err
	}
	got := all[0]
	if got.Problem != nil {
		return fault.New(got.Problem.Kind, got.Problem.Key, got.Problem.Args...)
	}
	return c.Reply(0, TakenOut{Result: got.Result, Device: got.Device, Message: got.Message, Asset: got.Asset, Doubt: got.Doubt, Repairs: strings.Fields(words(got.Repairs))})
}

func hasWord(list, word string) bool { return slices.Contains(strings.Fields(list), word) }

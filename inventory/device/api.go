package device

import (
	"time"

	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/page"
	"lotrinh/inventory/identity"
)

const apiPath = "/api/v1/inventory/devices"

// JSON is a device as the API shows it.
type JSON struct {
	ID      ident.ID `json:"id"`
	Asset   ident.ID `json:"asset,omitempty" doc:"the asset that it is; absent while that is open"`
	Unit    string   `json:"unit" doc:"code of the commune, or of the district, that it reports from"`
	State   State    `json:"state" doc:"linked, doubt (a person decides) or nowhere (nothing says in which commune it stands)"`
	Host    string   `json:"host,omitempty"`
	Model   string   `json:"model,omitempty"`
	Serial  string   `json:"serial,omitempty"`
	Agent   string   `json:"agent,omitempty" doc:"program and version"`
	FirstAt string   `json:"first_at"`
	TakenAt string   `json:"taken_at" doc:"when the last report was so"`
	LastAt  string   `json:"last_at" doc:"when it came"`
	Version int64    `json:"version"`
}

// FullJSON is a device with what its last report tells and why it is that asset.
type FullJSON struct {
	JSON
	Facts    map[string]string `json:"facts"`
	Marks    []MarkJSON        `json:"marks" doc:"what it is known by, strongest first"`
	Why      []string          `json:"why" doc:"reasons for the link, or for the lack of one, in words"`
	Sections []SectionJSON     `json:"sections"`
}

// MarkJSON is one thing that a device is known by.
type MarkJSON struct {
	Kind  identity.Kind `json:"kind"`
	Value string        `json:"value"`
}

// SectionJSON is one section of a device's last report, without its entries.
type SectionJSON struct {
	Name    string `json:"name"`
	Entries int64  `json:"entries"`
	Since   string `json:"since" doc:"when it became what it is"`
	Gone    bool   `json:"gone,omitempty" doc:"the last whole report did not have it"`
}

func (p *pages) apiRoutes(r *httpx.Router) {
	const tag = "inventory"
	r.API(httpx.Op{Method: "GET", Path: apiPath, ID: "listDevices", Tag: tag, Summary: "Machines as agents reported them, newest first",
		Query: append([]httpx.Param{{Name: "unit", Doc: "code of a commune"}, {Name: "state", Doc: "what is known of the asset that it is", Enum: []string{string(Linked), string(Doubted), string(Nowhere)}}},
			httpx.Paged...), Out: httpx.List[JSON]{}}, p.apiDevices)
	r.API(httpx.Op{Method: "GET", Path: apiPath + "/:id", ID: "getDevice", Tag: tag, Summary: "One machine: what it last told, what it is known by and why it is that asset",
		Out: FullJSON{}}, p.apiDevice)
}

func deviceJSON(d Device) JSON {
	at := func(t time.Time) string { return t.UTC().Format(time.RFC3339) }
	return JSON{ID: d.ID, Asset: d.Asset, Unit: d.Unit, State: d.State, Host: d.Host, Model: d.Model, Serial: d.Serial, Agent: d.Agent,
		FirstAt: at(d.FirstAt), TakenAt: at(d.TakenAt), LastAt: at(d.LastAt), Version: d.Version}
}

func (p *pages) apiDevices(c *httpx.Ctx) error {
	all, err := p.Devices(c.Std(), c.Who, Filter{Unit: c.Query("unit"), State: State(c.Query("state"))}, page.Read(c.Query("after"), c.Query("limit")))
	if err != nil {
		return err
	}
	out := httpx.List[JSON]{Items: []JSON{}, Next: all.Next}
	for _, d := range all.Items {
		out.Items = append(out.Items, deviceJSON(d))
	}
	return c.Reply(0, out)
}

func (p *pages) apiDevice(c *httpx.Ctx) error {
	key, err := id(c)
	if err != nil {
		return err
	}
	v, err := p.Device(c.Std(), c.Who, key)
	if err != nil {
		return err
	}
	out := FullJSON{JSON: deviceJSON(v.Device), Facts: v.Reading().Facts, Marks: []MarkJSON{}, Why: []string{}, Sections: []SectionJSON{}}
	if out.Facts == nil {
		out.Facts = map[string]string{}
	}
	for _, m := range v.Marks {
		out.Marks = append(out.Marks, MarkJSON{m.Kind, m.Value})
	}
	for _, why := range v.Why() {
		out.Why = append(out.Why, c.T.Line(why.Text))
	}
	for _, s := range v.Sections {
		out.Sections = append(out.Sections, SectionJSON{s.Name, s.Entries, s.Since.UTC().Format(time.RFC3339), s.Gone})
	}
	return c.ReplyVersion(0, v.Version, out)
}

package line

import (
	"time"

	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/page"
)

// JSON is a line as the API shows it. Figures are of working hours in the last fourteen
// days and null while they rest on too little.
type JSON struct {
	ID           ident.ID   `json:"id" doc:"of the asset"`
	Code         string     `json:"code"`
	Unit         string     `json:"unit"`
	Name         string     `json:"name"`
	Provider     string     `json:"provider"`
	Circuit      string     `json:"circuit"`
	Health       Health     `json:"health" doc:"dead, slow, unknown or fine"`
	Since        time.Time  `json:"since"`
	ProbedAt     *time.Time `json:"probed_at"`
	P95          *float64   `json:"rtt_ms" doc:"95th percentile"`
	Loss         *float64   `json:"loss_percent"`
	Down         *float64   `json:"down_mbps" doc:"median"`
	Up           *float64   `json:"up_mbps" doc:"median"`
	Availability *float64   `json:"availability_percent"`
}

// MeasurementIn is what a program at a commune found.
type MeasurementIn struct {
	At   *time.Time `json:"at,omitempty" doc:"now unless it says otherwise; at most a day ago"`
	RTTs []float64  `json:"rtts_ms,omitempty" doc:"round trips of the requests that were answered"`
	Sent int        `json:"sent,omitempty" doc:"requests, at most 30"`
	Lost int        `json:"lost,omitempty" doc:"of them without an answer"`
	Down *float64   `json:"down_mbps,omitempty"`
	Up   *float64   `json:"up_mbps,omitempty"`
}

// MeasurementJSON is a measurement as it was kept.
type MeasurementJSON struct {
	ID   ident.ID  `json:"id"`
	Line ident.ID  `json:"line"`
	At   time.Time `json:"at"`
	Sent int       `json:"sent"`
	Lost int       `json:"lost"`
	Down *float64  `json:"down_mbps"`
	Up   *float64  `json:"up_mbps"`
}

func (s *Service) api(r *httpx.Router) {
	const tag = "inventory"
	r.API(httpx.Op{Method: "GET", Path: "/api/v1/inventory/lines", ID: "listLines", Tag: tag, Summary: "WAN lines within reach with how they stand, the worst first",
		Query: append([]httpx.Param{{Name: "health", Doc: "how they stand", Enum: []string{"dead", "slow", "unknown", "fine"}}, {Name: "district", Doc: "code of a district"}}, httpx.Paged...),
		Out:   httpx.List[JSON]{}}, s.apiLines)
	r.API(httpx.Op{Method: "GET", Path: "/api/v1/inventory/lines/:id", ID: "getLine", Tag: tag, Summary: "One line with how it stands", Out: JSON{}}, s.apiLine)
	r.API(httpx.Op{Method: "POST", Path: "/api/v1/inventory/lines/:id/measurements", ID: "measureLine", Tag: tag, Summary: "Record what a program at the commune measured",
		In: MeasurementIn{}, Out: MeasurementJSON{}, Status: 201, Creates: true}, s.apiMeasured)
}

func (r Row) json() JSON {
	out := JSON{ID: r.Asset, Code: r.Code, Unit: r.Unit, Name: r.Name, Provider: r.ProviderName, Circuit: r.Circuit, Health: r.Health, Since: r.Since,
		P95: r.P95, Loss: r.Loss, Down: r.Down, Up: r.Up, Availability: r.Availability}
	if !r.ProbedAt.IsZero() {
		out.ProbedAt = &r.ProbedAt
	}
	return out
}

func (s *Service) apiLines(c *httpx.Ctx) error {
	b, err := s.Lines(c.Std(), c.Who, Filter{Health: Health(c.Query("health")), District: c.Query("district")}, page.Read(c.Query("after"), c.Query("limit")))
	if err != nil {
		return err
	}
	out := httpx.List[JSON]{Items: []JSON{}, Next: b.Rows.Next}
	for _, r := range b.Rows.Items {
		out.Items = append(out.Items, r.json())
	}
	return c.Reply(0, out)
}

func (s *Service) apiLine(c *httpx.Ctx) error {
	key, err := id(c)
	if err != nil {
		return err
	}
	v, err := s.Line(c.Std(), c.Who, key)
	if err != nil {
		return err
	}
	return c.Reply(0, v.json())
}

func (s *Service) apiMeasured(c *httpx.Ctx) error {
	key, err := id(c)
	if err != nil {
		return err
	}
	in, err := httpx.ReadJSON[MeasurementIn](c)
	if err != nil {
		return err
	}
	p := Posted{RTTs: in.RTTs, Sent: in.Sent, Lost: in.Lost, Down: in.Down, Up: in.Up}
	if in.At != nil {
		p.At = *in.At
	}
	r, err := s.Post(c.Std(), c.Who, key, p)
	if err != nil {
		return err
	}
	return c.Created("/api/v1/inventory/lines/"+string(key), 1, MeasurementJSON{ID: r.ID, Line: r.Asset, At: r.At, Sent: r.Sent, Lost: r.Lost, Down: r.Down, Up: r.Up})
}

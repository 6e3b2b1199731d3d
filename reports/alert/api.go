package alert

import (
	"time"

	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/page"
	"lotrinh/reports/metric"
)

// apiRoot is where the API of this room begins.
const apiRoot = "/api/v1/reports/alerts"

// Out is an episode as the API shows it. Values are in the metric's unit: a share of one
// for rates and for changes against the past.
type Out struct {
	ID          ident.ID   `json:"id"`
	Rule        ident.ID   `json:"rule"`
	Name        string     `json:"name"`
	Metric      metric.Key `json:"metric"`
	Unit        string     `json:"unit"`
	Severity    Severity   `json:"severity" doc:"info, warning or critical"`
	Threshold   float64    `json:"threshold"`
	Value       float64    `json:"value" doc:"when it opened"`
	Peak        float64    `json:"peak"`
	OpenedAt    time.Time  `json:"opened_at"`
	ClosedAt    *time.Time `json:"closed_at,omitempty"`
	ClosedValue *float64   `json:"closed_value,omitempty"`
	AckedAt     *time.Time `json:"acked_at,omitempty"`
	Note        string     `json:"note,omitempty"`
	Version     int64      `json:"version"`
}

// AckIn takes note of an episode.
type AckIn struct {
	Note string `json:"note"`
}

func (s *Service) api(r *httpx.Router) {
	const tag = "reports"
	r.API(httpx.Op{Method: "GET", Path: apiRoot, ID: "listAlerts", Tag: tag, Summary: "Alerts, newest first", Query: append([]httpx.Param{{Name: "only", Doc: "all; open ones when absent"}}, httpx.Paged...),
		Out: httpx.List[Out]{}}, s.apiList)
	r.API(httpx.Op{Method: "GET", Path: apiRoot + "/:id", ID: "getAlert", Tag: tag, Summary: "One alert", Out: Out{}}, s.apiOne)
	r.API(httpx.Op{Method: "POST", Path: apiRoot + "/:id/ack", ID: "acknowledgeAlert", Tag: tag, Summary: "Take note of an alert", In: AckIn{}, Out: Out{}, Changes: true}, s.apiAck)
}

func out(c *httpx.Ctx, e Episode) Out {
	o := Out{ID: e.ID, Rule: e.Rule, Name: e.Title(c.T), Metric: e.Metric, Unit: e.Unit, Severity: e.Severity, Threshold: float64(e.Threshold) / grain, Value: float64(e.Value) / grain,
		Peak: float64(e.Peak) / grain, OpenedAt: e.OpenedAt.UTC(), Note: e.AckNote, Version: e.Version}
	if e.ClosedAt != nil {
		at, v := e.ClosedAt.UTC(), float64(e.ClosedValue)/grain
		o.ClosedAt, o.ClosedValue = &at, &v
	}
	if e.AckedAt != nil {
		at := e.AckedAt.UTC()
		o.AckedAt = &at
	}
	return o
}

func (s *Service) apiList(c *httpx.Ctx) error {
	rows, err := s.List(c.Std(), c.Who, c.Query("only") == "all", page.Read(c.Query("after"), c.Query("limit")))
	if err != nil {
		return err
	}
	all := httpx.List[Out]{Items: make([]Out, len(rows.Items)), Next: rows.Next}
	for i, e := range rows.Items {
		all.Items[i] = out(c, e)
	}
	return c.Reply(0, all)
}

func (s *Service) apiOne(c *httpx.Ctx) error {
	id, err := ident.Parse(c.Params("id"))
	if err != nil {
		return err
	}
	e, _, err := s.Get(c.Std(), c.Who, id)
	if err != nil {
		return err
	}
	return c.ReplyVersion(0, e.Version, out(c, e))
}

func (s *Service) apiAck(c *httpx.Ctx) error {
	id, version, err := httpx.ReadChange(c)
	if err != nil {
		return err
	}
	in, err := httpx.ReadJSON[AckIn](c)
	if err != nil {
		return err
	}
	e, err := s.Acknowledge(c.Std(), c.Who, id, version, in.Note)
	if err != nil {
		return httpx.Stale(err)
	}
	return c.ReplyVersion(0, e.Version, out(c, e))
}

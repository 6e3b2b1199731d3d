package reports

import (
	"encoding/json"
	"strconv"
	"time"

	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/page"
)

// RunOut is a run as the API shows it.
type RunOut struct {
	ID         string          `json:"id"`
	Definition string          `json:"definition"`
	Programme  string          `json:"programme"`
	Cut        string          `json:"cut" doc:"code of the unit that the report is about"`
	Period     Period          `json:"period"`
	Kind       Kind            `json:"kind" doc:"scheduled, made_up or manual"`
	State      State           `json:"state" doc:"queued, rendering, rendered, sending, sent, failed or cancelled"`
	NominalAt  time.Time       `json:"nominal_at"`
	FinishedAt *time.Time      `json:"finished_at,omitempty"`
	Problem    string          `json:"problem,omitempty"`
	Hash       string          `json:"hash,omitempty" doc:"SHA-256 of the figures' bytes"`
	Figures    json.RawMessage `json:"figures,omitempty" doc:"the frozen figures; only of one run, once it is done"`
	PDF        string          `json:"pdf,omitempty"`
	XLSX       string          `json:"xlsx,omitempty"`
}

// RunIn asks for a report of the running period.
type RunIn struct {
	Definition string `json:"definition"`
	Programme  string `json:"programme"`
	Cut        string `json:"cut"`
}

// ScheduleOut is a schedule as the API shows it.
type ScheduleOut struct {
	ID         string      `json:"id"`
	Definition string      `json:"definition"`
	Programme  string      `json:"programme"`
	Cut        string      `json:"cut"`
	Spec       string      `json:"spec" doc:"five fields of cron, in the city's time"`
	Enabled    bool        `json:"enabled"`
	CatchUp    int64       `json:"catch_up" doc:"how many missed periods are made up"`
	NextRun    time.Time   `json:"next_run"`
	Coming     []time.Time `json:"coming"`
	Version    int64       `json:"version"`
}

// ScheduleIn changes a schedule.
type ScheduleIn struct {
	Spec    string `json:"spec"`
	Enabled bool   `json:"enabled"`
	CatchUp int64  `json:"catch_up"`
}

func (s *Service) api(r *httpx.Router) {
	const tag = "reports"
	r.API(httpx.Op{Method: "GET", Path: "/api/v1/reports/runs", ID: "listReportRuns", Tag: tag, Summary: "Reports, newest first",
		Query: httpx.Paged, Out: httpx.List[RunOut]{}}, s.apiRuns)
	r.API(httpx.Op{Method: "POST", Path: "/api/v1/reports/runs", ID: "startReportRun", Tag: tag, Summary: "Make a report of the running period",
		In: RunIn{}, Out: RunOut{}, Status: 201, Creates: true}, s.apiStart)
	r.API(httpx.Op{Method: "GET", Path: "/api/v1/reports/runs/:id", ID: "getReportRun", Tag: tag, Summary: "One report with its frozen figures",
		Out: RunOut{}}, s.apiRun)
	r.API(httpx.Op{Method: "GET", Path: "/api/v1/reports/schedules", ID: "listReportSchedules", Tag: tag, Summary: "Schedules",
		Out: httpx.List[ScheduleOut]{}}, s.apiSchedules)
	r.API(httpx.Op{Method: "GET", Path: "/api/v1/reports/schedules/:id", ID: "getReportSchedule", Tag: tag, Summary: "One schedule",
		Out: ScheduleOut{}}, s.apiSchedule)
	r.API(httpx.Op{Method: "PUT", Path: "/api/v1/reports/schedules/:id", ID: "changeReportSchedule", Tag: tag, Summary: "Change a schedule",
		In: ScheduleIn{}, Out: ScheduleOut{}, Changes: true}, s.apiChange)
}

func runOut(c *httpx.Ctx, r RunRow) RunOut {
	o := RunOut{ID: string(r.ID), Definition: r.Definition, Programme: r.Programme, Cut: r.Cut, Period: r.Period(), Kind: r.Kind, State: r.State, NominalAt: r.NominalAt.UTC()}
	if r.FinishedAt != nil {
		at := r.FinishedAt.UTC()
		o.FinishedAt = &at
	}
	if l := r.Trouble(); l.Key != "" {
		o.Problem = c.T.Line(l)
	}
	if r.Made() {
		o.PDF, o.XLSX = "/reports/runs/"+o.ID+"/report.pdf", "/reports/runs/"+o.ID+"/report.xlsx"
	}
	return o
}

func (s *Service) apiRuns(c *httpx.Ctx) error {
	p, err := s.Runs(c.Std(), c.Who, page.Read(c.Query("after"), c.Query("limit")))
	if err != nil {
		return err
	}
	out := httpx.List[RunOut]{Items: []RunOut{}, Next: p.Next}
	for _, r := range p.Items {
		out.Items = append(out.Items, runOut(c, r))
	}
	return c.Reply(0, out)
}

func (s *Service) apiStart(c *httpx.Ctx) error {
	in, err := httpx.ReadJSON[RunIn](c)
	if err != nil {
		return err
	}
	r, err := s.RunNow(c.Std(), c.Who, in.Definition, in.Programme, in.Cut)
	if err != nil {
		return err
	}
	return c.Created("/api/v1/reports/runs/"+string(r.ID), r.Version, runOut(c, r))
}

func (s *Service) apiRun(c *httpx.Ctx) error {
	id, err := ident.Parse(c.Params("id"))
	if err != nil {
		return err
	}
	r, err := s.RunOf(c.Std(), c.Who, id)
	if err != nil {
		return err
	}
	out := runOut(c, r)
	if r.Made() {
		sn, err := s.SnapshotOf(c.Std(), c.Who, id)
		if err != nil {
			return err
		}
		out.Hash, out.Figures = sn.Hash, json.RawMessage(sn.Body)
	}
	return c.ReplyVersion(0, r.Version, out)
}

func (s *Service) scheduleOut(sc Schedule) ScheduleOut {
	o := ScheduleOut{ID: string(sc.ID), Definition: sc.Definition, Programme: sc.Programme, Cut: sc.Cut, Spec: sc.Spec, Enabled: sc.Enabled,
		CatchUp: sc.CatchUp, NextRun: sc.NextRun.UTC(), Coming: []time.Time{}, Version: sc.Version}
	if spec, err := sc.parsed(); err == nil && sc.Enabled {
		o.Coming = spec.Preview(s.business.Now(), previewed)
	}
	return o
}

func (s *Service) apiSchedules(c *httpx.Ctx) error {
	all, err := s.Schedules(c.Std(), c.Who)
	if err != nil {
		return err
	}
	out := httpx.List[ScheduleOut]{Items: []ScheduleOut{}}
	for _, sc := range all {
		out.Items = append(out.Items, s.scheduleOut(sc))
	}
	return c.Reply(0, out)
}

func (s *Service) apiSchedule(c *httpx.Ctx) error {
	id, err := ident.Parse(c.Params("id"))
	if err != nil {
		return err
	}
	sc, err := s.Schedule(c.Std(), c.Who, id)
	if err != nil {
		return err
	}
	return c.ReplyVersion(0, sc.Version, s.scheduleOut(sc))
}

func (s *Service) apiChange(c *httpx.Ctx) error {
	id, version, err := httpx.ReadChange(c)
	if err != nil {
		return err
	}
	in, err := httpx.ReadJSON[ScheduleIn](c)
	if err != nil {
		return err
	}
	sc, err := s.ChangeSchedule(c.Std(), c.Who, id, version, ScheduleForm{Spec: in.Spec, CatchUp: strconv.FormatInt(in.CatchUp, 10), Enabled: in.Enabled})
	if err != nil {
		return httpx.Stale(err)
	}
	return c.ReplyVersion(0, sc.Version, s.scheduleOut(sc))
}

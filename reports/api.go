package reports

import (
	"encoding/json"
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
	Editions   int64           `json:"editions" doc:"how many editions there are; 0 while it is not made"`
	Hash       string          `json:"hash,omitempty" doc:"SHA-256 of the figures' bytes"`
	Figures    json.RawMessage `json:"figures,omitempty" doc:"the frozen figures; only of one run, once it is done"`
	PDF        string          `json:"pdf,omitempty"`
	XLSX       string          `json:"xlsx,omitempty"`
	DOCX       string          `json:"docx,omitempty" doc:"only of one run"`
	Files      []FileOut       `json:"files,omitempty" doc:"every stored file of the latest edition; only of one run, once it is made"`
	Number     string          `json:"number,omitempty" doc:"under which the report was signed, 05/BC-STTTT; only of one run"`
	SignedOn   string          `json:"signed_on,omitempty"`
}

// FileOut is a stored file of a report.
type FileOut struct {
	Form    string `json:"form" doc:"pdf, docx, xlsx, zip (all tables as CSV), json (the figures), csv (a table) or png (a chart)"`
	Name    string `json:"name"`
	Caption string `json:"caption,omitempty" doc:"of a table or a chart"`
	Address string `json:"address"`
	Issue   int64  `json:"issue,omitempty" doc:"set on the PDF with number and signer; 2 and above mend an earlier one"`
	Size    int64  `json:"size" doc:"bytes"`
	SHA256  string `json:"sha256"`
}

// RunIn asks for a report of the running period.
type RunIn struct {
	Definition string `json:"definition"`
	Programme  string `json:"programme"`
	Cut        string `json:"cut"`
}

func (s *Service) api(r *httpx.Router) {
	const tag = "reports"
	r.API(httpx.Op{Method: "GET", Path: "/api/v1/reports/runs", ID: "listReportRuns", Tag: tag, Summary: "Reports, newest first",
		Query: httpx.Paged, Out: httpx.List[RunOut]{}}, s.apiRuns)
	r.API(httpx.Op{Method: "POST", Path: "/api/v1/reports/runs", ID: "startReportRun", Tag: tag, Summary: "Make a report of the running period",
		In: RunIn{}, Out: RunOut{}, Status: 201, Creates: true}, s.apiStart)
	r.API(httpx.Op{Method: "GET", Path: "/api/v1/reports/runs/:id", ID: "getReportRun", Tag: tag, Summary: "One report with its frozen figures",
		Out: RunOut{}}, s.apiRun)
	s.apiMore(r, tag)
}

func runOut(c *httpx.Ctx, r RunRow) RunOut {
	o := RunOut{ID: string(r.ID), Definition: r.Definition, Programme: r.Programme, Cut: r.Cut, Period: r.Period(), Kind: r.Kind, State: r.State, Editions: r.Editions, NominalAt: r.NominalAt.UTC()}
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
		if err := s.filesOut(c, r, sn, &out); err != nil {
			return err
		}
	}
	return c.ReplyVersion(0, r.Version, out)
}

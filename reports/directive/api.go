package directive

import (
	"time"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/page"
)

// apiRoot is where the API of this room begins.
const apiRoot = "/api/v1/reports/directives"

// Out is a directive as the API shows it.
type Out struct {
	ID          ident.ID    `json:"id"`
	Code        string      `json:"code"`
	DocNo       string      `json:"doc_no,omitempty"`
	DocDay      string      `json:"doc_day"`
	ConcludedBy string      `json:"concluded_by"`
	Text        string      `json:"text"`
	Source      Source      `json:"source" doc:"run, meeting or none"`
	Run         ident.ID    `json:"run,omitempty"`
	SourceTitle string      `json:"source_title,omitempty"`
	SourceDay   string      `json:"source_day,omitempty"`
	Unit        string      `json:"unit"`
	Post        access.Role `json:"post" doc:"role of whoever owns it at the unit"`
	Owner       ident.ID    `json:"owner,omitempty" doc:"account, when it is one person's"`
	DueAt       *time.Time  `json:"due_at,omitempty"`
	FirstDueAt  *time.Time  `json:"first_due_at,omitempty" doc:"before it was extended"`
	State       State       `json:"state" doc:"open, reported, returned, done or cancelled"`
	Late        bool        `json:"late"`
	MadeAt      time.Time   `json:"made_at"`
	ReportedAt  *time.Time  `json:"reported_at,omitempty"`
	ClosedAt    *time.Time  `json:"closed_at,omitempty"`
	Version     int64       `json:"version"`
}

// RowIn is one conclusion.
type RowIn struct {
	Text  string `json:"text"`
	Unit  string `json:"unit" doc:"code"`
	Post  string `json:"post" doc:"role"`
	Login string `json:"login,omitempty" doc:"of one account that holds the post there"`
	Due   string `json:"due" doc:"a day, 2016-11-14, or a number of working days"`
}

// In is conclusions of one document, written together or not at all.
type In struct {
	DocNo       string   `json:"doc_no,omitempty"`
	DocDay      string   `json:"doc_day,omitempty" doc:"today when absent"`
	ConcludedBy string   `json:"concluded_by"`
	Run         ident.ID `json:"run,omitempty" doc:"the report that was concluded from"`
	Meeting     string   `json:"meeting,omitempty"`
	MeetingDay  string   `json:"meeting_day,omitempty"`
	Items       []RowIn  `json:"items"`
}

// ActIn does something to a directive.
type ActIn struct {
	Act  Act    `json:"act" doc:"report, confirm, return, extend or cancel"`
	Said string `json:"said,omitempty" doc:"needed for all but confirm"`
	Due  string `json:"due,omitempty" doc:"of extend: a day or a number of working days from today"`
}

func (s *Service) api(r *httpx.Router) {
	const tag = "reports"
	r.API(httpx.Op{Method: "GET", Path: apiRoot, ID: "listDirectives", Tag: tag, Summary: "Conclusions of reports and meetings, newest first; late ones the longest late first",
		Query: append([]httpx.Param{{Name: "only", Doc: "late, all, or a state; what is followed when absent"}, {Name: "unit", Doc: "code; everything under it"},
			{Name: "mine", Doc: "1: owned by the caller"}, {Name: "source", Enum: []string{string(FromRun), string(FromMeeting), string(FromNothing)}}, {Name: "run", Doc: "of one report"}}, httpx.Paged...),
		Out: httpx.List[Out]{}}, s.apiList)
	r.API(httpx.Op{Method: "POST", Path: apiRoot, ID: "writeDirectives", Tag: tag, Summary: "Write conclusions down", In: In{}, Out: httpx.List[Out]{}, Status: 201, Creates: true}, s.apiWrite)
	r.API(httpx.Op{Method: "GET", Path: apiRoot + "/:id", ID: "getDirective", Tag: tag, Summary: "One conclusion", Out: Out{}}, s.apiOne)
	r.API(httpx.Op{Method: "POST", Path: apiRoot + "/:id/acts", ID: "actOnDirective", Tag: tag, Summary: "Report a conclusion done, confirm, return, extend or cancel it",
		In: ActIn{}, Out: Out{}, Changes: true}, s.apiAct)
}

func (s *Service) out(d Directive) Out {
	return Out{ID: d.ID, Code: d.Code, DocNo: d.DocNo, DocDay: d.DocDay, ConcludedBy: d.ConcludedBy, Text: d.Text, Source: d.Source, Run: d.SourceRun, SourceTitle: d.SourceTitle,
		SourceDay: d.SourceDay, Unit: d.Unit, Post: d.Post, Owner: d.Owner, DueAt: utc(d.DueAt), FirstDueAt: utc(d.FirstDueAt), State: d.State, Late: d.Late(s.Business.Now()),
		MadeAt: d.MadeAt.UTC(), ReportedAt: utc(d.ReportedAt), ClosedAt: utc(d.ClosedAt), Version: d.Version}
}

func utc(at *time.Time) *time.Time {
	if at == nil {
		return nil
	}
	u := at.UTC()
	return &u
}

func (s *Service) outs(all []Directive, next string) httpx.List[Out] {
	out := httpx.List[Out]{Items: make([]Out, len(all)), Next: next}
	for i, d := range all {
		out.Items[i] = s.out(d)
	}
	return out
}

func (s *Service) apiList(c *httpx.Ctx) error {
	rows, err := s.List(c.Std(), c.Who, asked(c), page.Read(c.Query("after"), c.Query("limit")))
	if err != nil {
		return err
	}
	return c.Reply(0, s.outs(rows.Items, rows.Next))
}

func (s *Service) apiWrite(c *httpx.Ctx) error {
	in, err := httpx.ReadJSON[In](c)
	if err != nil {
		return err
	}
	rows := make([]Row, len(in.Items))
	for i, r := range in.Items {
		rows[i] = Row(r)
	}
	all, err := s.Write(c.Std(), c.Who, Head{DocNo: in.DocNo, DocDay: in.DocDay, ConcludedBy: in.ConcludedBy, Run: in.Run, Meeting: in.Meeting, MeetingDay: in.MeetingDay}, rows)
	if err != nil {
		return err
	}
	return c.Created(apiRoot+"/"+string(all[0].ID), all[0].Version, s.outs(all, ""))
}

func (s *Service) apiOne(c *httpx.Ctx) error {
	id, err := ident.Parse(c.Params("id"))
	if err != nil {
		return err
	}
	d, err := byID(c.Std(), s.DB.Read(), c.Who, id)
	if err != nil {
		return err
	}
	return c.ReplyVersion(0, d.Version, s.out(d))
}

func (s *Service) apiAct(c *httpx.Ctx) error {
	id, version, err := httpx.ReadChange(c)
	if err != nil {
		return err
	}
	in, err := httpx.ReadJSON[ActIn](c)
	if err != nil {
		return err
	}
	d, err := s.Do(c.Std(), c.Who, id, version, Doing{Act: in.Act, Said: in.Said, Due: in.Due})
	if err != nil {
		return httpx.Stale(err)
	}
	return c.ReplyVersion(0, d.Version, s.out(d))
}

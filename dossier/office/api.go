package office

import (
	"encoding/json"
	"time"

	"lotrinh/dossier"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/page"
)

// DossierJSON is a dossier as the API shows it. What it says of persons is there only for
// who may read it.
type DossierJSON struct {
	ID        ident.ID   `json:"id"`
	Code      string     `json:"code" doc:"official code; empty before acceptance"`
	Track     string     `json:"track"`
	Procedure string     `json:"procedure"`
	Unit      string     `json:"unit"`
	Status    string     `json:"status"`
	Stage     string     `json:"stage"`
	Waiting   string     `json:"waiting,omitempty"`
	Desk      string     `json:"desk,omitempty" doc:"who must do something next; of lists only"`
	Practice  bool       `json:"practice"`
	Subject   string     `json:"subject,omitempty"`
	Applicant string     `json:"applicant,omitempty"`
	Submitted time.Time  `json:"submitted_at"`
	Accepted  *time.Time `json:"accepted_at"`
	Due       *time.Time `json:"due_at" doc:"none while the clock stands"`
	Finished  *time.Time `json:"finished_at"`
	Late      bool       `json:"late"`
	Version   int64      `json:"version"`
}

// ActIn is an act on a dossier. What an act needs is in its own field.
type ActIn struct {
	Act      string   `json:"act" doc:"accept, refuse_intake, ask_supplement, complete_supplement, hand_over, ask_verify, verified, ask_confirm, reappoint, ask_fee, paid, stop, withdraw, finish, return, note"`
	Said     string   `json:"said,omitempty" doc:"the reason, where one is needed"`
	Items    []string `json:"items,omitempty" doc:"ask_supplement: everything that is missing"`
	Basis    string   `json:"basis,omitempty"`
	To       []string `json:"to,omitempty" doc:"ask_verify: to whom letters go"`
	Letter   ident.ID `json:"letter,omitempty" doc:"verified: which letter was answered"`
	Outcome  string   `json:"outcome,omitempty" doc:"verified: confirms, denies, silent"`
	Until    string   `json:"until,omitempty" doc:"reappoint: the new day, 2016-11-18"`
	Amount   int64    `json:"amount,omitempty" doc:"ask_fee: đồng"`
	Exempt   string   `json:"exempt,omitempty"`
	Number   string   `json:"number,omitempty" doc:"paid: number of the fee receipt"`
	Receiver string   `json:"receiver,omitempty" doc:"return: who received the result"`
	Identity string   `json:"identity,omitempty" doc:"return: what was shown"`
	Relation string   `json:"relation,omitempty"`
	How      string   `json:"how,omitempty" doc:"return: counter, post, online"`
	Signed   bool     `json:"signed,omitempty" doc:"return: the register was signed"`
}

func moment(at time.Time) *time.Time {
	if at.IsZero() {
		return nil
	}
	return &at
}

func (s *Service) out(d dossier.Dossier, persons bool) DossierJSON {
	o := DossierJSON{ID: d.ID, Code: d.Code, Track: d.Track, Procedure: d.Procedure, Unit: d.Unit, Status: d.Status.String(), Stage: d.Stage, Waiting: string(d.Waiting), Practice: d.Practice,
		Submitted: d.SubmittedAt, Accepted: moment(d.AcceptedAt), Due: moment(d.DueAt), Finished: moment(d.FinishedAt), Late: d.Late(s.Now()), Version: d.Ver}
	if persons {
		o.Subject, o.Applicant = d.Subject, d.Applicant
	} else {
		o.Track = ""
	}
	return o
}

func (s *Service) api(r *httpx.Router) {
	const tag, at = "dossiers", "/api/v1/dossiers"
	r.API(httpx.Op{Method: "GET", Path: at, ID: "listDossiers", Tag: tag, Summary: "The work queue within reach, what is due first",
		Query: append([]httpx.Param{{Name: "view", Doc: "a view of the queue", Enum: Views}, {Name: "unit", Doc: "code of a commune"}, {Name: "procedure", Doc: "key of a procedure"},
			{Name: "q", Doc: "a code, a telephone number or words of a name"}, {Name: "practice", Doc: "1 for practice dossiers"}}, httpx.Paged...), Out: httpx.List[DossierJSON]{}}, s.apiList)
	r.API(httpx.Op{Method: "GET", Path: at + "/:id", ID: "getDossier", Tag: tag, Summary: "One dossier", Out: DossierJSON{}}, s.apiOne)
	r.API(httpx.Op{Method: "POST", Path: at + "/:id/act", ID: "actOnDossier", Tag: tag, Summary: "Do something with a dossier, as its state and the caller's rights allow", In: ActIn{}, Out: DossierJSON{}, Changes: true}, s.apiAct)
}

func (s *Service) apiList(c *httpx.Ctx) error {
	_, persons, err := reading(c.Who)
	if err != nil {
		return err
	}
	all, err := s.Queue(c.Std(), c.Who, asked(c), page.Read(c.Query("after"), c.Query("limit")))
	if err != nil {
		return err
	}
	out := httpx.List[DossierJSON]{Items: []DossierJSON{}, Next: all.Next}
	for _, x := range all.Items {
		one := s.out(x.Dossier, persons)
		one.Desk = string(x.Desk)
		out.Items = append(out.Items, one)
	}
	return c.Reply(0, out)
}

func (s *Service) apiOne(c *httpx.Ctx) error {
	key, err := id(c)
	if err != nil {
		return err
	}
	need, persons, err := reading(c.Who)
	if err != nil {
		return err
	}
	d, err := s.DossierIn(c.Std(), s.DB.Read(), c.Who, need, key)
	if err != nil {
		return err
	}
	if persons {
		if err := s.Seen(c.Std(), c.Who, "dossier.read", key); err != nil {
			return err
		}
	}
	return c.ReplyVersion(0, d.Ver, s.out(d, persons))
}

func (s *Service) apiAct(c *httpx.Ctx) error {
	if err := c.Who.Need(dossier.Read); err != nil {
		return err
	}
	key, err := id(c)
	if err != nil {
		return err
	}
	ver, err := c.IfMatch()
	if err != nil {
		return err
	}
	in, err := httpx.ReadJSON[ActIn](c)
	if err != nil {
		return err
	}
	d, err := s.Act(c.Std(), c.Who, key, ver, in)
	if err != nil {
		return httpx.Stale(err)
	}
	return c.ReplyVersion(0, d.Ver, s.out(d, true))
}

// Act does one of the acts of officers, by its name. What belongs to other rooms (register,
// signature, other authorities) has doors of its own.
func (s *Service) Act(ctx ctx, who actor, key ident.ID, ver int64, in ActIn) (dossier.Dossier, error) {
	m := dossier.Move{Act: dossier.Act(in.Act), Said: tidy(in.Said)}
	switch m.Act {
	case dossier.Accept, dossier.RefuseIntake, dossier.CompleteSupplement, dossier.HandOver, dossier.AskConfirm, dossier.Stop, dossier.Withdraw, dossier.Finish, dossier.Note:
	case dossier.AskSupplement:
		m.Data = Missing{Items: in.Items, Basis: tidy(in.Basis)}
	case dossier.AskVerify:
		return s.Write(ctx, who, key, ver, m.Said, in.To...)
	case dossier.Verified:
		return s.Replied(ctx, who, key, ver, Answer{Letter: in.Letter, Outcome: Outcome(in.Outcome), Reply: m.Said})
	case dossier.Reappoint:
		until, err := s.closes(ctx, in.Until)
		if err != nil {
			return dossier.Dossier{}, err
		}
		m.Until = until
	case dossier.AskFee:
		m.Data = Fee{Amount: in.Amount}
	case dossier.Paid:
		m.Data = Fee{Number: tidy(in.Number), Exempt: in.Exempt}
	case dossier.Return:
		m.Data = Handout{Receiver: tidy(in.Receiver), Identity: tidy(in.Identity), Relation: tidy(in.Relation), How: in.How, Signed: in.Signed}
	default:
		return dossier.Dossier{}, fault.New(fault.Invalid, "dossier.act_unknown")
	}
	return s.Do(ctx, who, key, ver, m)
}

func unmarshal(raw []byte, into any) bool { return len(raw) > 0 && json.Unmarshal(raw, into) == nil }

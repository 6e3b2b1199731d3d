package tally

import (
	"lotrinh/dossier/tally/score"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/ident"
)

// RulesOut is one version of the numbers of the scoring.
type RulesOut struct {
	ID    ident.ID    `json:"id"`
	From  string      `json:"from" doc:"first day on which they count"`
	Basis string      `json:"basis"`
	Rules score.Rules `json:"rules"`
}

// RulesIn is a version that counts from a coming day on.
type RulesIn struct {
	From  string      `json:"from"`
	Basis string      `json:"basis" doc:"the text that says so"`
	Rules score.Rules `json:"rules"`
}

// DeclaredIO is what a commune says of a year.
type DeclaredIO struct {
	Unit      string `json:"unit"`
	Year      int64  `json:"year"`
	Authority int64  `json:"authority" doc:"procedures that are the unit's"`
	OneStop   int64  `json:"one_stop" doc:"of them, those that its one-stop unit takes"`
	Feedback  int64  `json:"feedback" doc:"proposed or complained of by other ways than here"`
	Answered  int64  `json:"answered"`
	Document  string `json:"document" doc:"the signed document that says so"`
	SignedOn  string `json:"signed_on"`
	Note      string `json:"note,omitempty"`
	Version   int64  `json:"version" doc:"the version that was read; 0 for the first"`
}

func (s *Service) scoreAPI(r *httpx.Router) {
	const tag = "dossiers"
	r.API(httpx.Op{Method: "GET", Path: "/api/v1/dossiers/figures/rules", ID: "listScoringRules", Tag: tag, Summary: "The dated numbers of the scoring of Circular 01/2018/TT-VPCP, the latest first; the usual ones count before", Out: httpx.List[RulesOut]{}}, s.apiRules)
	r.API(httpx.Op{Method: "POST", Path: "/api/v1/dossiers/figures/rules", ID: "setScoringRules", Tag: tag, Summary: "Set the numbers of the scoring from a coming day on", In: RulesIn{}, Out: RulesOut{}, Status: 201}, s.apiSetRules)
	r.API(httpx.Op{Method: "GET", Path: "/api/v1/dossiers/figures/declared", ID: "getDeclared", Tag: tag, Summary: "What a commune declared of a year for the scoring", Out: DeclaredIO{},
		Query: []httpx.Param{{Name: "unit", Doc: "code of the commune"}, {Name: "year", Doc: "2016; this one unasked"}}}, s.apiDeclared)
	r.API(httpx.Op{Method: "PUT", Path: "/api/v1/dossiers/figures/declared", ID: "declareForScoring", Tag: tag, Summary: "Declare for a commune what the house cannot measure of a year", In: DeclaredIO{}, Out: DeclaredIO{}}, s.apiDeclare)
}

func rulesOut(v Version) (RulesOut, error) {
	r, err := v.Rules()
	return RulesOut{v.ID, v.From, v.Basis, r}, err
}

func (s *Service) apiRules(c *httpx.Ctx) error {
	all, err := s.Versions(c.Std(), c.Who)
	if err != nil {
		return err
	}
	out := httpx.List[RulesOut]{Items: []RulesOut{}}
	for _, v := range all {
		one, err := rulesOut(v)
		if err != nil {
			return err
		}
		out.Items = append(out.Items, one)
	}
	return c.Reply(0, out)
}

func (s *Service) apiSetRules(c *httpx.Ctx) error {
	in, err := httpx.ReadJSON[RulesIn](c)
	if err != nil {
		return err
	}
	v, err := s.SetRules(c.Std(), c.Who, Draft(in))
	if err != nil {
		return err
	}
	out, err := rulesOut(v)
	if err != nil {
		return err
	}
	return c.Created(Rules, 1, out)
}

func declaredOut(d Declared) DeclaredIO {
	return DeclaredIO{Unit: d.Unit, Year: d.Year, Authority: d.Authority, OneStop: d.OneStop, Feedback: d.Feedback, Answered: d.Answered, Document: d.Document, SignedOn: d.SignedOn, Note: d.Note, Version: d.Ver}
}

func (s *Service) apiDeclared(c *httpx.Ctx) error {
	unit, year, _, err := s.declaring(c)
	if err != nil {
		return err
	}
	d, _, err := s.Said(c.Std(), c.Who, unit, year)
	if err != nil {
		return err
	}
	return c.Reply(0, declaredOut(d))
}

func (s *Service) apiDeclare(c *httpx.Ctx) error {
	in, err := httpx.ReadJSON[DeclaredIO](c)
	if err != nil {
		return err
	}
	d, err := s.Declare(c.Std(), c.Who, Declared{Unit: in.Unit, Year: in.Year, Authority: in.Authority, OneStop: in.OneStop, Feedback: in.Feedback, Answered: in.Answered,
		Document: in.Document, SignedOn: in.SignedOn, Note: in.Note, Ver: in.Version}, nil)
	if err != nil {
		return err
	}
	return c.Reply(0, declaredOut(d))
}

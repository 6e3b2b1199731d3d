package rollout

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"time"

	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/page"
)

const apiRoot = "/api/v1/programmes"

// api declares the operations of the rollout.
func (s *Service) api(r *httpx.Router) {
	op := func(method, path, id, summary string) httpx.Op {
		return httpx.Op{Method: method, Path: path, ID: id, Tag: "rollout", Summary: summary}
	}
	list := op("GET", apiRoot, "listProgrammes", "Programmes")
	list.Out = httpx.List[programmeOut]{}
	r.API(list, s.apiProgrammes)
	one := op("GET", apiRoot+"/:code", "getProgramme", "A programme with its phases, milestones and counts")
	one.Out = overviewOut{}
	r.API(one, s.apiProgramme)
	board := op("GET", apiRoot+"/:code/communes", "listCommunes", "Communes with stage and gate, by code")
	board.Query = append([]httpx.Param{{Name: "phase", Doc: "ordinal of a phase"}, {Name: "district", Doc: "code of a district"},
		{Name: "stage", Enum: []string{"preparing", "trial", "official", "live"}}, {Name: "answer", Doc: "of the gate", Enum: []string{"met", "unmet", "unknown"}},
		{Name: "q", Doc: "part of the name, marks or none"}}, httpx.Paged...)
	board.Out = httpx.List[communeOut]{}
	r.API(board, s.apiCommunes)
	commune := op("GET", apiRoot+"/:code/communes/:unit", "getCommune", "A commune with its gate, criterion by criterion")
	commune.Out = communeDetail{}
	r.API(commune, s.apiCommune)
	curve := op("GET", apiRoot+"/:code/curve", "getCurve", "Plan, declared and verified by day")
	curve.Query = []httpx.Param{{Name: "from", Doc: "first day, 2016-11-01"}, {Name: "until", Doc: "last day"}, {Name: "phase", Doc: "ordinal of a phase"}}
	curve.Out = httpx.List[pointOut]{}
	r.API(curve, s.apiCurve)
	move := op("POST", apiRoot+"/:code/moves", "moveCommunes", "Move communes to a stage; each refused one is listed with its reasons")
	move.In, move.Out, move.Status, move.Creates = moveIn{}, moveOut{}, http.StatusCreated, true
	r.API(move, s.apiMove)
	preview := op("POST", apiRoot+"/:code/moves/preview", "previewMove", "What a move would do now")
	preview.In, preview.Out = moveIn{}, moveOut{}
	r.API(preview, s.apiPreview)
	for _, kind := range []struct{ path, id, summary string }{{"declarations", "declare", "Record what communes say of a criterion"}, {"verifications", "verify", "Record what was measured or seen of a criterion"}} {
		e := op("POST", apiRoot+"/:code/"+kind.path, kind.id, kind.summary)
		e.In, e.Status, e.Creates = evidenceIn{}, http.StatusNoContent, true
		r.API(e, s.apiEvidence(kind.path == "verifications"))
	}
	waivers := op("GET", apiRoot+"/:code/waivers", "listWaivers", "Waivers, newest first")
	waivers.Query, waivers.Out = httpx.Paged, httpx.List[waiverOut]{}
	r.API(waivers, s.apiWaivers)
	give := op("POST", apiRoot+"/:code/waivers", "giveWaiver", "Let communes pass without a criterion through a last day")
	give.In, give.Out, give.Status, give.Creates = waiverIn{}, waiverOut{}, http.StatusCreated, true
	r.API(give, s.apiGiveWaiver)
	revoke := op("POST", "/api/v1/waivers/:id/revocation", "revokeWaiver", "Take a waiver back")
	revoke.In, revoke.Status, revoke.Changes = revokeIn{}, http.StatusNoContent, true
	r.API(revoke, s.apiRevoke)
}

type programmeOut struct {
	Code       string `json:"code"`
	Title      string `json:"title"`
	LegalBasis string `json:"legal_basis"`
	DecidedOn  string `json:"decided_on"`
}

func outProgramme(t i18n.T, p Programme) programmeOut {
	return programmeOut{p.Code, inLang(t, p.Title, p.TitleEN), p.LegalBasis, p.DecidedOn}
}

type countsOut struct {
	Total    int           `json:"total"`
	Stages   map[Stage]int `json:"stages"`
	Declared int           `json:"declared"`
	Verified int           `json:"verified" doc:"met by evidence or waiver"`
	Bare     int           `json:"verified_without_waivers"`
}

func outCounts(c Counts) countsOut {
	return countsOut{c.Total, c.Stages, c.Declared, c.Verified, c.Bare}
}

type phaseOut struct {
	Ordinal    int        `json:"ordinal"`
	Name       string     `json:"name"`
	TrialOn    string     `json:"trial_on,omitempty"`
	OfficialOn string     `json:"official_on,omitempty"`
	State      PhaseState `json:"state"`
	Counts     countsOut  `json:"counts"`
}

type milestoneOut struct {
	Key       string `json:"key"`
	Title     string `json:"title"`
	PlannedOn string `json:"planned_on"`
	ActualOn  string `json:"actual_on,omitempty"`
}

type overviewOut struct {
	Programme  programmeOut   `json:"programme"`
	At         time.Time      `json:"at"`
	Phases     []phaseOut     `json:"phases"`
	Milestones []milestoneOut `json:"milestones"`
}

func (s *Service) apiProgrammes(c *httpx.Ctx) error {
	all, err := s.Programmes(c.Std(), c.Who)
	if err != nil {
		return err
	}
	out := httpx.List[programmeOut]{Items: make([]programmeOut, len(all))}
	for i, p := range all {
		out.Items[i] = outProgramme(c.T, p)
	}
	return c.Reply(0, out)
}

func (s *Service) apiProgramme(c *httpx.Ctx) error {
	o, err := s.Overview(c.Std(), c.Who, c.Params("code"))
	if err != nil {
		return err
	}
	out := overviewOut{Programme: outProgramme(c.T, o.Programme), At: o.At, Milestones: []milestoneOut{}}
	for _, p := range o.Phases {
		out.Phases = append(out.Phases, phaseOut{p.Ordinal, inLang(c.T, p.Name, p.NameEN), p.TrialOn, p.OfficialOn, p.State(o.At), outCounts(p.Counts)})
	}
	for _, m := range o.Milestones {
		out.Milestones = append(out.Milestones, milestoneOut{m.Key, inLang(c.T, m.Title, m.TitleEN), m.PlannedOn, m.ActualOn})
	}
	return c.Reply(0, out)
}

type communeOut struct {
	Unit        string    `json:"unit"`
	Name        string    `json:"name"`
	District    string    `json:"district"`
	Phase       int       `json:"phase"`
	Stage       Stage     `json:"stage"`
	Since       time.Time `json:"since"`
	Version     int64     `json:"version"`
	Gate        Answer    `json:"gate"`
	WaivedUntil string    `json:"waived_until,omitempty"`
	Reasons     []string  `json:"reasons"`
	Declared    bool      `json:"declared"`
	Verified    bool      `json:"verified"`
}

func outCommune(t i18n.T, r Row) communeOut {
	return communeOut{r.Unit, r.Name, r.District, r.Phase, r.Stage, r.Since, r.Version, r.Gate.Answer, r.Gate.WaivedUntil,
		sentences(t, r.Gate.Reasons), r.Declared, r.Verified}
}

// cut takes a page out of sorted rows: those behind the cursor, as many as asked for.
func cut[T any](c *httpx.Ctx, rows []T, key func(T) string, behind func(key, cursor string) bool) (kept []T, next string) {
	cursor, limit := c.Query("after"), page.Read("", c.Query("limit")).Limit
	for _, r := range rows {
		if cursor != "" && !behind(key(r), cursor) {
			continue
		}
		if len(kept) == limit {
			return kept, key(kept[limit-1])
		}
		kept = append(kept, r)
	}
	return kept, ""
}

func (s *Service) apiCommunes(c *httpx.Ctx) error {
	b, err := s.Board(c.Std(), c.Who, c.Params("code"), filterOf(c))
	if err != nil {
		return err
	}
	slices.SortFunc(b.Rows, func(a, b Row) int { return cmp.Compare(a.Unit, b.Unit) })
	rows, next := cut(c, b.Rows, func(r Row) string { return r.Unit }, func(k, cursor string) bool { return k > cursor })
	out := httpx.List[communeOut]{Items: make([]communeOut, len(rows)), Next: next}
	for i, r := range rows {
		out.Items[i] = outCommune(c.T, r)
	}
	return c.Reply(0, out)
}

type evidenceOut struct {
	Answer     Answer    `json:"answer"`
	Source     string    `json:"source"`
	ObservedAt time.Time `json:"observed_at"`
	Note       string    `json:"note,omitempty"`
}

type itemOut struct {
	Key      string       `json:"key"`
	Title    string       `json:"title"`
	Must     bool         `json:"must"`
	Stage    Stage        `json:"stage"`
	Answer   Answer       `json:"answer"`
	Waiver   *ident.ID    `json:"waiver"`
	Declared *evidenceOut `json:"declared"`
	Verified *evidenceOut `json:"verified"`
	Reasons  []string     `json:"reasons"`
}

type communeDetail struct {
	Commune  communeOut `json:"commune"`
	Official Answer     `json:"official_gate"`
	Items    []itemOut  `json:"criteria"`
}

func outEvidence(e *Evidence) *evidenceOut {
	if e == nil {
		return nil
	}
	return &evidenceOut{e.Answer, e.Source, e.ObservedAt, e.Note}
}

func (s *Service) apiCommune(c *httpx.Ctx) error {
	u, err := s.Unit(c.Std(), c.Who, c.Params("code"), c.Params("unit"))
	if err != nil {
		return err
	}
	out := communeDetail{Commune: outCommune(c.T, u.Row), Official: u.Official.Answer, Items: []itemOut{}}
	for _, i := range u.Official.Items {
		item := itemOut{Key: i.Criterion.Key, Title: inLang(c.T, i.Criterion.Title, i.Criterion.TitleEN), Must: i.Criterion.Must, Stage: i.Criterion.Stage,
			Answer: i.Answer, Declared: outEvidence(i.Declared), Verified: outEvidence(i.Verified), Reasons: sentences(c.T, i.Reasons)}
		if i.Waiver != nil {
			item.Waiver = &i.Waiver.ID
		}
		out.Items = append(out.Items, item)
	}
	return c.ReplyVersion(0, u.Row.Version, out)
}

type pointOut struct {
	Day      string `json:"day"`
	Planned  int    `json:"planned"`
	Known    bool   `json:"known" doc:"false for days to come: they have a plan only"`
	Declared int    `json:"declared"`
	Verified int    `json:"verified"`
	Bare     int    `json:"verified_without_waivers"`
	Official int    `json:"official"`
}

func (s *Service) apiCurve(c *httpx.Ctx) error {
	phase := Any
	if n, err := strconv.Atoi(c.Query("phase")); err == nil {
		phase = n
	}
	points, err := s.Curve(c.Std(), c.Who, c.Params("code"), phase, c.Query("from"), c.Query("until"))
	if err != nil {
		return err
	}
	out := httpx.List[pointOut]{Items: make([]pointOut, len(points))}
	for i, p := range points {
		out.Items[i] = pointOut(p)
	}
	return c.Reply(0, out)
}

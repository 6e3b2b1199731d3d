package rollout

import (
	"net/http"
	"time"

	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
)

type moveIn struct {
	Units    []string         `json:"units,omitempty" doc:"codes of communes"`
	District string           `json:"district,omitempty" doc:"instead of units: all communes of a district that are not there yet"`
	To       Stage            `json:"to" doc:"preparing, trial or official"`
	Reason   string           `json:"reason,omitempty" doc:"needed to step back"`
	Seen     map[string]int64 `json:"seen,omitempty" doc:"versions that were read; a commune changed since is refused"`
}

type refusalOut struct {
	Unit    string   `json:"unit"`
	Reasons []string `json:"reasons"`
	Keys    []string `json:"keys" doc:"the reasons as stable names"`
}

type movedOut struct {
	Unit        string `json:"unit"`
	From        Stage  `json:"from"`
	To          Stage  `json:"to"`
	WaivedUntil string `json:"waived_until,omitempty"`
}

type moveOut struct {
	ID      ident.ID     `json:"id,omitempty"`
	Moved   []movedOut   `json:"moved"`
	Refused []refusalOut `json:"refused"`
}

func outMove(t i18n.T, r MoveResult) moveOut {
	out := moveOut{ID: r.ID, Moved: []movedOut{}, Refused: []refusalOut{}}
	for _, m := range r.Moved {
		out.Moved = append(out.Moved, movedOut{m.Unit, m.Stage, m.To, m.WaivedUntil})
	}
	for _, one := range r.Refused {
		f := refusalOut{Unit: one.Unit, Reasons: sentences(t, one.Reasons)}
		for _, reason := range one.Reasons {
			f.Keys = append(f.Keys, reason.Key)
		}
		out.Refused = append(out.Refused, f)
	}
	return out
}

func readMove(c *httpx.Ctx) (MoveInput, error) {
	in, err := httpx.ReadJSON[moveIn](c)
	return MoveInput{Programme: c.Params("code"), Units: in.Units, District: in.District, To: in.To, Reason: in.Reason, Seen: in.Seen}, err
}

func (s *Service) apiMove(c *httpx.Ctx) error {
	in, err := readMove(c)
	if err != nil {
		return err
	}
	r, err := s.Move(c.Std(), c.Who, in)
	if err != nil {
		return err
	}
	return c.Created("/rollout/moves/"+string(r.ID), 1, outMove(c.T, r))
}

func (s *Service) apiPreview(c *httpx.Ctx) error {
	in, err := readMove(c)
	if err != nil {
		return err
	}
	r, err := s.PreviewMove(c.Std(), c.Who, in)
	if err != nil {
		return err
	}
	return c.Reply(0, outMove(c.T, r))
}

type evidenceIn struct {
	Units      []string   `json:"units"`
	Criterion  string     `json:"criterion" doc:"key of a criterion"`
	Answer     Answer     `json:"answer" doc:"met or unmet"`
	Source     string     `json:"source,omitempty" doc:"of a verification: inspection, test or records"`
	Note       string     `json:"note,omitempty" doc:"needed with unmet"`
	ObservedAt *time.Time `json:"observed_at,omitempty" doc:"now when absent"`
}

func (s *Service) apiEvidence(verify bool) httpx.Handler {
	record := s.Declare
	if verify {
		record = s.Verify
	}
	return func(c *httpx.Ctx) error {
		in, err := httpx.ReadJSON[evidenceIn](c)
		if err != nil {
			return err
		}
		e := EvidenceInput{Programme: c.Params("code"), Units: in.Units, Criterion: in.Criterion, Answer: in.Answer, Source: in.Source, Note: in.Note}
		if in.ObservedAt != nil {
			e.ObservedAt = *in.ObservedAt
		}
		if err := record(c.Std(), c.Who, e); err != nil {
			return err
		}
		return c.SendStatus(http.StatusNoContent)
	}
}

type waiverIn struct {
	Units     []string `json:"units"`
	Criterion string   `json:"criterion"`
	Reason    string   `json:"reason"`
	Step      string   `json:"step" doc:"what is done instead meanwhile"`
	Signer    string   `json:"signer"`
	Until     string   `json:"until" doc:"last day covered, 2016-11-15"`
}

type waiverOut struct {
	ID        ident.ID    `json:"id"`
	Criterion string      `json:"criterion"`
	Units     []string    `json:"units"`
	Reason    string      `json:"reason"`
	Step      string      `json:"step,omitempty"`
	Signer    string      `json:"signer"`
	Until     string      `json:"until"`
	State     WaiverState `json:"state"`
	GivenAt   time.Time   `json:"given_at"`
	Version   int64       `json:"version"`
}

func outWaiver(w *Waiver, at time.Time) waiverOut {
	return waiverOut{w.ID, w.Criterion, w.Units, w.Reason, w.Step, w.Signer, w.UntilDay, w.State(at), w.GivenAt, w.Version}
}

func (s *Service) apiWaivers(c *httpx.Ctx) error {
	all, err := s.Waivers(c.Std(), c.Who, c.Params("code"))
	if err != nil {
		return err
	}
	rows, next := cut(c, all, func(w *Waiver) string { return string(w.ID) }, func(k, cursor string) bool { return k < cursor })
	out := httpx.List[waiverOut]{Items: make([]waiverOut, len(rows)), Next: next}
	for i, w := range rows {
		out.Items[i] = outWaiver(w, s.clock.Now())
	}
	return c.Reply(0, out)
}

func (s *Service) apiGiveWaiver(c *httpx.Ctx) error {
	in, err := httpx.ReadJSON[waiverIn](c)
	if err != nil {
		return err
	}
	w, err := s.GiveWaiver(c.Std(), c.Who, WaiverInput{Programme: c.Params("code"), Units: in.Units, Criterion: in.Criterion, Reason: in.Reason,
		Step: in.Step, Signer: in.Signer, Until: in.Until})
	if err != nil {
		return err
	}
	return c.Created(apiRoot+"/"+c.Params("code")+"/waivers", w.Version, outWaiver(&w, s.clock.Now()))
}

type revokeIn struct {
	Reason string `json:"reason"`
}

func (s *Service) apiRevoke(c *httpx.Ctx) error {
	id, version, err := httpx.ReadChange(c)
	if err != nil {
		return err
	}
	in, err := httpx.ReadJSON[revokeIn](c)
	if err != nil {
		return err
	}
	if err := s.RevokeWaiver(c.Std(), c.Who, id, version, in.Reason); err != nil {
		return httpx.Stale(err)
	}
	return c.SendStatus(http.StatusNoContent)
}

package demo

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"lotrinh/dossier"
	"lotrinh/dossier/form"
	"lotrinh/dossier/office"
	"lotrinh/dossier/register"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/org"
)

// filed is a dossier of the fortnight: what was answered beside the answers that all of
// its kind share, and what was done with it.
type filed struct {
	At        string          `json:"at"`
	Unit      string          `json:"unit"`
	Procedure string          `json:"procedure"`
	Channel   dossier.Channel `json:"channel"`
	Base      string          `json:"base"`
	Papers    []string        `json:"papers"` // that only some dossiers of the kind need
	Answers   form.Answers    `json:"answers"`
	Acts      []done          `json:"acts"`
}

// done is an act of somebody: an officer by login, or the citizen.
type done struct {
	At   string      `json:"at"`
	Who  string      `json:"who"`
	Act  dossier.Act `json:"act"`
	Said string      `json:"said"`
	// What some acts need beside it.
	Items    []string `json:"items"`
	To       []string `json:"to"`
	Receiver string   `json:"receiver"`
}

// deed is one thing in the order of its time.
type deed struct {
	at time.Time
	do func(context.Context) error
}

// families file their dossiers, and officers work on them: all of it, in its order.
func (h House) families() ([]deed, error) {
	raw, err := data.ReadFile("data/dossiers.json")
	if err != nil {
		return nil, err
	}
	var all struct {
		Bases    map[string]form.Answers `json:"bases"`
		Dossiers []filed                 `json:"dossiers"`
	}
	if err := json.Unmarshal(raw, &all); err != nil {
		return nil, err
	}
	var deeds []deed
	add := func(at string, do func(context.Context) error) {
		moment, wrong := time.ParseInLocation("2006-01-02T15:04", at, clock.City)
		err = errors.Join(err, wrong)
		deeds = append(deeds, deed{moment, do})
	}
	for i, f := range all.Dossiers {
		answers := maps.Clone(all.Bases[f.Base])
		maps.Copy(answers, f.Answers)
		var d dossier.Dossier
		add(f.At, func(ctx context.Context) error {
			var err error
			d, err = h.file(ctx, fmt.Sprintf("demo-%d", i), f, answers)
			return err
		})
		for _, a := range f.Acts {
			add(a.At, func(ctx context.Context) error {
				who, err := h.whoever(ctx, a.Who)
				if err != nil {
					return err
				}
				return h.deed(ctx, who, d, a)
			})
		}
	}
	slices.SortStableFunc(deeds, func(a, b deed) int { return a.at.Compare(b.at) })
	return deeds, err
}

// serve does what families and officers did up to a moment, and answers with the rest.
func (h House) serve(ctx context.Context, deeds []deed, until time.Time) ([]deed, error) {
	for len(deeds) > 0 && !deeds[0].at.After(until) {
		h.At(deeds[0].at)
		if err := deeds[0].do(ctx); err != nil {
			return deeds, fmt.Errorf("dossiers at %s: %w", deeds[0].at, err)
		}
		deeds = deeds[1:]
	}
	return deeds, nil
}

// deed is one act; what is signed is signed with the password of the demo.
func (h House) deed(ctx context.Context, who access.Actor, d dossier.Dossier, a done) error {
	var err error
	switch a.Act {
	case dossier.Enter:
		var proof org.Proof
		if proof, err = h.prove(ctx, who); err == nil {
			_, err = h.Registers.Enter(ctx, who, proof, d.ID, 0)
		}
	case dossier.Signed:
		var proof org.Proof
		var out []register.Outcome
		if proof, err = h.prove(ctx, who); err == nil {
			out, err = h.Registers.Sign(ctx, who, proof, []register.Ask{{Dossier: d.ID}})
		}
		for _, one := range out {
			err = errors.Join(err, one.Err)
		}
	case dossier.Confirmed:
		_, err = h.Dossiers.Do(ctx, who, d.ID, 0, dossier.Move{Act: a.Act})
	default:
		_, err = h.Office.Act(ctx, who, d.ID, 0, office.ActIn{Act: string(a.Act), Said: a.Said, Items: a.Items, To: a.To, Receiver: a.Receiver, Identity: "Căn cước công dân", How: "counter"})
	}
	return err
}

// prove proves that somebody is the holder of the account, once while that is fresh.
func (h House) prove(ctx context.Context, who access.Actor) (org.Proof, error) {
	if kept, ok := h.proofs[who.ID]; ok && h.People.Fresh(kept) == nil {
		return kept, nil
	}
	proof, err := h.People.Reprove(ctx, who, Password)
	h.proofs[who.ID] = proof
	return proof, err
}

func (h House) whoever(ctx context.Context, login string) (access.Actor, error) {
	if login == "citizen" {
		return dossier.Citizen(), nil
	}
	return h.People.Actor(ctx, login)
}

// file files a dossier with all its papers.
func (h House) file(ctx context.Context, key string, f filed, answers form.Answers) (dossier.Dossier, error) {
	var d dossier.Dossier
	v, err := h.Dossiers.InForce(ctx, f.Procedure, h.Dossiers.Now())
	if err != nil {
		return d, err
	}
	def, err := h.Dossiers.Definition(ctx, v.ID)
	if err != nil {
		return d, err
	}
	asked, err := form.Read(def.Form)
	if err != nil {
		return d, err
	}
	said, err := json.Marshal(answers)
	if err != nil {
		return d, err
	}
	var papers []dossier.Document
	for _, doc := range def.Documents {
		if len(doc.When) == 0 || slices.Contains(f.Papers, doc.Key) {
			papers = append(papers, dossier.Document{Key: doc.Key, Shown: doc.Show, State: "present"})
		}
	}
	role := func(name string) string { return answers[asked.Keys[name]] }
	err = h.Dossiers.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		var err error
		d, err = h.Dossiers.SubmitIn(ctx, tx, dossier.Citizen(), dossier.Submission{Key: key, Procedure: f.Procedure, Unit: f.Unit, Channel: f.Channel, Answers: said, Documents: papers,
			Facts: dossier.Facts{Subject: role(form.Subject), Born: role(form.Born), ProofNo: role(form.ProofNo), Applicant: role(form.Applicant), Phone: role(form.ApplicantTel)}})
		return err
	})
	return d, err
}

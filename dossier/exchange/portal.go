package exchange

import (
	"cmp"
	"context"
	"encoding/json"
	"time"

	"lotrinh/dossier"
	"lotrinh/dossier/exchange/post"
	"lotrinh/dossier/form"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/fold"
	"lotrinh/internal/wire"
)

// tellPortal pushes every change of status of a dossier that has a code.
func (s *Service) tellPortal(ctx context.Context, tx *db.Tx, before, after dossier.Dossier) error {
	if after.Code == "" || before.Status == after.Status && before.Code == after.Code {
		return nil
	}
	st := wire.Status{Dossier: after.Code, Status: int(after.Status), ChangedAt: after.ChangedAt.UTC().Format(time.RFC3339), Unit: after.Unit, Procedure: after.Procedure}
	if !after.DueAt.IsZero() {
		st.DueAt = after.DueAt.UTC().Format(time.RFC3339)
	}
	_, err := s.Post.Write(ctx, tx, post.Letter{Partner: Portal, Dossier: after.Code, Ref: after.ID, Unit: after.Unit, Leg: "status", Type: wire.StatusChanged,
		Revision: after.Steps, Data: st, Expects: post.Arrival})
	return err
}

// submitted files a dossier that somebody sent at the national portal: the portal's number
// is the key, so that it is one dossier however often it comes.
func (s *Service) submitted(ctx context.Context, tx *db.Tx, in post.Incoming) error {
	var f wire.Submission
	if err := json.Unmarshal(in.Event.Data, &f); err != nil {
		return fault.Because(fault.Invalid, "exchange.data_broken", err)
	}
	subject := f.Answers["nksHoTen"]
	for _, name := range []string{"nktHoTen", "nxnHoTen"} {
		if subject == "" {
			subject = f.Answers[name]
		}
	}
	normal := f.Answers.Normal()
	v, err := s.Dossiers.InForce(ctx, f.Procedure, s.Business.Now())
	if err != nil {
		return err
	}
	def, err := s.Dossiers.Definition(ctx, v.ID)
	if err != nil {
		return err
	}
	asks, err := formOf(def)
	if err != nil {
		return err
	}
	typed := form.FromColumns(asks, f.Answers)
	answers, err := json.Marshal(typed)
	if err != nil {
		return err
	}
	d, err := s.Dossiers.SubmitIn(ctx, tx, machine, dossier.Submission{Key: "portal:" + f.Number, Procedure: f.Procedure, Unit: f.Unit, Channel: dossier.Online,
		Facts: dossier.Facts{Subject: cmp.Or(asks.Of(form.Subject, typed), fold.NFC(subject)), Born: cmp.Or(asks.Of(form.Born, typed), normal["nksNgaySinh"]), SubjectPID: cmp.Or(asks.Of(form.SubjectPID, typed), f.Answers["soDinhDanh"]),
			MotherPID: asks.Of(form.MotherPID, typed), ProofNo: cmp.Or(asks.Of(form.ProofNo, typed), f.Answers["gcsSo"]), Applicant: f.Applicant, Phone: f.Phone},
		Answers: answers})
	if err == nil {
		in.Row.Ref = d.ID
	}
	return err
}

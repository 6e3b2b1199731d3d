package app

import (
	"context"

	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/worktime/calstore"
	"lotrinh/internal/org"
	"lotrinh/rollout/duty"
	"lotrinh/rollout/issuance"
)

// accounted puts a request for an account, a batch and a review of access among the
// things.
func (s *street) accounted(m map[string]string, district, unit, coordinator string) {
	s.t.Helper()
	ctx := s.t.Context()
	r, err := s.Accounts.AskFor(ctx, s.actor(coordinator), issuance.Form{Unit: unit, Post: string(org.LabourOfficer), Name: "Vũ Thị Hoa"})
	must(s.t, err)
	must(s.t, s.Accounts.OpenReviews(ctx))
	b := issuance.Batch{ID: ident.New(s.Machine.Now()), Unit: district, Channel: issuance.BySlip, MadeAt: s.Business.Now(), DoneAt: s.Business.Now()}
	must(s.t, s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.NewInsert().Model(&b).Exec(ctx)
		return err
	}))
	m["asked"], m["batch"] = string(r.ID), string(b.ID)
	up, err := s.CommuneDuty.Add(ctx, s.actor(coordinator), unit, duty.Form{Kind: duty.Hotline, Name: "Vũ Thị Hoa", Phone: "0912 345 678", Calendar: calstore.Office})
	must(s.t, err)
	m["duty"] = string(up.ID)
	m["review"] = s.one("SELECT id FROM access_review WHERE unit = ?", district)
}

package app

import (
	"context"

	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/ident"
	"lotrinh/rollout/outlook"
)

// holdProposed is a proposal to hold phase 2 because of the wave of the demo, made once.
func (s *street) holdProposed() string {
	s.t.Helper()
	must(s.t, s.Outlook.Watch(s.t.Context()))
	id, now := ident.New(s.Machine.Now()), s.Business.Now()
	must(s.t, s.DB.InTx(s.t.Context(), func(ctx context.Context, tx *db.Tx) error {
		h := outlook.Hold{ID: id, Programme: ident.ID(s.one("SELECT min(id) FROM rollout_programme")), Phase: ident.ID(s.one("SELECT max(id) FROM rollout_phase WHERE ordinal = 2")),
			Wave: "street", State: outlook.Proposed, ProposedAt: now, Version: 1}
		_, err := tx.NewInsert().Model(&h).On("CONFLICT (programme, wave) DO NOTHING").Exec(ctx)
		return err
	}))
	return s.one("SELECT min(id) FROM rollout_hold")
}

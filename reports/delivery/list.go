package delivery

import (
	"context"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/kit/trail"
	"lotrinh/reports"
)

// Count is how many deliveries of a run stand in one state.
type Count struct {
	Channel Channel
	State   State
	N       int64
}

// planned is a run whose deliveries somebody may look after.
func (s *Service) planned(ctx context.Context, who access.Actor, run ident.ID) (reports.RunRow, error) {
	r, err := s.Reports.RunOf(ctx, who, run)
	if err != nil {
		return r, err
	}
	return r, who.NeedAt(reports.Plan, r.Cut)
}

// Counts sums the deliveries of one run.
func (s *Service) Counts(ctx context.Context, who access.Actor, run ident.ID) ([]Count, error) {
	if _, err := s.planned(ctx, who, run); err != nil {
		return nil, err
	}
	var all []Count
	err := s.DB.Read().NewSelect().Model((*Row)(nil)).Column("channel", "state").ColumnExpr("count(*) AS n").Where("rd.run = ?", run).
		Group("rd.channel", "rd.state").Order("rd.channel", "rd.state").Scan(ctx, &all)
	return all, db.Sorted(err)
}

// Of is a page of the deliveries of a run, the newest first. It names people, so that
// somebody looked is an entry of the trail.
func (s *Service) Of(ctx context.Context, who access.Actor, run ident.ID, r page.Request) (page.Page[Row], error) {
	if _, err := s.planned(ctx, who, run); err != nil {
		return page.Page[Row]{}, err
	}
	var rows []Row
	if err := s.DB.Read().NewSelect().Model(&rows).Where("rd.run = ?", run).Apply(r.On("rd.id")).Scan(ctx); err != nil {
		return page.Page[Row]{}, db.Sorted(err)
	}
	p := page.Cut(r, rows, func(r Row) []string { return []string{string(r.ID)} })
	if len(p.Items) == 0 {
		return p, nil
	}
	ids := make([]string, len(p.Items))
	for i, one := range p.Items {
		ids[i] = string(one.ID)
	}
	return p, s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		return trail.Seen(ctx, tx, s.Business.Now(), who, "reports.deliveries.seen", ids)
	})
}

// Send writes the deliveries of a run's latest edition to everybody on its list who has
// none yet, and tells how many. A report by hand goes out so.
func (s *Service) Send(ctx context.Context, who access.Actor, id ident.ID) (int, error) {
	run, err := s.planned(ctx, who, id)
	if err != nil {
		return 0, err
	}
	sn, err := s.Reports.SnapshotOf(ctx, system, run.ID)
	if err != nil {
		return 0, err
	}
	n := 0
	return n, s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		if n, err = s.plan(ctx, tx, run, sn); err != nil {
			return err
		}
		return trail.Write(ctx, tx, s.Business.Now(), who, "reports.run.sent", string(id), map[string][2]any{"new": {0, n}, "edition": {0, sn.Edition}}, trail.At(run.Cut))
	})
}

// Resend tries a delivery anew that came to an end: the same mail under the same
// Message-ID. It tells the run.
func (s *Service) Resend(ctx context.Context, who access.Actor, id ident.ID) (ident.ID, error) {
	var r Row
	if err := s.DB.Read().NewSelect().Model(&r).Where("rd.id = ?", id).Apply(who.Within(reports.Plan, "rd.cut")).Scan(ctx); err != nil {
		return "", db.Sorted(err)
	}
	if err := who.NeedAt(reports.Plan, r.Cut); err != nil {
		return "", err
	}
	return r.Run, s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		err := db.Changed(tx.NewUpdate().Model((*Row)(nil)).Set("state = ?", Waiting).Set("attempts = 0").Set("next_at = ?", s.Machine.Now()).Set("problem = ''").
			Where("id = ?", id).Where("channel <> ?", Inbox).Where("state IN ('sent', 'failed', 'bounced', 'dropped')").Exec(ctx))
		if err != nil {
			return err
		}
		return trail.Write(ctx, tx, s.Business.Now(), who, "reports.delivery.resent", string(id), map[string][2]any{"state": {string(r.State), string(Waiting)}}, trail.At(r.Cut))
	})
}

// Waiting is how many deliveries wait, for the metrics.
func (s *Service) Waiting(ctx context.Context) (float64, error) {
	n, err := s.DB.Read().NewSelect().Model((*Row)(nil)).Where("rd.state IN ('waiting', 'sending')").Count(ctx)
	return float64(n), db.Sorted(err)
}

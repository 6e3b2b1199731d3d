package rollout

import (
	"context"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/outbox"
)

// testDone is the dossiers' event, as far as the rollout reads it: a practice dossier of a
// commune came from one end to the other.
type testDone struct {
	Unit string `json:"unit"`
}

// testTold records the test with each criterion of the commune that asks for one, once a
// day however many were done: a commune that practises keeps its evidence from growing
// stale.
func (s *Service) testTold(ctx context.Context, tx *db.Tx, e outbox.Event) error {
	var body testDone
	if err := e.Read(&body); err != nil {
		return err
	}
	all, err := programmes(ctx, tx)
	if err != nil {
		return err
	}
	for _, pg := range all {
		if err := s.learnTest(ctx, tx, pg, body.Unit, e); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) learnTest(ctx context.Context, tx *db.Tx, pg Programme, unit string, e outbox.Event) error {
	var asked []string
	err := tx.NewSelect().TableExpr("rollout_progress AS pr").Join("JOIN rollout_criterion AS cr ON cr.phase = pr.phase").ColumnExpr("cr.key").
		Where("pr.programme = ?", pg.ID).Where("pr.unit = ?", unit).Where("cr.evidence = ?", EvidenceTest).Order("cr.key").Scan(ctx, &asked)
	if err != nil || len(asked) == 0 {
		return db.Sorted(err)
	}
	var known []Evidence
	err = tx.NewSelect().Model(&known).Where("ev.programme = ? AND ev.kind = ?", pg.ID, Verification).Where("ev.unit = ?", unit).
		Where("ev.criterion IN (?)", bun.List(asked)).Where("ev.latest").Scan(ctx)
	if err != nil {
		return db.Sorted(err)
	}
	enough := map[string]bool{}
	for _, k := range known {
		enough[k.Criterion] = k.ObservedAt.After(e.At) || k.Answer == Met && clock.Date(k.ObservedAt) == clock.Date(e.At)
	}
	now, who := s.clock.Now(), access.System("dossiers")
	news := map[string][]Evidence{}
	for _, key := range asked {
		if !enough[key] {
			news[key] = []Evidence{{ID: ident.New(now), Programme: pg.ID, Unit: unit, Criterion: key, Kind: Verification, Answer: Met, Source: FromTest,
				Reasons: "[]", ObservedAt: e.At, RecordedAt: now, Actor: string(who.ID)}}
		}
	}
	return writeNews(ctx, tx, now, who, pg, news)
}

package rollout

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/ident"
)

// News is what somebody who can prove it found out about communes: a room of the rollout
// that keeps the facts behind a criterion, or a neighbour.
type News struct {
	Evidence string       // the sort that criteria ask for: one of the Evidence constants
	Source   string       // where it comes from: one of the From constants
	By       access.Actor // who found out
	At       time.Time    // when it was so
	Verdicts map[string]Verdict
}

// Learn records news with every criterion, of every programme, that asks for this sort
// of evidence and for which it is news: the same answer for the same reasons is written
// once (once a day where evidence grows stale), and what was observed later stands. It writes in the transaction of the fact
// itself, so that the gate never lags behind it, and costs a fixed number of queries a
// programme however many communes there are.
func (s *Service) Learn(ctx context.Context, tx *db.Tx, n News) error {
	all, err := programmes(ctx, tx)
	if err != nil {
		return err
	}
	for _, pg := range all {
		if err := learn(ctx, tx, s.clock.Now(), pg, n); err != nil {
			return err
		}
	}
	return nil
}

// learn records the verdicts that differ from what one programme knows.
func learn(ctx context.Context, tx *db.Tx, now time.Time, pg Programme, n News) error {
	units := make([]string, 0, len(n.Verdicts))
	for u := range n.Verdicts {
		units = append(units, u)
	}
	if len(units) == 0 {
		return nil
	}
	var asked []struct {
		Unit      string
		Criterion string
		Ages      bool
	}
	err := tx.NewSelect().TableExpr("rollout_progress AS pr").Join("JOIN rollout_criterion AS cr ON cr.phase = pr.phase").
		ColumnExpr("pr.unit, cr.key AS criterion, cr.ttl_days > 0 AS ages").Where("pr.programme = ?", pg.ID).Where("pr.unit IN (?)", bun.List(units)).
		Where("cr.evidence = ?", n.Evidence).Order("cr.key", "pr.unit").Scan(ctx, &asked)
	if err != nil || len(asked) == 0 {
		return db.Sorted(err)
	}
	var known []Evidence
	err = tx.NewSelect().Model(&known).Where("ev.programme = ? AND ev.kind = ?", pg.ID, Verification).
		Where("ev.unit IN (?)", bun.List(units)).Where("ev.latest").Scan(ctx)
	if err != nil {
		return db.Sorted(err)
	}
	last := map[string]Evidence{}
	for _, e := range known {
		last[e.Unit+"/"+e.Criterion] = e
	}
	news := map[string][]Evidence{}
	for _, a := range asked {
		v := n.Verdicts[a.Unit]
		reasons, err := packed(v.Reasons)
		if err != nil {
			return err
		}
		if old, ok := last[a.Unit+"/"+a.Criterion]; ok && (old.ObservedAt.After(n.At) || old.Answer == v.Answer && old.Reasons == reasons && !(a.Ages && clock.Date(old.ObservedAt) != clock.Date(n.At))) {
			continue
		}
		news[a.Criterion] = append(news[a.Criterion], Evidence{ID: ident.New(now), Programme: pg.ID, Unit: a.Unit, Criterion: a.Criterion,
			Kind: Verification, Answer: v.Answer, Source: n.Source, Reasons: reasons, Link: v.Link, ObservedAt: n.At, RecordedAt: now,
			Actor: string(n.By.ID), ActorName: n.By.Name})
	}
	return writeNews(ctx, tx, now, n.By, pg, news)
}

func writeNews(ctx context.Context, tx *db.Tx, now time.Time, who access.Actor, pg Programme, news map[string][]Evidence) error {
	if len(news) == 0 {
		return nil
	}
	if err := touch(ctx, tx, pg.ID); err != nil {
		return err
	}
	for _, rows := range news {
		if err := appendEvidence(ctx, tx, rows); err != nil {
			return err
		}
		byAnswer := map[Answer][]Evidence{}
		for _, r := range rows {
			byAnswer[r.Answer] = append(byAnswer[r.Answer], r)
		}
		for _, same := range byAnswer {
			if err := told(ctx, tx, now, who, pg, same); err != nil {
				return err
			}
		}
	}
	return nil
}

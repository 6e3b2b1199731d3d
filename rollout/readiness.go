package rollout

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/outbox"
)

// readinessChanged is the inventory's event, as far as the rollout reads it.
type readinessChanged struct {
	Unit    string `json:"unit"`
	Verdict Answer `json:"verdict"`
	Reasons []struct {
		Text i18n.Line `json:"text"`
	} `json:"reasons"`
}

// excused is the inventory's answer for a commune that lacks something it was excused
// from for a time. The gate opens; the reasons name who excused it and until when.
const excused Answer = "waived"

// Handlers learn what other areas tell.
func (s *Service) Handlers() []outbox.Handler {
	return []outbox.Handler{
		{Name: "rollout.readiness", Topic: "inventory.readiness.changed", Do: s.readinessTold},
		{Name: "rollout.tested", Topic: "dossier.practice.done", Do: s.testTold},
	}
}

func (s *Service) readinessTold(ctx context.Context, tx *db.Tx, e outbox.Event) error {
	var body readinessChanged
	if err := e.Read(&body); err != nil {
		return err
	}
	v := Verdict{Answer: body.Verdict}
	if v.Answer == excused {
		v.Answer = Met
	}
	for _, r := range body.Reasons {
		v.Reasons = append(v.Reasons, Reason{r.Text})
	}
	all, err := programmes(ctx, tx)
	if err != nil {
		return err
	}
	for _, pg := range all {
		if err := learnReadiness(ctx, tx, s.clock.Now(), e.At, pg, map[string]Verdict{body.Unit: v}); err != nil {
			return err
		}
	}
	return nil
}

// Refresh asks the inventory about every commune of a programme and records what
// is news: after an import of equipment, and now and then by a job, so that a lost
// event mends itself.
func (s *Service) Refresh(ctx context.Context, who access.Actor, code string) error {
	if err := who.Need(Verify); err != nil {
		return err
	}
	pg, err := programmeByCode(ctx, s.db.Read(), code)
	if err != nil {
		return err
	}
	rows, err := progressOf(ctx, s.db.Read(), access.System("rollout"), pg.ID, nil)
	if err != nil {
		return err
	}
	var units []string
	for _, r := range rows {
		if r.Stage != Live {
			units = append(units, r.Unit)
		}
	}
	now := s.clock.Now()
	verdicts, err := s.ready.All(ctx, units, now)
	if err != nil {
		return err
	}
	return s.db.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		return learnReadiness(ctx, tx, now, now, pg, verdicts)
	})
}

// learnReadiness records the verdicts that differ from what is known, as they were
// at a moment, for the units whose phase asks for equipment.
func learnReadiness(ctx context.Context, tx *db.Tx, now, at time.Time, pg Programme, verdicts map[string]Verdict) error {
	units := make([]string, 0, len(verdicts))
	for u := range verdicts {
		units = append(units, u)
	}
	if len(units) == 0 {
		return nil
	}
	var asked []struct {
		Unit      string
		Criterion string
	}
	err := tx.NewSelect().TableExpr("rollout_progress AS pr").Join("JOIN rollout_criterion AS cr ON cr.phase = pr.phase").
		ColumnExpr("pr.unit, cr.key AS criterion").Where("pr.programme = ?", pg.ID).Where("pr.unit IN (?)", bun.List(units)).
		Where("cr.evidence = ?", EvidenceEquipment).Order("cr.key", "pr.unit").Scan(ctx, &asked)
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
		v := verdicts[a.Unit]
		reasons, err := packed(v.Reasons)
		if err != nil {
			return err
		}
		if old, ok := last[a.Unit+"/"+a.Criterion]; ok && (old.Answer == v.Answer && old.Reasons == reasons || old.ObservedAt.After(at)) {
			continue
		}
		news[a.Criterion] = append(news[a.Criterion], Evidence{ID: ident.New(now), Programme: pg.ID, Unit: a.Unit, Criterion: a.Criterion,
			Kind: Verification, Answer: v.Answer, Source: FromInventory, Reasons: reasons, ObservedAt: at, RecordedAt: now,
			Actor: "system:inventory", ActorName: ""})
	}
	return writeNews(ctx, tx, now, access.System("inventory"), pg, news)
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

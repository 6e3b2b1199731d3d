package rollout

import (
	"context"
	"strings"
	"time"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/i18n"
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
	v := Verdict{Answer: body.Verdict, Link: strings.ReplaceAll(s.EquipmentAt, ":unit", body.Unit)}
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
		if err := learn(ctx, tx, s.clock.Now(), pg, fromInventory(e.At, map[string]Verdict{body.Unit: v})); err != nil {
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
		return learn(ctx, tx, now, pg, fromInventory(now, verdicts))
	})
}

// fromInventory is the inventory's verdicts as news.
func fromInventory(at time.Time, verdicts map[string]Verdict) News {
	return News{Evidence: EvidenceEquipment, Source: FromInventory, By: access.System("inventory"), At: at, Verdicts: verdicts}
}

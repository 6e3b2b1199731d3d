package rollout

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/trail"
)

// SetServices makes a programme of services from a plan, or brings a known one up to it:
// title, waves with their days, milestones. It has no communes and no gate; what goes
// through its waves is kept by the caller, in the same transaction. The same plan again
// changes nothing and tells so.
func (s *Service) SetServices(ctx context.Context, tx *db.Tx, who access.Actor, p PlanFile) (PlanImported, error) {
	if err := who.Need(Plan); err != nil {
		return PlanImported{}, err
	}
	var k fault.Check
	k.Need(p.Code != "", "code", "rollout.plan.code")
	k.Need(p.Title != "" && p.TitleEN != "", "title", "rollout.plan.needed")
	k.Need(day(p.DecidedOn), "decided_on", "rollout.form.bad_day")
	for _, ph := range p.Phases {
		k.Need(day(ph.TrialOn) && day(ph.OfficialOn) && ph.TrialOn <= ph.OfficialOn, "phases", "rollout.plan.order")
	}
	if err := k.Err(); err != nil {
		return PlanImported{}, err
	}
	im := planImport{tx: tx, now: s.clock.Now(), who: who, plan: p, kind: OfServices}
	var done PlanImported
	if err := im.programme(ctx, &done); err != nil || done.Unchanged {
		return done, err
	}
	if err := im.phases(ctx); err != nil {
		return done, err
	}
	if err := im.milestones(ctx); err != nil {
		return done, err
	}
	return done, trail.Write(ctx, tx, im.now, who, "rollout.plan.imported", string(im.pg.ID), map[string][2]any{"plan_hash": {"", p.hash}})
}

// ServiceProgramme is a programme of services with its waves and milestones.
type ServiceProgramme struct {
	Programme
	Phases     []Phase
	Milestones []Milestone
}

// ServiceProgrammes are all of them, in a constant number of queries each.
func (s *Service) ServiceProgrammes(ctx context.Context, who access.Actor) ([]ServiceProgramme, error) {
	if err := who.Need(Read); err != nil {
		return nil, err
	}
	var all []Programme
	if err := s.db.Read().NewSelect().Model(&all).Where("pg.kind = ?", OfServices).Order("pg.code").Scan(ctx); err != nil {
		return nil, db.Sorted(err)
	}
	out := make([]ServiceProgramme, len(all))
	for i, pg := range all {
		out[i].Programme = pg
		if err := s.db.Read().NewSelect().Model(&out[i].Phases).Where("ph.programme = ?", pg.ID).Order("ph.ordinal").Scan(ctx); err != nil {
			return nil, db.Sorted(err)
		}
		var err error
		if out[i].Milestones, err = milestonesOf(ctx, s.db.Read(), pg.ID); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// StagesAt is at which stage each commune of a programme stood at a moment; a commune
// that had not joined yet is absent. A programme that is not there has none.
func (s *Service) StagesAt(ctx context.Context, q bun.IDB, code string, at time.Time) (map[string]Stage, error) {
	var rows []StageChange
	err := q.NewSelect().Model(&rows).Column("unit", "to_stage").Join("JOIN rollout_programme AS pg ON pg.id = sc.programme").
		Where("pg.code = ?", code).Where("sc.at <= ?", at).Order("sc.seq").Scan(ctx)
	out := make(map[string]Stage, len(rows))
	for _, r := range rows {
		out[r.Unit] = r.To
	}
	return out, db.Sorted(err)
}

package rollout

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/outbox"
	"lotrinh/internal/kit/trail"
)

// PlanImported says what an import of a plan did.
type PlanImported struct {
	Programme Programme
	Created   bool
	Unchanged bool // the same file was imported before
	Joined    int  // communes that joined the programme or changed phase
	Left      int  // communes that left it
}

// ImportPlan makes a programme from a plan, or brings a known one up to the plan:
// days, checklists and milestones are set, communes join and leave phases from today.
// The first import dates memberships from the day of the decision. Nothing is saved
// when anything in the plan is wrong.
func (s *Service) ImportPlan(ctx context.Context, who access.Actor, p PlanFile) (PlanImported, error) {
	if err := who.Need(Plan); err != nil {
		return PlanImported{}, err
	}
	now := s.clock.Now()
	members, err := s.checkPlan(ctx, p)
	if err != nil {
		return PlanImported{}, err
	}
	var done PlanImported
	err = s.db.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		done = PlanImported{}
		im := planImport{tx: tx, now: now, who: who, plan: p}
		if err := im.programme(ctx, &done); err != nil || done.Unchanged {
			return err
		}
		if err := im.phases(ctx); err != nil {
			return err
		}
		from, since, err := im.from(done.Created)
		if err != nil {
			return err
		}
		asked := since
		if !done.Created {
			asked = now
		}
		if err := im.criteria(ctx, asked); err != nil {
			return err
		}
		if err := im.milestones(ctx); err != nil {
			return err
		}
		if err := im.members(ctx, members, from, since, &done); err != nil {
			return err
		}
		changes := map[string][2]any{"plan_hash": {"", p.hash}, "joined": {0, done.Joined}, "left": {0, done.Left}}
		return trail.Write(ctx, tx, now, who, "rollout.plan.imported", string(im.pg.ID), changes)
	})
	return done, err
}

// checkPlan checks a plan against the units of the day on which it was decided; one
// that names the units of today is as good.
func (s *Service) checkPlan(ctx context.Context, p PlanFile) (map[int][]string, error) {
	now := s.clock.Now()
	decided, err := clock.ParseDate(p.DecidedOn)
	if err != nil || decided.After(now) {
		decided = now
	}
	var first error
	for _, at := range []time.Time{decided, now} {
		tree, err := s.units.Tree(ctx, at)
		if err != nil {
			return nil, err
		}
		members, err := p.check(tree)
		if err == nil {
			return members, nil
		}
		if first == nil {
			first = err
		}
	}
	return nil, first
}

type planImport struct {
	tx    *db.Tx
	now   time.Time
	who   access.Actor
	plan  PlanFile
	kind  string // OfUnits when empty
	pg    Programme
	phase map[int]Phase
}

func (im *planImport) programme(ctx context.Context, done *PlanImported) error {
	p := im.plan
	pg, err := programmeByCode(ctx, im.tx, p.Code)
	switch {
	case fault.Is(err, fault.Missing):
		pg = Programme{ID: ident.New(im.now), Code: p.Code, Title: p.Title, TitleEN: p.TitleEN, LegalBasis: p.LegalBasis,
			DecidedOn: p.DecidedOn, PlanHash: p.hash, Kind: cmp.Or(im.kind, OfUnits), Revision: 1, Version: 1}
		_, err = im.tx.NewInsert().Model(&pg).Exec(ctx)
		done.Created = true
	case err == nil && pg.Kind != cmp.Or(im.kind, OfUnits):
		err = fault.New(fault.Conflict, "rollout.plan.other_kind")
	case err == nil && pg.PlanHash == p.hash && p.hash != "":
		done.Unchanged = true
	case err == nil:
		err = db.Changed(im.tx.NewRaw("UPDATE rollout_programme SET title = ?, title_en = ?, legal_basis = ?, decided_on = ?, plan_hash = ?,"+
			" revision = revision + 1, version = version + 1 WHERE id = ?", p.Title, p.TitleEN, p.LegalBasis, p.DecidedOn, p.hash, pg.ID).Exec(ctx))
	}
	im.pg, done.Programme = pg, pg
	return db.Sorted(err)
}

func (im *planImport) phases(ctx context.Context) error {
	im.phase = map[int]Phase{}
	for _, ph := range im.plan.Phases {
		row := Phase{ID: ident.New(im.now), Programme: im.pg.ID, Ordinal: ph.Ordinal, Name: ph.Name, NameEN: ph.NameEN,
			TrialOn: ph.TrialOn, OfficialOn: ph.OfficialOn, Live: ph.Live, Version: 1}
		_, err := im.tx.NewInsert().Model(&row).On("CONFLICT (programme, ordinal) DO UPDATE").
			Set("name = EXCLUDED.name").Set("name_en = EXCLUDED.name_en").Set("trial_on = EXCLUDED.trial_on").
			Set("official_on = EXCLUDED.official_on").Set("live = EXCLUDED.live").Set("version = ph.version + 1").Exec(ctx)
		if err != nil {
			return db.Sorted(err)
		}
	}
	var rows []Phase
	if err := im.tx.NewSelect().Model(&rows).Where("ph.programme = ?", im.pg.ID).Scan(ctx); err != nil {
		return db.Sorted(err)
	}
	for _, r := range rows {
		im.phase[r.Ordinal] = r
	}
	return nil
}

// criteria brings the checklists up to the plan: evidence hangs on keys, so it stays, and
// how a criterion was asked before is kept. A new programme asks from its first day.
func (im *planImport) criteria(ctx context.Context, since time.Time) error {
	var have []Criterion
	if err := im.tx.NewSelect().Model(&have).Where("cr.programme = ?", im.pg.ID).Order("cr.ordinal").Scan(ctx); err != nil {
		return db.Sorted(err)
	}
	old := make(map[string]Criterion, len(have))
	for _, c := range have {
		old[string(c.Phase)+" "+c.Key] = c
	}
	keep := editing{tx: im.tx, now: im.now, who: im.who, reason: im.plan.LegalBasis}
	var rows []Criterion
	for i, c := range im.plan.Checklist {
		for _, n := range c.Phases {
			row := Criterion{ID: ident.New(im.now), Programme: im.pg.ID, Phase: im.phase[n].ID, Ordinal: i + 1, Key: c.Key, Title: c.Title, TitleEN: c.TitleEN,
				Source: c.Source, Evidence: c.Evidence, Must: c.Must, Stage: c.Stage, TTLDays: c.TTLDays, Since: since, Reason: im.plan.LegalBasis, ActorName: im.who.Name, Version: 1}
			was, known := old[string(row.Phase)+" "+c.Key]
			if !known {
				rows = append(rows, row)
				continue
			}
			delete(old, string(row.Phase)+" "+c.Key)
			if err := keep.change(ctx, was, row); err != nil {
				return err
			}
		}
	}
	for _, c := range have {
		if _, gone := old[string(c.Phase)+" "+c.Key]; gone {
			if err := keep.withdraw(ctx, c); err != nil {
				return err
			}
		}
	}
	return insert(ctx, im.tx, rows)
}

// milestones sets the planned days; a day that was reached stays reached.
func (im *planImport) milestones(ctx context.Context) error {
	for _, m := range im.plan.Milestones {
		row := Milestone{ID: ident.New(im.now), Programme: im.pg.ID, Key: m.Key, Title: m.Title, TitleEN: m.TitleEN,
			PlannedOn: m.PlannedOn, ActualOn: m.ActualOn, Version: 1}
		if m.Phase != nil {
			row.Phase = im.phase[*m.Phase].ID
		}
		_, err := im.tx.NewInsert().Model(&row).On("CONFLICT (programme, key) DO UPDATE").Set("phase = EXCLUDED.phase").
			Set("title = EXCLUDED.title").Set("title_en = EXCLUDED.title_en").Set("planned_on = EXCLUDED.planned_on").
			Set("version = ms.version + 1").Exec(ctx)
		if err != nil {
			return db.Sorted(err)
		}
	}
	return nil
}

// from is since when the plan holds: the day of the decision on the first import, today
// on later ones, whose criteria hold from this moment on.
func (im *planImport) from(created bool) (string, time.Time, error) {
	from := clock.Date(im.now)
	if created && im.plan.DecidedOn < from {
		from = im.plan.DecidedOn
	}
	since, err := clock.ParseDate(from)
	if err != nil {
		return "", since, fault.Because(fault.Internal, "fault.internal", err)
	}
	return from, since, nil
}

// members lets communes join, change phase and leave.
func (im *planImport) members(ctx context.Context, members map[int][]string, from string, since time.Time, done *PlanImported) error {
	var open []Membership
	if err := im.tx.NewSelect().Model(&open).Where("pu.programme = ? AND pu.until_day = ''", im.pg.ID).Scan(ctx); err != nil {
		return db.Sorted(err)
	}
	was := make(map[string]ident.ID, len(open))
	for _, m := range open {
		was[m.Unit] = m.Phase
	}
	var rows []Membership
	var stand []Progress
	var lines []StageChange
	for _, ph := range im.plan.Phases {
		to := im.phase[ph.Ordinal]
		first := Preparing
		if ph.Live {
			first = Live
		}
		for _, u := range members[ph.Ordinal] {
			old, known := was[u]
			delete(was, u)
			if known && old == to.ID {
				continue
			}
			done.Joined++
			rows = append(rows, Membership{ID: ident.New(im.now), Programme: im.pg.ID, Phase: to.ID, Unit: u, FromDay: from})
			if known {
				if err := im.change(ctx, u, to.ID, from); err != nil {
					return err
				}
				continue
			}
			stand = append(stand, Progress{Programme: im.pg.ID, Unit: u, Phase: to.ID, Stage: first, Since: since, Version: 1})
			lines = append(lines, StageChange{ID: ident.New(im.now), Programme: im.pg.ID, Unit: u, Phase: to.ID, To: first, At: since,
				Actor: string(im.who.ID), ActorName: im.who.Name, Reason: im.plan.LegalBasis})
		}
	}
	for u := range was {
		done.Left++
		if err := im.leave(ctx, u, from); err != nil {
			return err
		}
	}
	if err := im.join(ctx, rows, was); err != nil {
		return err
	}
	if len(stand) > 0 {
		if err := im.stand(ctx, stand); err != nil {
			return err
		}
	}
	return insert(ctx, im.tx, lines, "seq")
}

// join saves the memberships of communes that joined or changed phases, and tells of
// them and of those that left.
func (im *planImport) join(ctx context.Context, joined []Membership, left map[string]ident.ID) error {
	if err := insert(ctx, im.tx, joined); err != nil {
		return err
	}
	units := slices.Collect(maps.Keys(left))
	for _, m := range joined {
		units = append(units, m.Unit)
	}
	if len(units) == 0 {
		return nil
	}
	slices.Sort(units)
	return outbox.Write(ctx, im.tx, im.now, MembersChanged{Programme: im.pg.Code, Units: units})
}

// stand writes where new communes stand; one that left and comes back keeps its stage.
func (im *planImport) stand(ctx context.Context, rows []Progress) error {
	_, err := im.tx.NewInsert().Model(&rows).On("CONFLICT (programme, unit) DO UPDATE").
		Set("phase = EXCLUDED.phase").Set("version = pr.version + 1").Exec(ctx)
	return db.Sorted(err)
}

func (im *planImport) change(ctx context.Context, unit string, to ident.ID, from string) error {
	if err := im.close(ctx, unit, from); err != nil {
		return err
	}
	return db.Changed(im.tx.NewRaw("UPDATE rollout_progress SET phase = ?, version = version + 1 WHERE programme = ? AND unit = ?", to, im.pg.ID, unit).Exec(ctx))
}

func (im *planImport) leave(ctx context.Context, unit, from string) error {
	if err := im.close(ctx, unit, from); err != nil {
		return err
	}
	_, err := im.tx.NewDelete().Model((*Progress)(nil)).Where("programme = ? AND unit = ?", im.pg.ID, unit).Exec(ctx)
	return db.Sorted(err)
}

// close ends a membership; one that began on the same day never was.
func (im *planImport) close(ctx context.Context, unit, from string) error {
	mine := func(q bun.QueryBuilder) bun.QueryBuilder {
		return q.Where("programme = ? AND unit = ? AND until_day = ''", im.pg.ID, unit)
	}
	if _, err := im.tx.NewDelete().Model((*Membership)(nil)).ApplyQueryBuilder(mine).Where("from_day >= ?", from).Exec(ctx); err != nil {
		return db.Sorted(err)
	}
	_, err := im.tx.NewRaw("UPDATE rollout_phase_unit SET until_day = ? WHERE programme = ? AND unit = ? AND until_day = ''", from, im.pg.ID, unit).Exec(ctx)
	return db.Sorted(err)
}

package rollout

import (
	"context"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/ident"
)

// programmes are those whose phases are waves of communes.
func programmes(ctx context.Context, idb bun.IDB) ([]Programme, error) {
	var rows []Programme
	err := idb.NewSelect().Model(&rows).Where("pg.kind = ?", OfUnits).Order("pg.code").Scan(ctx)
	return rows, db.Sorted(err)
}

func programmeByCode(ctx context.Context, idb bun.IDB, code string) (Programme, error) {
	var pg Programme
	err := idb.NewSelect().Model(&pg).Where("pg.code = ?", code).Scan(ctx)
	return pg, db.Sorted(err)
}

// touch raises the revision of a programme, in the transaction that writes a fact.
// On PostgreSQL it also makes the writers of one programme take turns.
func touch(ctx context.Context, tx *db.Tx, programme ident.ID) error {
	return db.Changed(tx.NewRaw("UPDATE rollout_programme SET revision = revision + 1 WHERE id = ?", programme).Exec(ctx))
}

// rewritten says that marks of older evidence changed: a book that was kept is read anew
// from the beginning, not from its last line on.
func rewritten(ctx context.Context, tx *db.Tx, programme ident.ID) error {
	return db.Changed(tx.NewRaw("UPDATE rollout_programme SET revision = revision + 1, rewritten = rewritten + 1 WHERE id = ?", programme).Exec(ctx))
}

// progressOf reads where communes stand, as far as the actor's reach of Read goes;
// a nil list of units means all.
func progressOf(ctx context.Context, idb bun.IDB, who access.Actor, programme ident.ID, units []string) ([]Progress, error) {
	var rows []Progress
	q := idb.NewSelect().Model(&rows).Where("pr.programme = ?", programme).Apply(who.Within(Read, "pr.unit")).Order("pr.unit")
	if units != nil {
		q = q.Where("pr.unit IN (?)", bun.List(units))
	}
	return rows, db.Sorted(q.Scan(ctx))
}

// lockProgress reads where communes stand and keeps others from moving them.
func lockProgress(ctx context.Context, tx *db.Tx, programme ident.ID, units []string) (map[string]Progress, error) {
	var rows []Progress
	err := tx.NewSelect().Model(&rows).Where("pr.programme = ?", programme).Where("pr.unit IN (?)", bun.List(units)).
		Order("pr.unit").Apply(db.ForUpdate(tx)).Scan(ctx)
	byUnit := make(map[string]Progress, len(rows))
	for _, r := range rows {
		byUnit[r.Unit] = r
	}
	return byUnit, db.Sorted(err)
}

func milestonesOf(ctx context.Context, idb bun.IDB, programme ident.ID) ([]Milestone, error) {
	var rows []Milestone
	err := idb.NewSelect().Model(&rows).Where("ms.programme = ?", programme).Order("ms.planned_on", "ms.key").Scan(ctx)
	return rows, db.Sorted(err)
}

func historyOf(ctx context.Context, idb bun.IDB, programme ident.ID, unit string) ([]StageChange, error) {
	var rows []StageChange
	err := idb.NewSelect().Model(&rows).Where("sc.programme = ? AND sc.unit = ?", programme, unit).Order("sc.seq DESC").Limit(100).Scan(ctx)
	return rows, db.Sorted(err)
}

func evidenceOf(ctx context.Context, idb bun.IDB, programme ident.ID, unit string) ([]Evidence, error) {
	var rows []Evidence
	err := idb.NewSelect().Model(&rows).Where("ev.programme = ? AND ev.unit = ?", programme, unit).Order("ev.seq DESC").Limit(50).Scan(ctx)
	return rows, db.Sorted(err)
}

// insert writes rows in parcels, so that no statement grows without bound; the
// store itself fills the counted columns.
func insert[T any](ctx context.Context, tx *db.Tx, rows []T, counted ...string) error {
	const parcel = 200
	for len(rows) > 0 {
		part := rows[:min(parcel, len(rows))]
		rows = rows[len(part):]
		if _, err := tx.NewInsert().Model(&part).ExcludeColumn(counted...).Exec(ctx); err != nil {
			return db.Sorted(err)
		}
	}
	return nil
}

// Phased is a commune in a phase of a programme.
type Phased struct {
	Programme string // code
	Ordinal   int    // of the phase
	Unit      string
}

// PhasesOf are the phases that units belong to now, in one query through q.
func (s *Service) PhasesOf(ctx context.Context, q bun.IDB, units []string) ([]Phased, error) {
	var rows []Phased
	err := q.NewSelect().TableExpr("rollout_phase_unit AS pu").Join("JOIN rollout_phase AS ph ON ph.id = pu.phase").Join("JOIN rollout_programme AS pg ON pg.id = pu.programme").
		ColumnExpr("pg.code AS programme, ph.ordinal, pu.unit").Where("pu.until_day = ''").Where("pu.unit IN (?)", bun.List(units)).Scan(ctx, &rows)
	return rows, db.Sorted(err)
}

// NamedPhase is a phase with its programme.
type NamedPhase struct {
	Programme string // code
	Phase
}

// Phases are the phases of every programme, in their order.
func (s *Service) Phases(ctx context.Context) ([]NamedPhase, error) {
	all, err := programmes(ctx, s.db.Read())
	if err != nil {
		return nil, err
	}
	var out []NamedPhase
	for _, pg := range all {
		var phases []Phase
		if err := s.db.Read().NewSelect().Model(&phases).Where("ph.programme = ?", pg.ID).Order("ph.ordinal").Scan(ctx); err != nil {
			return nil, db.Sorted(err)
		}
		for _, ph := range phases {
			out = append(out, NamedPhase{pg.Code, ph})
		}
	}
	return out, nil
}

package services

import (
	"context"
	"encoding/json"
	"strconv"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fold"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/importer"
	"lotrinh/internal/kit/trail"
)

// QuotaImport is the kind of import that says how much each unit has to do.
const QuotaImport = "rollout.service.quotas"

func (s *Service) quotaImport() importer.Spec {
	return importer.Spec{Kind: QuotaImport, Title: "services.quota.title", Home: "/rollout/services/targets", At: "/rollout", Perm: Keep, Columns: []importer.Column{
		{Key: "target", Name: "services.column.target", Needed: true, Read: importer.Text(200)},
		{Key: "unit", Name: "services.column.unit", Needed: true, Read: importer.Text(20)},
		{Key: "total", Name: "services.column.total", Needed: true, Read: importer.Whole(0, 1_000_000_000)},
		{Key: "as_of", Name: "services.column.as_of", Read: importer.Date, Say: func(t i18n.T, v string) string { return dayWords(t, v) }},
	}, Plan: s.planQuotas, Apply: s.applyQuotas, Undo: s.undoQuotas}
}

// quotaRow is what a row comes to: the quota, what stood there on that day, what is wrong.
type quotaRow struct {
	quota
	was    *int64
	column string
	why    string
}

func (s *Service) quotaRows(ctx context.Context, q bun.IDB, rows []importer.Row) ([]quotaRow, error) {
	var targets []Target
	if err := q.NewSelect().Model(&targets).Limit(200).Scan(ctx); err != nil {
		return nil, db.Sorted(err)
	}
	var have []quota
	if err := q.NewSelect().Model(&have).Scan(ctx); err != nil {
		return nil, db.Sorted(err)
	}
	tree, err := s.tree(ctx, s.now())
	if err != nil {
		return nil, err
	}
	known := map[quota]int64{}
	for _, h := range have {
		known[quota{Target: h.Target, Unit: h.Unit, AsOf: h.AsOf}] = h.Total
	}
	out := make([]quotaRow, len(rows))
	seen := map[quota]bool{}
	for i, r := range rows {
		one := &out[i]
		for _, t := range targets {
			if fold.Key(t.Title) == fold.Key(r.Cells["target"]) {
				one.Target = t.ID
			}
		}
		_, real := tree.Unit(r.Cells["unit"])
		one.Unit, one.AsOf = r.Cells["unit"], r.Cells["as_of"]
		if one.AsOf == "" {
			one.AsOf = clock.Date(s.now())
		}
		key := quota{Target: one.Target, Unit: one.Unit, AsOf: one.AsOf}
		switch {
		case one.Target == "":
			one.column, one.why = "target", "services.quota.no_target"
		case !real:
			one.column, one.why = "unit", "services.quota.no_unit"
		case seen[key]:
			one.column, one.why = "unit", "services.quota.twice"
		}
		seen[key] = true
		if n, there := known[key]; there {
			one.was = &n
		}
		if n, err := strconv.ParseInt(r.Cells["total"], 10, 64); err == nil {
			one.Total = n
		}
	}
	return out, nil
}

func (s *Service) planQuotas(ctx context.Context, q bun.IDB, _ access.Actor, rows []importer.Row) ([]importer.Plan, error) {
	all, err := s.quotaRows(ctx, q, rows)
	if err != nil {
		return nil, err
	}
	out := make([]importer.Plan, len(rows))
	for i, one := range all {
		switch {
		case one.why != "":
			out[i] = importer.Plan{Action: importer.Bad, Problems: []importer.Problem{{Column: one.column, Line: i18n.L(one.why)}}}
		case one.was == nil:
			out[i].Action = importer.Create
		case *one.was == one.Total:
			out[i].Action = importer.Skip
		default:
			out[i].Action = importer.Update
		}
	}
	return out, nil
}

// setQuota is what an undo needs to know of a row.
type setQuota struct {
	Target ident.ID `json:"target"`
	Unit   string   `json:"unit"`
	AsOf   string   `json:"as_of"`
	Was    *int64   `json:"was"`
	Total  int64    `json:"total"`
}

func (s *Service) applyQuotas(ctx context.Context, tx *db.Tx, who access.Actor, rows []importer.Row) ([]importer.Change, error) {
	all, err := s.quotaRows(ctx, tx, rows)
	if err != nil {
		return nil, err
	}
	now := s.now()
	var out []importer.Change
	for i, one := range all {
		if one.was != nil && *one.was == one.Total {
			continue
		}
		one.Actor, one.RecordedAt = string(who.ID), now
		_, err := tx.NewInsert().Model(&one.quota).On("CONFLICT (target, unit, as_of) DO UPDATE").Set("total = EXCLUDED.total").Set("actor = EXCLUDED.actor").
			Set("recorded_at = EXCLUDED.recorded_at").Exec(ctx)
		if err != nil {
			return nil, db.Sorted(err)
		}
		if err := trail.Write(ctx, tx, now, who, "rollout.service.quota_set", string(one.Target), map[string][2]any{"total": {one.was, one.Total}, "as_of": {"", one.AsOf}}, trail.At(one.Unit)); err != nil {
			return nil, err
		}
		raw, err := json.Marshal(setQuota{one.Target, one.Unit, one.AsOf, one.was, one.Total})
		if err != nil {
			return nil, db.Sorted(err)
		}
		out = append(out, importer.Change{N: rows[i].N, Record: raw})
	}
	return out, nil
}

func (s *Service) undoQuotas(ctx context.Context, tx *db.Tx, who access.Actor, changes []importer.Change) ([]importer.Refusal, error) {
	var refused []importer.Refusal
	for _, c := range changes {
		var was setQuota
		if err := json.Unmarshal(c.Record, &was); err != nil {
			return nil, db.Sorted(err)
		}
		at := "target = ? AND unit = ? AND as_of = ? AND total = ?"
		set := tx.NewRaw("DELETE FROM service_quota WHERE "+at, was.Target, was.Unit, was.AsOf, was.Total)
		if was.Was != nil {
			set = tx.NewRaw("UPDATE service_quota SET total = ? WHERE "+at, *was.Was, was.Target, was.Unit, was.AsOf, was.Total)
		}
		res, err := set.Exec(ctx)
		if err != nil {
			return nil, db.Sorted(err)
		}
		n, err := res.RowsAffected()
		if err != nil {
			return nil, db.Sorted(err)
		}
		if n == 0 {
			refused = append(refused, importer.Refusal{N: c.N, Line: i18n.L("services.import.changed")})
			continue
		}
		if err := trail.Write(ctx, tx, s.now(), who, "rollout.service.quota_unset", string(was.Target), map[string][2]any{"total": {was.Total, was.Was}}, trail.At(was.Unit)); err != nil {
			return nil, err
		}
	}
	return refused, nil
}

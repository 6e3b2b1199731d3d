package returns

import (
	"context"
	_ "embed"
	"encoding/json"
	"strings"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/trail"
	"lotrinh/rollout"
	"lotrinh/rollout/ask"
)

//go:embed data/monthly.json
var monthly []byte

// kit is a plan with its first forms, as it ships.
type kit struct {
	Code           string                    `json:"code"`
	Title          string                    `json:"title"`
	TitleEN        string                    `json:"title_en"`
	Programme      string                    `json:"programme"`
	OpensDay       int64                     `json:"opens_day"`
	CommuneDays    int64                     `json:"commune_days"`
	DistrictDays   int64                     `json:"district_days"`
	DepartmentDays int64                     `json:"department_days"`
	Bodies         []string                  `json:"bodies"`
	Forms          map[Level]json.RawMessage `json:"forms"`
}

// Seed puts the plan that ships into a store that has none.
func (s *Service) Seed(ctx context.Context) error {
	var k kit
	if err := json.Unmarshal(monthly, &k); err != nil {
		return fault.Because(fault.Internal, "fault.internal", err)
	}
	return s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		p := Plan{Code: k.Code, Title: k.Title, TitleEN: k.TitleEN, Programme: k.Programme, OpensDay: k.OpensDay, CommuneDays: k.CommuneDays,
			DistrictDays: k.DistrictDays, DepartmentDays: k.DepartmentDays, Bodies: strings.Join(k.Bodies, "\n"), Live: true, Version: 1}
		res, err := tx.NewInsert().Model(&p).On("CONFLICT (code) DO NOTHING").Exec(ctx)
		if err != nil {
			return db.Sorted(err)
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return db.Sorted(err)
		}
		now := s.Business.Now()
		var rows []FormEdition
		for _, l := range Levels {
			f := FormEdition{ID: ident.New(now), Plan: p.Code, Level: l, Edition: 1, Body: string(k.Forms[l]), MadeAt: now}
			if _, err := f.Form(); err != nil {
				return err
			}
			rows = append(rows, f)
		}
		_, err = tx.NewInsert().Model(&rows).Exec(ctx)
		return db.Sorted(err)
	})
}

// Plans are the plans with the newest form of each level.
func (s *Service) Plans(ctx context.Context, who access.Actor) ([]Plan, map[string]map[Level]FormEdition, error) {
	if err := who.Need(rollout.Read); err != nil {
		return nil, nil, err
	}
	var plans []Plan
	if err := s.DB.Read().NewSelect().Model(&plans).Order("rp.code").Scan(ctx); err != nil {
		return nil, nil, db.Sorted(err)
	}
	forms, err := newestForms(ctx, s.DB.Read(), "")
	return plans, forms, err
}

// newestForms are the newest editions by plan and level; of one plan when it is named.
func newestForms(ctx context.Context, q bun.IDB, plan string) (map[string]map[Level]FormEdition, error) {
	var rows []FormEdition
	sel := q.NewSelect().Model(&rows).Where("rf.edition = (SELECT max(o.edition) FROM return_form AS o WHERE o.plan = rf.plan AND o.level = rf.level)")
	if plan != "" {
		sel = sel.Where("rf.plan = ?", plan)
	}
	if err := sel.Order("rf.plan", "rf.level").Scan(ctx); err != nil {
		return nil, db.Sorted(err)
	}
	out := map[string]map[Level]FormEdition{}
	for _, r := range rows {
		if out[r.Plan] == nil {
			out[r.Plan] = map[Level]FormEdition{}
		}
		out[r.Plan][r.Level] = r
	}
	return out, nil
}

// SaveForm makes a further edition of a form: rounds that open from now on ask it.
func (s *Service) SaveForm(ctx context.Context, who access.Actor, plan string, level Level, edition int64, body string) (FormEdition, error) {
	var made FormEdition
	if err := who.Need(Manage); err != nil {
		return made, err
	}
	if _, err := ask.Parse([]byte(body)); err != nil {
		return made, err
	}
	err := s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		all, err := newestForms(ctx, tx, plan)
		if err != nil {
			return err
		}
		old, ok := all[plan][level]
		switch {
		case !ok:
			return missing()
		case old.Edition != edition:
			return fault.New(fault.Conflict, "fault.changed_meanwhile")
		}
		now := s.Business.Now()
		made = FormEdition{ID: ident.New(now), Plan: plan, Level: level, Edition: edition + 1, Body: body, MadeAt: now, MadeBy: who.ID, MadeName: who.Name}
		if _, err := tx.NewInsert().Model(&made).Exec(ctx); err != nil {
			return db.Sorted(err)
		}
		return trail.Write(ctx, tx, now, who, "rollout.return.form_changed", string(made.ID), map[string][2]any{"level": {"", level}, "edition": {edition, edition + 1}})
	})
	return made, err
}

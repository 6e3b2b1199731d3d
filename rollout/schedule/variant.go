package schedule

import (
	"context"
	"strings"
	"unicode/utf8"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/fold"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/trail"
	"lotrinh/internal/org"
	"lotrinh/rollout"
)

// mostVariants is how many questions one draft keeps.
const mostVariants = 50

// under tells whether a unit is a place or lies in it.
func under(tree *org.Tree) func(place, unit string) bool {
	return func(place, unit string) bool { return unit == place || unit != "" && tree.District(unit) == place }
}

// check refuses changes that say nothing or name nothing.
func (b *book) check(changes []Change, tree *org.Tree) error {
	var k fault.Check
	k.Need(len(changes) > 0, "day", "schedule.form.change")
	for _, c := range changes {
		if c.Resource >= 0 {
			k.Need(c.Resource < len(b.resources), "resource", "schedule.form.resource")
			k.Need(c.Capacity >= 0 && c.Capacity <= most, "capacity", "schedule.form.number", "least", 0, "most", most)
			continue
		}
		d, err := clock.ParseDate(c.Day)
		at, _ := b.axis.at(c.Day)
		k.Need(err == nil, "day", "form.bad_day")
		k.Need(err != nil || at >= 0 && at < b.axis.days(), "day", "schedule.form.outside")
		if c.Task != "" {
			k.Need(b.has(c.Task), "task", "schedule.form.after")
			k.Need(err != nil || at < 0 || at >= b.axis.days() || !b.axis.off[at], "day", "schedule.form.day_off", "day", d)
			continue
		}
		_, known := tree.Unit(c.Unit)
		k.Need(known, "unit", "schedule.form.unit")
	}
	return k.Err()
}

func (b *book) has(id ident.ID) bool {
	for _, t := range b.tasks {
		if t.ID == id {
			return true
		}
	}
	return false
}

// Try asks what a plan would be with changes, and keeps question and answer.
func (s *Service) Try(ctx context.Context, who access.Actor, draft ident.ID, name string, changes []Change) (Variant, error) {
	if err := who.Need(rollout.Plan); err != nil {
		return Variant{}, err
	}
	b, err := s.load(ctx, s.DB.Read(), draft)
	if err != nil {
		return Variant{}, err
	}
	tree, err := s.tree(ctx)
	if err != nil {
		return Variant{}, err
	}
	name = strings.Join(strings.Fields(fold.NFC(name)), " ")
	var k fault.Check
	k.Need(utf8.RuneCountInString(name) <= longestTitle, "name", "schedule.form.title_long", "limit", longestTitle)
	k.Add(b.check(changes, tree))
	if err := k.Err(); err != nil {
		return Variant{}, err
	}
	asked := b.with(changes, under(tree))
	r, err := asked.solve(ctx, asked.project(s.today()), b.result)
	if err != nil {
		return Variant{}, err
	}
	now := s.now()
	v := Variant{ID: ident.New(now), Draft: draft, Name: name, Changes: pack(changes), Result: pack(r), MadeBy: who.ID, MadeName: who.Name, MadeAt: now, Version: 1}
	return v, s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		n, err := tx.NewSelect().Model((*Variant)(nil)).Where("pv.draft = ?", draft).Count(ctx)
		if err != nil {
			return db.Sorted(err)
		}
		if n >= mostVariants {
			return fault.New(fault.Conflict, "schedule.too_many_variants", "most", mostVariants)
		}
		if err := insert(ctx, tx, []Variant{v}); err != nil {
			return err
		}
		return trail.Write(ctx, tx, now, who, "rollout.plan.tried", string(v.ID), map[string][2]any{"late": {b.result.Late, r.Late}, "span": {b.result.Span, r.Span}})
	})
}

func variantByID(ctx context.Context, q bun.IDB, id ident.ID) (Variant, error) {
	var v Variant
	err := q.NewSelect().Model(&v).Where("pv.id = ?", id).Scan(ctx)
	return v, db.Sorted(err)
}

// Adopt makes the changes of a variant those of the draft and places the tasks again. The
// variant is gone then: what it asked is what is.
func (s *Service) Adopt(ctx context.Context, who access.Actor, id ident.ID, version int64) (ident.ID, error) {
	if err := who.Need(rollout.Plan); err != nil {
		return "", err
	}
	v, err := variantByID(ctx, s.DB.Read(), id)
	if err != nil {
		return "", err
	}
	b, err := s.load(ctx, s.DB.Read(), v.Draft)
	if err != nil {
		return "", err
	}
	if b.draft.Version != version {
		return "", fault.New(fault.Conflict, "fault.conflict")
	}
	tree, err := s.tree(ctx)
	if err != nil {
		return "", err
	}
	asked := b.with(unpack[[]Change](v.Changes), under(tree))
	r, err := asked.solve(ctx, asked.project(s.today()), b.result)
	if err != nil {
		return "", err
	}
	return v.Draft, s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := s.keep(ctx, tx, who, b.draft, r); err != nil {
			return err
		}
		if err := apply(ctx, tx, b, asked); err != nil {
			return err
		}
		if _, err := tx.NewDelete().Model((*Variant)(nil)).Where("id = ?", id).Exec(ctx); err != nil {
			return db.Sorted(err)
		}
		return trail.Write(ctx, tx, s.now(), who, "rollout.plan.adopted", string(v.Draft), map[string][2]any{"variant": {nil, id}})
	})
}

// apply writes what differs between two books: one statement for each new release day.
func apply(ctx context.Context, tx *db.Tx, old, changed *book) error {
	for i, r := range changed.resources {
		if r.Capacity == old.resources[i].Capacity {
			continue
		}
		if err := db.Changed(tx.NewRaw("UPDATE plan_resource SET capacity = ?, version = version + 1 WHERE id = ?", r.Capacity, r.ID).Exec(ctx)); err != nil {
			return err
		}
	}
	released := map[string][]ident.ID{}
	for i, t := range changed.tasks {
		if t.PromisedOn != old.tasks[i].PromisedOn {
			if err := db.Changed(tx.NewRaw("UPDATE plan_task SET promised_on = ?, version = version + 1 WHERE id = ?", t.PromisedOn, t.ID).Exec(ctx)); err != nil {
				return err
			}
		}
		if t.ReleaseOn != old.tasks[i].ReleaseOn {
			released[t.ReleaseOn] = append(released[t.ReleaseOn], t.ID)
		}
	}
	for day, ids := range released {
		_, err := tx.NewUpdate().Table("plan_task").Set("release_on = ?", day).Set("version = version + 1").Where("id IN (?)", bun.List(ids)).Exec(ctx)
		if err != nil {
			return db.Sorted(err)
		}
	}
	return nil
}

// Drop forgets a variant.
func (s *Service) Drop(ctx context.Context, who access.Actor, id ident.ID) (ident.ID, error) {
	if err := who.Need(rollout.Plan); err != nil {
		return "", err
	}
	v, err := variantByID(ctx, s.DB.Read(), id)
	if err != nil {
		return "", err
	}
	return v.Draft, s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := db.Changed(tx.NewDelete().Model((*Variant)(nil)).Where("id = ?", id).Exec(ctx)); err != nil {
			return err
		}
		return trail.Write(ctx, tx, s.now(), who, "rollout.plan.dropped", string(id), nil)
	})
}

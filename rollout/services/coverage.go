package services

import (
	"context"
	"slices"
	"unicode/utf8"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/trail"
	"lotrinh/rollout"
)

// Essential is an essential service with its published counts, the newest first.
type Essential struct {
	Item
	Counts []Coverage
}

// Essentials are the essential services of the country and the link between systems,
// with every published count.
func (s *Service) Essentials(ctx context.Context, who access.Actor) ([]Essential, error) {
	items, err := s.Items(ctx, who, National, Link)
	if err != nil {
		return nil, err
	}
	var rows []Coverage
	if err := s.DB.Read().NewSelect().Model(&rows).OrderExpr("sc.as_of DESC, sc.seq DESC").Limit(2000).Scan(ctx); err != nil {
		return nil, db.Sorted(err)
	}
	of := map[ident.ID][]Coverage{}
	for _, r := range rows {
		of[r.Item] = append(of[r.Item], r)
	}
	out := make([]Essential, len(items))
	for i, one := range items {
		out[i] = Essential{one, of[one.ID]}
	}
	return out, nil
}

// CoverageForm is a published count as it is written down.
type CoverageForm struct {
	Done, Total int
	AsOf        string
	Source      string
	Places      []string // codes of provinces, when it is known which; else empty
}

// check is pure: what must hold of a published count.
func (f *CoverageForm) check(provinces []Province) error {
	f.Source = tidy(f.Source)
	slices.Sort(f.Places)
	f.Places = slices.Compact(f.Places)
	_, bad := clock.ParseDate(f.AsOf)
	known := func(code string) bool {
		return slices.ContainsFunc(provinces, func(p Province) bool { return p.Code == code })
	}
	var k fault.Check
	k.Need(bad == nil, "as_of", "form.bad_day")
	k.Need(f.Total > 0 && f.Total <= 10_000, "total", "services.form.total")
	k.Need(bad != nil || f.AsOf >= provincesUntil || f.Total <= len(provinces), "total", "services.form.provinces", "n", len(provinces))
	k.Need(f.Done >= 0 && f.Done <= f.Total, "done", "services.form.done")
	k.Need(f.Source != "", "source", "services.form.source")
	k.Need(utf8.RuneCountInString(f.Source) <= 300, "source", "services.form.long", "max", 300)
	k.Need(len(f.Places) == 0 || len(f.Places) == f.Done && !slices.ContainsFunc(f.Places, func(c string) bool { return !known(c) }), "places", "services.form.places", "n", f.Done)
	return k.Err()
}

// Publish writes down a published count beside the earlier ones.
func (s *Service) Publish(ctx context.Context, who access.Actor, id ident.ID, f CoverageForm) error {
	if err := who.Need(Keep); err != nil {
		return err
	}
	provinces, err := Provinces()
	if err != nil {
		return err
	}
	if err := f.check(provinces); err != nil {
		return err
	}
	return s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		i, err := item(ctx, tx, id)
		if err != nil {
			return err
		}
		if i.Level != National && i.Level != Link {
			return fault.New(fault.Missing, "fault.missing")
		}
		now := s.now()
		row := Coverage{ID: ident.New(now), Item: id, Done: f.Done, Total: f.Total, AsOf: f.AsOf, Source: f.Source, Places: f.Places, RecordedAt: now, Actor: string(who.ID), ActorName: who.Name}
		if row.Places == nil {
			row.Places = []string{}
		}
		if _, err := tx.NewInsert().Model(&row).ExcludeColumn("seq").Exec(ctx); err != nil {
			return db.Sorted(err)
		}
		return trail.Write(ctx, tx, now, who, "rollout.service.count_published", string(id), map[string][2]any{"done": {"", f.Done}, "total": {"", f.Total}, "as_of": {"", f.AsOf}})
	})
}

// Essential is one essential service with its counts.
func (s *Service) Essential(ctx context.Context, who access.Actor, id ident.ID) (Essential, error) {
	if err := who.Need(rollout.Read); err != nil {
		return Essential{}, err
	}
	i, err := item(ctx, s.DB.Read(), id)
	if err != nil {
		return Essential{}, err
	}
	if i.Level != National && i.Level != Link {
		return Essential{}, fault.New(fault.Missing, "fault.missing")
	}
	e := Essential{Item: i}
	err = s.DB.Read().NewSelect().Model(&e.Counts).Where("sc.item = ?", id).OrderExpr("sc.as_of DESC, sc.seq DESC").Limit(200).Scan(ctx)
	return e, db.Sorted(err)
}

package inventory

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/db"
	"lotrinh/inventory/readiness"
)

// rule is a profile with its lines read.
type rule struct {
	Profile
	lines []readiness.Line
}

func rulesOf(all []Profile) ([]rule, error) {
	out := make([]rule, len(all))
	for i, p := range all {
		lines, err := p.Lines()
		if err != nil {
			return nil, err
		}
		out[i] = rule{p, lines}
	}
	return out, nil
}

// Cases are what is known of units and asked of them, by unit, as it is judged at a
// moment: seven queries at most, however many units.
func (s *Service) Cases(ctx context.Context, q bun.IDB, units []string, at time.Time) (map[string]readiness.Case, error) {
	all, err := profiles(ctx, q, at)
	if err != nil {
		return nil, err
	}
	b, err := s.bookOf(ctx, q, all, units)
	if err != nil {
		return nil, err
	}
	out, err := s.stated(ctx, q, units, at)
	for unit, c := range out {
		c.Profiles, _ = b.applying(unit)
		out[unit] = c
	}
	return out, err
}

// stated is what is stored of units, without what is asked of them: five queries.
func (s *Service) stated(ctx context.Context, q bun.IDB, units []string, at time.Time) (map[string]readiness.Case, error) {
	if len(units) == 0 {
		return nil, nil
	}
	assets, err := assetsKnown(ctx, q, units, at)
	if err != nil {
		return nil, err
	}
	var gaps []Gap
	if err := q.NewSelect().Model(&gaps).Column("id", "unit", "kind", "what", "quantity", "reporter_name", "reported_at").
		Where("g.unit IN (?)", bun.List(units)).Where("g.open").Order("g.id").Scan(ctx); err != nil {
		return nil, db.Sorted(err)
	}
	site, err := siteOf(ctx, q, units)
	if err != nil {
		return nil, err
	}
	var waivers []Waiver
	if err := q.NewSelect().Model(&waivers).Where("rw.unit IN (?)", bun.List(units)).Where("rw.until_at > ?", at).
		Where("(rw.ended_at IS NULL OR rw.ended_at > ?)", at).Order("rw.id").Scan(ctx); err != nil {
		return nil, db.Sorted(err)
	}
	out := make(map[string]readiness.Case, len(units))
	for _, u := range units {
		out[u] = readiness.Case{Assets: assets[u]}
	}
	for _, g := range gaps {
		c := out[g.Unit]
		c.Gaps = append(c.Gaps, readiness.Gap{ID: string(g.ID), Kind: string(g.Kind), What: string(g.What), Count: g.Quantity, By: g.ReporterName, At: g.ReportedAt})
		out[g.Unit] = c
	}
	for _, f := range site {
		c := out[f.Unit]
		c.Site = append(c.Site, readiness.Fact{Name: f.Name, Value: f.Value, Source: f.Source, At: f.ObservedAt})
		out[f.Unit] = c
	}
	for _, w := range waivers {
		c := out[w.Unit]
		c.Waivers = append(c.Waivers, w.judged())
		out[w.Unit] = c
	}
	return out, nil
}

// assetRow and factRow are what judging needs of an asset and of a fact.
type assetRow struct {
	bun.BaseModel `bun:"table:asset,alias:a"`
	ID            string `bun:"id"`
	Code          string `bun:"code"`
	Unit          string `bun:"unit"`
	Kind          string `bun:"kind"`
	Name          string `bun:"name"`
	Place         string `bun:"place"`
	State         string `bun:"state"`
}

type factRow struct {
	bun.BaseModel `bun:"table:asset_fact,alias:af"`
	Asset         string           `bun:"asset"`
	Name          string           `bun:"name"`
	Value         string           `bun:"value"`
	Source        readiness.Source `bun:"source"`
	ObservedAt    time.Time        `bun:"observed_at"`
	ConfirmedAt   time.Time        `bun:"confirmed_at"`
}

func assetsKnown(ctx context.Context, q bun.IDB, units []string, at time.Time) (map[string][]readiness.Asset, error) {
	var assets []assetRow
	if err := q.NewSelect().Model(&assets).Where("a.unit IN (?)", bun.List(units)).Order("a.unit", "a.code").Scan(ctx); err != nil {
		return nil, db.Sorted(err)
	}
	var known []factRow
	if err := q.NewSelect().Model(&known).Where("af.unit IN (?)", bun.List(units)).Where("af.current").Where("af.name NOT IN (?)", bun.List(unjudged)).Order("af.asset").Scan(ctx); err != nil {
		return nil, db.Sorted(err)
	}
	facts := make(map[string][]readiness.Fact, len(assets))
	for from := 0; from < len(known); {
		to := from
		for to < len(known) && known[to].Asset == known[from].Asset {
			to++
		}
		own := make([]readiness.Fact, to-from)
		for i, f := range known[from:to] {
			own[i] = readiness.Fact{Name: f.Name, Value: f.Value, Source: f.Source, At: Fact{ObservedAt: f.ObservedAt, ConfirmedAt: f.ConfirmedAt}.known(at)}
		}
		facts[known[from].Asset] = own
		from = to
	}
	out := map[string][]readiness.Asset{}
	for _, a := range assets {
		out[a.Unit] = append(out[a.Unit], readiness.Asset{ID: a.ID, Code: a.Code, Name: a.Name, Place: a.Place, Kind: a.Kind, State: a.State, Facts: facts[a.ID]})
	}
	return out, nil
}

type computed struct {
	result       readiness.Result
	profiles     string
	assets, gaps int64
}

// compute judges units from what is stored: seven queries at most, however many units.
func (s *Service) compute(ctx context.Context, q bun.IDB, units []string, at time.Time) (map[string]computed, error) {
	all, err := profiles(ctx, q, at)
	if err != nil {
		return nil, err
	}
	b, err := s.bookOf(ctx, q, all, units)
	if err != nil {
		return nil, err
	}
	known, err := s.stated(ctx, q, units, at)
	if err != nil {
		return nil, err
	}
	return b.judged(known, at), nil
}

// judgedCase judges a unit. Where nothing was ever recorded nobody has looked: nothing
// is known of it, unless what is asked is excused or asks for nothing.
func judgedCase(c readiness.Case, at time.Time) readiness.Result {
	r := readiness.Judge(c, at)
	if len(c.Assets)+len(c.Gaps) > 0 || r.Verdict == readiness.Met || r.Verdict == readiness.Waived {
		return r
	}
	return readiness.Result{Verdict: readiness.Unknown, Reasons: unknownUnit("").Reasons, Stale: r.Stale}
}

// judged judges units by the book, from what is known of them.
func (b book) judged(known map[string]readiness.Case, at time.Time) map[string]computed {
	out := make(map[string]computed, len(known))
	for unit, c := range known {
		var names string
		c.Profiles, names = b.applying(unit)
		r := judgedCase(c, at)
		if end := b.ends(); !end.IsZero() && (r.Stale.IsZero() || end.Before(r.Stale)) {
			r.Stale = end
		}
		out[unit] = computed{r, names, int64(len(c.Assets)), int64(len(c.Gaps))}
	}
	return out
}

package inventory

import (
	"context"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/deadline"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/files"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/kit/worktime"
	"lotrinh/internal/kit/worktime/calstore"
	"lotrinh/internal/org"
)

// UnitView is everything about the equipment of one commune.
type UnitView struct {
	Unit     org.Unit
	Place    string // with its district
	District string // code
	Answer   Answer
	Profiles []Profile
	Assets   []AssetView
	Gaps     []GapView
	Notes    []Note
}

// AssetView is an asset with what is known about it.
type AssetView struct {
	Asset
	Facts []Fact // current ones, of all sources
}

// GapView is a gap with its photos.
type GapView struct {
	Gap
	Photos []files.File
	Place  string
	Timer  deadline.Clock
	Left   worktime.Worked // working time left
	Why    []worktime.Step // how the due moment comes about; of one gap only
	Events []Note
	Proof  Proof // how far it is proved mended; of one gap only
}

// Unit shows one commune.
func (s *Service) Unit(ctx context.Context, who access.Actor, code string) (UnitView, error) {
	if err := who.NeedAt(Look, code); err != nil {
		return UnitView{}, err
	}
	now := s.clock.Now()
	tree, err := s.units.Tree(ctx, now)
	if err != nil {
		return UnitView{}, err
	}
	u, ok := tree.Unit(code)
	if !ok || u.Level != org.Commune {
		return UnitView{}, fault.New(fault.Missing, "fault.missing")
	}
	v := UnitView{Unit: u, Place: tree.Place(code), District: u.Parent}
	if v.Answer, err = s.Of(ctx, code, now); err != nil {
		return v, err
	}
	q := s.db.Read()
	if v.Profiles, err = profiles(ctx, q, now); err != nil {
		return v, err
	}
	if v.Assets, err = s.assetsOf(ctx, code); err != nil {
		return v, err
	}
	var gaps []Gap
	if err := q.NewSelect().Model(&gaps).Where("g.unit = ?", code).OrderExpr("g.open DESC, g.id DESC").Limit(30).Scan(ctx); err != nil {
		return v, db.Sorted(err)
	}
	if v.Gaps, err = s.withPhotos(ctx, tree, gaps); err != nil {
		return v, err
	}
	err = q.NewSelect().Model(&v.Notes).Where("nt.unit = ?", code).Order("nt.id DESC").Limit(30).Scan(ctx)
	return v, db.Sorted(err)
}

func (s *Service) assetsOf(ctx context.Context, unit string) ([]AssetView, error) {
	var assets []Asset
	err := s.db.Read().NewSelect().Model(&assets).Where("a.unit = ?", unit).Order("a.code").Limit(500).Scan(ctx)
	if err != nil {
		return nil, db.Sorted(err)
	}
	slices.SortStableFunc(assets, func(a, b Asset) int { return slices.Index(Kinds, a.Kind) - slices.Index(Kinds, b.Kind) })
	return s.withFacts(ctx, assets)
}

func (s *Service) withFacts(ctx context.Context, assets []Asset) ([]AssetView, error) {
	ids := make([]ident.ID, len(assets))
	for i, a := range assets {
		ids[i] = a.ID
	}
	facts, err := currentFacts(ctx, s.db.Read(), ids)
	if err != nil {
		return nil, err
	}
	out := make([]AssetView, len(assets))
	for i, a := range assets {
		out[i] = AssetView{Asset: a, Facts: facts[a.ID]}
	}
	return out, nil
}

// withPhotos adds photos, places and due moments: two queries, however many gaps.
func (s *Service) withPhotos(ctx context.Context, tree *org.Tree, gaps []Gap) ([]GapView, error) {
	ids, timers := make([]string, len(gaps)), make([]ident.ID, len(gaps))
	for i, g := range gaps {
		ids[i], timers[i] = string(g.ID), g.Clock
	}
	photos, err := s.files.Of(ctx, Area, ids...)
	if err != nil {
		return nil, err
	}
	running, err := deadline.LoadMany(ctx, s.db.Read(), timers)
	if err != nil {
		return nil, err
	}
	cal, err := s.calendars.Calendar(ctx, calstore.Office)
	if err != nil {
		return nil, err
	}
	now := s.clock.Now()
	out := make([]GapView, len(gaps))
	for i, g := range gaps {
		out[i] = GapView{Gap: g, Photos: photos[string(g.ID)], Place: tree.Place(g.Unit), Timer: running[g.Clock]}
		if out[i].Timer.ID == "" {
			continue
		}
		if out[i].Left, err = out[i].Timer.Left(cal, now); err != nil {
			return nil, err
		}
		if len(gaps) == 1 {
			if out[i].Why, err = out[i].Timer.Explain(cal); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}

// GapFilter narrows the list of gaps; empty fields do not narrow.
type GapFilter struct {
	State    string // a state, "open" for GapOpen, "all", or empty for every open one
	District string
	Unit     string
	What     string
	Late     bool
	Mine     bool
}

// Gaps is a page of the gaps within reach, newest first.
func (s *Service) Gaps(ctx context.Context, who access.Actor, f GapFilter, r page.Request) (page.Page[GapView], error) {
	if err := who.Need(Look); err != nil {
		return page.Page[GapView]{}, err
	}
	now := s.clock.Now()
	tree, err := s.units.Tree(ctx, now)
	if err != nil {
		return page.Page[GapView]{}, err
	}
	var rows []Gap
	q := s.db.Read().NewSelect().Model(&rows).Apply(who.Within(Look, "g.unit"), r.On("g.id"))
	switch {
	case slices.Contains(GapStates, GapState(f.State)):
		q = q.Where("g.state = ?", f.State)
	case f.State != "all":
		q = q.Where("g.open")
	}
	if f.District != "" {
		q = q.Where("g.unit IN (?)", bun.List(tree.Under(f.District)))
	}
	if f.Unit != "" {
		q = q.Where("g.unit = ?", f.Unit)
	}
	if f.What != "" {
		q = q.Where("g.what = ?", f.What)
	}
	if f.Late {
		q = q.Where("g.open").Where("g.due_at < ?", now)
	}
	if f.Mine {
		q = q.Where("g.owner = ?", who.ID)
	}
	if err := q.Scan(ctx); err != nil {
		return page.Page[GapView]{}, db.Sorted(err)
	}
	p := page.Cut(r, rows, func(g Gap) []string { return []string{string(g.ID)} })
	views, err := s.withPhotos(ctx, tree, p.Items)
	return page.Page[GapView]{Items: views, Next: p.Next, First: p.First}, err
}

// LateGaps counts the open gaps within reach that are past their due moment, at most 100.
func (s *Service) LateGaps(ctx context.Context, who access.Actor, now time.Time) (int64, error) {
	var n int64
	sub := s.db.Read().NewSelect().TableExpr("gap AS g").ColumnExpr("1").Where("g.open").Where("g.due_at < ?", now).Apply(who.Within(Look, "g.unit")).Limit(100)
	err := s.db.Read().NewSelect().ColumnExpr("count(*)").TableExpr("(?) AS late", sub).Scan(ctx, &n)
	return n, db.Sorted(err)
}

// Gap shows one gap with its photos and its history.
func (s *Service) Gap(ctx context.Context, who access.Actor, id ident.ID) (GapView, error) {
	g, err := gapByID(ctx, s.db.Read(), who, Look, id)
	if err != nil {
		return GapView{}, err
	}
	tree, err := s.units.Tree(ctx, s.clock.Now())
	if err != nil {
		return GapView{}, err
	}
	all, err := s.withPhotos(ctx, tree, []Gap{g})
	if err != nil {
		return GapView{}, err
	}
	v := all[0]
	proofs, err := s.ProofsIn(ctx, s.db.Read(), []Gap{g})
	if err != nil {
		return v, err
	}
	v.Proof = proofs[id]
	err = s.db.Read().NewSelect().Model(&v.Events).Where("nt.subject = ?", string(id)).Order("nt.id DESC").Limit(100).Scan(ctx)
	return v, db.Sorted(err)
}

// Photo is a photo of a gap within reach.
func (s *Service) Photo(ctx context.Context, who access.Actor, id ident.ID) (files.File, error) {
	f, err := s.files.Get(ctx, Area, id)
	if err != nil {
		return files.File{}, err
	}
	return f, who.NeedAt(Look, f.Unit)
}

// Asset shows one asset with the whole history of its facts.
func (s *Service) Asset(ctx context.Context, who access.Actor, id ident.ID) (AssetView, []Fact, error) {
	a, err := assetByID(ctx, s.db.Read(), who, Look, id)
	if err != nil {
		return AssetView{}, nil, err
	}
	views, err := s.withFacts(ctx, []Asset{a})
	if err != nil {
		return AssetView{}, nil, err
	}
	var history []Fact
	err = s.db.Read().NewSelect().Model(&history).Where("af.asset = ?", id).OrderExpr("af.observed_at DESC, af.id DESC").Limit(100).Scan(ctx)
	return views[0], history, db.Sorted(err)
}

// ByCode are the assets with these codes that are within reach, in one query; without
// the right to look there are none.
func (s *Service) ByCode(ctx context.Context, who access.Actor, codes []string) ([]Asset, error) {
	if !who.May(Look) || len(codes) == 0 {
		return nil, nil
	}
	var rows []Asset
	err := s.db.Read().NewSelect().Model(&rows).Where("a.code IN (?)", bun.List(codes)).Apply(who.Within(Look, "a.unit")).Scan(ctx)
	return rows, db.Sorted(err)
}

// Assets is a page of the assets within reach, by code.
func (s *Service) Assets(ctx context.Context, who access.Actor, unit, kind string, r page.Request) (page.Page[AssetView], error) {
	if err := who.Need(Look); err != nil {
		return page.Page[AssetView]{}, err
	}
	var rows []Asset
	q := s.db.Read().NewSelect().Model(&rows).Apply(who.Within(Look, "a.unit"), r.Up("a.code"))
	if unit != "" {
		q = q.Where("a.unit = ?", unit)
	}
	if kind != "" {
		q = q.Where("a.kind = ?", kind)
	}
	if err := q.Scan(ctx); err != nil {
		return page.Page[AssetView]{}, db.Sorted(err)
	}
	p := page.Cut(r, rows, func(a Asset) []string { return []string{a.Code} })
	views, err := s.withFacts(ctx, p.Items)
	return page.Page[AssetView]{Items: views, Next: p.Next, First: p.First}, err
}

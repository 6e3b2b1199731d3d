package inventory

import (
	"context"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fold"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/org"
	"lotrinh/inventory/readiness"
)

// AssetFilter narrows the list of assets; empty fields do not narrow. It is stored as
// JSON: names here are never reused for something else.
type AssetFilter struct {
	Words     string `json:"q,omitempty"` // in code, name, numbers, place, custodian, supplier, contract
	District  string `json:"district,omitempty"`
	Unit      string `json:"unit,omitempty"`
	Kind      string `json:"kind,omitempty"`
	State     string `json:"state,omitempty"`
	Custodian string `json:"custodian,omitempty"` // words of the name, or "-" for nobody
	Warranty  string `json:"warranty,omitempty"`  // one of Warranties
	Source    string `json:"source,omitempty"`    // one of Evidences
	Older     int    `json:"older,omitempty"`     // bought so many years ago or earlier
	Silent    int    `json:"silent,omitempty"`    // nothing known anew for so many days
	Sort      string `json:"sort,omitempty"`      // one of the keys of assetSorts
	Down      bool   `json:"down,omitempty"`
}

// What can be asked of warranties and of the evidence about an asset.
var (
	Warranties = []string{"soon", "holds", "over", "none"}
	Evidences  = []string{"measured", "seen", "declared", "none"}
)

// Steps that the filter offers; other numbers are fine too.
var (
	olderYears = []int{3, 5, 7, 10}
	silentDays = []int{30, 90, 180, 365}
)

// Days that are not known stand behind all known ones.
const (
	warrantySort = "CASE WHEN a.warranty_until = '' THEN '9999' ELSE a.warranty_until END"
	boughtSort   = "CASE WHEN a.bought_on = '' THEN '9999' ELSE a.bought_on END"
)

// assetSort is an order of the list: its columns, the last of them unique, and a row's
// values of them.
type assetSort struct {
	columns []string
	key     func(Asset) []string
}

func unknownLast(day string) string {
	if day == "" {
		return "9999"
	}
	return day
}

// assetSorts are the orders that may be asked for.
var assetSorts = map[string]assetSort{
	"code":     {[]string{"a.code"}, func(a Asset) []string { return []string{a.Code} }},
	"name":     {[]string{"a.name", "a.code"}, func(a Asset) []string { return []string{a.Name, a.Code} }},
	"unit":     {[]string{"a.unit", "a.kind", "a.code"}, func(a Asset) []string { return []string{a.Unit, string(a.Kind), a.Code} }},
	"warranty": {[]string{warrantySort, "a.code"}, func(a Asset) []string { return []string{unknownLast(a.WarrantyUntil), a.Code} }},
	"bought":   {[]string{boughtSort, "a.code"}, func(a Asset) []string { return []string{unknownLast(a.BoughtOn), a.Code} }},
	"changed":  {[]string{"a.changed_at", "a.code"}, func(a Asset) []string { return []string{page.Time(a.ChangedAt), a.Code} }},
}

// tidy leaves out what is no known word, and sets the order.
func (f AssetFilter) tidy() AssetFilter {
	among := func(v *string, all []string) {
		if !slices.Contains(all, *v) {
			*v = ""
		}
	}
	among(&f.Kind, words(Kinds))
	among(&f.State, words(States))
	among(&f.Warranty, Warranties)
	among(&f.Source, Evidences)
	f.Words, f.Custodian = cutWords(f.Words), cutWords(f.Custodian)
	f.Older, f.Silent = min(max(f.Older, 0), 100), min(max(f.Silent, 0), 3650)
	if _, ok := assetSorts[f.Sort]; !ok {
		f.Sort, f.Down = "code", false
	}
	return f
}

func cutWords(s string) string {
	s = tidy(s)
	if r := []rune(s); len(r) > 80 {
		s = string(r[:80])
	}
	return s
}

// where narrows a query about asset AS a to what the actor may see and the filter asks.
func (f AssetFilter) where(who access.Actor, need access.Perm, tree *org.Tree, now time.Time) func(*bun.SelectQuery) *bun.SelectQuery {
	return func(q *bun.SelectQuery) *bun.SelectQuery {
		q = q.Apply(who.Within(need, "a.unit"))
		switch {
		case f.Unit != "":
			q = q.Where("a.unit = ?", f.Unit)
		case f.District != "":
			q = q.Where("a.unit IN (?)", bun.List(tree.Under(f.District)))
		}
		if f.Kind != "" {
			q = q.Where("a.kind = ?", f.Kind)
		}
		if f.State != "" {
			q = q.Where("a.state = ?", f.State)
		}
		for _, w := range fold.Words(f.Words) {
			q = q.Where("a.fold LIKE ?", "%"+w+"%")
		}
		if f.Custodian == "-" {
			q = q.Where("a.custodian_fold = ''")
		}
		for _, w := range fold.Words(f.Custodian) {
			q = q.Where("a.custodian_fold LIKE ?", "%"+w+"%")
		}
		if f.Older > 0 {
			q = q.Where("a.bought_on <> ''").Where("a.bought_on <= ?", now.In(clock.City).AddDate(-f.Older, 0, 0).Format(time.DateOnly))
		}
		return f.known(f.warranty(q, now), now)
	}
}

func (f AssetFilter) warranty(q *bun.SelectQuery, now time.Time) *bun.SelectQuery {
	today, soon := today(now), now.In(clock.City).AddDate(0, 0, WarrantySoon-1).Format(time.DateOnly)
	switch f.Warranty {
	case "soon":
		return q.Where("a.warranty_until >= ?", today).Where("a.warranty_until <= ?", soon)
	case "holds":
		return q.Where("a.warranty_until >= ?", today)
	case "over":
		return q.Where("a.warranty_until <> ''").Where("a.warranty_until < ?", today)
	case "none":
		return q.Where("a.warranty_until = ''")
	}
	return q
}

func today(now time.Time) string { return now.In(clock.City).Format(time.DateOnly) }

// known asks what stands behind an asset's facts, and since when.
func (f AssetFilter) known(q *bun.SelectQuery, now time.Time) *bun.SelectQuery {
	const fact = "EXISTS (SELECT 1 FROM asset_fact AS af WHERE af.asset = a.id AND af.current"
	machines := []readiness.Source{readiness.Measured, readiness.Probe}
	switch f.Source {
	case "measured":
		q = q.Where(fact+" AND af.source IN (?))", bun.List(machines))
	case "seen":
		q = q.Where(fact+" AND af.source = ?)", readiness.Seen)
	case "declared":
		q = q.Where(fact+")").Where("NOT "+fact+" AND af.source IN (?))", bun.List(append(machines, readiness.Seen)))
	case "none":
		q = q.Where("NOT " + fact + ")")
	}
	if f.Silent > 0 {
		q = q.Where("NOT "+fact+" AND af.confirmed_at >= ?)", now.AddDate(0, 0, -f.Silent))
	}
	return q
}

// AssetTally counts the assets of a list: column totals.
type AssetTally struct {
	Total    int64
	States   map[State]int64
	Kinds    map[Kind]int64
	Ending   int64 // whose warranty ends soon
	Finished int64 // whose warranty is over
}

// AssetList is a page of the assets within reach, and the totals of the whole list: a
// number of queries that depends on nothing.
func (s *Service) AssetList(ctx context.Context, who access.Actor, f AssetFilter, r page.Request) (page.Page[AssetView], error) {
	rows, err := s.listAssets(ctx, who, Look, f, r)
	if err != nil {
		return page.Page[AssetView]{}, err
	}
	views, err := s.withFacts(ctx, rows.Items)
	return page.Page[AssetView]{Items: views, Next: rows.Next, First: rows.First}, err
}

func (s *Service) listAssets(ctx context.Context, who access.Actor, need access.Perm, f AssetFilter, r page.Request) (page.Page[Asset], error) {
	if err := who.Need(need); err != nil {
		return page.Page[Asset]{}, err
	}
	now := s.clock.Now()
	tree, err := s.units.Tree(ctx, now)
	if err != nil {
		return page.Page[Asset]{}, err
	}
	f = f.tidy()
	order, way := assetSorts[f.Sort], r.Up
	if f.Down {
		way = r.On
	}
	var rows []Asset
	err = s.db.Read().NewSelect().Model(&rows).Apply(f.where(who, need, tree, now), way(order.columns...)).Scan(ctx)
	return page.Cut(r, rows, order.key), db.Sorted(err)
}

// TallyAssets counts the list of a filter by kind, state and warranty, in one query.
func (s *Service) TallyAssets(ctx context.Context, who access.Actor, f AssetFilter) (AssetTally, error) {
	out := AssetTally{States: map[State]int64{}, Kinds: map[Kind]int64{}}
	if err := who.Need(Look); err != nil {
		return out, err
	}
	now := s.clock.Now()
	tree, err := s.units.Tree(ctx, now)
	if err != nil {
		return out, err
	}
	var rows []struct {
		Kind                Kind
		State               State
		N, Ending, Finished int64
	}
	soon := now.In(clock.City).AddDate(0, 0, WarrantySoon-1).Format(time.DateOnly)
	err = s.db.Read().NewSelect().TableExpr("asset AS a").ColumnExpr("a.kind").ColumnExpr("a.state").ColumnExpr("count(*) AS n").
		ColumnExpr("sum(CASE WHEN a.warranty_until >= ? AND a.warranty_until <= ? THEN 1 ELSE 0 END) AS ending", today(now), soon).
		ColumnExpr("sum(CASE WHEN a.warranty_until <> '' AND a.warranty_until < ? THEN 1 ELSE 0 END) AS finished", today(now)).
		Apply(f.tidy().where(who, Look, tree, now)).GroupExpr("a.kind, a.state").Scan(ctx, &rows)
	for _, r := range rows {
		out.Total += r.N
		out.States[r.State] += r.N
		out.Kinds[r.Kind] += r.N
		if r.State != Retired {
			out.Ending += r.Ending
			out.Finished += r.Finished
		}
	}
	return out, db.Sorted(err)
}

// narrowed tells whether the filter asks for less than everything.
func (f AssetFilter) narrowed() bool {
	f.Sort, f.Down = "", false
	return f != AssetFilter{}
}

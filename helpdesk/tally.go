package helpdesk

import (
	"context"
	"slices"
	"strings"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/org"
)

// Ceiling is up to where a view's tickets are counted: "999+" says enough.
const Ceiling = 1000

// Tally is how many tickets each view holds, in one statement whatever their number:
// the open ones, on the indexes of what is open, each up to Ceiling. Views of what is
// done are not counted.
func (s *Service) Tally(ctx context.Context, who access.Actor, tree *org.Tree, views []Saved) (map[ident.ID]int64, error) {
	rare, err := s.rareOf(ctx, views)
	if err != nil {
		return nil, err
	}
	q, args := s.tally(who, tree, views, rare)
	out := map[ident.ID]int64{}
	if q == "" {
		return out, nil
	}
	var rows []struct {
		ID ident.ID
		N  int64
	}
	if err := s.DB.Read().NewRaw(q, args...).Scan(ctx, &rows); err != nil {
		return nil, db.Sorted(err)
	}
	for _, r := range rows {
		out[r.ID] = r.N
	}
	return out, nil
}

// rareOf are the tags of views that few tickets have.
func (s *Service) rareOf(ctx context.Context, views []Saved) (map[string]bool, error) {
	var keys []string
	for _, v := range views {
		if key := TagKey(v.Conditions().Tag); key != "" {
			keys = append(keys, key)
		}
	}
	if len(keys) == 0 {
		return nil, nil //nolint:nilnil // no tags, none of them rare
	}
	var often []string
	err := s.DB.Read().NewSelect().TableExpr("desk_tag AS dt").ColumnExpr("dt.tag").Where("dt.tag IN (?)", bun.List(keys)).Where("dt.uses > ?", fewUses).Scan(ctx, &often)
	rare := map[string]bool{}
	for _, k := range keys {
		rare[k] = !slices.Contains(often, k)
	}
	return rare, db.Sorted(err)
}

func (s *Service) tally(who access.Actor, tree *org.Tree, views []Saved, rare map[string]bool) (query string, args []any) {
	var parts []string
	now := s.Business.Now()
	for _, v := range views {
		f := v.Conditions().Filter(tree).settled()
		if f.Phase == Done {
			continue
		}
		f.Sort, f.rare = ByDue, rare[f.Tag]
		all, units := both(who, f.Units)
		one := f.by(s.DB, who, now, f.openRoad(all, units)).ColumnExpr("1").Limit(Ceiling)
		parts = append(parts, "SELECT ? AS id, count(*) AS n FROM (?) AS c")
		args = append(args, string(v.ID), one)
	}
	return strings.Join(parts, " UNION ALL "), args
}

package helpdesk

import (
	"context"
	"strings"

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
	q, args := s.tally(who, tree, views)
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

func (s *Service) tally(who access.Actor, tree *org.Tree, views []Saved) (query string, args []any) {
	var parts []string
	now := s.Business.Now()
	for _, v := range views {
		f := v.Conditions().Filter(tree).settled()
		if f.Phase == Done {
			continue
		}
		f.Sort = ByDue
		all, units := both(who, f.Units)
		one := f.by(s.DB, who, now, f.openRoad(all, units)).ColumnExpr("1").Limit(Ceiling)
		parts = append(parts, "SELECT ? AS id, count(*) AS n FROM (?) AS c")
		args = append(args, string(v.ID), one)
	}
	return strings.Join(parts, " UNION ALL "), args
}

package inventory

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/org"
	"lotrinh/inventory/readiness"
)

// Tally counts communes by their answer, in absolute numbers.
type Tally struct {
	Communes int
	Count    map[readiness.Verdict]int
	Assets   int64
	Gaps     int64 // open ones
}

func (y *Tally) add(r Readiness) {
	if y.Count == nil {
		y.Count = map[readiness.Verdict]int{}
	}
	v := r.Verdict
	if v == "" {
		v = readiness.Unknown
	}
	y.Communes++
	y.Count[v]++
	y.Assets += r.Assets
	y.Gaps += r.Gaps
}

// DistrictTally is how the communes of a district stand.
type DistrictTally struct {
	District org.Unit
	Tally
}

// Roll is how the communes within reach stand, by district.
type Roll struct {
	All       Tally
	Districts []DistrictTally
}

// Roll counts the communes within reach by district, those with the most communes that
// fall short first: one query, however many.
func (s *Service) Roll(ctx context.Context, who access.Actor) (Roll, error) {
	if err := who.Need(Look); err != nil {
		return Roll{}, err
	}
	tree, err := s.units.Tree(ctx, s.clock.Now())
	if err != nil {
		return Roll{}, err
	}
	by, err := s.standing(ctx, who, nil)
	if err != nil {
		return Roll{}, err
	}
	out := rollOf(tree, by, reachOf(who))
	slices.SortStableFunc(out.Districts, func(a, b DistrictTally) int {
		if n := b.Count[readiness.Unmet] - a.Count[readiness.Unmet]; n != 0 {
			return n
		}
		return b.Count[readiness.Met] - a.Count[readiness.Met]
	})
	return out, nil
}

func rollOf(tree *org.Tree, by map[string]Readiness, reach func(string) bool) Roll {
	var out Roll
	at := map[string]int{}
	for _, u := range tree.Communes("") {
		if !reach(u.Code) {
			continue
		}
		i, ok := at[u.Parent]
		if !ok {
			d, known := tree.Unit(u.Parent)
			if !known {
				continue
			}
			i = len(out.Districts)
			at[u.Parent] = i
			out.Districts = append(out.Districts, DistrictTally{District: d})
		}
		out.All.add(by[u.Code])
		out.Districts[i].add(by[u.Code])
	}
	return out
}

// LineTally is how communes stand with one line of a profile. Short is how many assets
// are missing or not known to be fit, over all communes whose need is known.
type LineTally struct {
	Profile, Line string // codes
	Kind          Kind
	Must          bool
	Count         map[readiness.Verdict]int
	Short         int64
}

// LineTallies counts the communes of a district, or of the whole reach when it is empty,
// line by line, the lines that most communes lack first: one query.
func (s *Service) LineTallies(ctx context.Context, who access.Actor, district string) ([]LineTally, error) {
	if err := who.Need(Look); err != nil {
		return nil, err
	}
	var rows []Readiness
	q := s.db.Read().NewSelect().Model(&rows).Column("unit", "lines").Apply(who.Within(Look, "ur.unit"))
	if district != "" {
		tree, err := s.units.Tree(ctx, s.clock.Now())
		if err != nil {
			return nil, err
		}
		q = q.Where("ur.unit IN (?)", bun.List(tree.Under(district)))
	}
	if err := q.Scan(ctx); err != nil {
		return nil, db.Sorted(err)
	}
	at := map[[2]string]int{}
	var out []LineTally
	for _, r := range rows {
		var lines []readiness.LineResult
		if err := json.Unmarshal([]byte(r.LinesJSON), &lines); err != nil {
			return nil, fault.Because(fault.Internal, "fault.internal", err)
		}
		for _, l := range lines {
			key := [2]string{l.Profile, l.Line}
			i, ok := at[key]
			if !ok {
				i = len(out)
				at[key] = i
				out = append(out, LineTally{Profile: l.Profile, Line: l.Line, Kind: Kind(l.Kind), Must: l.Must, Count: map[readiness.Verdict]int{}})
			}
			out[i].Count[l.Verdict]++
			out[i].Short += max(0, l.Want-l.Have)
		}
	}
	slices.SortFunc(out, func(a, b LineTally) int {
		switch {
		case a.Must != b.Must && a.Must:
			return -1
		case a.Must != b.Must:
			return 1
		}
		if n := b.Count[readiness.Unmet] - a.Count[readiness.Unmet]; n != 0 {
			return n
		}
		if n := b.Count[readiness.Unknown] - a.Count[readiness.Unknown]; n != 0 {
			return n
		}
		return slices.Compare([]string{a.Profile, a.Line}, []string{b.Profile, b.Line})
	})
	return out, nil
}

package inventory

import (
	"context"
	"slices"
	"strings"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fold"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/org"
	"lotrinh/inventory/readiness"
)

// BoardFilter narrows the board; empty fields do not narrow.
type BoardFilter struct {
	District string
	Verdict  string
	Query    string
	After    string // code of the last commune shown
}

// BoardRow is one commune of the board.
type BoardRow struct {
	Unit     org.Unit
	District string // name
	Verdict  readiness.Verdict
	Top      i18n.Line // the sentence that decides first; on the page that is shown
	Deciding int64     // how many sentences decide
	Assets   int64
	Gaps     int64
}

// Board is the communes within somebody's reach with their answers.
type Board struct {
	Rows      []BoardRow // one page
	Next      string
	Matching  int
	Total     int
	Count     map[readiness.Verdict]int // of the district asked for, whatever else is filtered
	OpenGaps  int64
	Districts []org.Unit // within reach
}

// perPage is how many communes the board shows at once.
const perPage = 60

// Board lists the communes within reach: three queries, however many communes.
func (s *Service) Board(ctx context.Context, who access.Actor, f BoardFilter) (Board, error) {
	if err := who.Need(Look); err != nil {
		return Board{}, err
	}
	now := s.clock.Now()
	tree, err := s.units.Tree(ctx, now)
	if err != nil {
		return Board{}, err
	}
	by, err := s.standing(ctx, who, nil)
	if err != nil {
		return Board{}, err
	}
	b := Board{Count: map[readiness.Verdict]int{}}
	reach := reachOf(who)
	var rows []BoardRow
	seen := map[string]bool{}
	want := fold.Words(f.Query)
	for _, u := range tree.Communes("") {
		if !reach(u.Code) {
			continue
		}
		if !seen[u.Parent] {
			seen[u.Parent] = true
			if d, ok := tree.Unit(u.Parent); ok {
				b.Districts = append(b.Districts, d)
			}
		}
		if f.District != "" && u.Parent != f.District {
			continue
		}
		row := boardRow(tree, u, by)
		b.Total++
		b.Count[row.Verdict]++
		b.OpenGaps += row.Gaps
		if f.Verdict != "" && string(row.Verdict) != f.Verdict || !matches(want, row) {
			continue
		}
		rows = append(rows, row)
	}
	slices.SortStableFunc(rows, func(a, b BoardRow) int { return a.urgency() - b.urgency() })
	b.cut(rows, f.After)
	return b, s.say(ctx, b.Rows)
}

// standing is how the communes within reach stand, without the sentences; units narrows
// it when it is not nil.
func (s *Service) standing(ctx context.Context, who access.Actor, units []string) (map[string]Readiness, error) {
	var rows []Readiness
	q := s.db.Read().NewSelect().Model(&rows).Column("unit", "verdict", "assets", "gaps").Apply(who.Within(Look, "ur.unit"))
	if units != nil {
		q = q.Where("ur.unit IN (?)", bun.List(units))
	}
	if err := q.Scan(ctx); err != nil {
		return nil, db.Sorted(err)
	}
	by := make(map[string]Readiness, len(rows))
	for _, r := range rows {
		by[r.Unit] = r
	}
	return by, nil
}

// say adds the sentences to the rows that are shown.
func (s *Service) say(ctx context.Context, shown []BoardRow) error {
	if len(shown) == 0 {
		return nil
	}
	units := make([]string, len(shown))
	for i, r := range shown {
		units[i] = r.Unit.Code
	}
	var rows []Readiness
	if err := s.db.Read().NewSelect().Model(&rows).Column("unit", "top", "deciding").Where("ur.unit IN (?)", bun.List(units)).Scan(ctx); err != nil {
		return db.Sorted(err)
	}
	by := make(map[string]Readiness, len(rows))
	for _, r := range rows {
		by[r.Unit] = r
	}
	for i := range shown {
		if r, ok := by[shown[i].Unit.Code]; ok {
			shown[i].Top, shown[i].Deciding = r.Top(), r.Deciding
		} else {
			shown[i].Top, shown[i].Deciding = unknownUnit("").Reasons[0].Text, 1
		}
	}
	return nil
}

// urgency orders the board: what is short first, what nobody knows anything of last.
func (r BoardRow) urgency() int {
	switch {
	case r.Verdict == readiness.Unmet:
		return 0
	case r.Verdict == readiness.Unknown && r.Assets+r.Gaps > 0:
		return 1
	case r.Verdict == readiness.Waived:
		return 2
	case r.Verdict == readiness.Met:
		return 3
	}
	return 4
}

func boardRow(tree *org.Tree, u org.Unit, by map[string]Readiness) BoardRow {
	row := BoardRow{Unit: u, District: tree.Name(u.Parent), Verdict: readiness.Unknown}
	if r, ok := by[u.Code]; ok {
		row.Verdict, row.Assets, row.Gaps = r.Verdict, r.Assets, r.Gaps
	}
	return row
}

// reachOf tells quickly whether a unit is within the actor's reach.
func reachOf(who access.Actor) func(string) bool {
	everywhere, units := who.Reach(Look)
	return func(code string) bool {
		if everywhere {
			return true
		}
		_, ok := slices.BinarySearch(units, code)
		return ok
	}
}

func matches(want []string, r BoardRow) bool {
	name := fold.Key(r.Unit.Full() + " " + r.District)
	for _, w := range want {
		if !strings.Contains(name, w) {
			return false
		}
	}
	return true
}

func (b *Board) cut(rows []BoardRow, after string) {
	b.Matching = len(rows)
	if i := slices.IndexFunc(rows, func(r BoardRow) bool { return r.Unit.Code == after }); i >= 0 {
		rows = rows[i+1:]
	}
	if len(rows) > perPage {
		rows = rows[:perPage]
		b.Next = rows[perPage-1].Unit.Code
	}
	b.Rows = rows
}

package inventory

import (
	"context"
	"slices"
	"strings"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fold"
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
	Answer   Answer // with its reasons, on the page that is shown
	Assets   int64
	Gaps     int64
	stored   Readiness
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

// Board lists the communes within reach: two queries, however many communes.
func (s *Service) Board(ctx context.Context, who access.Actor, f BoardFilter) (Board, error) {
	if err := who.Need(Look); err != nil {
		return Board{}, err
	}
	now := s.clock.Now()
	tree, err := s.units.Tree(ctx, now)
	if err != nil {
		return Board{}, err
	}
	var stored []Readiness
	if err := s.db.Read().NewSelect().Model(&stored).Apply(who.Within(Look, "ur.unit")).Scan(ctx); err != nil {
		return Board{}, db.Sorted(err)
	}
	by := map[string]Readiness{}
	for _, r := range stored {
		by[r.Unit] = r
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
		b.Count[row.Answer.Verdict]++
		b.OpenGaps += row.Gaps
		if f.Verdict != "" && string(row.Answer.Verdict) != f.Verdict || !matches(want, row) {
			continue
		}
		rows = append(rows, row)
	}
	slices.SortStableFunc(rows, func(a, b BoardRow) int { return a.urgency() - b.urgency() })
	b.cut(rows, f.After)
	return b, nil
}

// urgency orders the board: what is short first, what nobody knows anything of last.
func (r BoardRow) urgency() int {
	switch {
	case r.Answer.Verdict == readiness.Unmet:
		return 0
	case r.Answer.Verdict == readiness.Unknown && r.Assets+r.Gaps > 0:
		return 1
	case r.Answer.Verdict == readiness.Met:
		return 2
	}
	return 3
}

func boardRow(tree *org.Tree, u org.Unit, by map[string]Readiness) BoardRow {
	row := BoardRow{Unit: u, District: tree.Name(u.Parent), Answer: unknownUnit(u.Code)}
	if r, ok := by[u.Code]; ok {
		row.Answer = Answer{Unit: u.Code, Verdict: r.Verdict, Since: r.Since}
		row.Assets, row.Gaps, row.stored = r.Assets, r.Gaps, r
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
	for i := range rows {
		if rows[i].stored.Unit != "" {
			rows[i].Answer.Reasons = rows[i].stored.Reasons()
		}
	}
	b.Rows = rows
}

package survey

import (
	"cmp"
	"context"
	"slices"

	"github.com/uptrace/bun"

	"lotrinh/helpdesk"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/figures"
)

// Sum is how satisfied people were: of how many asked, how many answered what.
type Sum struct {
	Asked, Answers, Score, Low int64
}

// Average is the mean score, 0 when nobody answered.
func (s Sum) Average() float64 {
	if s.Answers == 0 {
		return 0
	}
	return float64(s.Score) / float64(s.Answers)
}

// Plus is both together.
func (s Sum) Plus(o Sum) Sum {
	return Sum{s.Asked + o.Asked, s.Answers + o.Answers, s.Score + o.Score, s.Low + o.Low}
}

// Satisfied is how satisfied people were from a day until before another.
type Satisfied struct {
	All       Sum
	ByUnit    map[string]Sum
	ByService map[string]Sum
}

// Between sums up what the reader may see from a day until before another: eight queries
// whatever the number of units and tickets.
func (s *Service) Between(ctx context.Context, who access.Actor, since, until string) (Satisfied, error) {
	out := Satisfied{ByUnit: map[string]Sum{}, ByService: map[string]Sum{}}
	if err := who.Need(helpdesk.Read); err != nil {
		return out, err
	}
	everywhere, units := who.Reach(helpdesk.Read)
	if !everywhere && len(units) == 0 {
		return out, nil
	}
	if everywhere {
		units = nil
	}
	put := map[string]func(*Sum, int64){
		FigureAsked: func(s *Sum, n int64) { s.Asked = n }, FigureAnswers: func(s *Sum, n int64) { s.Answers = n },
		FigureScore: func(s *Sum, n int64) { s.Score = n }, FigureLow: func(s *Sum, n int64) { s.Low = n },
	}
	for name, into := range put {
		ask := figures.Ask{Names: []string{name}, Units: units, From: since, Until: until}
		byUnit, err := figures.ByUnit(ctx, s.DB.Read(), ask)
		if err != nil {
			return out, err
		}
		byService, err := figures.Totals(ctx, s.DB.Read(), ask)
		if err != nil {
			return out, err
		}
		fill(out.ByUnit, byUnit, into)
		fill(out.ByService, byService, into)
	}
	for _, one := range out.ByUnit {
		out.All = out.All.Plus(one)
	}
	return out, nil
}

func fill(sums map[string]Sum, values map[string]int64, into func(*Sum, int64)) {
	for key, n := range values {
		one := sums[key]
		into(&one, n)
		sums[key] = one
	}
}

// ranked are the keys of sums, those that need a look first: most low scores, then the
// worst average, then by key.
func ranked(sums map[string]Sum) []string {
	keys := make([]string, 0, len(sums))
	for k := range sums {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b string) int {
		x, y := sums[a], sums[b]
		return cmp.Or(cmp.Compare(y.Low, x.Low), cmp.Compare(x.Average(), y.Average()), cmp.Compare(a, b))
	})
	return keys
}

// Figures are the figures of the survey with the way to count each anew.
func Figures() map[string]figures.Compute {
	all := map[string]figures.Compute{FigureAsked: func(ctx context.Context, from bun.IDB) ([]figures.Value, error) {
		return each(ctx, from, func(r Rating) []figures.Value {
			return []figures.Value{{Name: FigureAsked, Unit: r.Unit, Dim: r.Service, Day: clock.Date(r.AskedAt), N: 1}}
		})
	}}
	for _, name := range []string{FigureAnswers, FigureScore, FigureLow} {
		all[name] = func(ctx context.Context, from bun.IDB) ([]figures.Value, error) {
			return each(ctx, from, func(r Rating) []figures.Value {
				return slices.DeleteFunc(r.counted(clock.Date, 1), func(v figures.Value) bool { return v.Name != name })
			})
		}
	}
	return all
}

func each(ctx context.Context, from bun.IDB, count func(Rating) []figures.Value) ([]figures.Value, error) {
	var rows []Rating
	err := from.NewSelect().Model(&rows).Scan(ctx)
	var all []figures.Value
	for _, r := range rows {
		all = append(all, count(r)...)
	}
	return all, db.Sorted(err)
}

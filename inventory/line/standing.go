package line

import (
	"context"
	"math"
	"slices"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/inventory"
)

// Figured tells that a line was measured and its figures told anew.
type Figured struct {
	Unit   string `json:"unit"`
	Health Health `json:"health"`
	asset  ident.ID
}

// Topic is the event's name.
func (Figured) Topic() string { return "inventory.line.figured" }

// Subject is the line, so that what is told of it keeps its order.
func (f Figured) Subject() string { return "line:" + string(f.asset) }

// Standing is how a commune's lines stand: the best of those in use decides, since one
// good line is enough. Figures say what was measured of it, each with what is wanted
// where it falls short.
type Standing struct {
	Health  Health
	Asset   ident.ID
	Figures []i18n.Line
}

// Standing tells it through q. A commune without a line in use stands at Unknown.
func (s *Service) Standing(ctx context.Context, q bun.IDB, unit string) (Standing, error) {
	var rows []Line
	err := q.NewSelect().Model(&rows).Join("JOIN asset AS a ON a.id = l.asset").Where("a.unit = ?", unit).
		Where("a.state NOT IN (?, ?)", inventory.Retired, inventory.Planned).Order("l.asset").Limit(20).Scan(ctx)
	if err != nil || len(rows) == 0 {
		return Standing{Health: Unknown}, db.Sorted(err)
	}
	order := []Health{Fine, Slow, Dead, Unknown}
	best := slices.MinFunc(rows, func(a, b Line) int { return slices.Index(order, a.Health) - slices.Index(order, b.Health) })
	wanted, err := s.wanted(ctx, unit)
	if err != nil {
		return Standing{}, err
	}
	out := Standing{Health: best.Health, Asset: best.Asset}
	if best.DownNow {
		out.Figures = append(out.Figures, i18n.L("line.gate.dead", "since", best.Since))
	}
	known, all := best.values(), wanted.at(unit)
	for _, fact := range measuredFacts {
		v, ok := known[fact]
		if !ok {
			continue
		}
		v = math.Round(v*10) / 10
		if w, asked := mainOf(all, fact); asked && w.settled(known[fact]) && !w.Met(known[fact]) {
			out.Figures = append(out.Figures, i18n.L("line.gate."+fact+".short", "value", v, "want", w.Value))
			continue
		}
		out.Figures = append(out.Figures, i18n.L("line.gate."+fact, "value", v))
	}
	return out, nil
}

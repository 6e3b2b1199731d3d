package install

import (
	"context"
	"slices"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/ident"
	"lotrinh/inventory"
)

// Standing is how far the software that a commune's phase needs is on its PCs in use: of
// the one that is furthest behind.
type Standing struct {
	Software string // its name, empty when nothing is needed
	Tally
}

// Begun tells whether anybody has installed or tried anything yet.
func (s Standing) Begun() bool { return s.Installed+s.Works+s.Fails > 0 }

// Standing tells it of some communes, through q: three queries, however many there are.
// A commune without a PC in use is absent.
func (s *Service) Standing(ctx context.Context, q bun.IDB, units []string) (map[string]Standing, error) {
	if len(units) == 0 {
		return nil, nil
	}
	phases, err := s.Phases.Phases(ctx)
	if err != nil {
		return nil, err
	}
	var needed []Software
	if err := q.NewSelect().Model(&needed).Where("sw.active").Order("sw.name", "sw.id").Limit(200).Scan(ctx); err != nil {
		return nil, db.Sorted(err)
	}
	var pcs []struct {
		Unit string
		N    int64
	}
	err = q.NewSelect().TableExpr("asset AS a").ColumnExpr("a.unit, count(*) AS n").Where("a.unit IN (?)", bun.List(units)).Where("a.kind = ?", inventory.PC).
		Where("a.state = ?", inventory.InUse).GroupExpr("a.unit").Scan(ctx, &pcs)
	if err != nil {
		return nil, db.Sorted(err)
	}
	var rows []struct {
		Unit     string
		Software ident.ID
		State    State
		N        int64
	}
	err = q.NewSelect().TableExpr("install AS ins").ColumnExpr("a.unit, ins.software, ins.state, count(*) AS n").Join("JOIN asset AS a ON a.id = ins.asset").
		Where("a.unit IN (?)", bun.List(units)).Where("a.state = ?", inventory.InUse).GroupExpr("a.unit, ins.software, ins.state").Scan(ctx, &rows)
	if err != nil {
		return nil, db.Sorted(err)
	}
	type key struct {
		unit     string
		software ident.ID
	}
	tallies := map[key]Tally{}
	for _, r := range rows {
		t := tallies[key{r.Unit, r.Software}]
		t.count(r.State, r.N)
		tallies[key{r.Unit, r.Software}] = t
	}
	out := make(map[string]Standing, len(pcs))
	for _, p := range pcs {
		var worst Standing
		for _, one := range needed {
			if one.Phase != "" && !slices.ContainsFunc(phases, func(ph Phase) bool { return ph.Code == one.Phase && slices.Contains(ph.Units, p.Unit) }) {
				continue
			}
			t := tallies[key{p.Unit, one.ID}]
			t.PCs = p.N
			if worst.Software == "" || t.Left() > worst.Left() {
				worst = Standing{one.Name, t}
			}
		}
		out[p.Unit] = worst
	}
	return out, nil
}

func (t *Tally) count(s State, n int64) {
	switch s {
	case Planned:
		t.Planned += n
	case Installed:
		t.Installed += n
	case Works:
		t.Works += n
	case Fails:
		t.Fails += n
	}
}

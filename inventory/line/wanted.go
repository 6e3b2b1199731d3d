package line

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/inventory"
	"lotrinh/inventory/readiness"
)

// The facts of a line that are measured.
const (
	factRTT          = "rtt_ms"
	factLoss         = "loss_percent"
	factDown         = "down_mbps"
	factUp           = "up_mbps"
	factAvailability = "availability_percent"
)

// measuredFacts are all of them, in the order in which pages show them.
var measuredFacts = []string{factRTT, factLoss, factDown, factUp, factAvailability}

// Want is one thing that a published profile asks of lines.
type Want struct {
	Fact   string
	Op     readiness.Op // AtLeast or AtMost
	Value  float64
	Must   bool
	Unsure bool // the value is for one, and how many there are is not known
	slack  float64
	strict bool   // the value itself does not do
	per    string // figure of the unit by which Value is multiplied
}

// Met tells whether a value is as wanted.
func (w Want) Met(v float64) bool {
	switch {
	case w.strict && v == w.Value:
		return false
	case w.Op == readiness.AtMost:
		return v <= w.Value+w.slack
	}
	return v >= w.Value-w.slack
}

// settled tells whether a value met, or not, whatever is unsure.
func (w Want) settled(v float64) bool { return !w.Unsure || w.Met(v) == (w.Op == readiness.AtMost) }

// wants are what the profiles ask of lines, by unit.
type wants struct {
	all    []inventory.Profile
	lines  map[string][]Want             // by profile code
	sites  map[string]map[string]float64 // figures of units by name
	phases map[string][]string           // of units; nil while no profile belongs to a phase
}

// machine acts for the room itself.
var machine = access.System("lines")

// wanted reads what the published profiles ask of the lines of some units, of all when
// none is named.
func (s *Service) wanted(ctx context.Context, units ...string) (wants, error) {
	all, err := s.Inventory.Profiles(ctx, machine)
	if err != nil {
		return wants{}, err
	}
	w := wants{all: all, lines: map[string][]Want{}, sites: map[string]map[string]float64{}}
	for _, p := range all {
		lines, err := p.Lines()
		if err != nil {
			return wants{}, err
		}
		for _, l := range lines {
			if l.Kind != string(inventory.WANLine) {
				continue
			}
			for _, q := range l.Predicates {
				w.lines[p.Code] = append(w.lines[p.Code], read(q, l.Must, false)...)
			}
		}
	}
	if slices.ContainsFunc(all, func(p inventory.Profile) bool { return p.Phase != "" }) {
		of := units
		if len(of) == 0 {
			if of, err = s.lineUnits(ctx); err != nil {
				return wants{}, err
			}
		}
		if w.phases, err = s.Inventory.PhasesOf(ctx, s.DB.Read(), of); err != nil {
			return wants{}, err
		}
	}
	var rows []inventory.SiteFact
	q := s.DB.Read().NewSelect().Model(&rows).Where("sf.current").Order("sf.unit", "sf.name", "sf.observed_at")
	if len(units) > 0 {
		q = q.Where("sf.unit IN (?)", bun.List(units))
	}
	if err := q.Scan(ctx); err != nil {
		return wants{}, db.Sorted(err)
	}
	strength := map[string]int{}
	for _, r := range rows {
		v, err := strconv.ParseFloat(r.Value, 64)
		if key := r.Unit + " " + r.Name; err == nil && r.Source.Rank() >= strength[key] {
			if w.sites[r.Unit] == nil {
				w.sites[r.Unit] = map[string]float64{}
			}
			w.sites[r.Unit][r.Name], strength[key] = v, r.Source.Rank()
		}
	}
	return w, nil
}

// lineUnits are the units that have a line.
func (s *Service) lineUnits(ctx context.Context) ([]string, error) {
	var units []string
	err := s.DB.Read().NewSelect().TableExpr("wan_line AS l").Join("JOIN asset AS a ON a.id = l.asset").ColumnExpr("DISTINCT a.unit").Scan(ctx, &units)
	return units, db.Sorted(err)
}

// read makes wants of a condition: of comparisons of figures, each by itself or all of
// some. What says "one of these" is left to the judge of readiness.
func read(p readiness.Predicate, must, not bool) []Want {
	switch {
	case p.Not != nil:
		return read(*p.Not, must, !not)
	case p.All != nil && !not || p.Any != nil && not:
		var out []Want
		for _, q := range append(slices.Clone(p.All), p.Any...) {
			out = append(out, read(q, must, not)...)
		}
		return out
	case p.Group():
		return nil
	}
	v, err := strconv.ParseFloat(p.Value, 64)
	if err != nil || p.Op != readiness.AtLeast && p.Op != readiness.AtMost || !slices.Contains(measuredFacts, p.Fact) {
		return nil
	}
	w := Want{Fact: p.Fact, Op: p.Op, Value: v, Must: must, slack: v * float64(p.Tolerance) / 100, per: p.Per}
	if not {
		w.strict, w.slack, w.Op = true, 0, readiness.AtMost
		if p.Op == readiness.AtMost {
			w.Op = readiness.AtLeast
		}
	}
	return []Want{w}
}

// at are what is asked of the lines of one unit: what must be first.
func (w wants) at(unit string) []Want {
	var out []Want
	for _, p := range w.all {
		if p.Phase != "" && !slices.Contains(w.phases[unit], p.Phase) {
			continue
		}
		for _, one := range w.lines[p.Code] {
			if one.per != "" {
				n, known := w.sites[unit][one.per]
				one.Unsure = !known
				one.Value, one.slack = one.Value*max(n, 1), one.slack*max(n, 1)
			}
			out = append(out, one)
		}
	}
	slices.SortStableFunc(out, func(a, b Want) int {
		switch {
		case a.Must == b.Must:
			return 0
		case a.Must:
			return -1
		}
		return 1
	})
	return out
}

// mainOf is what is asked of a figure first of all.
func mainOf(all []Want, fact string) (Want, bool) {
	i := slices.IndexFunc(all, func(w Want) bool { return w.Fact == fact })
	if i < 0 {
		return Want{}, false
	}
	return all[i], true
}

// values are the known figures of a line by fact.
func (l Line) values() map[string]float64 {
	out := map[string]float64{}
	for name, v := range map[string]*float64{factRTT: l.P95, factLoss: l.Loss, factDown: l.Down, factUp: l.Up, factAvailability: l.Availability} {
		if v != nil {
			out[name] = *v
		}
	}
	return out
}

// health is how the line stands, and which wants it meets as far as that is known.
func (l Line) health(all []Want) (h Health, said string) {
	known := l.values()
	var b strings.Builder
	h = Unknown
	if len(known) > 0 {
		h = Fine
	}
	for _, w := range all {
		v, ok := known[w.Fact]
		if !ok || !w.settled(v) {
			continue
		}
		sign := "+"
		if !w.Met(v) {
			sign = "-"
			if w.Must {
				h = Slow
			}
		}
		b.WriteString(w.Fact + sign + " ")
	}
	for _, name := range measuredFacts {
		if _, ok := known[name]; ok {
			b.WriteString(name + " ")
		}
	}
	if l.DownNow {
		h = Dead
	}
	return h, b.String()
}

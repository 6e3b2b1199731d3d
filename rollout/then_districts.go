package rollout

import (
	"cmp"
	"context"
	"slices"
	"time"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/org"
)

// Map is the units by which a table of a day gone by counts.
type Map string

// The maps: the units as they were on the day (như khi đó), or as they are now (theo địa
// bàn nay).
const (
	MapThen Map = "then"
	MapNow  Map = "now"
)

// mostMaps is how many maps before today's a page offers.
const mostMaps = 6

// LastsOfMaps are the last days of the maps before the one of today, the newest first, as
// far as units changed since the programme was decided.
func (s *Service) LastsOfMaps(ctx context.Context, pg Programme) ([]string, error) {
	atlas, err := s.units.Atlas(ctx)
	if err != nil {
		return nil, err
	}
	today := clock.Date(s.clock.Now())
	var days []string
	for _, d := range slices.Backward(atlas.Dates()) {
		if d > today || d <= pg.DecidedOn || len(days) == mostMaps {
			continue
		}
		at, err := clock.ParseDate(d)
		if err != nil {
			return nil, err
		}
		days = append(days, clock.Date(at.AddDate(0, 0, -1)))
	}
	return days, nil
}

// DistrictsOn counts a programme by phase and district at the end of a day, over the communes
// of that day's map that the actor may see, as they stood then: by the districts of that
// map, or carried onto today's with equal totals (org.Atlas.Recount). Phases that were live
// from the start are left out. It takes a constant number of queries.
func (s *Service) DistrictsOn(ctx context.Context, who access.Actor, code, day string, by Map) ([]DistrictCounts, error) {
	if err := who.Need(Read); err != nil {
		return nil, err
	}
	today := clock.Date(s.clock.Now())
	at, err := endOf(day, s.clock.Now())
	if err != nil {
		return nil, err
	}
	b, err := s.bookOf(ctx, code)
	if err != nil {
		return nil, err
	}
	p, err := s.history(ctx, b)
	if err != nil {
		return nil, err
	}
	atlas, err := s.units.Atlas(ctx)
	if err != nil {
		return nil, err
	}
	then := tallies{}
	for unit, f := range b.factsOf(p, scopeOf(who), Any) {
		if r, in := b.rowOn(unit, f, day, at); in {
			then.add(r)
		}
	}
	if by != MapNow {
		return then.districts(atlas.Tree(day)), nil
	}
	carried := tallies{}
	for of, units := range then {
		carried[of] = atlas.Recount(units, day, today)
	}
	return carried.districts(atlas.Tree(today)), nil
}

// rowOn is a commune as it stood at a moment of a day, if it was in a phase.
func (b *book) rowOn(unit string, f *unitFacts, day string, at time.Time) (Row, bool) {
	phase, in := f.phaseOn(day)
	if !in {
		return Row{}, false
	}
	r, known := Row{Unit: unit, Phase: b.phase[phase].Ordinal, Stage: Preparing}, Known{}
	for _, e := range f.evidence {
		if !e.ObservedAt.After(at) {
			known.add(e)
		}
	}
	for _, c := range f.changes {
		if !c.At.After(at) {
			r.Stage = c.To
		}
	}
	asked := b.asked(phase, at)
	r.Verified, r.Bare = ready(asked, known, b.waiversOf[unit], at)
	r.Declared = r.Stage == Official || DeclaredReady(asked, known)
	r.Beyond = beyond(asked, known, at)
	return r, true
}

// counted is what a tally counts: communes of a phase, all of them, at a stage or with a mark.
type counted struct {
	phase int
	what  string
}

// The marks of a tally beside the stages.
const (
	tallyAll      = "all"
	tallyDeclared = "declared"
	tallyVerified = "verified"
	tallyBare     = "bare"
	tallySaidMore = "beyond"
)

// tallies are figures by unit, one for each thing that is counted: what carries over to
// another map.
type tallies map[counted]map[string]int64

func (x tallies) add(r Row) {
	for what, is := range map[string]bool{tallyAll: true, string(r.Stage): true, tallyDeclared: r.Declared, tallyVerified: r.Verified, tallyBare: r.Bare, tallySaidMore: r.Beyond > 0} {
		if !is {
			continue
		}
		of := counted{r.Phase, what}
		if x[of] == nil {
			x[of] = map[string]int64{}
		}
		x[of][r.Unit]++
	}
}

// districts sums tallies by phase and district of a tree, in the tree's order.
func (x tallies) districts(tree *org.Tree) []DistrictCounts {
	type place struct {
		phase    int
		district string
	}
	sums := map[place]*DistrictCounts{}
	for of, units := range x {
		for unit, n := range units {
			at := place{of.phase, tree.District(unit)}
			d := sums[at]
			if d == nil {
				d = &DistrictCounts{Code: at.district, Name: tree.Name(at.district), PhaseNo: of.phase, Counts: Counts{Stages: StageCounts{}}}
				sums[at] = d
			}
			d.count(of.what, int(n))
		}
	}
	order := map[string]int{}
	for i, u := range tree.All() {
		order[u.Code] = i
	}
	all := make([]DistrictCounts, 0, len(sums))
	for _, d := range sums {
		all = append(all, *d)
	}
	slices.SortFunc(all, func(a, b DistrictCounts) int {
		return cmp.Or(cmp.Compare(a.PhaseNo, b.PhaseNo), cmp.Compare(order[a.Code], order[b.Code]), cmp.Compare(a.Code, b.Code))
	})
	return all
}

func (d *DistrictCounts) count(what string, n int) {
	switch what {
	case tallyAll:
		d.Total += n
	case tallyDeclared:
		d.Declared += n
	case tallyVerified:
		d.Verified += n
	case tallyBare:
		d.Bare += n
	case tallySaidMore:
		d.Counts.Beyond += n
	default:
		d.Stages[Stage(what)] += n
	}
}

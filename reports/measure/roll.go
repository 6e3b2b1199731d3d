package measure

import (
	"slices"

	"lotrinh/internal/org"
	"lotrinh/reports/metric"
)

// flowKey and levelKey say what a value is of.
type (
	flowKey struct {
		metric    metric.Key
		dim, unit string
	}
	levelKey struct {
		metric metric.Key
		unit   string
	}
)

// rolled is a day of a source, for communes and for what they lie in.
type rolled struct {
	told   []metric.Key
	flows  map[flowKey]int64
	levels map[levelKey]int64
}

// roll sums what a source told up the map of the day. Levels are told of every unit, zeros
// included; figures stay with the unit of which they were told.
func roll(s Source, told Told, atlas *org.Atlas, day string) rolled {
	tree := atlas.Tree(day)
	r := rolled{flows: map[flowKey]int64{}, levels: map[levelKey]int64{}}
	known := map[metric.Key]metric.Metric{}
	for _, k := range s.Metrics() {
		m, ok := metric.Find(k)
		if !ok || m.Kind == metric.Rate || slices.Contains(told.Silent, k) {
			continue
		}
		r.told, known[k] = append(r.told, k), m
		if m.Kind != metric.Level {
			continue
		}
		for _, u := range tree.All() {
			if m.Grain == metric.ByCommune || u.Parent == "" {
				r.levels[levelKey{k, u.Code}] = 0
			}
		}
	}
	above := map[string][]string{}
	for _, p := range told.Points {
		m, ok := known[p.Metric]
		if !ok {
			continue
		}
		if m.Kind == metric.Figure {
			r.levels[levelKey{p.Metric, p.Unit}] = p.N
			continue
		}
		path, ok := above[p.Unit]
		if !ok {
			path = pathOf(atlas, tree, p.Unit, day)
			above[p.Unit] = path
		}
		r.add(m, p, path)
	}
	for k, n := range r.flows {
		if n == 0 {
			delete(r.flows, k)
		}
	}
	return r
}

func (r *rolled) add(m metric.Metric, p Point, path []string) {
	for _, unit := range path {
		if m.Kind == metric.Level {
			r.levels[levelKey{p.Metric, unit}] += p.N
			continue
		}
		r.flows[flowKey{p.Metric, "", unit}] += p.N
		if p.Dim != "" && m.Dim != metric.None {
			r.flows[flowKey{p.Metric, p.Dim, unit}] += p.N
		}
	}
}

// pathOf are the unit and all it lies in on a day. A unit that is not in force then (an heir
// to whom facts moved since) counts for those of its districts and cities that are.
func pathOf(atlas *org.Atlas, tree *org.Tree, unit, day string) []string {
	if path := tree.Path(unit); len(path) > 0 {
		return codes(path)
	}
	var path []string
	vs := atlas.Versions(unit)
	if len(vs) > 0 {
		path = codes(atlas.Tree(nearest(vs, day)).Path(unit))
	}
	all := []string{unit}
	for _, code := range path {
		if u, ok := tree.Unit(code); ok && u.Code != unit {
			all = append(all, code)
		}
	}
	for _, root := range tree.Roots() {
		if !slices.Contains(all, root.Code) {
			all = append(all, root.Code)
		}
	}
	return all
}

// nearest is a day on which a unit was in force: its first when that is still to come, else
// the beginning of its last version.
func nearest(vs []org.Unit, day string) string {
	if day < vs[0].From {
		return vs[0].From
	}
	return vs[len(vs)-1].From
}

func codes(units []org.Unit) []string {
	out := make([]string, len(units))
	for i, u := range units {
		out[i] = u.Code
	}
	return out
}

package whatif

import (
	"slices"
	"time"

	"lotrinh/inventory/readiness"
)

// fix is one thing that may be done with an asset that is there.
type fix struct {
	asset int // its place among the unit's assets of the kind
	do    Do
	want  *Want // nil: only that it is there, and in use
	on    bool
}

func (f fix) name() string {
	if f.want == nil {
		return ""
	}
	return f.want.Key()
}

func (f fix) apply(a readiness.Asset, at time.Time) readiness.Asset {
	if f.want == nil {
		return there(a, at)
	}
	return f.want.set(a, at)
}

// fixesOf are what may be done with an asset so that it fills places of lines: it is
// looked at, taken into use or repaired, and what it falls short of is changed, where
// that can be.
func fixesOf(i int, a readiness.Asset, lines []readiness.Line, all []Want, site []readiness.Fact, allow Allow, at time.Time) []fix {
	var out []fix
	switch a.State {
	case "in_use", "spare":
		if !everyPresence(a, lines, at) {
			out = append(out, fix{asset: i, do: Check})
		}
	case "planned":
		out = append(out, fix{asset: i, do: Await})
	case "broken", "repair":
		if !allow.Repair {
			return nil
		}
		out = append(out, fix{asset: i, do: Repair})
	default:
		return nil
	}
	used := there(a, at)
	stays := shares(lines) && slices.ContainsFunc(all, func(w Want) bool { return w.Fact == readiness.Place && holds(used, w, site, at) == readiness.Met })
	for _, w := range all {
		if w.Fact == readiness.Place && stays {
			continue // it is wanted where it stands
		}
		switch v := holds(used, w, site, at); {
		case v == readiness.Unknown:
			out = append(out, fix{asset: i, do: Check, want: &w})
		case v == readiness.Unmet && allow.Upgrade && mends(used, w, site, at):
			out = append(out, fix{asset: i, do: Upgrade, want: &w})
		}
		stays = stays || w.Fact == readiness.Place && shares(lines)
	}
	return out
}

// everyPresence tells whether an asset is known to be there as well as every line asks.
func everyPresence(a readiness.Asset, lines []readiness.Line, at time.Time) bool {
	for _, l := range lines {
		if alone(a, readiness.Line{MaxAge: l.MaxAge, Evidence: l.Evidence}, nil, at) != readiness.Met {
			return false
		}
	}
	return true
}

// holds is the answer for one asset and one thing wanted of it.
func holds(a readiness.Asset, w Want, site []readiness.Fact, at time.Time) readiness.Verdict {
	p := w.asked
	if w.Not {
		p = readiness.Predicate{Not: &p}
	}
	return alone(a, readiness.Line{Predicates: []readiness.Predicate{p}}, site, at)
}

// mends tells whether what an asset falls short of can be changed, and whether that
// does it: a processor that cannot stays one that cannot.
func mends(a readiness.Asset, w Want, site []readiness.Fact, at time.Time) bool {
	for _, name := range mendable {
		if w.Fact == name {
			return holds(w.set(a, at), w, site, at) == readiness.Met
		}
	}
	return false
}

// alone is the answer of a line that asks for one asset, and there is this one.
func alone(a readiness.Asset, l readiness.Line, site []readiness.Fact, at time.Time) readiness.Verdict {
	l.Code, l.Kind, l.Quantity, l.Must = "one", a.Kind, 1, true
	c := readiness.Case{Profiles: []readiness.Profile{{Code: "one", Lines: []readiness.Line{l}}}, Assets: []readiness.Asset{a}, Site: site}
	return readiness.Judge(c, at).Verdict
}

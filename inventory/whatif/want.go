package whatif

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"lotrinh/inventory/readiness"
)

// Want is one thing that an item must be: a comparison of a profile's line, or its
// opposite, with the figures of the unit worked in.
type Want struct {
	Fact  string
	Op    readiness.Op
	Value string
	Not   bool
	asked readiness.Predicate
}

// Key tells wants apart.
func (w Want) Key() string {
	key := w.Fact + " " + string(w.Op) + " " + w.Value
	if w.Not {
		key = "not " + key
	}
	return key
}

// mendable are the facts that can be changed without another item: memory is added, a
// disk is cleared, a system is installed anew, a switch of the BIOS is turned; a line is
// put right by its provider.
var mendable = []string{readiness.RAM, readiness.RAMUsable, readiness.RAMInstalled, "disk_free_gb", "os", readiness.BIOSSwitch, readiness.Virtualization,
	"contract_mbps", "down_mbps", "up_mbps", "rtt_ms", "loss_percent", readiness.Place}

// wants are what makes an item satisfy predicates: of alternatives the first.
func wants(all []readiness.Predicate, not bool, site []readiness.Fact) []Want {
	var out []Want
	for _, p := range all {
		switch {
		case p.Not != nil:
			out = append(out, wants([]readiness.Predicate{*p.Not}, !not, site)...)
		case p.All != nil && !not, p.Any != nil && not:
			out = append(out, wants(slices.Concat(p.All, p.Any), not, site)...)
		case p.Group():
			out = append(out, wants(slices.Concat(p.Any, p.All)[:1], not, site)...)
		default:
			out = append(out, Want{Fact: p.Fact, Op: p.Op, Value: scaled(p, site), Not: not, asked: p})
		}
	}
	return out
}

// scaled is the value of a comparison that follows a figure of the unit: for the
// greatest that anybody said.
func scaled(p readiness.Predicate, site []readiness.Fact) string {
	base, err := strconv.ParseFloat(p.Value, 64)
	if p.Per == "" || err != nil {
		return p.Value
	}
	most := 1.0
	for _, f := range site {
		if n, err := strconv.ParseFloat(f.Value, 64); f.Name == p.Per && err == nil {
			most = max(most, n)
		}
	}
	return strconv.FormatFloat(base*most, 'f', -1, 64)
}

// spec is what an item of a kind must be to fill a place of any of these lines.
func spec(lines []readiness.Line, site []readiness.Fact) []Want {
	var out []Want
	for _, l := range lines {
		for _, w := range wants(l.Predicates, false, site) {
			at := slices.IndexFunc(out, func(o Want) bool {
				return o.Fact == w.Fact && o.Op == w.Op && o.Not == w.Not && (w.Op != readiness.Among || o.Value == w.Value)
			})
			switch {
			case at < 0:
				out = append(out, w)
			case harder(w, out[at]):
				out[at] = w
			}
		}
	}
	return out
}

// harder tells whether one want asks more than another of the same fact.
func harder(w, than Want) bool {
	n := compare(w, than)
	if w.Op == readiness.AtMost {
		n = -n
	}
	if w.Not {
		n = -n
	}
	return n > 0
}

func compare(a, b Want) int {
	if a.Op == readiness.VersionFrom {
		return slices.Compare(numbers(a.Value), numbers(b.Value))
	}
	x, err := strconv.ParseFloat(a.Value, 64)
	y, err2 := strconv.ParseFloat(b.Value, 64)
	if err != nil || err2 != nil {
		return 0
	}
	return cmp.Compare(x, y)
}

func numbers(version string) []int {
	var out []int
	for part := range strings.SplitSeq(version, ".") {
		n, err := strconv.Atoi(part)
		if err != nil {
			n = 0
		}
		out = append(out, n)
	}
	return out
}

// value is a value of the fact that satisfies a want.
func (w Want) value() string {
	if !w.Not {
		return w.Value
	}
	switch w.Op {
	case readiness.Among:
		return elsewhere
	case readiness.Is:
		if w.Value == "no" {
			return "yes"
		}
		return "no"
	case readiness.VersionFrom:
		return "0"
	}
	n, err := strconv.ParseFloat(w.Value, 64)
	if err != nil {
		return ""
	}
	slack := math.Abs(n) * float64(w.asked.Tolerance) / 100
	if w.Op == readiness.AtMost {
		return strconv.FormatFloat(n+slack+1, 'f', -1, 64)
	}
	return strconv.FormatFloat(n-slack-1, 'f', -1, 64)
}

// able is a processor that the engine knows to have what virtual machines need.
const able = "GenuineIntel 6 158 9"

// set is an asset of which a want was satisfied and seen: what other sources said of
// the fact before is put right.
func (w Want) set(a readiness.Asset, at time.Time) readiness.Asset {
	switch {
	case w.Fact == readiness.Place:
		return w.stand(a)
	case w.Fact == readiness.RAM:
		return known(a, at, readiness.RAMInstalled, w.value(), readiness.RAMUsable)
	case w.Fact == readiness.Virtualization:
		if !slices.ContainsFunc(a.Facts, func(f readiness.Fact) bool { return f.Name == readiness.CPU }) {
			a = known(a, at, readiness.CPU, able)
		}
		return known(a, at, readiness.BIOSSwitch, w.value())
	}
	return known(a, at, w.Fact, w.value())
}

// elsewhere is a place that nobody asks for by name.
const elsewhere = "…"

// stand is an asset that is put where it is wanted. It counts for where it stood as well: which of its places it keeps is found by
// leaving out what is not needed.
func (w Want) stand(a readiness.Asset) readiness.Asset {
	to := elsewhere
	if words := readiness.Words(w.Value); len(words) > 0 && !w.Not {
		to = words[0]
	}
	a.Place, a.Facts = strings.TrimSpace(a.Place+" → "+to), slices.Clone(a.Facts)
	return a
}

// placed is an asset that is brought: it is put where it is wanted.
func placed(a readiness.Asset, all []Want) readiness.Asset {
	for _, w := range all {
		if w.Fact == readiness.Place {
			a = w.stand(a)
		}
	}
	return a
}

// shares tells whether one asset may stand for several places of these lines: only distinct lines keep it to one of them.
func shares(lines []readiness.Line) bool {
	return slices.ContainsFunc(lines, func(l readiness.Line) bool {
		return !l.Distinct && slices.ContainsFunc(wants(l.Predicates, false, nil), func(w Want) bool { return w.Fact == readiness.Place })
	})
}

// known is an asset with a fact as it is known once somebody looked; what was said of
// it, and of the other names, counts no more.
func known(a readiness.Asset, at time.Time, name, value string, other ...string) readiness.Asset {
	facts := make([]readiness.Fact, 0, len(a.Facts)+1)
	for _, f := range a.Facts {
		if f.Name != name && !slices.Contains(other, f.Name) {
			facts = append(facts, f)
		}
	}
	a.Facts = append(facts, readiness.Fact{Name: name, Value: value, Source: readiness.Seen, At: at})
	return a
}

// there is an asset that was seen today, in use.
func there(a readiness.Asset, at time.Time) readiness.Asset {
	a.State = "in_use"
	return known(a, at, readiness.Present, "yes")
}

// made is an asset that satisfies wants and that nobody has yet.
func made(kind string, all []Want, at time.Time) readiness.Asset {
	a := there(readiness.Asset{ID: Given, Code: Given, Kind: kind}, at)
	for _, w := range all {
		a = w.set(a, at)
	}
	return a
}

// Standard is what the lines of all profiles ask for of one kind: an item that fills a
// place of any of them.
type Standard struct {
	Item
	Wants []Want
}

// Standards are the standards of every kind that some commune must have, by kind;
// figures of communes are left out: of what grows with them it is the value for one.
func Standards(units []Unit) []Standard {
	lines := map[string][]readiness.Line{}
	seen := map[string]bool{}
	for _, u := range units {
		for _, p := range u.Profiles {
			key := p.Code + "@" + strconv.FormatInt(p.Version, 10)
			if seen[key] {
				continue
			}
			seen[key] = true
			for _, l := range p.Lines {
				if l.Must {
					lines[l.Kind] = append(lines[l.Kind], l)
				}
			}
		}
	}
	var out []Standard
	for _, kind := range slices.Sorted(maps.Keys(lines)) {
		s := Standard{Item{Kind: kind, Facts: map[string]string{}}, spec(lines[kind], nil)}
		for _, f := range made(kind, s.Wants, time.Time{}).Facts {
			if f.Name != readiness.Present {
				s.Facts[f.Name] = f.Value
			}
		}
		out = append(out, s)
	}
	return out
}

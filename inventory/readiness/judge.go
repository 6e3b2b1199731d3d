package readiness

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"lotrinh/internal/kit/i18n"
)

// Judge answers for one unit at a moment. Facts and gaps of a later moment are not
// known yet and are left out.
func Judge(profiles []Profile, assets []Asset, gaps []Gap, at time.Time) Result {
	j := judge{at: at}
	if len(profiles) == 0 {
		return Result{Verdict: Unknown, Reasons: []Reason{{Verdict: Unknown, Must: true, Text: i18n.L("readiness.no_profile")}}}
	}
	all := Met
	asked := map[string]bool{}
	for _, p := range profiles {
		for _, l := range p.Lines {
			v := j.line(l, assets)
			if l.Must {
				all = worse(all, v)
				asked[l.Kind] = true
			}
		}
	}
	for _, g := range gaps {
		if g.At.After(at) {
			j.expire(g.At)
		} else if j.gap(g, asked[g.What]) {
			all = Unmet
		}
	}
	slices.SortStableFunc(j.reasons, func(a, b Reason) int { return weight(b) - weight(a) })
	return Result{Verdict: all, Reasons: j.reasons, Stale: j.stale}
}

func worse(a, b Verdict) Verdict {
	switch {
	case a == Unmet || b == Unmet:
		return Unmet
	case a == Unknown || b == Unknown:
		return Unknown
	}
	return Met
}

// weight orders reasons: what decides first, what somebody reported before what was computed.
func weight(r Reason) int {
	w := 0
	if r.Must {
		w += 8
	}
	if r.Verdict == Unmet {
		w += 4
	}
	if r.Gap != "" {
		w++
	}
	return w
}

type judge struct {
	at      time.Time
	reasons []Reason
	stale   time.Time
}

// gap weighs an open report; it tells whether the report decides.
func (j *judge) gap(g Gap, must bool) bool {
	key := "readiness.gap." + g.Kind
	decides := must && g.Kind != "other"
	v := Unmet
	if !decides {
		v = Unknown
	}
	j.reasons = append(j.reasons, Reason{Verdict: v, Must: decides, What: g.What, Gap: g.ID,
		Text: i18n.L(key, "n", g.Count, "kind", kindKey(g.What), "by", g.By, "at", dayOf(g.At))})
	return decides
}

func kindKey(kind string) i18n.Key { return i18n.Key("inventory.kind." + kind) }

// line counts the assets that meet a line, fall short of it, or cannot be told.
func (j *judge) line(l Line, assets []Asset) Verdict {
	var met, open, here int64
	var why []Reason
	for _, a := range assets {
		if a.Kind != l.Kind || !a.counts() {
			continue
		}
		here++
		v, because := j.asset(l, a)
		switch v {
		case Met:
			met++
		case Unknown:
			open++
		}
		why = append(why, because...)
	}
	if met >= l.Quantity {
		return Met
	}
	v := Unmet
	if met+open >= l.Quantity {
		v = Unknown
	}
	if here < l.Quantity {
		j.reasons = append(j.reasons, Reason{Verdict: v, Must: l.Must, What: l.Kind,
			Text: i18n.L("readiness.missing", "n", l.Quantity-here, "kind", kindKey(l.Kind), "want", l.Quantity, "have", here)})
	}
	for _, r := range why {
		r.Must = l.Must
		j.reasons = append(j.reasons, r)
	}
	return v
}

// expire remembers the first moment at which time alone could change the answer.
func (j *judge) expire(t time.Time) {
	if t.After(j.at) && (j.stale.IsZero() || t.Before(j.stale)) {
		j.stale = t
	}
}

// asset judges one asset by a line.
func (j *judge) asset(l Line, a Asset) (Verdict, []Reason) {
	if l.MaxAge > 0 {
		if _, ok := j.best(a, Present, l.MaxAge); !ok {
			return Unknown, []Reason{j.open(l, a, Present, l.MaxAge)}
		}
	}
	all := Met
	var why []Reason
	for _, p := range l.Predicates {
		v, r := j.predicate(l, a, p)
		all = worse(all, v)
		if v != Met {
			why = append(why, r)
		}
	}
	return all, why
}

func expiry(f Fact, maxAge int64) time.Time {
	if maxAge <= 0 {
		return time.Time{}
	}
	return f.At.AddDate(0, 0, int(maxAge)).Add(time.Microsecond)
}

// best is the strongest fresh fact of a name, the newest of equally strong ones. What
// it looks at and passes over may count later, or no longer: that moment is kept.
func (j *judge) best(a Asset, name string, maxAge int64) (Fact, bool) {
	var best Fact
	found := false
	for _, f := range a.Facts {
		if f.Name != name {
			continue
		}
		if f.At.After(j.at) {
			j.expire(f.At)
			continue
		}
		end := expiry(f, maxAge)
		if !end.IsZero() && !end.After(j.at) {
			continue
		}
		j.expire(end)
		if !found || f.Source.Rank() > best.Source.Rank() || f.Source == best.Source && f.At.After(best.At) {
			best, found = f, true
		}
	}
	return best, found
}

// open is the reason for a question that stays open: never known, or too old.
func (j *judge) open(l Line, a Asset, name string, maxAge int64) Reason {
	text := i18n.L("readiness.no_data", "fact", factKey(name), "asset", a.Code)
	if old, ok := j.best(a, name, 0); ok {
		text = i18n.L("readiness.too_old", "fact", factKey(name), "asset", a.Code, "days", maxAge, "at", dayOf(old.At))
	}
	return Reason{Verdict: Unknown, What: l.Kind, Asset: a.ID, Text: text}
}

func factKey(name string) i18n.Key { return i18n.Key("inventory.fact." + name) }

func sourceKey(s Source) i18n.Key { return i18n.Key("readiness.source." + string(s)) }

func (j *judge) predicate(l Line, a Asset, p Predicate) (Verdict, Reason) {
	f, ok := j.best(a, p.Fact, p.MaxAge)
	if !ok {
		return Unknown, j.open(l, a, p.Fact, p.MaxAge)
	}
	wants, sure := j.wanted(a, p)
	holds, readable := p.holds(f.Value, wants)
	switch {
	case !readable:
		return Unknown, Reason{Verdict: Unknown, What: l.Kind, Asset: a.ID,
			Text: i18n.L("readiness.unreadable", "fact", factKey(p.Fact), "asset", a.Code, "value", f.Value)}
	case holds:
		return Met, Reason{}
	case !sure:
		return Unknown, Reason{Verdict: Unknown, What: l.Kind, Asset: a.ID,
			Text: i18n.L("readiness.no_data", "fact", factKey(p.When.Fact), "asset", a.Code)}
	}
	return Unmet, Reason{Verdict: Unmet, What: l.Kind, Asset: a.ID,
		Text: i18n.L("readiness.short."+string(p.Op), "fact", factKey(p.Fact), "asset", a.Code, "value", number(f.Value),
			"want", number(wants), "unit", i18n.Key("inventory.unit."+p.Fact), "source", sourceKey(f.Source), "at", dayOf(f.At))}
}

// wanted is the value that this asset must reach. It is not sure when a condition
// decides of which nothing is known and a smaller value might do.
func (j *judge) wanted(a Asset, p Predicate) (string, bool) {
	if p.When == nil {
		return p.Value, true
	}
	f, ok := j.best(a, p.When.Fact, 0)
	if !ok {
		low, readable := p.holds(j.value(a, p), p.When.Value)
		return p.Value, !readable || !low
	}
	if f.Value == p.When.Is {
		return p.When.Value, true
	}
	return p.Value, true
}

func (j *judge) value(a Asset, p Predicate) string {
	f, _ := j.best(a, p.Fact, p.MaxAge)
	return f.Value
}

// holds compares; readable is false when one side is not what the comparison reads.
func (p Predicate) holds(have, want string) (holds, readable bool) {
	switch p.Op {
	case Is:
		return have == want, true
	case VersionFrom:
		a, ok := version(have)
		b, ok2 := version(want)
		return slices.Compare(a, b) >= 0, ok && ok2
	}
	a, err := strconv.ParseFloat(have, 64)
	b, err2 := strconv.ParseFloat(want, 64)
	if err != nil || err2 != nil {
		return false, false
	}
	slack := b * float64(p.Tolerance) / 100
	if p.Op == AtMost {
		return a <= b+slack, true
	}
	return a >= b-slack, true
}

func version(s string) ([]int, bool) {
	var out []int
	for part := range strings.SplitSeq(s, ".") {
		n, err := strconv.Atoi(part)
		if err != nil {
			return nil, false
		}
		out = append(out, n)
	}
	return out, true
}

// number makes a figure of a stored value, so that it is written as the reader's
// language does; what is no figure stays as it is.
func number(s string) any {
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		return n
	}
	if f, err := strconv.ParseFloat(s, 64); err == nil {
		return f
	}
	return s
}

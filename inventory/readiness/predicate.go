package readiness

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"lotrinh/internal/kit/i18n"
)

// outcome is what came of a predicate for an asset: the answer, the sentences behind
// one that is not Met, and how many comparisons below it held and failed. Other counts
// those that say what sort of thing it is: it is another.
type outcome struct {
	v                   Verdict
	why                 []Reason
	held, failed, other int
}

// closer tells whether an outcome tells more of what is amiss than another of the same
// answer: it is about this sort of thing, fewer comparisons failed, more held.
func (o outcome) closer(b outcome) bool {
	switch {
	case o.v != b.v:
		return o.v.rank() < b.v.rank()
	case o.other != b.other:
		return o.other < b.other
	case o.failed != b.failed:
		return o.failed < b.failed
	}
	return o.held > b.held
}

// predicate judges an asset by a predicate, or by its opposite. A group that is turned
// round is its dual: not all of them is one of them not.
func (j *judge) predicate(a Asset, p Predicate, not bool) outcome {
	switch {
	case p.Not != nil:
		return j.predicate(a, *p.Not, !not)
	case p.All != nil && !not || p.Any != nil && not:
		return j.every(a, slices.Concat(p.All, p.Any), not)
	case p.Any != nil || p.All != nil:
		return j.either(a, slices.Concat(p.All, p.Any), not)
	}
	return j.compare(a, p, not)
}

func (j *judge) every(a Asset, all []Predicate, not bool) outcome {
	out := outcome{v: Met}
	for _, p := range all {
		o := j.predicate(a, p, not)
		out.v = worse(out.v, o.v)
		out.why = append(out.why, o.why...)
		out.held, out.failed, out.other = out.held+o.held, out.failed+o.failed, out.other+o.other
	}
	return out
}

// either holds when one of them does. Otherwise the one that came closest speaks.
func (j *judge) either(a Asset, all []Predicate, not bool) outcome {
	best := outcome{v: Unmet}
	for i, p := range all {
		if o := j.predicate(a, p, not); i == 0 || o.closer(best) {
			best = o
		}
	}
	return best
}

// evidence is what counts of a fact: the newest that each source said, by its rank,
// and why there is nothing when there is nothing.
type evidence struct {
	by    [6]*Fact
	best  *Fact
	lack  Cause
	last  Fact // the newest of what did not count
	count int64
}

// look gathers what counts of a fact. What it passes over may count later, or no longer:
// that moment is kept.
func (j *judge) look(facts []Fact, p Predicate) evidence {
	if p.Fact == RAM {
		return j.builtIn(facts, p)
	}
	e := evidence{lack: NoData}
	pass := func(c Cause, f Fact, n int64) {
		if e.lack == NoData || e.lack == TooOld && c == WeakEvidence || e.lack == c && newer(f, e.last) {
			e.lack, e.last, e.count = c, f, n
		}
	}
	for _, f := range j.known(facts, p.Fact) {
		if f.At.After(j.at) {
			j.expire(f.At)
			continue
		}
		if end := expiry(f, p.MaxAge); !end.IsZero() {
			if !end.After(j.at) {
				pass(TooOld, f, 0)
				continue
			}
			j.expire(end)
		}
		if f.Source.Rank() < p.Evidence.Rank() {
			pass(WeakEvidence, f, 0)
			continue
		}
		if n, enough := j.readings(facts, p, f.Source); !enough {
			pass(WeakEvidence, f, n)
			continue
		}
		if was := e.by[f.Source.Rank()]; was == nil || newer(f, *was) {
			e.by[f.Source.Rank()] = &f
		}
	}
	e.strongest()
	return e
}

func (e *evidence) strongest() {
	for _, f := range e.by {
		if f != nil {
			e.best = f
		}
	}
}

// builtIn is what counts of the memory that is built in: what a source knows as
// installed goes before what it sees as usable.
func (j *judge) builtIn(facts []Fact, p Predicate) evidence {
	p.Fact = RAMUsable
	usable := j.look(facts, p)
	p.Fact = RAMInstalled
	e := j.look(facts, p)
	if e.lack == NoData {
		e.lack, e.last, e.count = usable.lack, usable.last, usable.count
	}
	for rank, f := range usable.by {
		if e.by[rank] == nil {
			e.by[rank] = f
		}
	}
	e.strongest()
	return e
}

// newer orders facts; of two of one moment the greater word counts, and of the same word the stronger source, so that the order in
// which they are told does not matter.
func newer(a, b Fact) bool {
	switch {
	case !a.At.Equal(b.At):
		return a.At.After(b.At)
	case a.Name != b.Name:
		return a.Name > b.Name
	case a.Value != b.Value:
		return a.Value > b.Value
	}
	return a.Source.Rank() > b.Source.Rank()
}

// readings tells whether a source's figures come from as many readings, over as many
// days, as are asked for. One look of a person is no series.
func (j *judge) readings(facts []Fact, p Predicate, s Source) (int64, bool) {
	if !s.series() || p.Samples <= 0 && p.Days <= 0 {
		return 0, true
	}
	count := func(name string) int64 {
		var own []Fact
		for _, f := range facts {
			if f.Name == name && f.Source == s {
				own = append(own, f)
			}
		}
		e := j.look(own, Predicate{Fact: name, MaxAge: p.MaxAge})
		if e.best == nil {
			return 0
		}
		n, _ := figure(e.best.Value)
		return int64(min(max(n, 0), 1e15))
	}
	n := count(Samples)
	return n, n >= p.Samples && (p.Days <= 0 || count(SampleDays) >= p.Days)
}

// compare judges one comparison.
func (j *judge) compare(a Asset, p Predicate, not bool) outcome {
	if p.Fact == Place {
		return j.place(a, p, not)
	}
	e := j.look(a.Facts, p)
	if e.best == nil {
		return outcome{v: Unknown, why: []Reason{j.lacking(a, p, e)}}
	}
	f := *e.best
	p, site := j.scaled(p)
	holds, readable := p.holds(f)
	if !readable {
		return j.open(a, p, NoData, i18n.L("readiness.unreadable", "fact", factKey(p.Fact), "asset", a.label(), "value", f.Value))
	}
	for rank, other := range e.by {
		if other == nil || !other.Source.strong() || rank >= f.Source.Rank() || !other.At.After(f.At) {
			continue
		}
		if also, ok := p.holds(*other); ok && also != holds {
			return j.open(a, p, Contradicted, i18n.L("readiness.contradicted", "asset", a.label(), "fact", factKey(p.Fact),
				"value", number(f.Value), "source", sourceKey(f.Source), "at", dayOf(f.At),
				"other", number(other.Value), "by", sourceKey(other.Source), "then", dayOf(other.At)))
		}
	}
	if site != "" && holds == (p.Op == AtLeast) {
		return j.open(a, p, NoData, i18n.L("readiness.scale_unknown", "asset", a.label(), "fact", factKey(p.Fact), "site", factKey(site)))
	}
	if holds != not {
		return outcome{v: Met, held: 1}
	}
	key := "readiness.short."
	if not {
		key = "readiness.not."
	}
	other := 0
	if p.Op == Is {
		other = 1
	}
	return outcome{v: Unmet, failed: 1, other: other, why: []Reason{{Verdict: Unmet, Asset: a.ID, Fact: p.Fact, Cause: TooWeak,
		Text: i18n.L(key+string(p.Op), "fact", factKey(p.Fact), "asset", a.label(), "value", number(f.Value),
			"want", number(p.Value), "unit", unitKey(p.Fact), "source", sourceKey(f.Source), "at", dayOf(f.At))}}}
}

// scaled is a predicate with the value that this unit needs. When the figure of the
// unit is not known it is named, and the value is for one: a smaller figure is too small
// whatever the unit's is, a greater one tells nothing.
func (j *judge) scaled(p Predicate) (Predicate, string) {
	if p.Per == "" {
		return p, ""
	}
	base, ok := figure(p.Value)
	e := j.look(j.site, Predicate{Fact: p.Per})
	if e.best == nil || !ok {
		return p, p.Per
	}
	n, ok := figure(e.best.Value)
	if !ok || n < 0 || n > 1e9 {
		return p, p.Per
	}
	p.Value = strconv.FormatFloat(base*max(n, 1), 'f', -1, 64)
	return p, ""
}

func (j *judge) open(a Asset, p Predicate, c Cause, text i18n.Line) outcome {
	return outcome{v: Unknown, why: []Reason{{Verdict: Unknown, Asset: a.ID, Fact: p.Fact, Cause: c, Text: text}}}
}

// lacking is the reason for a question that stays open: never said, too long ago, by
// too weak a source or from too few readings.
func (j *judge) lacking(a Asset, p Predicate, e evidence) Reason {
	text := i18n.L("readiness.no_data", "fact", factKey(p.Fact), "asset", a.label())
	switch {
	case e.lack == TooOld:
		text = i18n.L("readiness.too_old", "fact", factKey(p.Fact), "asset", a.label(), "days", p.MaxAge, "at", dayOf(e.last.At))
	case e.lack == WeakEvidence && e.last.Source.Rank() < p.Evidence.Rank():
		text = i18n.L("readiness.weak", "fact", factKey(p.Fact), "asset", a.label(), "value", number(e.last.Value),
			"source", sourceKey(e.last.Source), "at", dayOf(e.last.At), "want", i18n.Key("readiness.evidence."+string(p.Evidence)))
	case e.lack == WeakEvidence:
		text = i18n.L("readiness.few", "fact", factKey(p.Fact), "asset", a.label(), "n", e.count, "want", p.Samples, "days", max(p.Days, 1))
	}
	return Reason{Verdict: Unknown, Asset: a.ID, Fact: p.Fact, Cause: e.lack, Text: text}
}

func factKey(name string) i18n.Key { return i18n.Key("inventory.fact." + name) }

func unitKey(name string) i18n.Key { return i18n.Key("inventory.unit." + name) }

func sourceKey(s Source) i18n.Key { return i18n.Key("readiness.said." + string(s)) }

func kindKey(kind string) i18n.Key { return i18n.Key("inventory.kind." + kind) }

// holds compares; readable is false when one side is not what the comparison reads.
func (p Predicate) holds(f Fact) (holds, readable bool) {
	have := compared(p.Fact, f)
	switch p.Op {
	case Is:
		return have == p.Value, true
	case VersionFrom:
		a, ok := version(have)
		b, ok2 := version(p.Value)
		return slices.Compare(a, b) >= 0, ok && ok2
	}
	a, ok := figure(have)
	b, ok2 := figure(p.Value)
	slack := b * float64(p.Tolerance) / 100
	if p.Op == AtMost {
		return a <= b+slack, ok && ok2
	}
	return a >= b-slack, ok && ok2
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
	if s == "yes" || s == "no" {
		return factKey(s)
	}
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		return n
	}
	if f, ok := figure(s); ok {
		return f
	}
	return s
}

// expire remembers the first moment at which time alone could change the answer.
func (j *judge) expire(t time.Time) {
	if t.After(j.at) && (j.stale.IsZero() || t.Before(j.stale)) {
		j.stale = t
	}
}

package readiness

import (
	"slices"
	"time"

	"lotrinh/internal/kit/i18n"
)

type judge struct {
	at      time.Time
	site    []Fact
	reasons []Reason
	stale   time.Time
	memo    *Memo
}

// Judge answers for one unit at a moment. Facts, gaps and waivers of a later moment
// are not known yet and are left out.
func Judge(c Case, at time.Time) Result {
	return judged(c, at, nil)
}

func judged(c Case, at time.Time, memo *Memo) Result {
	j := &judge{at: at, site: c.Site, memo: memo}
	if len(c.Profiles) == 0 {
		return Result{Verdict: Unknown, Reasons: []Reason{{Verdict: Unknown, Must: true, Text: i18n.L("readiness.no_profile")}}}
	}
	assets := make([]Asset, 0, len(c.Assets))
	for _, a := range c.Assets {
		if a.counts() {
			assets = append(assets, a)
		}
	}
	slices.SortStableFunc(assets, func(a, b Asset) int { return compare(a.Code+" "+a.ID, b.Code+" "+b.ID) })
	out := Result{Verdict: Met}
	asked := map[string]bool{}
	for _, p := range c.Profiles {
		for _, w := range j.profile(p, c, assets) {
			out.Lines = append(out.Lines, w.result(p))
			if w.line.Must {
				out.Verdict = worse(out.Verdict, w.verdict)
				asked[w.line.Kind] = asked[w.line.Kind] || w.verdict != NotApplicable && w.waiver == nil
			}
		}
	}
	for _, g := range c.Gaps {
		if g.At.After(at) {
			j.expire(g.At)
		} else if j.gap(g, asked[g.What]) {
			out.Verdict = Unmet
		}
	}
	slices.SortStableFunc(j.reasons, func(a, b Reason) int {
		if n := weight(b) - weight(a); n != 0 {
			return n
		}
		return compare(a.Gap, b.Gap)
	})
	out.Reasons, out.Stale = j.reasons, j.stale
	return out
}

// weight orders reasons: what decides first, what somebody reported before what was computed.
func weight(r Reason) int {
	w := r.Verdict.rank() * 2
	if r.Must {
		w += 16
	}
	if r.Gap != "" {
		w++
	}
	return w
}

// gap weighs an open report; it tells whether the report decides.
func (j *judge) gap(g Gap, must bool) bool {
	decides := must && g.Kind != "other"
	v := Unmet
	if !decides {
		v = Unknown
	}
	j.reasons = append(j.reasons, Reason{Verdict: v, Must: decides, What: g.What, Gap: g.ID, Cause: Reported,
		Text: i18n.L("readiness.gap."+g.Kind, "n", g.Count, "kind", kindKey(g.What), "by", g.By, "at", dayOf(g.At))})
	return decides
}

// weighed is a line with what came of it.
type weighed struct {
	line    Line
	want    int64 // -1: not known
	least   int64 // of want, when it is not known
	assets  []Asset
	by      []outcome // of each asset; Unmet without a word for one of another kind
	sure    []int     // assets that surely fill its places
	maybe   int       // places that are filled when every open question turns out well
	verdict Verdict
	waiver  *Waiver
}

func (w *weighed) places() int64 {
	n := w.want
	if n < 0 {
		n = w.least
	}
	return n
}

// eligible is how many assets could fill a place of the line.
func (w *weighed) eligible() int {
	n := 0
	for _, o := range w.by {
		if o.v != Unmet {
			n++
		}
	}
	return n
}

func (w *weighed) demand(open bool) demand {
	d := demand{want: w.places(), can: make([]bool, len(w.by))}
	for i, o := range w.by {
		d.can[i] = o.v == Met || open && o.v == Unknown
	}
	return d
}

func (w *weighed) result(p Profile) LineResult {
	r := LineResult{Profile: p.Code, Line: w.line.Code, Kind: w.line.Kind, Must: w.line.Must, Verdict: w.verdict, Want: w.want, Have: int64(len(w.sure))}
	for _, i := range w.sure {
		r.Assets = append(r.Assets, w.assets[i].ID)
	}
	return r
}

// profile weighs the lines of a profile: distinct lines share the assets among them,
// each other line is counted by itself.
func (j *judge) profile(p Profile, c Case, assets []Asset) []*weighed {
	all := make([]*weighed, len(p.Lines))
	var shared []*weighed
	for i, l := range p.Lines {
		w := &weighed{line: l, assets: assets, by: make([]outcome, len(assets))}
		j.quantity(w, c.Site)
		for k, a := range assets {
			w.by[k] = outcome{v: Unmet}
			if a.Kind == l.Kind {
				w.by[k] = j.weigh(p.Code, i, l, a)
			}
		}
		all[i] = w
		if l.Distinct {
			shared = append(shared, w)
		} else {
			assign([]*weighed{w}, len(assets))
		}
	}
	taken := assign(strictest(shared), len(assets))
	for _, w := range all {
		w.judge()
		w.waiver = j.waiver(p, w.line, c.Waivers)
		if w.waiver != nil && (w.verdict == Unmet || w.verdict == Unknown) {
			w.verdict = Waived
		}
		if !w.line.Distinct {
			j.explain(p, w, nil)
		} else {
			j.explain(p, w, taken)
		}
	}
	return all
}

// assign fills the places of lines that share the assets, and tells which assets are
// surely taken by which of them, -1 by none.
func assign(lines []*weighed, assets int) []int {
	sure, open := make([]demand, len(lines)), make([]demand, len(lines))
	for i, w := range lines {
		sure[i], open[i] = w.demand(false), w.demand(true)
	}
	taken := fill(sure, assets)
	for a, i := range taken {
		if i >= 0 {
			lines[i].sure = append(lines[i].sure, a)
		}
	}
	for _, i := range fill(open, assets) {
		if i >= 0 {
			lines[i].maybe++
		}
	}
	return taken
}

func (w *weighed) judge() {
	switch n := w.places(); {
	case w.want == 0:
		w.verdict = NotApplicable
	case int64(w.maybe) < n:
		w.verdict = Unmet
	case w.want < 0 || int64(len(w.sure)) < n:
		w.verdict = Unknown
	default:
		w.verdict = Met
	}
}

// quantity finds how many assets a line asks for at this unit.
func (j *judge) quantity(w *weighed, site []Fact) {
	w.want, w.least = w.line.Quantity, w.line.Quantity
	if w.line.Per == nil {
		return
	}
	e := j.look(site, Predicate{Fact: w.line.Per.Of, MaxAge: w.line.Per.MaxAge})
	w.want = -1
	if e.best == nil {
		return
	}
	if n, ok := figure(e.best.Value); ok && n >= 0 && n < 1e12 {
		w.want = max(w.least, w.line.Per.of(int64(n)))
	}
}

// asset judges one asset by a line.
func (j *judge) asset(l Line, a Asset) outcome {
	if l.MaxAge > 0 || l.Evidence != "" {
		there := j.compare(a, Predicate{Fact: Present, Op: Is, Value: "yes", MaxAge: l.MaxAge, Evidence: l.Evidence}, false)
		if there.v != Met {
			return there
		}
	}
	return j.every(a, l.Predicates, false)
}

// waiver is the waiver that excuses the unit from a line now: of several the one that
// lasts longest.
func (j *judge) waiver(p Profile, l Line, all []Waiver) *Waiver {
	var best *Waiver
	for i, w := range all {
		if w.Profile != p.Code || w.Line != l.Code {
			continue
		}
		j.expire(w.From)
		j.expire(w.Until)
		if w.From.After(j.at) || !w.Until.After(j.at) {
			continue
		}
		if best == nil || w.Until.After(best.Until) || w.Until.Equal(best.Until) && w.ID < best.ID {
			best = &all[i]
		}
	}
	return best
}

// explain writes the reasons of a line that is not met. Assets that other lines use are
// not to blame.
func (j *judge) explain(p Profile, w *weighed, taken []int) {
	if w.verdict == Met || w.verdict == NotApplicable {
		return
	}
	var why []Reason
	if w.want < 0 {
		why = append(why, Reason{Verdict: Unknown, Cause: NoData, Fact: w.line.Per.Of,
			Text: i18n.L("readiness.site_unknown", "fact", factKey(w.line.Per.Of), "kind", kindKey(w.line.Kind))})
	}
	var here int64
	var each []Reason
	for i, o := range w.by {
		if w.assets[i].Kind != w.line.Kind {
			continue
		}
		here++
		if taken == nil || taken[i] < 0 {
			each = append(each, o.why...)
		}
	}
	if short := w.places() - here; short > 0 {
		why = append(why, Reason{Verdict: Unmet, Cause: Absent,
			Text: i18n.L("readiness.missing", "n", short, "kind", kindKey(w.line.Kind), "want", w.places(), "have", here)})
	}
	if int64(len(w.sure)) < w.places() {
		why = append(why, each...)
	}
	if len(why) == 0 {
		why = append(why, Reason{Verdict: w.verdict, Cause: Absent,
			Text: i18n.L("readiness.shared", "kind", kindKey(w.line.Kind), "want", w.places(), "have", int64(len(w.sure)))})
	}
	must := w.line.Must
	if w.verdict == Waived {
		why = slices.Insert(why, 0, Reason{Verdict: Waived, Cause: Excused,
			Text: i18n.L("readiness.waived", "kind", kindKey(w.line.Kind), "until", dayOf(w.waiver.Until), "reason", w.waiver.Reason, "by", w.waiver.By)})
	}
	for i, r := range why {
		r.What, r.Profile, r.Line, r.Must = w.line.Kind, p.Code, w.line.Code, must
		if w.verdict == Waived && i > 0 {
			r.Must = false
		}
		j.reasons = append(j.reasons, r)
	}
}

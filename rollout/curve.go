package rollout

import (
	"context"
	"slices"
	"sync"
	"time"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/ident"
)

// Point is one day of the curve, at the end of the day in the city, or now on the
// current day. Days to come have a plan only: Known is false.
type Point struct {
	Day                      string
	Planned                  int
	Known                    bool
	Declared, Verified, Bare int
	Official                 int // communes at the official stage
}

// longestCurve is the most days of one curve.
const longestCurve = 800

// Curve counts plan, declared and verified for each day of [from, until], over the
// communes that the actor may see, from dated facts: what was observed by then and
// which waivers held then. phase is an ordinal, or Any. The number of queries does
// not depend on the number of communes or days.
func (s *Service) Curve(ctx context.Context, who access.Actor, code string, phase int, from, until string) ([]Point, error) {
	if err := who.Need(Read); err != nil {
		return nil, err
	}
	days, err := daysOf(from, until)
	if err != nil {
		return nil, err
	}
	b, err := s.bookOf(ctx, code)
	if err != nil {
		return nil, err
	}
	return s.curveOf(ctx, b, scopeOf(who), curveKey{phase: phase, from: from, until: until}, days)
}

func daysOf(from, until string) ([]time.Time, error) {
	first, err1 := clock.ParseDate(from)
	last, err2 := clock.ParseDate(until)
	var k fault.Check
	k.Need(err1 == nil, "from", "rollout.form.bad_day")
	k.Need(err2 == nil, "until", "rollout.form.bad_day")
	k.Need(err1 != nil || err2 != nil || !last.Before(first) && last.Sub(first) < longestCurve*24*time.Hour, "until", "rollout.form.span")
	if err := k.Err(); err != nil {
		return nil, err
	}
	var days []time.Time
	for d := first; !d.After(last); _, d = clock.Day(d) {
		days = append(days, d)
	}
	return days, nil
}

// unitFacts is what is dated of one commune, each list by time.
type unitFacts struct {
	members []Membership
	history
}

// history is what happened in one commune, each list by time.
type history struct {
	evidence []*Evidence
	changes  []StageChange
}

// past is the history of every commune of a book, once somebody asked for it.
type past struct {
	mu      sync.Mutex
	of      map[string]history
	members []Membership // by the day from which they are
}

// factsOf are the dated facts of the communes of a scope that are or were in a phase.
func (b *book) factsOf(p *past, mine scope, phase int) map[string]*unitFacts {
	only := b.byOrdinal(phase)
	facts := make(map[string]*unitFacts, len(p.of))
	for _, m := range p.members {
		if !mine.has(m.Unit) || b.phase[m.Phase].Live || phase != Any && m.Phase != only.ID {
			continue
		}
		f := facts[m.Unit]
		if f == nil {
			f = &unitFacts{history: p.of[m.Unit]}
			facts[m.Unit] = f
		}
		f.members = append(f.members, m)
	}
	return facts
}

// history is the dated facts of every commune, read once for a book and kept with it:
// drawing a curve again costs no reading of all that was ever observed.
func (s *Service) history(ctx context.Context, b *book) (*past, error) {
	b.past.mu.Lock()
	defer b.past.mu.Unlock()
	if b.past.of != nil {
		return b.past, nil
	}
	idb, pg, of := s.db.Read(), b.programme.ID, map[string]history{}
	var evidence []Evidence
	err := idb.NewSelect().Model(&evidence).Column("unit", "criterion", "kind", "answer", "observed_at").
		Where("ev.programme = ?", pg).Order("ev.seq").Scan(ctx)
	if err != nil {
		return nil, db.Sorted(err)
	}
	slices.SortStableFunc(evidence, func(a, b Evidence) int { return a.ObservedAt.Compare(b.ObservedAt) })
	for i := range evidence {
		h := of[evidence[i].Unit]
		h.evidence = append(h.evidence, &evidence[i])
		of[evidence[i].Unit] = h
	}
	var changes []StageChange
	err = idb.NewSelect().Model(&changes).Column("unit", "to_stage", "at").Where("sc.programme = ?", pg).Order("sc.seq").Scan(ctx)
	if err != nil {
		return nil, db.Sorted(err)
	}
	slices.SortStableFunc(changes, func(a, b StageChange) int { return a.At.Compare(b.At) })
	for _, c := range changes {
		h := of[c.Unit]
		h.changes = append(h.changes, c)
		of[c.Unit] = h
	}
	var members []Membership
	err = idb.NewSelect().Model(&members).Where("pu.programme = ?", pg).Order("pu.from_day", "pu.id").Scan(ctx)
	if err != nil {
		return nil, db.Sorted(err)
	}
	b.past.members, b.past.of = members, of
	return b.past, nil
}

// curveKey tells curves of one book apart; who may not see the same communes never
// shares one.
type curveKey struct {
	scope       string
	phase       int
	from, until string
}

type keptCurve struct {
	stretch
	points []Point
}

// mostCurves is how many curves are kept with a book: the city's, the districts' and
// some spans that somebody asked the API for.
const mostCurves = 64

// curveOf is a curve as it was counted last while that holds, else counted anew.
func (s *Service) curveOf(ctx context.Context, b *book, mine scope, key curveKey, days []time.Time) ([]Point, error) {
	now := s.clock.Now()
	key.scope = mine.name
	b.kept.mu.Lock()
	old, known := b.kept.curves[key]
	b.kept.mu.Unlock()
	if known && old.holds(now) {
		return slices.Clone(old.points), nil
	}
	p, err := s.history(ctx, b)
	if err != nil {
		return nil, err
	}
	points := b.count(b.factsOf(p, mine, key.phase), days, now)
	b.kept.mu.Lock()
	defer b.kept.mu.Unlock()
	if len(b.kept.curves) >= mostCurves {
		clear(b.kept.curves)
	}
	b.kept.curves[key] = keptCurve{b.curveStretch(p, now), points}
	return slices.Clone(points), nil
}

// count is the curve of these facts as known at a moment.
func (b *book) count(facts map[string]*unitFacts, days []time.Time, now time.Time) []Point {
	points := make([]Point, len(days))
	ends := make([]time.Time, len(days))
	for i, d := range days {
		_, end := clock.Day(d)
		points[i].Day, ends[i] = clock.Date(d), end.Add(-time.Microsecond)
		points[i].Known = !d.After(now)
		if ends[i].After(now) {
			ends[i] = now
		}
	}
	for unit, f := range facts {
		b.trace(unit, f, points, ends)
	}
	return points
}

// curveStretch is how long a curve counted at a moment holds: until the day ends, or
// something dated comes to pass in it.
func (b *book) curveStretch(p *past, at time.Time) stretch {
	_, over := clock.Day(at)
	s := stretch{at, over}
	for _, w := range b.waivers {
		s.endsWith(w)
	}
	days := b.lifetimes()
	for _, h := range p.of {
		for _, e := range h.evidence {
			s.sooner(e.ObservedAt)
			if len(days[e.Criterion]) > 0 {
				s.endsWithAge(e, days[e.Criterion])
			}
		}
		for _, c := range h.changes {
			s.sooner(c.At)
		}
	}
	return s
}

// trace adds one commune to every day's counts.
func (b *book) trace(unit string, f *unitFacts, points []Point, ends []time.Time) {
	known, stage := Known{}, Stage("")
	e, c := 0, 0
	for i := range points {
		p, at := &points[i], ends[i]
		phase, in := f.phaseOn(p.Day)
		if !in {
			continue
		}
		if p.Day >= b.phase[phase].OfficialOn {
			p.Planned++
		}
		if !p.Known {
			continue
		}
		for ; e < len(f.evidence) && !f.evidence[e].ObservedAt.After(at); e++ {
			known.add(f.evidence[e])
		}
		for ; c < len(f.changes) && !f.changes[c].At.After(at); c++ {
			stage = f.changes[c].To
		}
		if stage == Official {
			p.Official++
		}
		asked := b.asked(phase, at)
		if stage == Official || DeclaredReady(asked, known) {
			p.Declared++
		}
		met, bare := ready(asked, known, b.waiversOf[unit], at)
		if met {
			p.Verified++
		}
		if bare {
			p.Bare++
		}
	}
}

func (f *unitFacts) phaseOn(day string) (ident.ID, bool) {
	for i := len(f.members) - 1; i >= 0; i-- {
		if m := f.members[i]; m.FromDay <= day && (m.UntilDay == "" || day < m.UntilDay) {
			return m.Phase, true
		}
	}
	return "", false
}

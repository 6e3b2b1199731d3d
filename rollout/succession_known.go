package rollout

import (
	"slices"
	"strings"
	"time"

	"lotrinh/internal/kit/ident"
	"lotrinh/internal/org/succession"
)

// knows is what the heir knows of each criterion from those that it took over from.
func (m *merger) knows(heir string, parts []Progress, at time.Time) error {
	for _, c := range m.criteriaOf(parts) {
		for _, kind := range []Kind{Declaration, Verification} {
			if err := m.know(heir, c, kind, parts, at); err != nil {
				return err
			}
		}
	}
	return nil
}

// criteriaOf are the keys of all criteria that these communes know anything of, in order.
func (m *merger) criteriaOf(parts []Progress) []string {
	all := map[string]bool{}
	for _, p := range parts {
		for key := range m.book.known[p.Unit] {
			all[key] = true
		}
	}
	return succession.Codes(all)
}

func (k Pair) of(kind Kind) *Evidence {
	if kind == Declaration {
		return k.Declared
	}
	return k.Verified
}

// know joins one criterion: met where all were met, as of the oldest; else the worst of
// them, as of the latest; unknown where one of them has no evidence at all. The heir's own
// line stands where nothing worse came to it.
func (m *merger) know(heir, criterion string, kind Kind, parts []Progress, at time.Time) error {
	own := m.book.known[heir][criterion].of(kind)
	joined, first, last, missing := Met, time.Time{}, time.Time{}, false
	var worst *Evidence
	for _, p := range parts {
		if p.Stage == Live {
			continue // the service ran there: nobody asked for evidence
		}
		e := m.book.known[p.Unit][criterion].of(kind)
		if e == nil {
			missing = true
			continue
		}
		if first.IsZero() || e.ObservedAt.Before(first) {
			first = e.ObservedAt
		}
		if e.ObservedAt.After(last) {
			last = e.ObservedAt
		}
		if next := worse(joined, e.Answer); worst == nil || next != joined {
			joined, worst = next, e
		}
	}
	switch {
	case worst == nil, missing && own == nil && joined != Unmet:
		return nil // nothing is known, which is what is true
	case own != nil && own == worst && (!missing || joined == Unmet), own != nil && joined == Met && !missing:
		return nil
	}
	line := Evidence{ID: ident.New(m.now), Programme: m.book.programme.ID, Unit: heir, Criterion: criterion, Kind: kind, Answer: joined, Source: FromSuccession,
		Note: worst.Note, Reasons: worst.Reasons, ObservedAt: last, RecordedAt: m.now, Actor: string(m.who.ID), ActorName: m.who.Name, Latest: true}
	if joined == Met {
		line.ObservedAt = first
	}
	if missing && joined != Unmet {
		why, err := packed([]Reason{Because("rollout.reason.part_unknown")})
		if err != nil {
			return err
		}
		line.Answer, line.Note, line.Reasons, line.ObservedAt = Unknown, "", why, at
	}
	if own != nil {
		m.fresh.passed = append(m.fresh.passed, own.ID)
		if err := m.note(tabEvidence, string(own.ID), "latest"); err != nil {
			return err
		}
		if line.ObservedAt.Before(own.ObservedAt) {
			line.ObservedAt = own.ObservedAt
		}
	}
	m.n.evidence++
	m.fresh.evidence = append(m.fresh.evidence, line)
	return m.note(tabEvidence, string(line.ID), nil)
}

// excuse lets the heir keep a waiver where each of those that it took over from is either
// excused or met without.
func (m *merger) excuse(heir string, parts []Progress) error {
	given := map[ident.ID]*Waiver{}
	for _, p := range parts {
		for _, w := range m.book.waiversOf[p.Unit] {
			if w.RevokedAt.IsZero() && w.UntilDay >= m.plan.Day {
				given[w.ID] = w
			}
		}
	}
	byKey := slices.SortedFunc(values(given), func(a, b *Waiver) int { return strings.Compare(string(a.ID), string(b.ID)) })
	for _, w := range byKey {
		if slices.Contains(w.Units, heir) || !m.covered(w.Criterion, given, parts) {
			continue
		}
		m.n.waivers++
		m.fresh.waivers = append(m.fresh.waivers, waiverUnit{Waiver: w.ID, Unit: heir})
		if err := m.note(tabWaiver, string(w.ID)+"/"+heir, nil); err != nil {
			return err
		}
	}
	return nil
}

func values[K comparable, V any](m map[K]V) func(func(V) bool) {
	return func(yield func(V) bool) {
		for _, v := range m {
			if !yield(v) {
				return
			}
		}
	}
}

// covered tells whether every commune meets the criterion or is excused from it.
func (m *merger) covered(criterion string, given map[ident.ID]*Waiver, parts []Progress) bool {
	return !slices.ContainsFunc(parts, func(p Progress) bool {
		if p.Stage == Live {
			return false
		}
		for _, c := range m.book.criteria[p.Phase] {
			if a, _, _ := answer(c, m.book.known[p.Unit][c.Key], m.now); c.Key == criterion && a == Met {
				return false
			}
		}
		return !slices.ContainsFunc(m.book.waiversOf[p.Unit], func(w *Waiver) bool { return w.Criterion == criterion && given[w.ID] != nil })
	})
}

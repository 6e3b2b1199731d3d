package rollout

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/org"
)

// BoardOn is the board as it stood at the end of a day, or stands at this moment on the
// current one: the communes of that day's map that the actor may see, each with its gate
// and reasons from what had been observed by then and the criteria and waivers of that
// moment. Communes that were live before the programme are left out, and the Since and
// Version of a row are not told. It takes a constant number of queries.
func (s *Service) BoardOn(ctx context.Context, who access.Actor, code, day string) (Board, error) {
	if err := who.Need(Read); err != nil {
		return Board{}, err
	}
	at, err := endOf(day, s.clock.Now())
	if err != nil {
		return Board{}, err
	}
	all, _, err := s.boardAt(ctx, who, code, at)
	return all, err
}

// boardAt is the board of a moment gone by, or now; its rows together with those of communes
// that were live before the programme come second.
func (s *Service) boardAt(ctx context.Context, who access.Actor, code string, at time.Time) (Board, []Row, error) {
	b, err := s.bookOf(ctx, code)
	if err != nil {
		return Board{}, nil, err
	}
	p, err := s.history(ctx, b)
	if err != nil {
		return Board{}, nil, err
	}
	atlas, err := s.units.Atlas(ctx)
	if err != nil {
		return Board{}, nil, err
	}
	day := clock.Date(at)
	tree := atlas.Tree(day)
	all := Board{Programme: b.programme, Phases: b.phases, At: at}
	facts := b.factsOf(p, scopeOf(who), Any)
	for unit, f := range facts {
		if r, in := b.rowOn(unit, f, day, at); in {
			all.Rows = append(all.Rows, r.placed(tree))
		}
	}
	if err := s.judgeOn(ctx, b, facts, day, at, all.Rows); err != nil {
		return Board{}, nil, err
	}
	live := b.liveOn(p, scopeOf(who), day)
	for i := range live {
		live[i] = live[i].placed(tree)
	}
	every := slices.Concat(all.Rows, live)
	byTree(tree, all.Rows)
	byTree(tree, every)
	all.Total = len(all.Rows)
	return all, every, nil
}

// placed is a row with its names on a map.
func (r Row) placed(tree *org.Tree) Row {
	r.Name, r.District = tree.Name(r.Unit), tree.District(r.Unit)
	r.DistrictName = tree.Name(r.District)
	return r
}

// liveOn are the communes of a scope that were live before the programme, on a day.
func (b *book) liveOn(p *past, mine scope, day string) []Row {
	var all []Row
	for _, m := range p.members {
		if mine.has(m.Unit) && b.phase[m.Phase].Live && m.FromDay <= day && (m.UntilDay == "" || day < m.UntilDay) {
			all = append(all, Row{Unit: m.Unit, Phase: b.phase[m.Phase].Ordinal, Stage: Live, Gate: Gate{Answer: Met, Bare: Met}})
		}
	}
	return all
}

// OverviewAt is a programme in figures as it stood at a moment gone by, from dated facts, with
// the rows that it counts. A milestone that was reached after the moment is not reached. It takes a constant number of
// queries.
func (s *Service) OverviewAt(ctx context.Context, who access.Actor, code string, at time.Time) (Overview, []Row, error) {
	if err := who.Need(Read); err != nil {
		return Overview{}, nil, err
	}
	if at.After(s.clock.Now()) {
		return Overview{}, nil, fault.New(fault.Invalid, "rollout.form.bad_day")
	}
	b, rows, err := s.boardAt(ctx, who, code, at)
	if err != nil {
		return Overview{}, nil, err
	}
	o := Overview{Programme: b.Programme, At: at}
	if o.Milestones, err = milestonesOf(ctx, s.db.Read(), b.Programme.ID); err != nil {
		return Overview{}, nil, err
	}
	for i := range o.Milestones {
		if m := &o.Milestones[i]; m.ActualOn > clock.Date(at) {
			m.ActualOn = ""
		}
	}
	o.count(b.Phases, rows)
	return o, rows, nil
}

// endOf is the last moment of a day, or now on the current one; days to come are refused.
func endOf(day string, now time.Time) (time.Time, error) {
	from, err := clock.ParseDate(day)
	if err != nil || day > clock.Date(now) {
		return time.Time{}, fault.New(fault.Invalid, "rollout.form.bad_day")
	}
	_, over := clock.Day(from)
	if at := over.Add(-time.Microsecond); at.Before(now) {
		return at, nil
	}
	return now, nil
}

// judgeOn holds every row against its gate of a moment. The history has no words; those
// are read for the communes whose gate was not met.
func (s *Service) judgeOn(ctx context.Context, b *book, facts map[string]*unitFacts, day string, at time.Time, rows []Row) error {
	judge := func(r *Row, known Known) {
		if phase, in := facts[r.Unit].phaseOn(day); in {
			r.Gate = Judge(r.Stage.Aim(), b.asked(phase, at), known, b.waiversOf[r.Unit], at)
		}
	}
	var unmet []string
	for i := range rows {
		known := Known{}
		for _, e := range facts[rows[i].Unit].evidence {
			if !e.ObservedAt.After(at) {
				known.add(e)
			}
		}
		if judge(&rows[i], known); rows[i].Gate.Answer != Met {
			unmet = append(unmet, rows[i].Unit)
		}
	}
	if len(unmet) == 0 {
		return nil
	}
	told, err := s.toldBy(ctx, b, unmet, at)
	if err != nil {
		return err
	}
	for i := range rows {
		if known, is := told[rows[i].Unit]; is && rows[i].Gate.Answer != Met {
			judge(&rows[i], known)
		}
	}
	return nil
}

// toldBy is what was known of communes at a moment, with the words.
func (s *Service) toldBy(ctx context.Context, b *book, units []string, at time.Time) (map[string]Known, error) {
	var evidence []Evidence
	err := s.db.Read().NewSelect().Model(&evidence).Column("unit", "criterion", "kind", "answer", "note", "reasons", "link", "observed_at").
		Where("ev.programme = ?", b.programme.ID).Where("ev.unit IN (?)", bun.List(units)).Where("ev.observed_at <= ?", at).Order("ev.seq").Scan(ctx)
	if err != nil {
		return nil, db.Sorted(err)
	}
	slices.SortStableFunc(evidence, func(a, b Evidence) int { return a.ObservedAt.Compare(b.ObservedAt) })
	told := map[string]Known{}
	for i := range evidence {
		e := &evidence[i]
		if told[e.Unit] == nil {
			told[e.Unit] = Known{}
		}
		told[e.Unit].add(e)
	}
	return told, nil
}

// byTree orders rows as the board does: by district and name.
func byTree(tree *org.Tree, rows []Row) {
	order := map[string]int{}
	for i, u := range tree.All() {
		order[u.Code] = i
	}
	slices.SortFunc(rows, func(a, b Row) int {
		return cmp.Or(cmp.Compare(order[a.District], order[b.District]), cmp.Compare(order[a.Unit], order[b.Unit]), cmp.Compare(a.Unit, b.Unit))
	})
}

package rollout

import (
	"cmp"
	"context"
	"slices"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
)

// Replay is what is known of a commune after a log of evidence, in whatever order the
// lines arrived: of each kind the line observed last, and of those of one moment the one
// written last. It is what the marks of the latest lines must say.
func Replay(log []Evidence) Known {
	k := Known{}
	for _, e := range inOrder(log) {
		k.add(e)
	}
	return k
}

// inOrder is a log by the moment of observation, then by the order of writing.
func inOrder(log []Evidence) []*Evidence {
	out := make([]*Evidence, len(log))
	for i := range log {
		out[i] = &log[i]
	}
	slices.SortFunc(out, func(a, b *Evidence) int { return cmp.Or(a.ObservedAt.Compare(b.ObservedAt), cmp.Compare(a.Seq, b.Seq)) })
	return out
}

// LedgerLine is one line of evidence and the verdict on its criterion right after it.
type LedgerLine struct {
	Evidence
	Asked Criterion // as it was asked at that moment
	After Item
	Was   bool // whether the criterion was asked at all then
}

// Ledger is everything that was ever observed of one criterion in one commune.
type Ledger struct {
	UnitView
	Criterion Criterion
	Now       Item
	Lines     []LedgerLine // the newest first
	More      bool         // older lines are not shown; verdicts count them
}

// mostLedger is how many lines a ledger shows.
const mostLedger = 200

// Ledger replays what was observed of a criterion in a commune.
func (s *Service) Ledger(ctx context.Context, who access.Actor, code, unit, key string) (Ledger, error) {
	u, err := s.Unit(ctx, who, code, unit)
	if err != nil {
		return Ledger{}, err
	}
	l := Ledger{UnitView: u}
	i := slices.IndexFunc(u.Official.Items, func(i Item) bool { return i.Criterion.Key == key })
	if i < 0 {
		return Ledger{}, fault.New(fault.Missing, "fault.missing")
	}
	l.Now, l.Criterion = u.Official.Items[i], u.Official.Items[i].Criterion
	b, err := s.bookOf(ctx, code)
	if err != nil {
		return Ledger{}, err
	}
	var log []Evidence
	err = s.db.Read().NewSelect().Model(&log).Where("ev.programme = ? AND ev.unit = ?", b.programme.ID, unit).Where("ev.criterion = ?", key).
		OrderExpr("ev.seq DESC").Limit(mostLedger + 1).Scan(ctx)
	if err != nil {
		return Ledger{}, db.Sorted(err)
	}
	if l.More = len(log) > mostLedger; l.More {
		log = log[:mostLedger]
	}
	known := Known{}
	for _, e := range inOrder(log) {
		known.add(e)
		line := LedgerLine{Evidence: *e}
		asked := b.asked(u.Phase.ID, e.ObservedAt)
		if n := slices.IndexFunc(asked, func(c Criterion) bool { return c.Key == key }); n >= 0 {
			line.Asked, line.Was = asked[n], true
			line.After = judgeItem(asked[n], known[key], b.waiversOf[unit], e.ObservedAt)
		}
		l.Lines = append(l.Lines, line)
	}
	slices.Reverse(l.Lines)
	return l, nil
}

// DistrictCurve is Curve over the communes of one district.
func (s *Service) DistrictCurve(ctx context.Context, who access.Actor, code, district, from, until string) ([]Point, error) {
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
	tree, err := s.units.Tree(ctx, s.clock.Now())
	if err != nil {
		return nil, err
	}
	mine, theirs := scopeOf(who), scope{units: map[string]bool{}, name: "district " + district + " " + clock.Date(s.clock.Now())}
	for _, u := range tree.Under(district) {
		if mine.has(u) {
			theirs.units[u] = true
		}
	}
	if !mine.all {
		theirs.name += " of " + mine.name
	}
	return s.curveOf(ctx, b, theirs, curveKey{phase: Any, from: from, until: until}, days)
}

package training

import (
	"context"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/ident"
	"lotrinh/rollout"
)

// learned is how near a person is to being trained: a seat in a course that counts, with
// its class.
type learned struct {
	Person   ident.ID  `bun:"person"`
	State    SeatState `bun:"state"`
	Result   string    `bun:"result"`
	Done     bool      `bun:"done"`
	Day      string    `bun:"day"`
	StartsAt time.Time `bun:"starts_at"`
}

// rank orders what is known of a person, the nearest to being trained last.
func (l learned) rank() int {
	switch {
	case l.Done:
		return 6
	case l.State == Attended && l.Result == "":
		return 5
	case l.State == Attended:
		return 4
	case l.State == Registered:
		return 3
	case l.State == Absent:
		return 2
	case l.State == Waiting:
		return 1
	}
	return 0
}

// prove tells the gates of communes what the training of their people proves now, in the
// transaction of the fact. Units where nobody was ever awaited in a class are left out,
// and so are districts: no gate asks for theirs.
func (s *Service) prove(ctx context.Context, tx *db.Tx, who access.Actor, at time.Time, units ...string) error {
	slices.Sort(units)
	units = slices.Compact(units)
	if len(units) == 0 {
		return nil
	}
	var begun []string
	err := tx.NewSelect().Model((*Seat)(nil)).ColumnExpr("DISTINCT ts.unit").Where("ts.unit IN (?)", bun.List(units)).
		Where("ts.state IN (?)", bun.List([]SeatState{Attended, Absent})).Scan(ctx, &begun)
	if err != nil {
		return db.Sorted(err)
	}
	tree, err := s.tree(ctx)
	if err != nil {
		return err
	}
	begun = slices.DeleteFunc(begun, func(u string) bool { l, ok := levelOf(tree, u); return !ok || l != OfCommune })
	if len(begun) == 0 {
		return nil
	}
	people, err := s.Roster(ctx, tx, begun)
	if err != nil {
		return err
	}
	nearest, err := nearestOf(ctx, tx, begun)
	if err != nil {
		return err
	}
	verdicts := map[string]rollout.Verdict{}
	for _, u := range begun {
		verdicts[u] = verdictOf(u, people, nearest)
	}
	return s.Rollout.Learn(ctx, tx, rollout.News{Evidence: rollout.EvidenceTraining, Source: rollout.FromRecords, By: who, At: at, Verdicts: verdicts})
}

// nearestOf is what brings each person of the units nearest to being trained for the own
// audience.
func nearestOf(ctx context.Context, q bun.IDB, units []string) (map[ident.ID]learned, error) {
	var rows []learned
	err := q.NewSelect().TableExpr("training_person AS tp").Join("JOIN training_seat AS ts ON ts.person = tp.id").Join("JOIN training_course AS tc ON tc.id = ts.course").
		Join("JOIN training_class AS cl ON cl.id = ts.class").
		ColumnExpr("ts.person, ts.state, ts.result, ts.done_at IS NOT NULL AS done, cl.day, cl.starts_at").
		Where("tp.unit IN (?)", bun.List(units)).Where("tp.left_on = ''").Where("tc.counts").Where("ts.state <> ?", Withdrawn).
		Where("' ' || tc.audiences || ' ' LIKE '% ' || tp.audience || ' %'").Order("ts.id").Scan(ctx, &rows)
	out := map[ident.ID]learned{}
	for _, r := range rows {
		if have, ok := out[r.Person]; !ok || r.rank() >= have.rank() {
			out[r.Person] = r
		}
	}
	return out, db.Sorted(err)
}

// verdictOf is what the training of a commune's people proves: met when each audience has
// somebody who is trained, else one reason for each that has none.
func verdictOf(unit string, people []Person, nearest map[ident.ID]learned) rollout.Verdict {
	v := rollout.Verdict{Answer: rollout.Met, Link: at(peopleAt, "under", unit)}
	for _, a := range OfCommune.Audiences() {
		var best learned
		var whom *Person
		for i, p := range people {
			if p.Unit != unit || p.Audience != a {
				continue
			}
			if l := nearest[p.ID]; whom == nil || l.rank() > best.rank() {
				best, whom = l, &people[i]
			}
		}
		if best.Done {
			continue
		}
		v.Answer = rollout.Unmet
		v.Reasons = append(v.Reasons, lacking(a, whom, best))
	}
	return v
}

// lacking says why an audience of a commune is not trained.
func lacking(a Audience, whom *Person, best learned) rollout.Reason {
	if whom == nil {
		return rollout.Because("training.reason.nobody", "audience", audienceKey(a))
	}
	key := "none"
	switch {
	case best.State == Attended && best.Result == Failed:
		key = "failed"
	case best.State == Attended:
		key = "untested"
	case best.State == Absent:
		key = "absent"
	case best.State == Registered:
		key = "registered"
	case best.State == Waiting:
		key = "waiting"
	}
	pairs := []any{"audience", audienceKey(a), "name", whom.Name}
	if best.Day != "" {
		pairs = append(pairs, "day", dayText(best.Day))
	}
	return rollout.Because("training.reason."+key, pairs...)
}

package inventory

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/outbox"
	"lotrinh/inventory/readiness"
)

// Readiness is the stored answer for a unit.
type Readiness struct {
	bun.BaseModel `bun:"table:unit_readiness,alias:ur"`
	Unit          string            `bun:"unit,pk"`
	Verdict       readiness.Verdict `bun:"verdict"`
	ReasonsJSON   string            `bun:"reasons"`
	Profiles      string            `bun:"profiles"` // codes with revisions
	Assets        int64             `bun:"assets"`
	Gaps          int64             `bun:"gaps"` // open ones
	ComputedAt    time.Time         `bun:"computed_at"`
	Since         time.Time         `bun:"since"` // when the verdict became this one
	StaleAt       time.Time         `bun:"stale_at,nullzero"`
	LinesJSON     string            `bun:"lines"`
	TopJSON       string            `bun:"top"`      // the sentence that decides first, or {}
	Deciding      int64             `bun:"deciding"` // how many sentences decide
	Waived        int64             `bun:"waived"`   // how many lines that must be met are excused
}

// Reasons are the sentences behind the answer, the deciding ones first.
func (r Readiness) Reasons() []readiness.Reason {
	var out []readiness.Reason
	if json.Unmarshal([]byte(r.ReasonsJSON), &out) != nil {
		return nil
	}
	return out
}

// Lines are the answers for each line of each profile that applies.
func (r Readiness) Lines() []readiness.LineResult {
	var out []readiness.LineResult
	if json.Unmarshal([]byte(r.LinesJSON), &out) != nil {
		return nil
	}
	return out
}

// Top is the sentence that decides first; its key is empty when none decides.
func (r Readiness) Top() i18n.Line {
	var l i18n.Line
	if json.Unmarshal([]byte(r.TopJSON), &l) != nil {
		return i18n.Line{}
	}
	return l
}

// Answer is the answer for a unit at a moment, for other parts of the house.
type Answer struct {
	Unit    string
	Verdict readiness.Verdict
	Reasons []readiness.Reason
	Lines   []readiness.LineResult
	Since   time.Time // when the verdict became this one; zero when it never was stored
}

// unknownUnit is the answer for a unit of which nothing is known.
func unknownUnit(unit string) Answer {
	return Answer{Unit: unit, Verdict: readiness.Unknown, Reasons: []readiness.Reason{{Verdict: readiness.Unknown, Must: true, Text: i18n.L("readiness.nothing_known")}}}
}

// Of is the answer for a unit at a moment.
func (s *Service) Of(ctx context.Context, unit string, at time.Time) (Answer, error) {
	all, err := s.All(ctx, []string{unit}, at)
	return all[unit], err
}

// All are the answers for units at a moment, in a number of queries that does not
// grow with them. What time alone has changed since it was stored is judged anew.
func (s *Service) All(ctx context.Context, units []string, at time.Time) (map[string]Answer, error) {
	out := make(map[string]Answer, len(units))
	for _, u := range units {
		out[u] = unknownUnit(u)
	}
	if len(units) == 0 {
		return out, nil
	}
	var rows []Readiness
	err := s.db.Read().NewSelect().Model(&rows).Where("ur.unit IN (?)", bun.List(units)).Scan(ctx)
	if err != nil {
		return nil, db.Sorted(err)
	}
	var stale []string
	for _, r := range rows {
		if at.Before(r.ComputedAt) || !r.StaleAt.IsZero() && !at.Before(r.StaleAt) {
			stale = append(stale, r.Unit)
		}
		out[r.Unit] = Answer{Unit: r.Unit, Verdict: r.Verdict, Reasons: r.Reasons(), Lines: r.Lines(), Since: r.Since}
	}
	if len(stale) == 0 {
		return out, nil
	}
	fresh, err := s.compute(ctx, s.db.Read(), stale, at)
	for u, f := range fresh {
		was := out[u]
		since := was.Since
		if f.result.Verdict != was.Verdict {
			since = at
		}
		out[u] = Answer{Unit: u, Verdict: f.result.Verdict, Reasons: f.result.Reasons, Lines: f.result.Lines, Since: since}
	}
	return out, err
}

// judge stores the answers of units anew, in the transaction of what changed them.
func (s *Service) judge(ctx context.Context, tx *db.Tx, units ...string) error {
	slices.Sort(units)
	units = slices.Compact(units)
	if err := lockUnits(ctx, tx, units); err != nil {
		return err
	}
	if err := s.closeSeen(ctx, tx, units); err != nil {
		return err
	}
	if _, err := s.rejudge(ctx, tx, units); err != nil {
		return err
	}
	return s.follow(ctx, tx, units)
}

// rejudge tells how many stored answers were not what they should be.
func (s *Service) rejudge(ctx context.Context, tx *db.Tx, units []string) (int, error) {
	if err := lockUnits(ctx, tx, units); err != nil {
		return 0, err
	}
	now := s.clock.Now()
	fresh, err := s.compute(ctx, tx, units, now)
	if err != nil {
		return 0, err
	}
	var rows []Readiness
	if err := tx.NewSelect().Model(&rows).Where("ur.unit IN (?)", bun.List(units)).Scan(ctx); err != nil {
		return 0, db.Sorted(err)
	}
	before := map[string]Readiness{}
	for _, r := range rows {
		before[r.Unit] = r
	}
	var save []Readiness
	moved := 0
	for _, u := range units {
		was, had := before[u]
		r, changed, err := fresh[u].row(u, was, now)
		if err != nil {
			return 0, err
		}
		save = append(save, r)
		if !changed && had {
			continue
		}
		moved++
		if err := s.tell(ctx, tx, now, was, r, fresh[u].result.Reasons); err != nil {
			return 0, err
		}
	}
	for some := range slices.Chunk(save, 200) {
		_, err := tx.NewInsert().Model(&some).On("CONFLICT (unit) DO UPDATE").Set("verdict = EXCLUDED.verdict").Set("reasons = EXCLUDED.reasons").
			Set("profiles = EXCLUDED.profiles").Set("assets = EXCLUDED.assets").Set("gaps = EXCLUDED.gaps").
			Set("computed_at = EXCLUDED.computed_at").Set("since = EXCLUDED.since").Set("stale_at = EXCLUDED.stale_at").
			Set("lines = EXCLUDED.lines").Set("top = EXCLUDED.top").Set("deciding = EXCLUDED.deciding").Set("waived = EXCLUDED.waived").Exec(ctx)
		if err != nil {
			return 0, db.Sorted(err)
		}
	}
	return moved, nil
}

// row is the stored form; changed tells whether anything of the answer differs.
func (c computed) row(unit string, was Readiness, now time.Time) (Readiness, bool, error) {
	r := Readiness{Unit: unit, Verdict: c.result.Verdict, Profiles: c.profiles, Assets: c.assets, Gaps: c.gaps,
		ComputedAt: now, Since: was.Since, StaleAt: c.result.Stale}
	var top i18n.Line
	for _, one := range c.result.Reasons {
		if one.Must {
			if r.Deciding++; r.Deciding == 1 {
				top = one.Text
			}
		}
	}
	for _, l := range c.result.Lines {
		if l.Must && l.Verdict == readiness.Waived {
			r.Waived++
		}
	}
	var err error
	if r.ReasonsJSON, err = stored(orNone(c.result.Reasons)); err != nil {
		return r, false, err
	}
	if r.LinesJSON, err = stored(orNone(c.result.Lines)); err != nil {
		return r, false, err
	}
	if r.TopJSON, err = stored(top); err != nil {
		return r, false, err
	}
	if was.Verdict != r.Verdict {
		r.Since = now
	}
	same := was.Verdict == r.Verdict && was.Assets == r.Assets && was.Gaps == r.Gaps && was.ReasonsJSON == r.ReasonsJSON && was.LinesJSON == r.LinesJSON
	return r, !same, nil
}

func orNone[T any](all []T) []T {
	if all == nil {
		return []T{}
	}
	return all
}

func stored(v any) (string, error) {
	raw, err := json.Marshal(v)
	if err != nil {
		return "", fault.Because(fault.Internal, "fault.internal", err)
	}
	return string(raw), nil
}

// tell writes the event, and a line of the unit's history when the verdict is another.
func (s *Service) tell(ctx context.Context, tx *db.Tx, now time.Time, was, r Readiness, reasons []readiness.Reason) error {
	err := outbox.Write(ctx, tx, now, ReadinessChanged{Unit: r.Unit, Verdict: r.Verdict, Before: was.Verdict, Reasons: reasons, At: now})
	if err != nil || was.Verdict == r.Verdict {
		return err
	}
	line := i18n.L("inventory.note.verdict", "verdict", i18n.Key("readiness.verdict."+string(r.Verdict)))
	return note(ctx, tx, now, r.Unit, "unit:"+r.Unit, access.Actor{}, line, "")
}

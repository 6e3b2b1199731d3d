package measure

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/reports/metric"
)

const (
	// Every is how often the running day is counted again.
	Every = 10 * time.Minute
	// Late is how many days that are over are counted again on each new day, so that facts
	// recorded late reach the day on which they happened.
	Late = 7
	// first is how many days a new store looks back, and most how many days that nobody ran
	// are made up.
	first = 31
	most  = 400
	// round is how many days of a source one round counts at most; the next goes on.
	round = 60
	// atOnce is how many days one transaction writes at most.
	atOnce = 8
)

// Service is the store of metrics by day.
type Service struct {
	db      *db.DB
	clock   clock.Clock
	units   Units
	phases  Phases
	sources []Source
}

// New is the store over its sources. Two sources never tell one metric.
func New(d *db.DB, business clock.Clock, units Units, phases Phases, sources ...Source) *Service {
	return &Service{db: d, clock: business, units: units, phases: phases, sources: sources}
}

// Tend counts what is due: the running day when it was last counted some minutes ago, and on
// a new day the days since, with some before them. A source that fails does not keep the
// others from being counted. Two processes may both do it.
func (s *Service) Tend(ctx context.Context) error {
	now := s.clock.Now()
	state, err := s.state(ctx)
	if err != nil {
		return err
	}
	var wrong error
	for _, src := range s.sources {
		if err := s.tend(ctx, src, state[src.Name()], now); err != nil {
			wrong = errors.Join(wrong, fmt.Errorf("measure: %s: %w", src.Name(), err))
		}
	}
	return wrong
}

func (s *Service) state(ctx context.Context) (map[string]sourceRow, error) {
	var rows []sourceRow
	err := s.db.Read().NewSelect().Model(&rows).Scan(ctx)
	all := map[string]sourceRow{}
	for _, r := range rows {
		all[r.Source] = r
	}
	return all, db.Sorted(err)
}

func (s *Service) tend(ctx context.Context, src Source, was sourceRow, now time.Time) error {
	atlas, err := s.units.Atlas(ctx)
	if err != nil {
		return err
	}
	today := clock.Date(now)
	from, err := due(was, today, now, atlas.Dates())
	if err != nil || from == "" {
		return err
	}
	days, err := daysBetween(from, today)
	if err != nil {
		return err
	}
	if most := slices.IndexFunc(days, func(d string) bool { return d > was.Upto }); most >= 0 { // what is counted again costs no place in the round
		days = days[:min(len(days), most+round)]
	}
	for some := range slices.Chunk(days, atOnce) {
		if err := s.count(ctx, src, now, some...); err != nil {
			return err
		}
	}
	return nil
}

// due is the first day that has to be counted, empty when none has. Days before units
// changed last are left as they were: their facts have moved to the heirs since.
func due(was sourceRow, today string, now time.Time, changes []string) (string, error) {
	if was.Upto == "" {
		return step(today, 1-first)
	}
	if was.Upto >= today {
		if age := now.Sub(was.At); age >= 0 && age < Every {
			return "", nil
		}
		return today, nil
	}
	from, err := step(was.Upto, -Late)
	if err != nil {
		return "", err
	}
	for _, d := range changes {
		if d <= today && d > from && d <= was.Upto {
			from = d
		}
	}
	oldest, err := step(today, -most)
	return max(from, oldest), err
}

// count counts days of a source and keeps them.
func (s *Service) count(ctx context.Context, src Source, now time.Time, days ...string) error {
	all := make([]counted, len(days))
	for i, day := range days {
		r, err := s.tell(ctx, src, day, now)
		if err != nil {
			return err
		}
		all[i] = counted{day, r}
	}
	_, err := s.keep(ctx, src.Name(), now, all, true)
	return err
}

// tell asks a source about a day.
func (s *Service) tell(ctx context.Context, src Source, day string, now time.Time) (rolled, error) {
	atlas, err := s.units.Atlas(ctx)
	if err != nil {
		return rolled{}, err
	}
	told, err := src.Collect(ctx, day, now)
	if err != nil {
		return rolled{}, err
	}
	return roll(src, told, atlas, day), nil
}

// longest is the most days that are counted or shown at once.
const longest = 800

// daysBetween are the days of a span, both ends in.
func daysBetween(from, until string) ([]string, error) {
	a, err1 := clock.ParseDate(from)
	b, err2 := clock.ParseDate(until)
	var k fault.Check
	k.Need(err1 == nil, "from", "form.bad_day")
	k.Need(err2 == nil, "until", "form.bad_day")
	k.Need(err1 != nil || err2 != nil || !b.Before(a) && b.Sub(a) < longest*24*time.Hour, "until", "measure.span_bad")
	if err := k.Err(); err != nil {
		return nil, err
	}
	var days []string
	for d := a; !d.After(b); _, d = clock.Day(d) {
		days = append(days, clock.Date(d))
	}
	return days, nil
}

// Check counts days from scratch and says what differs from what is kept, of the metrics
// that their sources can still tell. Nothing is written. Of the running day nothing is said.
func (s *Service) Check(ctx context.Context, from, until string) ([]Difference, error) {
	return s.each(ctx, from, until, func(ctx context.Context, src Source, day string, _ time.Time, r rolled) ([]Difference, error) {
		r, err := s.onlyTold(ctx, day, r)
		if err != nil {
			return nil, err
		}
		c, err := compare(ctx, s.db.Read(), day, r)
		return c.differed, err
	})
}

// Rebuild counts days from scratch, puts what was counted in place of what was kept, and
// says what differed.
func (s *Service) Rebuild(ctx context.Context, from, until string) ([]Difference, error) {
	return s.each(ctx, from, until, func(ctx context.Context, src Source, day string, now time.Time, r rolled) ([]Difference, error) {
		return s.keep(ctx, src.Name(), now, []counted{{day, r}}, false)
	})
}

func (s *Service) each(ctx context.Context, from, until string, do func(context.Context, Source, string, time.Time, rolled) ([]Difference, error)) ([]Difference, error) {
	now := s.clock.Now()
	days, err := daysBetween(from, until)
	if err != nil {
		return nil, err
	}
	var all []Difference
	for _, day := range days {
		if day > clock.Date(now) {
			break
		}
		for _, src := range s.sources {
			r, err := s.tell(ctx, src, day, now)
			if err != nil {
				return all, fmt.Errorf("measure: %s of %s: %w", src.Name(), day, err)
			}
			some, err := do(ctx, src, day, now, r)
			if err != nil {
				return all, err
			}
			all = append(all, some...)
		}
	}
	return all, nil
}

// onlyTold leaves out the metrics that nobody told of the day when it was kept: of those
// there is nothing to compare.
func (s *Service) onlyTold(ctx context.Context, day string, r rolled) (rolled, error) {
	var keys []metric.Key
	if len(r.told) == 0 {
		return r, nil
	}
	if err := s.db.Read().NewSelect().Model((*toldRow)(nil)).Column("metric").Where("mt.metric IN (?)", bun.List(r.told)).Where("mt.day = ?", day).Scan(ctx, &keys); err != nil {
		return r, db.Sorted(err)
	}
	had := map[metric.Key]bool{}
	for _, k := range keys {
		had[k] = true
	}
	out := rolled{told: keys, flows: map[flowKey]int64{}, levels: map[levelKey]int64{}}
	for k, n := range r.flows {
		if had[k.metric] {
			out.flows[k] = n
		}
	}
	for k, n := range r.levels {
		if had[k.metric] {
			out.levels[k] = n
		}
	}
	return out, nil
}

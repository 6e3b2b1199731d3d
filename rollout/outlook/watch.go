package outlook

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/job"
	"lotrinh/internal/kit/worktime"
	"lotrinh/rollout"
	"lotrinh/rollout/hold"
)

// SimulateJob is the kind of the job that chooses limits by simulation.
const SimulateJob = "rollout.outlook.simulate"

// method names how limits are chosen: those of another one are simulated anew.
const method = "cusum+whole"

// wave is the communes of a phase that first went live in one week.
type wave struct {
	name  string
	phase int
	live  map[string]worktime.Day // by unit: the working day on or after going live
	days  []worktime.Day          // all working days that are watched
}

// waves are the waves of a programme, oldest first.
func (s *Service) waves(ctx context.Context, pg rollout.Programme, cal agenda, watched int) ([]wave, error) {
	began, err := s.Rollout.Began(ctx, pg.Code)
	if err != nil {
		return nil, err
	}
	byName := map[string]*wave{}
	var all []*wave
	for _, b := range began {
		day := dayOf(b.At)
		monday := day - worktime.Day((int(day.Weekday())+6)%7)
		name := fmt.Sprintf("%d-%s", b.Phase, monday)
		w := byName[name]
		if w == nil {
			w = &wave{name: name, phase: b.Phase, live: map[string]worktime.Day{}}
			byName[name], all = w, append(all, w)
		}
		w.live[b.Unit] = cal.ahead(day, 1)[0]
	}
	out := make([]wave, 0, len(all))
	for _, w := range all {
		from, last := worktime.Day(math.MaxInt32), worktime.Day(0)
		for _, d := range w.live {
			from, last = min(from, d), max(last, d)
		}
		until := cal.ahead(last, watched)[watched-1]
		for d := from; d <= until; d++ {
			if cal.works(d) {
				w.days = append(w.days, d)
			}
		}
		out = append(out, *w)
	}
	slices.SortFunc(out, func(a, b wave) int { return cmp.Or(cmp.Compare(a.days[0], b.days[0]), cmp.Compare(a.name, b.name)) })
	return out, nil
}

// design is how many communes were how old on each of the wave's days, without tickets.
func (w wave) design(watched int) []WatchDay {
	at := map[worktime.Day]int{}
	for i, d := range w.days {
		at[d] = i
	}
	all := make([]WatchDay, len(w.days))
	for i, d := range w.days {
		all[i].Day = d.String()
		all[i].Of.Ages = make([]int, watched)
	}
	for _, live := range w.live {
		for i := at[live]; i < len(w.days) && i-at[live] < watched; i++ {
			all[i].Of.Ages[i-at[live]]++
		}
	}
	return all
}

// count puts the tickets of the wave's communes on its days; those of a day off count on
// the next working day.
func (s *Service) count(ctx context.Context, w wave, days []WatchDay, watched int) error {
	var rows []ticketDay
	units := make([]string, 0, len(w.live))
	at := map[worktime.Day]int{}
	for u := range w.live {
		units = append(units, u)
	}
	for i, d := range w.days {
		at[d] = i
	}
	last := w.days[len(w.days)-1]
	err := s.DB.Read().NewSelect().Model(&rows).Where("td.day >= ? AND td.day <= ?", w.days[0].String(), last.String()).Where("td.unit IN (?)", bun.List(units)).Scan(ctx)
	if err != nil {
		return db.Sorted(err)
	}
	for _, r := range rows {
		day, err := worktime.ParseDay(r.Day)
		if err != nil {
			continue // written by us: always a day
		}
		for at[day] == 0 && day != w.days[0] && day <= last {
			day++
		}
		i := at[day]
		if age := i - at[w.live[r.Unit]]; age >= 0 && age < watched && day <= last {
			days[i].Of.Tickets[r.Priority-1] += r.N
		}
	}
	return nil
}

// assumed is the curve of a healthy wave while there is none to learn from.
func (s Settings) assumed() hold.Curve {
	c := hold.Curve{Share: [hold.Severities]float64{0.1, 0.25, 0.5, 0.15}}
	for d := range s.Days {
		c.Rate = append(c.Rate, s.Usual/100*(1+(s.Rise-1)*math.Exp2(-float64(d)/s.Half)))
	}
	return c
}

// bare are the days as the engine takes them.
func bare(days []WatchDay) []hold.Day {
	all := make([]hold.Day, len(days))
	for i, d := range days {
		all[i] = d.Of
	}
	return all
}

// seen is a wave with what its limit depends on.
type seen struct {
	Watch
	curve   hold.Curve
	earlier []hold.Wave
	design  []hold.Day
	key     string
}

// see works out how every wave of a programme does.
func (s *Service) see(ctx context.Context, pg rollout.Programme, set Settings, now time.Time) ([]seen, error) {
	cal, err := s.agenda(ctx)
	if err != nil {
		return nil, err
	}
	waves, err := s.waves(ctx, pg, cal, set.Days)
	if err != nil {
		return nil, err
	}
	var out []seen
	var earlier []hold.Wave
	end := first(now)
	for _, w := range waves {
		full := w.design(set.Days)
		if err := s.count(ctx, w, full, set.Days); err != nil {
			return nil, err
		}
		over := 0
		for over < len(w.days) && w.days[over] < end {
			over++
		}
		one := seen{earlier: slices.Clone(earlier), design: bare(full), Watch: Watch{Programme: pg.ID, Name: w.name, Phase: w.phase, Units: len(w.live),
			From: w.days[0].String(), Until: w.days[len(w.days)-1].String(), Days: full[:over], SeenAt: now}}
		for i := range one.design {
			one.design[i].Tickets = hold.Counts{}
		}
		var ok bool
		if one.curve, ok = hold.Learn(earlier, set.Days); ok {
			one.Learned = len(earlier)
		} else {
			one.curve = set.assumed()
			one.earlier = nil
		}
		one.Steps = hold.Watch(set.params(), one.curve, bare(one.Days), one.design)
		raw, err := json.Marshal([]any{method, set.params(), one.curve, one.design, one.Learned})
		if err != nil {
			return nil, db.Sorted(err)
		}
		sum := sha256.Sum256(raw)
		one.key = hex.EncodeToString(sum[:8])
		out = append(out, one)
		if over > 0 {
			earlier = append(earlier, hold.Wave{Days: bare(one.Days)})
		}
	}
	return out, nil
}

// Watch looks at the waves of every programme, keeps how they do, has limits simulated
// where what they depend on changed, and proposes holds. It is a chore.
func (s *Service) Watch(ctx context.Context) error {
	all, err := s.Rollout.Programmes(ctx, system)
	if err != nil {
		return err
	}
	for _, pg := range all {
		if err := s.watch(ctx, pg); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) watch(ctx context.Context, pg rollout.Programme) error {
	now := s.Business.Now()
	set, err := s.SettingsOf(ctx, pg.ID)
	if err != nil {
		return err
	}
	waves, err := s.see(ctx, pg, set, now)
	if err != nil || len(waves) == 0 {
		return err
	}
	var kept []Watch
	if err := s.DB.Read().NewSelect().Model(&kept).Where("rw.programme = ?", pg.ID).Scan(ctx); err != nil {
		return db.Sorted(err)
	}
	stale := false
	for i := range waves {
		w := &waves[i]
		for _, k := range kept {
			if k.Name == w.Name {
				w.Rates, w.RatesKey = k.Rates, k.RatesKey
			}
		}
		stale = stale || w.RatesKey != w.key
		w.mark()
	}
	return s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		for _, w := range waves {
			if err := keep(ctx, tx, w.Watch); err != nil {
				return err
			}
			if w.OverOn != "" && w.RatesKey == w.key && w.Until >= clock.Date(now) {
				if err := s.propose(ctx, tx, pg, set, w, now); err != nil {
					return err
				}
			}
		}
		if !stale {
			return nil
		}
		last, known, err := s.Jobs.Last(ctx, SimulateJob)
		if err != nil || known && !last.State.Ended() {
			return err
		}
		_, err = s.Jobs.Start(ctx, tx, SimulateJob, system, pg.Code)
		return err
	})
}

// mark notes the day on which the limit was reached.
func (w *seen) mark() {
	w.OverOn = ""
	if i := hold.Over(w.Steps, w.Rates.Limits()); i >= 0 {
		w.OverOn = w.Days[i].Day
	}
}

func keep(ctx context.Context, tx *db.Tx, w Watch) error {
	_, err := tx.NewInsert().Model(&w).On("CONFLICT (programme, wave) DO UPDATE").Set("phase = EXCLUDED.phase").Set("units = EXCLUDED.units").
		Set("from_day = EXCLUDED.from_day").Set("until_day = EXCLUDED.until_day").Set("days = EXCLUDED.days").Set("steps = EXCLUDED.steps").
		Set("learned = EXCLUDED.learned").Set("rates = EXCLUDED.rates").Set("rates_key = EXCLUDED.rates_key").Set("over_on = EXCLUDED.over_on").
		Set("seen_at = EXCLUDED.seen_at").Exec(ctx)
	return db.Sorted(err)
}

// simulate chooses the limits of the waves of a programme for which what they depend on
// changed, and looks at them again.
func (s *Service) simulate(ctx context.Context, run *job.Run) error {
	var code string
	if err := run.Want(&code); err != nil {
		return err
	}
	pg, err := s.programme(ctx, code)
	if err != nil {
		return err
	}
	now := s.Business.Now()
	set, err := s.SettingsOf(ctx, pg.ID)
	if err != nil {
		return err
	}
	waves, err := s.see(ctx, pg, set, now)
	if err != nil {
		return err
	}
	var kept []Watch
	if err := s.DB.Read().NewSelect().Model(&kept).Where("rw.programme = ?", pg.ID).Scan(ctx); err != nil {
		return db.Sorted(err)
	}
	for i, w := range waves {
		if slices.ContainsFunc(kept, func(k Watch) bool { return k.Name == w.Name && k.RatesKey == w.key }) {
			continue
		}
		if err := run.Step(ctx, int64(i), int64(len(waves)), "outlook.job.wave", "wave", w.Name); err != nil {
			return err
		}
		w.Rates, w.RatesKey = hold.Simulate(set.params(), w.curve, w.earlier, w.design, 0, 1), w.key
		w.mark()
		if err := s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error { return keep(ctx, tx, w.Watch) }); err != nil {
			return err
		}
	}
	return s.watch(ctx, pg)
}

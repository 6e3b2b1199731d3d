package outlook

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"time"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/trail"
	"lotrinh/internal/kit/worktime"
	"lotrinh/rollout"
	"lotrinh/rollout/forecast"
)

// evening is the hour of the city from which a day's work counts as over.
const evening = 17

// longestLook is how many days back the curve is read.
const longestLook = 400

// system is who makes forecasts at night: it sees every commune.
var system = access.System("rollout.outlook")

// agenda is a calendar of working days. A year that nobody has confirmed yet works from
// Monday to Friday.
type agenda struct{ cal *worktime.Calendar }

func (a agenda) works(d worktime.Day) bool {
	if works, known := a.cal.WorksOn(d); known {
		return works
	}
	return d.Weekday() != time.Saturday && d.Weekday() != time.Sunday
}

// between is how many working days begin after a and end by b.
func (a agenda) between(from, until worktime.Day) int {
	n := 0
	for d := from + 1; d <= until; d++ {
		if a.works(d) {
			n++
		}
	}
	return n
}

// ahead are the next n working days from a day on.
func (a agenda) ahead(from worktime.Day, n int) []worktime.Day {
	all := make([]worktime.Day, 0, n)
	for d := from; len(all) < n && d < from+4000; d++ {
		if a.works(d) {
			all = append(all, d)
		}
	}
	return all
}

func dayOf(at time.Time) worktime.Day { return worktime.DayOf(at.In(clock.City).Date()) }

// first is the first day that is still ahead: tomorrow in the evening, else today.
func first(now time.Time) worktime.Day {
	if now.In(clock.City).Hour() >= evening {
		return dayOf(now) + 1
	}
	return dayOf(now)
}

func (s *Service) agenda(ctx context.Context) (agenda, error) {
	cal, err := s.Calendars.Calendar(ctx, s.Calendar)
	return agenda{cal}, err
}

// gather puts together what a forecast is made from.
func (s *Service) gather(ctx context.Context, pg rollout.Programme, phase int, days agenda, now time.Time) (forecast.Input, rollout.Stand, error) {
	var in forecast.Input
	st, err := s.Rollout.Stand(ctx, pg.Code, phase)
	if err != nil {
		return in, st, err
	}
	from := max(pg.DecidedOn, clock.Date(now.AddDate(0, 0, -longestLook)))
	points, err := s.Rollout.Curve(ctx, system, pg.Code, phase, from, max(from, clock.Date(now)))
	if err != nil {
		return in, st, err
	}
	end, before, owed, begun := first(now), 0, 0, false
	for _, p := range points {
		day, err := worktime.ParseDay(p.Day)
		if err != nil || day >= end || !p.Known {
			break // the day is not over
		}
		owed, before = owed+p.Verified-before, p.Verified
		if !days.works(day) {
			continue // what is done on a day off counts on the next working day
		}
		begun = begun || owed > 0
		if begun {
			in.Done = append(in.Done, max(owed, 0))
			owed = min(owed, 0) // what fell back is done once more before it counts
		}
	}
	blocked := map[string]bool{}
	for _, u := range st.Blocked {
		blocked[u] = true
	}
	for _, b := range st.Blocks {
		open := b.Until.IsZero()
		until := b.Until
		if open {
			until = now
		}
		n := float64(days.between(dayOf(b.Since), dayOf(until)))
		in.Spells = append(in.Spells, forecast.Spell{Days: n, Open: open})
		if open && blocked[b.Unit] {
			in.Blocked = append(in.Blocked, n)
		}
	}
	in.Free = st.Total - st.Done - len(in.Blocked)
	return in, st, nil
}

// make is a forecast of a phase, not yet stored.
func (s *Service) foretell(ctx context.Context, who access.Actor, pg rollout.Programme, phase int, now time.Time) (Forecast, error) {
	days, err := s.agenda(ctx)
	if err != nil {
		return Forecast{}, err
	}
	in, st, err := s.gather(ctx, pg, phase, days, now)
	if err != nil {
		return Forecast{}, err
	}
	raw, err := json.Marshal(in)
	if err != nil {
		return Forecast{}, db.Sorted(err)
	}
	ahead := days.ahead(first(now), forecast.Beyond)
	sum := sha256.Sum256(append(raw, []byte(forecast.Method+ahead[0].String())...))
	in.Seed = binary.BigEndian.Uint64(sum[:8])
	r := forecast.Make(in)
	f := Forecast{ID: ident.New(now), Programme: pg.ID, Phase: phase, MadeOn: clock.Date(now), MadeAt: now, MadeByName: who.Name, Method: forecast.Method,
		InputsHash: hex.EncodeToString(sum[:]), Inputs: in, Total: st.Total, Done: st.Done, Blocked: len(in.Blocked), Why: r.Why, Cone: []ConeDay{}}
	on := func(n int) string {
		if n <= 0 || n > len(ahead) || n >= forecast.Beyond {
			return ""
		}
		return ahead[n-1].String()
	}
	if r.Why == "" {
		f.P50On, f.P85On, f.P95On = on(r.All.P50), on(r.All.P85), on(r.All.P95)
	}
	if r.FreeWhy == "" {
		f.FreeP85On = on(r.Free.P85)
	}
	for i, p := range r.Cone[:min(len(r.Cone), mostCone)] {
		f.Cone = append(f.Cone, ConeDay{Day: on(i + 1), Low: st.Done + p.Low, Mid: st.Done + p.Mid, High: st.Done + p.High})
	}
	f.Scored = f.P50On == "" && f.P85On == "" && f.P95On == "" // nothing was promised
	return f, nil
}

// mostCone is how many working days of a cone are kept.
const mostCone = 120

// targets are what forecasts are made of: each phase that is not live, and all of them.
func (s *Service) targets(ctx context.Context, code string) ([]int, error) {
	all, err := s.Rollout.Phases(ctx)
	targets := []int{rollout.Any}
	for _, ph := range all {
		if ph.Programme == code && !ph.Live {
			targets = append(targets, ph.Ordinal)
		}
	}
	return targets, err
}

// Foretell makes and stores the forecasts of a programme now. What was said today from
// the same inputs is not said twice.
func (s *Service) Foretell(ctx context.Context, who access.Actor, code string) error {
	if err := who.Need(rollout.Plan); err != nil {
		return err
	}
	pg, err := s.programme(ctx, code)
	if err != nil {
		return err
	}
	now := s.Business.Now()
	targets, err := s.targets(ctx, code)
	if err != nil {
		return err
	}
	var fresh []Forecast
	for _, phase := range targets {
		f, err := s.foretell(ctx, who, pg, phase, now)
		if err != nil {
			return err
		}
		fresh = append(fresh, f)
	}
	return s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		if _, err := tx.NewInsert().Model(&fresh).On("CONFLICT (programme, phase, made_on, inputs_hash) DO NOTHING").Exec(ctx); err != nil {
			return db.Sorted(err)
		}
		return trail.Write(ctx, tx, now, who, "rollout.forecast.made", pg.Code, map[string][2]any{"forecasts": {nil, len(fresh)}})
	})
}

// Nightly makes the forecasts of the day once it is over, and scores those whose truth
// is known. It is a chore.
func (s *Service) Nightly(ctx context.Context) error {
	now := s.Business.Now()
	all, err := s.Rollout.Programmes(ctx, system)
	if err != nil {
		return err
	}
	for _, pg := range all {
		if err := s.score(ctx, pg, now); err != nil {
			return err
		}
		if now.In(clock.City).Hour() < evening {
			continue
		}
		var made []string
		err := s.DB.Read().NewSelect().Table("rollout_forecast").Column("made_by_name").Where("programme = ? AND phase = ?", pg.ID, rollout.Any).
			Where("made_on = ?", clock.Date(now)).Where("made_by_name = ?", system.Name).Limit(1).Scan(ctx, &made)
		if err != nil {
			return db.Sorted(err)
		}
		if len(made) > 0 {
			continue
		}
		if err := s.Foretell(ctx, system, pg.Code); err != nil {
			return err
		}
	}
	return nil
}
